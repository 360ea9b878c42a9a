//! A submission session over SMTP (RFC 5321, 6409), driven command by command through lettre's connection, so that
//! each recipient's answer is kept and *before the dot* is told from *after the dot*.

mod open;
mod reply;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{MailBodyParameter, MailParameter};
use tokio::time::timeout;

pub use reply::{Extensions, Reply};

use crate::{Error, Result};
use wire::Tap;

/// The server may think for long about a message (RFC 5321 §4.5.3.2.6 says ten minutes).
const AFTER_DOT: Duration = Duration::from_secs(600);

/// What became of the message after DATA.
#[derive(Clone, Debug)]
pub enum Sent {
    /// The server took responsibility.
    Accepted(Reply),
    /// The server refused the message (4xx or 5xx): nobody gets it.
    Refused(Reply),
    /// The connection failed before the final dot was begun: nobody gets it, a retry is safe.
    NotSent(Error),
    /// The connection failed after the final dot was begun and before an answer: it may or may not be on its way.
    Uncertain(Error),
}

/// A session that is ready for MAIL. After `Temporary` or `Protocol` errors it must be replaced.
pub struct SmtpSession {
    connection: AsyncSmtpConnection,
    tap: Tap,
    host: String,
    extensions: Extensions,
    wait: Duration,
}

impl SmtpSession {
    /// What the server can.
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// MAIL FROM with SIZE, BODY=8BITMIME and SMTPUTF8 as the message and the server want. `from`: empty = `<>`.
    ///
    /// # Errors
    /// `Permanent` before anything is sent: message above SIZE, bad address, 8-bit or UTF-8 that the server cannot take.
    pub async fn mail(&mut self, from: &str, recipients: &[String], message: &[u8]) -> Result<Reply> {
        let sender = if from.is_empty() { None } else { Some(address(from)?) };
        let mut parameters = Vec::new();
        let message = wire::canonical(message);
        let size = wire::wire_size(&message);
        if let Some(limit) = self.extensions.size {
            if limit > 0 && size > limit {
                return Err(Error::permanent(format!(
                    "This message has {} MB, and {} takes at most {} MB. Send it with fewer or smaller attachments.",
                    size.div_ceil(1_000_000),
                    self.host,
                    limit / 1_000_000
                ))
                .coded("552 5.3.4"));
            }
            parameters.push(MailParameter::Size(usize::try_from(size).unwrap_or(usize::MAX)));
        }
        let needs_utf8 =
            !from.is_ascii() || recipients.iter().any(|r| !r.is_ascii()) || !header_of(&message).is_ascii();
        if !message.is_ascii() {
            if !self.extensions.eight_bit {
                return Err(Error::permanent(format!(
                    "{} takes only plain ASCII, and this message has other characters in it unencoded.",
                    self.host
                ))
                .coded("554 5.6.3"));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        if needs_utf8 {
            if !self.extensions.smtp_utf8 {
                return Err(Error::permanent(format!(
                    "{} cannot handle addresses with letters beyond a–z, as this message has.",
                    self.host
                ))
                .coded("553 5.6.7"));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        self.command(Mail::new(sender, parameters)).await
    }

    /// RCPT TO; a negative reply is an answer, not an error.
    ///
    /// # Errors
    /// `Permanent`: not an address; `Temporary`/`Protocol`: connection.
    pub async fn rcpt(&mut self, to: &str) -> Result<Reply> {
        let to = address(to)?;
        self.command(Rcpt::new(to, Vec::new())).await
    }

    /// DATA: 354 says go on with [`Self::message`].
    ///
    /// # Errors
    /// `Temporary`/`Protocol`: connection.
    pub async fn data(&mut self) -> Result<Reply> {
        self.command(Data).await
    }

    /// The message and the final dot. Bare CR or LF are sent as CRLF.
    pub async fn message(&mut self, message: &[u8]) -> Sent {
        let body = wire::canonical(message);
        // lettre ends with CRLF dot CRLF: what is beyond the stuffed body can only be (part of) that end.
        self.tap.start_message(wire::stuffed_size(&body));
        let work = timeout(AFTER_DOT.max(self.wait), self.connection.message(&body)).await;
        if let Some(reply) = self.tap.reply() {
            return if reply.is_positive() { Sent::Accepted(reply) } else { Sent::Refused(reply) };
        }
        let error = match work {
            Ok(Err(e)) => self.failed(&e),
            Ok(Ok(_)) => self.nonsense(),
            Err(_) => Error::timed_out(&self.host),
        };
        if self.tap.dot_begun() { Sent::Uncertain(error) } else { Sent::NotSent(error) }
    }

    /// RSET: forgets the envelope, for instance when every recipient was refused.
    ///
    /// # Errors
    /// `Temporary`/`Protocol`: connection.
    pub async fn reset(&mut self) -> Result<Reply> {
        self.command(Rset).await
    }

    /// QUIT, best effort, at most two seconds.
    pub async fn quit(mut self) {
        let _ = timeout(Duration::from_secs(2), self.connection.command(Quit)).await;
    }

    /// One command; every whole reply is `Ok`, whatever its code.
    async fn command(&mut self, command: impl std::fmt::Display) -> Result<Reply> {
        self.tap.clear();
        let result = timeout(self.wait, self.connection.command(command)).await;
        if let Some(reply) = self.tap.reply() {
            if reply.code == 421 {
                return Err(Error::temporary(format!("{} ended the connection. Kinpost will try again.", self.host))
                    .said(&reply.text)
                    .coded(reply.shown_code()));
            }
            return Ok(reply);
        }
        match result {
            Ok(Ok(_)) => Err(self.nonsense()),
            Ok(Err(e)) => Err(self.failed(&e)),
            Err(_) => Err(Error::timed_out(&self.host)),
        }
    }

    fn nonsense(&self) -> Error {
        nonsense(&self.host)
    }

    fn failed(&self, error: &lettre::transport::smtp::Error) -> Error {
        failed(&self.host, error)
    }
}

fn nonsense(host: &str) -> Error {
    Error::protocol(format!("{host} sends answers that are not SMTP. Kinpost will try again later."))
}

/// lettre's error without a reply in the classes of this crate.
fn failed(host: &str, error: &lettre::transport::smtp::Error) -> Error {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return if io.kind() == std::io::ErrorKind::InvalidData && crate::tls::find_tls_error(io).is_none() {
                nonsense(host)
            } else {
                Error::lost(host, io)
            };
        }
        source = cause.source();
    }
    if error.to_string().contains("incomplete response") {
        return Error::lost(host, &std::io::ErrorKind::UnexpectedEof.into());
    }
    nonsense(host)
}

fn address(text: &str) -> Result<Address> {
    let bad = || {
        Error::permanent(format!("“{}” is not an e-mail address.", crate::error::printable(text, 100)))
            .coded("553 5.1.3")
    };
    if text.bytes().any(|b| b.is_ascii_control() || matches!(b, b'<' | b'>')) {
        return Err(bad());
    }
    text.parse().map_err(|_| bad())
}

/// The header block of a message with CRLF line ends.
fn header_of(message: &[u8]) -> &[u8] {
    let end = message.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(message.len());
    message.get(..end).unwrap_or(message)
}
