//! A submission session over SMTP (RFC 5321, 6409), driven command by command through lettre's connection, so that
//! each recipient's answer is kept and *before the dot* is told from *after the dot*.

use serde::{Deserialize, Serialize};

use crate::{Credentials, Endpoint, Error, Net, Result};

/// A server's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// Enhanced code (RFC 2034), e.g. `5.1.1`.
    pub enhanced: Option<String>,
    /// The text of all lines, joined by spaces, printable, without codes.
    pub text: String,
}

impl Reply {
    /// 2xx or 3xx.
    pub fn is_positive(&self) -> bool {
        (200..400).contains(&self.code)
    }

    /// 4xx: may be tried again.
    pub fn is_transient(&self) -> bool {
        (400..500).contains(&self.code)
    }
}

/// What EHLO announced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    /// SIZE (RFC 1870): `Some(0)` = no fixed limit.
    pub size: Option<u64>,
    /// 8BITMIME (RFC 6152).
    pub eight_bit: bool,
    /// SMTPUTF8 (RFC 6531).
    pub smtp_utf8: bool,
    /// DSN (RFC 3461).
    pub dsn: bool,
    /// AUTH mechanisms, upper case.
    pub auth: Vec<String>,
}

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
pub struct SmtpSession {}

impl SmtpSession {
    /// Connects, secures, says EHLO and logs in (PLAIN, else LOGIN) where a login is given.
    ///
    /// # Errors
    /// `Auth`, `Tls`, `Temporary`, `Permanent`, `Protocol`.
    pub async fn open(_net: &Net, _endpoint: &Endpoint, _login: Option<&Credentials>, _allow_plain: bool) -> Result<Self> { todo!() }

    /// What the server can.
    pub fn extensions(&self) -> &Extensions { todo!() }

    /// MAIL FROM with SIZE, BODY=8BITMIME and SMTPUTF8 as the message and the server want. `from`: empty = `<>`.
    ///
    /// # Errors
    /// `Permanent` before anything is sent: message above SIZE, bad address, 8-bit or UTF-8 that the server cannot take.
    pub async fn mail(&mut self, _from: &str, _recipients: &[String], _message: &[u8]) -> Result<Reply> { todo!() }

    /// RCPT TO; a negative reply is an answer, not an error.
    ///
    /// # Errors
    /// `Permanent`: not an address; `Temporary`/`Protocol`: connection.
    pub async fn rcpt(&mut self, _to: &str) -> Result<Reply> { todo!() }

    /// DATA: 354 says go on with [`Self::message`].
    ///
    /// # Errors
    /// `Temporary`/`Protocol`: connection.
    pub async fn data(&mut self) -> Result<Reply> { todo!() }

    /// The message and the final dot. Bare CR or LF are sent as CRLF.
    pub async fn message(&mut self, _message: &[u8]) -> Sent { todo!() }

    /// RSET: forgets the envelope, for instance when every recipient was refused.
    ///
    /// # Errors
    /// `Temporary`/`Protocol`: connection.
    pub async fn reset(&mut self) -> Result<Reply> { todo!() }

    /// QUIT, best effort, at most two seconds.
    pub async fn quit(self) { todo!() }
}
