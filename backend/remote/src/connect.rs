//! One guarded TCP or TLS connection with a deadline.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::{Dns, Endpoint, Guard, Result, Tls};

/// Deadlines of sessions.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Name look-up, TCP and TLS together.
    pub connect: Duration,
    /// One command and its whole answer; a large transfer gets this much for every answer of the server.
    pub command: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self { connect: Duration::from_secs(15), command: Duration::from_secs(60) }
    }
}

/// What every session needs to reach a server; cheap to clone.
#[derive(Clone)]
pub struct Net {
    /// Resolver.
    pub dns: Dns,
    /// SSRF guard.
    pub guard: Guard,
    /// Roots of trust.
    pub tls: Tls,
    /// Deadlines.
    pub times: Times,
}

impl Net {
    /// Puts the parts together with default deadlines.
    pub fn new(dns: Dns, guard: Guard, tls: Tls) -> Self {
        Self { dns, guard, tls, times: Times::default() }
    }

    /// Connects: look-up, guard on the address actually connected to, TCP, and TLS where the endpoint says `Tls`.
    /// `StartTls` and `Plain` give the plain stream.
    ///
    /// # Errors
    /// Permanent (unknown host, guard), Temporary (refused, unreachable, deadline), Tls.
    pub async fn connect(&self, _endpoint: &Endpoint) -> Result<Stream> { todo!() }
}

/// A connected stream.
#[derive(Debug)]
pub enum Stream {
    /// Without encryption.
    Plain(TcpStream),
    /// Encrypted and verified.
    Tls(Box<TlsStream<TcpStream>>),
}
