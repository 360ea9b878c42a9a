//! Where and how a mail account is reached: what a person types or discovery finds, as it is stored.

pub use remote::Security;
use serde::{Deserialize, Serialize};

/// Where and how a mail account is reached (wire and store form of `Source`, camelCase; no password).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceConfig {
    /// The address that mail is written from.
    pub email: String,
    /// `imap` or `pop3`.
    pub protocol: Protocol,
    /// Where mail comes from.
    pub incoming: Server,
    /// Where letters go; `None`: read only.
    pub outgoing: Option<Server>,
    /// POP3: what stays on the server.
    #[serde(default)]
    pub pop3_keep: Pop3Keep,
    /// The person allowed an unencrypted link for this very source.
    #[serde(default)]
    pub allow_plain: bool,
    /// Further trusted certificates for this source, PEM (`--ca`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
    /// The operator named these hosts on the command line: they pass the guard. Never settable from the browser.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trusted: bool,
}

/// Protocol of the incoming server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Protocol {
    /// RFC 3501 / 9051.
    Imap,
    /// RFC 1939.
    Pop3,
}

/// One server of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the link is protected.
    pub security: Security,
    /// Log-in name.
    pub username: String,
}

/// What stays on a POP3 server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pop3Keep {
    /// Deleted there once it is durably here.
    #[default]
    Delete,
    /// Stays for ever.
    Leave,
    /// Stays so many days.
    Days(u32),
}
