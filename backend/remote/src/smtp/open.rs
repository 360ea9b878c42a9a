//! From a fresh connection to a session that is ready for MAIL: greeting, EHLO, STARTTLS, AUTH.

use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials as LettreCredentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use tokio::time::timeout;

use super::reply::{Extensions, Reply};
use super::wire::{Tap, Tapped};
use super::{SmtpSession, failed, nonsense};
use crate::lines::Lines;
use crate::{Class, Credentials, Endpoint, Error, Net, Result, Security, Stream};

/// How we introduce ourselves: an address literal says nothing about the home network and needs no name
/// (RFC 5321 §4.1.3).
const HELLO: &str = "[127.0.0.1]";

impl SmtpSession {
    /// Connects, secures, says EHLO and logs in (PLAIN, else LOGIN) where a login is given.
    ///
    /// # Errors
    /// `Auth`, `Tls`, `Temporary`, `Permanent`, `Protocol`.
    pub async fn open(net: &Net, endpoint: &Endpoint, login: Option<&Credentials>, allow_plain: bool) -> Result<Self> {
        if let Some(login) = login {
            login.check()?;
        }
        let wait = net.times.command;
        let host = &endpoint.host;
        let mut stream = net.connect(endpoint).await?;
        let mut prefix: &[u8] = b"";
        if endpoint.security == Security::StartTls {
            stream = start_tls(Lines::new(stream, host, wait), net).await?;
            // After STARTTLS there is no second greeting (RFC 3207 §4.2); lettre waits for one.
            prefix = b"220 go on\r\n";
        }
        let is_encrypted = stream.is_encrypted();
        let is_agreed = allow_plain && endpoint.security == Security::Plain;
        if login.is_some() && !is_encrypted && !is_agreed {
            return Err(Error::tls(format!(
                "The connection to {host} would not be encrypted, so no password was sent. Choose TLS or STARTTLS, \
                 or allow this account to work without encryption."
            )));
        }
        let mut session = Self::greet(stream, prefix, host, wait).await?;
        if let Some(login) = login {
            session.log_in(login).await?;
        }
        Ok(session)
    }

    /// Greeting and EHLO through lettre.
    async fn greet(stream: Stream, prefix: &'static [u8], host: &str, wait: Duration) -> Result<Self> {
        let tap = Tap::default();
        let tapped = Tapped::new(stream, tap.clone(), prefix);
        let hello = ClientId::Domain(HELLO.to_owned());
        let work = AsyncSmtpConnection::connect_with_transport(Box::new(tapped), &hello);
        let connection = match timeout(wait, work).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(e)) => return Err(not_greeted(host, tap.reply(), failed(host, &e))),
            Err(_) => {
                return Err(Error::temporary(format!(
                    "{host} accepted the connection but does not greet. Check the port and the kind of security."
                )));
            }
        };
        let lines = tap.last_lines().ok_or_else(|| nonsense(host))?;
        let extensions = Extensions::parse(&lines);
        Ok(Self { connection, tap, host: host.to_owned(), extensions, wait })
    }

    async fn log_in(&mut self, login: &Credentials) -> Result<()> {
        let host = self.host.clone();
        let offered = |name: &str| self.extensions.auth.iter().any(|m| m == name);
        let mechanism = if offered("PLAIN") {
            Mechanism::Plain
        } else if offered("LOGIN") {
            Mechanism::Login
        } else {
            return Err(Error::permanent(format!(
                "{host} does not accept a password on this connection. Check the port: sending mail usually goes by 465 (TLS) or 587 (STARTTLS)."
            )));
        };
        self.tap.clear();
        let credentials = LettreCredentials::new(login.username.clone(), login.password.clone());
        let result = timeout(self.wait, self.connection.auth(&[mechanism], &credentials)).await;
        match (result, self.tap.reply()) {
            (Err(_), _) => Err(Error::timed_out(&host)),
            (Ok(Ok(_)), Some(reply)) if reply.code == 235 => Ok(()),
            (Ok(_), Some(reply)) if reply.code >= 400 => Err(refused(&host, &reply)),
            (Ok(Err(e)), _) => Err(failed(&host, &e)),
            (Ok(Ok(_)), _) => Err(nonsense(&host)),
        }
    }
}

/// Greeting, EHLO and STARTTLS in clear, read by our own line reader, so that nothing that came before the handshake
/// can be taken for an answer after it.
async fn start_tls(mut lines: Lines, net: &Net) -> Result<Stream> {
    let host = lines.host().to_owned();
    let (greeting, _) = reply(&mut lines).await?;
    if greeting.code != 220 {
        return Err(not_greeted(&host, Some(greeting), nonsense(&host)));
    }
    lines.send(format!("EHLO {HELLO}\r\n").as_bytes()).await?;
    let (hello, announced) = reply(&mut lines).await?;
    let missing = || {
        Error::tls(format!(
            "{host} does not offer encryption (STARTTLS) on this port, so no password was sent. \
             If it did before, somebody may be in between; else choose TLS and its port."
        ))
    };
    if !hello.is_positive() || !Extensions::parse(&announced).starttls {
        return Err(missing());
    }
    lines.send(b"STARTTLS\r\n").await?;
    let (go, _) = reply(&mut lines).await?;
    if go.code != 220 {
        return Err(missing().said(&go.text));
    }
    Ok(lines.encrypt(&net.tls).await?.into_stream())
}

/// One reply in clear.
async fn reply(lines: &mut Lines) -> Result<(Reply, Vec<String>)> {
    let mut bytes = Vec::new();
    loop {
        bytes.extend_from_slice(lines.line().await?.as_bytes());
        bytes.extend_from_slice(b"\r\n");
        if let Some(reply) = Reply::parse(&bytes) {
            return Ok(reply);
        }
        let last = bytes.rsplit(|&b| b == b'\n').nth(1).unwrap_or_default();
        if last.get(3) != Some(&b'-') || bytes.len() > (64 << 10) {
            return Err(Error::protocol(format!("{} does not speak SMTP on this port. Check the port.", lines.host())));
        }
    }
}

/// A server that does not let us in at the greeting or at EHLO.
fn not_greeted(host: &str, reply: Option<Reply>, otherwise: Error) -> Error {
    match reply {
        Some(reply) if reply.code >= 400 => {
            let class = if reply.is_transient() { Class::Temporary } else { Class::Permanent };
            Error::new(class, format!("{host} does not take mail from Kinpost just now."))
                .said(&reply.text)
                .coded(reply.shown_code())
        }
        _ if otherwise.class == Class::Protocol => {
            Error::protocol(format!("{host} does not speak SMTP on this port. Check the port."))
        }
        _ => otherwise,
    }
}

/// AUTH's refusal (RFC 4954 §6).
fn refused(host: &str, reply: &Reply) -> Error {
    let error = if reply.is_transient() {
        Error::temporary(format!("{host} cannot check the password just now. Kinpost will try again."))
    } else {
        Error::auth(format!(
            "{host} does not accept the user name or the password for sending. Type them again; some providers want \
             an app password made on their web site."
        ))
    };
    error.said(&reply.text).coded(reply.shown_code())
}
