//! Sessions to other servers: IMAP, POP3, SMTP, guarded HTTP, TLS and DNS.
//!
//! Knows nothing about a database. Every call has a deadline, every length a limit, and every failure a
//! [`Class`] that alone drives retries.

pub mod autoconfig;
pub mod connect;
pub mod dns;
pub mod endpoint;
pub mod error;
pub mod guard;
pub mod http;
pub mod imap;
mod lines;
pub mod pop3;
pub mod sasl;
pub mod smtp;
#[cfg(test)]
mod testkit;
pub mod tls;

pub use connect::{Net, Stream, Times};
pub use dns::Dns;
pub use endpoint::{Endpoint, Security};
pub use error::{Class, Error, Result};
pub use guard::Guard;
pub use imap::ImapSession;
pub use pop3::Pop3Session;
pub use sasl::Credentials;
pub use smtp::SmtpSession;
pub use tls::Tls;
