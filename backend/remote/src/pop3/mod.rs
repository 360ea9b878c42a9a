//! A session with a POP3 server (RFC 1939, CAPA RFC 2449, STLS RFC 2595, AUTH RFC 5034).

use crate::{Credentials, Endpoint, Net, Result};

/// A logged-in session. Nothing is deleted before [`Pop3Session::quit`] succeeded.
pub struct Pop3Session {}

impl Pop3Session {
    /// Connects, secures and logs in. STLS is refused when it is not offered; no password on an unencrypted link
    /// unless `allow_plain`.
    ///
    /// # Errors
    /// `Auth`, `Tls`, `Temporary` (also `[IN-USE]`), `Permanent`, `Protocol`.
    pub async fn open(_net: &Net, _endpoint: &Endpoint, _login: &Credentials, _allow_plain: bool) -> Result<Self> { todo!() }

    /// Whether CAPA announced a capability (upper case, e.g. `TOP`); `UIDL` and `TOP` may work unannounced.
    pub fn has(&self, _capability: &str) -> bool { todo!() }

    /// `(message number, unique id)`; `None` when the server has no UIDL.
    ///
    /// # Errors
    /// `Protocol` above 200,000 messages or on nonsense.
    pub async fn uidl(&mut self) -> Result<Option<Vec<(u32, String)>>> { todo!() }

    /// `(message number, size in octets)`.
    ///
    /// # Errors
    /// `Protocol` above 200,000 messages or on nonsense.
    pub async fn list(&mut self) -> Result<Vec<(u32, u64)>> { todo!() }

    /// The header and the first `lines` lines; `None` when the server has no TOP.
    ///
    /// # Errors
    /// `Permanent` when the message is gone.
    pub async fn top(&mut self, _number: u32, _lines: u32) -> Result<Option<Vec<u8>>> { todo!() }

    /// The whole message, dot-unstuffed, CRLF line ends.
    ///
    /// # Errors
    /// `Permanent` above `max` bytes (the session is broken then) or when the message is gone.
    pub async fn retr(&mut self, _number: u32, _max: usize) -> Result<Vec<u8>> { todo!() }

    /// Marks a message; the server deletes it at QUIT.
    ///
    /// # Errors
    /// `Permanent` when refused.
    pub async fn dele(&mut self, _number: u32) -> Result<()> { todo!() }

    /// QUIT: the server carries out the deletions. Only `Ok` says that they were committed.
    ///
    /// # Errors
    /// `Permanent` when some messages were not removed (RFC 1939 §6), `Temporary` when no answer came.
    pub async fn quit(self) -> Result<()> { todo!() }
}
