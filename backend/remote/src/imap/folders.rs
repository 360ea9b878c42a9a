//! Folders: LIST, STATUS, SELECT, and making, renaming, deleting them.

use super::command::Command;
use super::reply::{Reply, Word};
use super::token::Token;
use super::{Folder, ImapSession, Selected, Status, Unsolicited};
use crate::{Class, Error, Result};

impl ImapSession {
    /// All folders with special use where offered (RFC 6154), at most `Limits::folders`.
    ///
    /// # Errors
    /// `Protocol` above the limit.
    pub async fn list(&mut self) -> Result<Vec<Folder>> {
        let mut words = "LIST \"\" \"*\"".to_owned();
        if self.has("SPECIAL-USE") && self.has("LIST-EXTENDED") {
            words.push_str(" RETURN (SPECIAL-USE)");
        }
        self.run(Command::new("LIST", &words)).await?;
        let mut folders = self.collect(|reply| match reply {
            Reply::List(folder) => Ok(folder),
            other => Err(other),
        });
        if folders.len() > self.wire.limits.folders {
            return Err(Error::protocol(format!(
                "{} has {} folders; Kinpost can take {}.",
                self.wire.host(),
                folders.len(),
                self.wire.limits.folders
            )));
        }
        folders.sort_by(|a, b| a.wire.cmp(&b.wire));
        folders.dedup_by(|a, b| a.wire == b.wire);
        Ok(folders)
    }

    /// Prefix and delimiter of the personal namespace (RFC 2342), if the server tells: (`"INBOX."`, `'.'`).
    ///
    /// # Errors
    /// As every command.
    pub async fn namespace(&mut self) -> Result<Option<(String, Option<char>)>> {
        if !self.has("NAMESPACE") {
            return Ok(None);
        }
        self.run(Command::new("NAMESPACE", "NAMESPACE")).await?;
        let found = self.collect(|reply| match reply {
            Reply::Namespace(tokens) => Ok(tokens),
            other => Err(other),
        });
        Ok(found.first().and_then(|tokens| match tokens.as_slice() {
            [Token::Open, Token::Open, prefix, delimiter, ..] => {
                let delimiter = if delimiter.is_nil() { None } else { delimiter.text()?.chars().next() };
                Some((prefix.text()?, delimiter))
            }
            _ => None,
        }))
    }

    /// STATUS of a folder by wire name.
    ///
    /// # Errors
    /// `Permanent` when it does not exist.
    pub async fn status(&mut self, folder: &str) -> Result<Status> {
        let items = if self.has("CONDSTORE") || self.has("QRESYNC") {
            " (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ)"
        } else {
            " (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)"
        };
        self.run(Command::new("STATUS", "STATUS").string(folder)?.words(items)).await?;
        let found = self.collect(|reply| match reply {
            Reply::FolderStatus(status) => Ok(status),
            other => Err(other),
        });
        found.last().copied().ok_or_else(|| self.nonsense())
    }

    /// SELECT (with CONDSTORE where offered).
    ///
    /// # Errors
    /// `Permanent` when it does not exist.
    pub async fn select(&mut self, folder: &str) -> Result<Selected> {
        self.open_folder("SELECT", folder).await
    }

    /// EXAMINE: as [`Self::select`], read-only.
    ///
    /// # Errors
    /// `Permanent` when it does not exist.
    pub async fn examine(&mut self, folder: &str) -> Result<Selected> {
        self.open_folder("EXAMINE", folder).await
    }

    async fn open_folder(&mut self, verb: &'static str, folder: &str) -> Result<Selected> {
        // What was told about the folder before is of no interest for this one.
        self.unsolicited = Unsolicited::default();
        let mut command = Command::new(verb, verb).string(folder)?;
        if self.has("CONDSTORE") || self.has("QRESYNC") {
            command = command.words(" (CONDSTORE)");
        }
        self.run(command).await?;
        let mut selected = Selected { read_only: verb == "EXAMINE", ..Selected::default() };
        let mut permanent = None;
        let mut known = Vec::new();
        for reply in std::mem::take(&mut self.answers) {
            match reply {
                Reply::Exists(count) => selected.exists = count,
                Reply::Flags(flags) => known = flags,
                Reply::Status(outcome) if outcome.word == Word::Ok => match outcome.code.as_str() {
                    "UIDVALIDITY" => selected.uid_validity = outcome.args.trim().parse().unwrap_or(0),
                    "UIDNEXT" => selected.uid_next = outcome.args.trim().parse().ok(),
                    "HIGHESTMODSEQ" => selected.highest_modseq = outcome.args.trim().parse().ok().filter(|&m| m > 0),
                    "PERMANENTFLAGS" => permanent = Some(flag_words(&outcome.args)),
                    _ => {}
                },
                _ => {}
            }
        }
        match self.last.as_ref().map(|o| o.code.as_str()) {
            Some("READ-ONLY") => selected.read_only = true,
            Some("READ-WRITE") if verb == "SELECT" => selected.read_only = false,
            _ => {}
        }
        // Without PERMANENTFLAGS a client should assume that all can be changed (RFC 3501 §7.1).
        selected.keeps_keywords = permanent.as_ref().is_none_or(|flags| flags.iter().any(|f| f == "\\*"));
        selected.permanent_flags = permanent.unwrap_or(known);
        selected.permanent_flags.retain(|f| f != "\\*" && !f.eq_ignore_ascii_case("\\Recent"));
        Ok(selected)
    }

    /// CREATE by wire name (see [`super::encode_name`]).
    ///
    /// # Errors
    /// `Permanent` when refused (code `ALREADYEXISTS` when the server tells).
    pub async fn create(&mut self, folder: &str) -> Result<()> {
        self.simple(Command::new("CREATE", "CREATE").string(folder)?).await
    }

    /// RENAME by wire names.
    ///
    /// # Errors
    /// `Permanent` when refused.
    pub async fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        self.simple(Command::new("RENAME", "RENAME").string(from)?.string(to)?).await
    }

    /// DELETE by wire name.
    ///
    /// # Errors
    /// `Permanent` when refused (code `NONEXISTENT` when the server tells).
    pub async fn delete(&mut self, folder: &str) -> Result<()> {
        self.simple(Command::new("DELETE", "DELETE").string(folder)?).await
    }

    /// SUBSCRIBE or UNSUBSCRIBE by wire name.
    ///
    /// # Errors
    /// `Permanent` when refused.
    pub async fn subscribe(&mut self, folder: &str, subscribed: bool) -> Result<()> {
        let verb = if subscribed { "SUBSCRIBE" } else { "UNSUBSCRIBE" };
        self.simple(Command::new(verb, verb).string(folder)?).await
    }

    /// A command whose tagged answer is all that counts.
    pub(super) async fn simple(&mut self, command: Command<'_>) -> Result<()> {
        self.run(command).await?;
        self.absorb();
        Ok(())
    }

    /// An error that says which capability is missing, before anything is sent.
    pub(super) fn require(&self, capability: &str) -> Result<()> {
        if self.has(capability) {
            return Ok(());
        }
        let host = self.wire.host();
        Err(Error::new(Class::Permanent, format!("{host} cannot do this ({capability}).")).coded("CANNOT"))
    }
}

/// The words of `(\Seen \*)`.
fn flag_words(args: &str) -> Vec<String> {
    args.trim_matches(['(', ')', ' ']).split_ascii_whitespace().take(500).map(str::to_owned).collect()
}
