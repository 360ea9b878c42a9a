//! Reads Thunderbird's autoconfiguration XML (`config-v1.1.xml`), with limits.

use crate::{Result, Security};

/// Protocol of a server in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// IMAP.
    Imap,
    /// POP3.
    Pop3,
    /// SMTP submission.
    Smtp,
}

/// One `<incomingServer>` or `<outgoingServer>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its protocol.
    pub protocol: Protocol,
    /// Host name in lower case.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Security.
    pub security: Security,
    /// User name with the placeholders filled in.
    pub username: String,
    /// Whether a plain password is among the offered ways to log in (`password-cleartext`, `plain`).
    pub password: bool,
    /// Whether only OAuth2 (or another way that is no password) is offered.
    pub oauth_only: bool,
}

/// A whole file, servers in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// `<displayName>` of the provider.
    pub display_name: String,
    /// IMAP and POP3.
    pub incoming: Vec<Server>,
    /// SMTP.
    pub outgoing: Vec<Server>,
}

/// Parses a file for `address`; unknown elements and servers that are not usable are skipped.
///
/// # Errors
/// Protocol: not XML of that kind, or over the limits (256 kB, depth 16, 32 servers).
pub fn parse(_xml: &[u8], _address: &str) -> Result<Config> { todo!() }
