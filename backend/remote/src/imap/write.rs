//! Changing messages: flags, APPEND, COPY, MOVE, EXPUNGE.

use std::borrow::Cow;

use super::command::Command;
use super::reply::{Outcome, Reply, expand};
use super::{Appended, Copied, ImapSession, Meta, UidSet, date};
use crate::Result;

/// Longest UID set in one command.
const MAX_SET: usize = 4_000;

impl ImapSession {
    /// Adds (`add`) or removes flags (`\Seen`, `$Junk`); what the server answered (flags, MODSEQ) comes back.
    ///
    /// # Errors
    /// `Permanent` when refused.
    pub async fn store(&mut self, set: &UidSet, add: bool, flags: &[&str]) -> Result<Vec<Meta>> {
        let mut out = Vec::new();
        if flags.is_empty() {
            return Ok(out);
        }
        let sign = if add { '+' } else { '-' };
        for line in set.lines(MAX_SET) {
            let command = Command::new("STORE", &format!("UID STORE {line} {sign}FLAGS")).flags(flags)?;
            self.run(command).await?;
            out.extend(self.collect(|reply| match reply {
                Reply::Fetch(f) if set.contains(f.meta.uid) => Ok(f.meta),
                other => Err(other),
            }));
        }
        Ok(out)
    }

    /// APPEND with flags and date (ms since epoch); the new UID where the server tells (UIDPLUS).
    ///
    /// # Errors
    /// `Permanent` with code `TRYCREATE` when the folder is missing.
    pub async fn append(
        &mut self,
        folder: &str,
        flags: &[&str],
        date_ms: Option<i64>,
        message: &[u8],
    ) -> Result<Option<Appended>> {
        let mut command = Command::new("APPEND", "APPEND").string(folder)?.flags(flags)?;
        if let Some(date) = date_ms.and_then(date::format) {
            command = command.words(&format!(" \"{date}\""));
        }
        self.run(command.words(" ").literal(Cow::Borrowed(message))).await?;
        self.absorb();
        Ok(self.last.as_ref().and_then(append_uid))
    }

    /// COPY; the UID mapping where the server tells.
    ///
    /// # Errors
    /// `Permanent` with code `TRYCREATE` when the folder is missing.
    pub async fn copy(&mut self, set: &UidSet, folder: &str) -> Result<Option<Copied>> {
        self.transfer("COPY", set, folder).await
    }

    /// MOVE (RFC 6851); only with the capability `MOVE`. The UID mapping where the server tells.
    ///
    /// # Errors
    /// `Permanent` without the capability or when refused.
    pub async fn move_to(&mut self, set: &UidSet, folder: &str) -> Result<Option<Copied>> {
        self.require("MOVE")?;
        self.transfer("MOVE", set, folder).await
    }

    async fn transfer(&mut self, verb: &'static str, set: &UidSet, folder: &str) -> Result<Option<Copied>> {
        let mut all: Option<Copied> = None;
        for line in set.lines(MAX_SET) {
            self.run(Command::new(verb, &format!("UID {verb} {line}")).string(folder)?).await?;
            // MOVE tells COPYUID in an untagged OK (RFC 6851 §4.3), COPY in the tagged one.
            let mut told = self.collect(|reply| match reply {
                Reply::Status(outcome) if outcome.code == "COPYUID" => Ok(outcome),
                other => Err(other),
            });
            told.extend(self.last.clone());
            for copied in told.iter().filter_map(copy_uid) {
                match &mut all {
                    Some(all) if all.uid_validity == copied.uid_validity => all.uids.extend(copied.uids),
                    _ => all = Some(copied),
                }
            }
        }
        if let Some(all) = &mut all {
            all.uids.retain(|(old, _)| set.contains(*old));
        }
        Ok(all)
    }

    /// UID EXPUNGE; only with the capability `UIDPLUS`. The messages must carry `\Deleted`.
    ///
    /// # Errors
    /// `Permanent` without the capability or when refused.
    pub async fn expunge(&mut self, set: &UidSet) -> Result<()> {
        self.require("UIDPLUS")?;
        for line in set.lines(MAX_SET) {
            self.simple(Command::new("EXPUNGE", &format!("UID EXPUNGE {line}"))).await?;
        }
        Ok(())
    }
}

/// `APPENDUID 38505 3955`.
fn append_uid(outcome: &Outcome) -> Option<Appended> {
    if outcome.code != "APPENDUID" {
        return None;
    }
    let mut words = outcome.args.split_ascii_whitespace();
    let uid_validity = words.next()?.parse().ok()?;
    let uid = words.next()?.parse().ok()?;
    (uid > 0).then_some(Appended { uid_validity, uid })
}

/// `COPYUID 38505 304,319:320 3956:3958`: both sets in the same order (RFC 4315 §3).
fn copy_uid(outcome: &Outcome) -> Option<Copied> {
    if outcome.code != "COPYUID" {
        return None;
    }
    let mut words = outcome.args.split_ascii_whitespace();
    let uid_validity = words.next()?.parse().ok()?;
    let (old, new) = (expand(words.next()?), expand(words.next()?));
    (old.len() == new.len() && !old.is_empty())
        .then(|| Copied { uid_validity, uids: old.into_iter().zip(new).collect() })
}
