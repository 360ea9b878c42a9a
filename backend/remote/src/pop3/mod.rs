//! A session with a POP3 server (RFC 1939, CAPA RFC 2449, STLS RFC 2595, AUTH RFC 5034).

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet};

use crate::lines::Lines;
use crate::{Class, Credentials, Endpoint, Error, Net, Result, Security};

/// Most messages of one mailbox.
const MAX_MESSAGES: usize = 200_000;
/// Largest header that TOP may bring.
const MAX_TOP: usize = 4 << 20;

/// A logged-in session. Nothing is deleted before [`Pop3Session::quit`] succeeded. After `Temporary` or `Protocol`
/// errors it must be replaced.
pub struct Pop3Session {
    lines: Lines,
    capabilities: BTreeSet<String>,
    broken: bool,
}

impl Pop3Session {
    /// Connects, secures and logs in. STLS is refused when it is not offered; no password on an unencrypted link
    /// unless `allow_plain`.
    ///
    /// # Errors
    /// `Auth`, `Tls`, `Temporary` (also `[IN-USE]`), `Permanent`, `Protocol`.
    pub async fn open(net: &Net, endpoint: &Endpoint, login: &Credentials, allow_plain: bool) -> Result<Self> {
        login.check()?;
        let stream = net.connect(endpoint).await?;
        let lines = Lines::new(stream, &endpoint.host, net.times.command);
        let mut session = Self { lines, capabilities: BTreeSet::new(), broken: false };
        net.greeted(&endpoint.host, session.greeting()).await?;
        session.read_capabilities().await?;
        if endpoint.security == Security::StartTls {
            session = session.start_tls(net).await?;
        }
        let is_agreed = allow_plain && endpoint.security == Security::Plain;
        if !session.lines.is_encrypted() && !is_agreed {
            return Err(Error::tls(format!(
                "The connection to {} would not be encrypted, so no password was sent. Choose TLS or STARTTLS, \
                 or allow this account to work without encryption.",
                endpoint.host
            )));
        }
        session.log_in(login).await?;
        // Some capabilities are announced only after log-in (RFC 2449 §5).
        session.read_capabilities().await?;
        Ok(session)
    }

    /// Whether CAPA announced a capability (upper case, e.g. `TOP`); `UIDL` and `TOP` may work unannounced.
    pub fn has(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
    }

