//! A session with an IMAP server (RFC 3501 and the extensions Kinpost uses).
//!
//! `async-imap`'s reader parses the responses; the commands are written by our own encoder, so that no untagged
//! response is ever dropped, literals are capped beneath the parser and a bad response cannot lose the next one.

mod command;
mod date;
mod fetch;
mod folders;
mod idle;
mod login;
mod name;
mod reply;
mod set;
mod structure;
#[cfg(test)]
mod tests;
mod token;
mod types;
mod wire;
mod write;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::timeout;

pub use name::{decode_name, encode_name};
pub use set::UidSet;
pub use types::{
    Appended, Copied, Fetched, Folder, IdleEnd, Limits, Meta, Selected, SpecialUse, Status, Summary, Unsolicited,
};

use crate::{Class, Error, Result};
use command::{Command, Piece};
use reply::{Outcome, Reply, Word};
use wire::Wire;

pub(crate) use wire::injected;

/// Most flag changes of others that are kept apart; beyond, the folder is read again.
const MAX_UNSOLICITED: usize = 10_000;
/// A whole answer may take so many times the deadline of one response.
const WHOLE_ANSWER: u32 = 10;

/// A logged-in session. Dropping it closes the connection. When a call's future is dropped in the middle or a call
/// fails with `Temporary` or `Protocol`, the session is broken ([`ImapSession::is_broken`]) and must be replaced.
pub struct ImapSession {
    wire: Wire,
    capabilities: BTreeSet<String>,
    next_tag: u32,
    broken: bool,
    unsolicited: Unsolicited,
    /// Answers of the running command.
    answers: Vec<Reply>,
    /// The last tagged outcome.
    last: Option<Outcome>,
}

impl ImapSession {
    fn on(wire: Wire) -> Self {
        Self {
            wire,
            capabilities: BTreeSet::new(),
            next_tag: 1,
            broken: false,
            unsolicited: Unsolicited::default(),
            answers: Vec::new(),
            last: None,
        }
    }

    /// Whether the server announced a capability (upper case, e.g. `CONDSTORE`).
    pub fn has(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
    }

    /// All capabilities, upper case.
    pub fn capabilities(&self) -> &BTreeSet<String> {
        &self.capabilities
    }

    /// Whether the connection can no longer be used.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Sets the limits on what the server may send.
    pub fn set_limits(&mut self, limits: Limits) {
        self.wire.limits = limits;
    }

    /// What the server told unasked since the last call (EXISTS, EXPUNGE, FLAGS of others). Look after every command.
    pub fn take_unsolicited(&mut self) -> Unsolicited {
        std::mem::take(&mut self.unsolicited)
    }

    /// NOOP: collects what is new.
    ///
    /// # Errors
    /// As every command.
    pub async fn noop(&mut self) -> Result<()> {
        self.run(Command::new("NOOP", "NOOP")).await?;
        self.absorb();
        Ok(())
    }

    /// LOGOUT, best effort, at most two seconds.
    pub async fn logout(mut self) {
        let _ = timeout(Duration::from_secs(2), self.run(Command::new("LOGOUT", "LOGOUT"))).await;
    }

    /// Sends a command and reads to its tagged answer. Its untagged answers are in `self.answers`.
    async fn run(&mut self, command: Command<'_>) -> Result<()> {
        let name = command.name;
        let tag = self.begin(command).await?;
        self.finish(&tag, name).await
    }

    /// Sends a command whole, waiting before literals. The session counts as broken until [`Self::finish`].
    async fn begin(&mut self, command: Command<'_>) -> Result<String> {
        if self.broken {
            return Err(Error::temporary(format!(
                "The connection to {} was lost. Kinpost will try again.",
                self.wire.host()
            )));
        }
        self.answers.clear();
        self.last = None;
        self.broken = true;
        self.wire.budget = self.wire.limits.answer;
        self.send(command).await
    }

