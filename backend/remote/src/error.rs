//! What can go wrong with another server: a class that drives retries, and plain words that say what to do.

use std::fmt;
use std::io;

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it was. Only this decides whether and when to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The server does not accept the user name or password: ask the person, do not retry.
    Auth,
    /// It may heal by itself (no network, server busy, connection lost): retry with back-off.
    Temporary,
    /// The server refuses this for good, or the settings cannot work: do not retry the same thing.
    Permanent,
    /// No trustworthy encrypted connection: ask the person; no password was sent.
    Tls,
    /// The server spoke something that is not the protocol: close, retry slowly.
    Protocol,
}

/// A failure with its class. `Display` is a full plain sentence for people.
#[derive(Clone, Debug, thiserror::Error)]
pub struct Error {
    /// Drives retries.
    pub class: Class,
    /// What happened and what to do, in plain words; shown to people.
    pub message: String,
    /// The server's own words, if it gave any (one line, printable, at most 500 characters).
    pub server: Option<String>,
    /// The server's machine-readable code: IMAP response code (`TRYCREATE`), SMTP `550 5.1.1`.
    pub code: Option<String>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.server {
            Some(words) if !words.is_empty() => write!(f, " The server said: {words}"),
            _ => Ok(()),
        }
    }
}

impl Error {
    /// An error of `class` with plain words.
    pub fn new(class: Class, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), server: None, code: None }
    }

    /// Wrong user name or password.
    pub fn auth(message: impl Into<String>) -> Self {
        Self::new(Class::Auth, message)
    }

    /// Something that may heal.
    pub fn temporary(message: impl Into<String>) -> Self {
        Self::new(Class::Temporary, message)
    }

    /// Something that will not heal by itself.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self::new(Class::Permanent, message)
    }

    /// No trustworthy encryption.
    pub fn tls(message: impl Into<String>) -> Self {
        Self::new(Class::Tls, message)
    }

    /// The other side does not speak the protocol.
    pub fn protocol(message: impl Into<String>) -> Self {
        Self::new(Class::Protocol, message)
    }

    /// Adds the server's own words, made printable and short.
    #[must_use]
    pub fn said(mut self, words: &str) -> Self {
        let words = printable(words, 500);
        self.server = (!words.is_empty()).then_some(words);
        self
    }

    /// Adds the server's code.
    #[must_use]
    pub fn coded(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The connection ended or the network failed in the middle.
    pub fn lost(host: &str, cause: &io::Error) -> Self {
        if let Some(tls) = crate::tls::find_tls_error(cause) {
            return crate::tls::explain(host, tls);
        }
        let message = match cause.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionAborted => format!("{host} closed the connection. Kinpost will try again."),
            io::ErrorKind::TimedOut => format!("{host} did not answer in time. Kinpost will try again."),
            _ => format!("The connection to {host} failed. Kinpost will try again."),
        };
        Self::temporary(message)
    }

    /// A deadline passed.
    pub fn timed_out(host: &str) -> Self {
        Self::temporary(format!("{host} did not answer in time. Kinpost will try again."))
    }

    /// Whether trying the same thing later can help.
    pub fn may_heal(&self) -> bool {
        matches!(self.class, Class::Temporary | Class::Protocol)
    }
}

/// Server text for people: one line, no control characters, at most `max` characters.
pub fn printable(text: &str, max: usize) -> String {
    let mut out = String::new();
    for c in text.chars().take(max) {
        out.push(if c.is_control() { ' ' } else { c });
    }
    out.trim().to_owned()
}