    /// Whether the connection can no longer be used.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    async fn greeting(&mut self) -> Result<()> {
        let host = self.lines.host().to_owned();
        let line = self.lines.line().await?;
        if line.starts_with("+OK") {
            Ok(())
        } else if line.starts_with("-ERR") {
            Err(Error::temporary(format!("{host} does not take connections just now.")).said(words(&line)))
        } else {
            Err(Error::protocol(format!("{host} does not speak POP3 on this port. Check the port.")))
        }
    }

    async fn read_capabilities(&mut self) -> Result<()> {
        self.capabilities.clear();
        match self.command("CAPA").await {
            Ok(_) => {}
            Err(e) if e.class == Class::Permanent => return Ok(()),
            Err(e) => return Err(e),
        }
        for line in self.listing().await? {
            let upper = line.to_ascii_uppercase();
            let mut words = upper.split_ascii_whitespace();
            if let Some(name) = words.next() {
                if name == "SASL" {
                    self.capabilities.extend(words.take(50).map(|w| format!("SASL {w}")));
                }
                self.capabilities.insert(name.to_owned());
            }
        }
        Ok(())
    }

    async fn start_tls(mut self, net: &Net) -> Result<Self> {
        let host = self.lines.host().to_owned();
        let missing = || {
            Error::tls(format!(
                "{host} does not offer encryption (STLS) on this port, so no password was sent. \
                 If it did before, somebody may be in between; else choose TLS and its port."
            ))
        };
        if !self.has("STLS") {
            return Err(missing());
        }
        self.command("STLS").await.map_err(|e| if e.class == Class::Permanent { missing() } else { e })?;
        let lines = self.lines.encrypt(&net.tls).await?;
        let mut session = Self { lines, capabilities: BTreeSet::new(), broken: false };
        session.read_capabilities().await?;
        Ok(session)
    }

    async fn log_in(&mut self, login: &Credentials) -> Result<()> {
        let result = if self.has("SASL PLAIN") {
            self.command(&format!("AUTH PLAIN {}", login.plain())).await
        } else {
            match self.command(&format!("USER {}", login.username)).await {
                Ok(_) => self.command(&format!("PASS {}", login.password)).await,
                refused => refused,
            }
        };
        let host = self.lines.host();
        result.map(drop).map_err(|e| {
            if !matches!(e.class, Class::Permanent | Class::Auth) || e.code.as_deref() == Some("SYS/PERM") {
                return e;
            }
            let message = format!(
                "{host} does not accept the user name or the password. Type them again; some providers want POP3 \
                 to be switched on, or an app password made, on their web site."
            );
            Error { class: Class::Auth, message, ..e }
        })
    }

    /// `(message number, unique id)`; `None` when the server has no UIDL.
    ///
    /// # Errors
    /// `Protocol` above 200,000 messages or on nonsense.
    pub async fn uidl(&mut self) -> Result<Option<Vec<(u32, String)>>> {
        match self.command("UIDL").await {
            Ok(_) => {}
            Err(e) if e.class == Class::Permanent => return Ok(None),
            Err(e) => return Err(e),
        }
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        for line in self.listing().await? {
            let (number, id) = line.trim().split_once(' ').ok_or_else(|| self.nonsense())?;
            let number: u32 = number.parse().map_err(|_| self.nonsense())?;
            let id = id.trim();
            // 1–70 printable characters (RFC 1939 §7); some servers take more.
            if number == 0 || id.is_empty() || id.len() > 500 {
                return Err(self.nonsense());
            }
            if seen.insert(number) {
                out.push((number, id.to_owned()));
            }
        }
        Ok(Some(out))
    }

    /// `(message number, size in octets)`.
    ///
    /// # Errors
    /// `Protocol` above 200,000 messages or on nonsense.
    pub async fn list(&mut self) -> Result<Vec<(u32, u64)>> {
        self.command("LIST").await?;
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        for line in self.listing().await? {
            let mut words = line.split_ascii_whitespace();
            let (Some(number), Some(size)) = (words.next(), words.next()) else { return Err(self.nonsense()) };
            let number: u32 = number.parse().map_err(|_| self.nonsense())?;
            let size: u64 = size.parse().map_err(|_| self.nonsense())?;
            if number > 0 && seen.insert(number) {
                out.push((number, size));
            }
        }
        Ok(out)
    }

    /// The header and the first `lines` lines; `None` when the server has no TOP.
    ///
    /// # Errors
    /// `Permanent` when the message is gone and TOP was announced.
    pub async fn top(&mut self, number: u32, lines: u32) -> Result<Option<Vec<u8>>> {
        match self.command(&format!("TOP {number} {lines}")).await {
            Ok(_) => {}
            Err(e) if e.class == Class::Permanent && !self.has("TOP") => return Ok(None),
            Err(e) => return Err(e),
        }
        self.broken = true;
        let block = self.lines.block(MAX_TOP).await?.ok_or_else(|| self.nonsense())?;
        self.broken = false;
        Ok(Some(block))
    }

    /// The whole message, dot-unstuffed, CRLF line ends.
    ///
    /// # Errors
    /// `Permanent` above `max` bytes (the session is broken then) or when the message is gone.
    pub async fn retr(&mut self, number: u32, max: usize) -> Result<Vec<u8>> {
        self.command(&format!("RETR {number}")).await?;
        self.broken = true;
        let block = self.lines.block(max).await?;
        let message = block.ok_or_else(|| {
            Error::permanent(format!("This message is larger than {} MB, the most that Kinpost fetches.", max >> 20))
                .coded("TOOBIG")
        })?;
        self.broken = false;
        Ok(message)
    }

    /// Marks a message; the server deletes it at QUIT.
    ///
    /// # Errors
    /// `Permanent` when refused.
    pub async fn dele(&mut self, number: u32) -> Result<()> {
        self.command(&format!("DELE {number}")).await.map(drop)
    }

    /// NOOP: keeps the session alive.
    ///
    /// # Errors
    /// `Temporary` when the connection is lost.
    pub async fn noop(&mut self) -> Result<()> {
        self.command("NOOP").await.map(drop)
    }

    /// QUIT: the server carries out the deletions. Only `Ok` says that they were committed.
    ///
    /// # Errors
    /// `Permanent` when some messages were not removed (RFC 1939 §6), `Temporary` when no answer came.
    pub async fn quit(mut self) -> Result<()> {
        self.command("QUIT").await.map(drop)
    }

    /// Sends a command and reads its status line; `Ok` = the text after `+OK`.
    async fn command(&mut self, command: &str) -> Result<String> {
        if self.broken {
            return Err(Error::temporary(format!(
                "The connection to {} was lost. Kinpost will try again.",
                self.lines.host()
            )));
        }
        if command.bytes().any(|b| matches!(b, b'\r' | b'\n' | 0)) {
            return Err(Error::permanent("A line break cannot be sent to a mail server."));
        }
        self.broken = true;
        self.lines.send(format!("{command}\r\n").as_bytes()).await?;
        let line = self.lines.line().await?;
        if let Some(text) = line.strip_prefix("+OK") {
            self.broken = false;
            return Ok(text.trim().to_owned());
        }
        if line.starts_with("+ ") || line == "+" {
            // A challenge that PLAIN does not have: cancel it (RFC 5034 §4).
            self.lines.send(b"*\r\n").await?;
            let _ = self.lines.line().await?;
        } else if !line.starts_with("-ERR") {
            return Err(self.nonsense());
        }
        self.broken = false;
        Err(refusal(self.lines.host(), &line))
    }

    /// The lines of a multi-line answer.
    async fn listing(&mut self) -> Result<Vec<String>> {
        self.broken = true;
        let mut out = Vec::new();
        loop {
            let line = self.lines.line().await?;
            if line == "." {
                self.broken = false;
                return Ok(out);
            }
            if out.len() >= MAX_MESSAGES {
                return Err(Error::protocol(format!(
                    "{} lists more than {MAX_MESSAGES} messages, the most that Kinpost takes.",
                    self.lines.host()
                )));
            }
            out.push(line.strip_prefix('.').map_or_else(|| line.clone(), str::to_owned));
        }
    }

    fn nonsense(&self) -> Error {
        Error::protocol(format!("{} sends answers that are not POP3. Kinpost will try again later.", self.lines.host()))
    }
}

/// The text of a status line without `-ERR`.
fn words(line: &str) -> &str {
    line.trim_start_matches("-ERR").trim()
}

/// `-ERR [CODE] text` in its class (RFC 2449 §8, RFC 3206).
fn refusal(host: &str, line: &str) -> Error {
    let text = words(line);
    let code = text.strip_prefix('[').and_then(|t| t.split_once(']')).map(|(code, _)| code.to_ascii_uppercase());
    let (class, message) = match code.as_deref() {
        Some("IN-USE") => {
            (Class::Temporary, format!("Another program is reading this mailbox at {host}. Kinpost will try again."))
        }
        Some("LOGIN-DELAY" | "SYS/TEMP") => {
            (Class::Temporary, format!("{host} asks to come back later. Kinpost will try again."))
        }
        Some("AUTH") => (Class::Auth, format!("{host} does not accept the user name or the password.")),
        _ => (Class::Permanent, format!("{host} refused.")),
    };
    let mut error = Error::new(class, message).said(text);
    error.code = code;
    error
}
