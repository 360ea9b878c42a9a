//! One guarded TCP or TLS connection with a deadline.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::{Dns, Endpoint, Error, Guard, Result, Security, Tls};

/// Longest wait for one of several addresses.
const ONE_ADDRESS: Duration = Duration::from_secs(5);

/// Deadlines of sessions.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Name look-up, TCP and TLS together.
    pub connect: Duration,
    /// From the connection to the greeting of an IMAP or POP3 server: who says nothing by then speaks something else.
    pub greeting: Duration,
    /// One command and its whole answer; a large transfer gets this much for every answer of the server.
    pub command: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), greeting: Duration::from_secs(10), command: Duration::from_secs(60) }
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
    pub async fn connect(&self, endpoint: &Endpoint) -> Result<Stream> {
        let work = async {
            let tcp = self.tcp(endpoint).await?;
            match endpoint.security {
                Security::Tls => Stream::Plain(tcp).encrypt(&self.tls, &endpoint.host).await,
                Security::StartTls | Security::Plain => Ok(Stream::Plain(tcp)),
            }
        };
        match timeout(self.times.connect, work).await {
            Ok(result) => result,
            Err(_) => Err(Error::temporary(format!(
                "{} did not answer on port {} within {} s. Check the server name and the port.",
                endpoint.host,
                endpoint.port,
                self.times.connect.as_secs()
            ))),
        }
    }

    /// Waits for a server's first words.
    ///
    /// # Errors
    /// Temporary when nothing came in time, and whatever `words` says.
    pub(crate) async fn greeted<T>(&self, host: &str, words: impl Future<Output = Result<T>>) -> Result<T> {
        match timeout(self.times.greeting, words).await {
            Ok(result) => result,
            Err(_) => Err(Error::temporary(format!(
                "{host} took the connection but did not answer within {} s. Check the port and the kind of security.",
                self.times.greeting.as_secs()
            ))),
        }
    }

    /// The addresses of `host` that the guard lets through; an error when there is none.
    pub(crate) async fn permitted(&self, host: &str) -> Result<Vec<std::net::IpAddr>> {
        let mut refusal = None;
        let mut good = Vec::new();
        for address in self.dns.addresses(host).await? {
            match self.guard.check(host, address) {
                Ok(()) => good.push(address),
                Err(e) => refusal = Some(e),
            }
        }
        match refusal {
            Some(e) if good.is_empty() => Err(e),
            _ => Ok(good),
        }
    }

    async fn tcp(&self, endpoint: &Endpoint) -> Result<TcpStream> {
        let deadline = Instant::now() + self.times.connect;
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in self.permitted(&endpoint.host).await? {
            let address = SocketAddr::new(address, endpoint.port);
            let until = deadline.min(Instant::now() + ONE_ADDRESS);
            match timeout_at(until, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // Small commands must not wait for a full segment.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Ok(Err(e)) => last = e,
                Err(_) => last = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(unreachable(endpoint, &last))
    }
}

fn unreachable(endpoint: &Endpoint, error: &io::Error) -> Error {
    let (host, port) = (&endpoint.host, endpoint.port);
    Error::temporary(match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            format!("{host} takes no connections on port {port}. Check the port, or whether the server is running.")
        }
        io::ErrorKind::TimedOut => format!("{host} did not answer on port {port}. Check the server name and the port."),
        _ => format!("{host} cannot be reached on port {port} just now. Check the network."),
    })
}

/// A connected stream.
#[derive(Debug)]
pub enum Stream {
    /// Without encryption.
    Plain(TcpStream),
    /// Encrypted and verified.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// Whether it is encrypted.
    pub fn is_encrypted(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// The address at the other end.
    ///
    /// # Errors
    /// The socket is no longer connected.
    pub fn peer(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Plain(s) => s.peer_addr(),
            Self::Tls(s) => s.get_ref().0.peer_addr(),
        }
    }

    /// Does the TLS handshake and verifies that the certificate is for `host`. The caller sees to the deadline.
    ///
    /// # Errors
    /// `Tls` in plain words; `Temporary` when the connection is lost.
    pub async fn encrypt(self, tls: &Tls, host: &str) -> Result<Self> {
        let Self::Plain(tcp) = self else { return Ok(self) };
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Error::permanent("This server name cannot be used for an encrypted connection."))?;
        match TlsConnector::from(tls.config()).connect(name, tcp).await {
            Ok(stream) => Ok(Self::Tls(Box::new(stream))),
            Err(e) if crate::tls::find_tls_error(&e).is_some() => Err(Error::lost(host, &e)),
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Err(Error::tls(format!(
                "{host} closed the connection instead of encrypting it. Check the port and the kind of security."
            ))),
            Err(e) => Err(Error::lost(host, &e)),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(s) => Pin::new(s).poll_read(cx, buf),
            Self::Tls(s) => Pin::new(s.as_mut()).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(s) => Pin::new(s).poll_write(cx, buf),
            Self::Tls(s) => Pin::new(s.as_mut()).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(s) => Pin::new(s).poll_flush(cx),
            Self::Tls(s) => Pin::new(s.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(s) => Pin::new(s).poll_shutdown(cx),
            Self::Tls(s) => Pin::new(s.as_mut()).poll_shutdown(cx),
        }
    }
}