    async fn send(&mut self, command: Command<'_>) -> Result<String> {
        let tag = format!("K{}", self.next_tag);
        self.next_tag = self.next_tag.wrapping_add(1);
        let mut out = format!("{tag} ").into_bytes();
        for piece in command.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(&text),
                Piece::Literal(bytes) => {
                    out.extend_from_slice(format!("{{{}}}\r\n", bytes.len()).as_bytes());
                    self.wire.send(&out).await?;
                    out.clear();
                    self.await_continue(&tag, command.name).await?;
                    self.wire.send(&bytes).await?;
                }
            }
        }
        out.extend_from_slice(b"\r\n");
        self.wire.send(&out).await?;
        Ok(tag)
    }

    /// Reads to `+`; a tagged answer instead of it is the server's refusal.
    async fn await_continue(&mut self, tag: &str, name: &'static str) -> Result<()> {
        loop {
            match self.read(tag).await? {
                Some(Reply::Continue) => return Ok(()),
                Some(_) => {}
                None => {
                    self.broken = false;
                    self.verdict(name)?;
                    return Err(self.nonsense());
                }
            }
        }
    }

    /// Reads to the tagged answer of `tag`.
    async fn finish(&mut self, tag: &str, name: &'static str) -> Result<()> {
        let wait = self.wire.wait().saturating_mul(WHOLE_ANSWER);
        let work = async {
            while let Some(reply) = self.read(tag).await? {
                self.answers.push(reply);
            }
            Ok(())
        };
        match timeout(wait, work).await {
            Ok(result) => result?,
            Err(_) => return Err(Error::timed_out(self.wire.host())),
        }
        self.broken = false;
        self.verdict(name)
    }

    /// One untagged answer; `None` when the tagged one came (it is in `self.last`).
    async fn read(&mut self, tag: &str) -> Result<Option<Reply>> {
        loop {
            let frame = self.wire.next().await?;
            match reply::read(frame).await {
                Reply::Tagged(theirs, outcome) => {
                    if theirs != tag {
                        return Err(self.nonsense());
                    }
                    if outcome.code == "CAPABILITY" {
                        self.capabilities = reply::capabilities(&outcome.args).into_iter().collect();
                    }
                    self.last = Some(outcome);
                    return Ok(None);
                }
                Reply::Status(outcome) if outcome.word == Word::Bye => {
                    let host = self.wire.host();
                    return Err(Error::temporary(format!("{host} ended the connection. Kinpost will try again."))
                        .said(&outcome.text));
                }
                Reply::Capability(words) => self.capabilities = words.into_iter().collect(),
                Reply::Skipped => {}
                other => return Ok(Some(other)),
            }
        }
    }

    fn nonsense(&self) -> Error {
        Error::protocol(format!("{} sends answers that are not IMAP. Kinpost will try again later.", self.wire.host()))
    }

    /// The tagged answer as a result.
    fn verdict(&mut self, name: &'static str) -> Result<()> {
        let host = self.wire.host();
        let Some(outcome) = &self.last else { return Ok(()) };
        let (class, code) = match (outcome.word, outcome.code.as_str()) {
            (Word::Ok, _) => return Ok(()),
            (Word::No, code @ ("UNAVAILABLE" | "INUSE" | "SERVERBUG")) => (Class::Temporary, code),
            (Word::No, code @ ("AUTHENTICATIONFAILED" | "AUTHORIZATIONFAILED" | "EXPIRED")) => (Class::Auth, code),
            (Word::No, code) => (Class::Permanent, code),
            _ => (Class::Permanent, "BAD"),
        };
        tracing::debug!(command = name, code, "the server refused a command");
        let mut error = Error::new(class, format!("{host} refused to {}.", deed(name))).said(&outcome.text);
        error.code = (!code.is_empty()).then(|| code.to_owned());
        Err(error)
    }

    /// Takes the answers of the finished command for which `pick` gives something; the rest counts as unsolicited.
    fn collect<T>(&mut self, mut pick: impl FnMut(Reply) -> std::result::Result<T, Reply>) -> Vec<T> {
        let mut picked = Vec::new();
        for answer in std::mem::take(&mut self.answers) {
            match pick(answer) {
                Ok(value) => picked.push(value),
                Err(other) => self.answers.push(other),
            }
        }
        self.absorb();
        picked
    }

    /// Counts what is left of the answers as told unasked.
    fn absorb(&mut self) {
        for answer in std::mem::take(&mut self.answers) {
            absorb(&mut self.unsolicited, answer);
        }
    }
}

/// What a command does, in plain words.
fn deed(command: &str) -> &'static str {
    match command {
        "SELECT" | "EXAMINE" | "STATUS" => "open this folder",
        "LIST" | "NAMESPACE" => "list the folders",
        "FETCH" | "SEARCH" => "show these messages",
        "APPEND" => "store this message",
        "STORE" => "change the marks of these messages",
        "COPY" | "MOVE" => "move these messages",
        "EXPUNGE" => "remove these messages",
        "CREATE" => "make this folder",
        "RENAME" => "rename this folder",
        "DELETE" => "delete this folder",
        _ => "do what Kinpost asked for",
    }
}

fn absorb(news: &mut Unsolicited, reply: Reply) {
    match reply {
        Reply::Exists(count) => news.exists = Some(count),
        Reply::Expunge => news.expunged = news.expunged.saturating_add(1),
        Reply::Vanished(count) => news.expunged = news.expunged.saturating_add(count),
        Reply::Fetch(fetch) => {
            if fetch.meta.uid == 0 || fetch.meta.flags.is_none() || news.flags.len() >= MAX_UNSOLICITED {
                news.resync = true;
            } else {
                news.flags.push(fetch.meta);
            }
        }
        _ => {}
    }
}
