//! From a fresh connection to a logged-in session: greeting, STARTTLS, capabilities, password.

use super::ImapSession;
use super::command::Command;
use super::reply::{self, Reply, Word};
use super::wire::Wire;
use crate::{Class, Credentials, Endpoint, Error, Net, Result, Security};

impl ImapSession {
    /// Connects, secures, logs in and reads the capabilities.
    ///
    /// STARTTLS is refused when it is not offered or when anything was sent after its answer. No password is sent
    /// on an unencrypted link unless `allow_plain`.
    ///
    /// # Errors
    /// `Auth`, `Tls`, `Temporary`, `Permanent`, `Protocol`.
    pub async fn open(net: &Net, endpoint: &Endpoint, login: &Credentials, allow_plain: bool) -> Result<Self> {
        login.check()?;
        let stream = net.connect(endpoint).await?;
        let mut session = Self::on(Wire::new(stream, &endpoint.host, net.times.command));
        let preauth = net.greeted(&endpoint.host, session.greeting()).await?;
        if endpoint.security == Security::StartTls {
            if preauth {
                return Err(no_starttls(&endpoint.host));
            }
            session = session.start_tls(net).await?;
        }
        let is_agreed = allow_plain && endpoint.security == Security::Plain;
        if !session.wire.is_encrypted() && !is_agreed {
            return Err(unencrypted(&endpoint.host));
        }
        if !preauth {
            session.log_in(login).await?;
        }
        session.settle().await?;
        Ok(session)
    }

    /// The greeting (RFC 3501 §7.1); `true` = already authenticated.
    async fn greeting(&mut self) -> Result<bool> {
        let host = self.wire.host().to_owned();
        let frame = self.wire.next().await?;
        let Reply::Status(outcome) = reply::read(frame).await else {
            return Err(Error::protocol(format!("{host} does not speak IMAP on this port. Check the port.")));
        };
        if outcome.code == "CAPABILITY" {
            self.capabilities = reply::capabilities(&outcome.args).into_iter().collect();
        }
        match outcome.word {
            Word::Ok => Ok(false),
            Word::Preauth => Ok(true),
            _ => Err(Error::temporary(format!("{host} does not take connections just now.")).said(&outcome.text)),
        }
    }

    async fn start_tls(mut self, net: &Net) -> Result<Self> {
        let host = self.wire.host().to_owned();
        self.read_capabilities().await?;
        if !self.has("STARTTLS") {
            return Err(no_starttls(&host));
        }
        self.run(Command::new("STARTTLS", "STARTTLS")).await.map_err(|e| match e.class {
            Class::Permanent => no_starttls(&host).said(e.server.as_deref().unwrap_or_default()),
            _ => e,
        })?;
        // What was announced in clear counts for nothing (RFC 3501 §6.2.1).
        let mut session = Self::on(self.wire.encrypt(&net.tls).await?);
        session.next_tag = self.next_tag;
        Ok(session)
    }

    async fn log_in(&mut self, login: &Credentials) -> Result<()> {
        if self.capabilities.is_empty() {
            self.read_capabilities().await?;
        }
        let host = self.wire.host().to_owned();
        let outcome = if self.has("AUTH=PLAIN") {
            self.authenticate_plain(login).await
        } else if self.has("LOGINDISABLED") {
            return Err(Error::permanent(format!(
                "{host} does not accept a password on this connection. Choose TLS or STARTTLS, or check which way to log in your provider wants."
            )));
        } else {
            let command = Command::new("LOGIN", "LOGIN").string(&login.username)?.string(&login.password)?;
            self.run(command).await
        };
        outcome.map_err(|e| refused(&host, e))
    }

    async fn authenticate_plain(&mut self, login: &Credentials) -> Result<()> {
        let secret = login.plain();
        if self.has("SASL-IR") {
            return self.run(Command::new("AUTHENTICATE", &format!("AUTHENTICATE PLAIN {secret}"))).await;
        }
        let tag = self.begin(Command::new("AUTHENTICATE", "AUTHENTICATE PLAIN")).await?;
        self.await_continue(&tag, "AUTHENTICATE").await?;
        self.wire.send(format!("{secret}\r\n").as_bytes()).await?;
        self.finish(&tag, "AUTHENTICATE").await
    }

    /// After log-in: fresh capabilities, and who we are where the server wants to know (some refuse service without).
    async fn settle(&mut self) -> Result<()> {
        self.read_capabilities().await?;
        if self.has("ID") {
            match self.run(Command::new("ID", "ID (\"name\" \"Kinpost\")")).await {
                Err(e) if e.class != Class::Permanent => return Err(e),
                _ => {}
            }
        }
        self.unsolicited = super::Unsolicited::default();
        Ok(())
    }

    async fn read_capabilities(&mut self) -> Result<()> {
        self.capabilities.clear();
        self.run(Command::new("CAPABILITY", "CAPABILITY")).await
    }
}

fn no_starttls(host: &str) -> Error {
    Error::tls(format!(
        "{host} does not offer encryption (STARTTLS) on this port, so no password was sent. \
         If it did before, somebody may be in between; else choose TLS and its port."
    ))
}

fn unencrypted(host: &str) -> Error {
    Error::tls(format!(
        "The connection to {host} would not be encrypted, so no password was sent. Choose TLS or STARTTLS, \
         or allow this account to work without encryption."
    ))
}

/// A refusal of the password in its class (RFC 5530 §3).
fn refused(host: &str, error: Error) -> Error {
    if !matches!(error.class, Class::Permanent | Class::Auth) {
        return error;
    }
    let words = error.server.clone().unwrap_or_default().to_ascii_lowercase();
    let busy = ["too many", "try again", "temporar", "unavailable", "rate limit"].iter().any(|w| words.contains(w));
    let code = error.code.clone().unwrap_or_default();
    let (class, message) = if code == "UNAVAILABLE" || code == "LIMIT" || (code.is_empty() || code == "ALERT") && busy {
        (Class::Temporary, format!("{host} does not let anybody in just now. Kinpost will try again."))
    } else {
        (
            Class::Auth,
            format!(
                "{host} does not accept the user name or the password. Type them again; some providers want an app \
                 password made on their web site."
            ),
        )
    };
    Error { class, message, ..error }
}
