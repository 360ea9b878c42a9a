//! Reading messages: metadata, first sight, bodies in ranges, and searches.

use std::collections::{HashMap, HashSet};

use super::command::Command;
use super::reply::{Fetch, Reply};
use super::{Fetched, ImapSession, Meta, Summary, UidSet};
use crate::{Class, Error, Result};

/// Longest UID set in one command.
const MAX_SET: usize = 4_000;
/// Octets of one range of a body.
const RANGE: u32 = 512 << 10;
/// Commands on their way at once.
const PIPELINE: usize = 16;
/// Most UIDs that one folder may have.
const MAX_UIDS: usize = 5_000_000;

impl ImapSession {
    /// UID, flags, date, size and MODSEQ of the messages in `set`, ascending by UID; each UID at most once.
    ///
    /// # Errors
    /// As every command.
    pub async fn fetch_meta(&mut self, set: &UidSet) -> Result<Vec<Meta>> {
        let items = format!("(UID FLAGS INTERNALDATE RFC822.SIZE{})", self.extra_items());
        Ok(self.fetch(set, &items, false).await?.into_iter().map(|f| f.meta).collect())
    }

    /// UID, flags and MODSEQ only: the cheap pass over a whole folder without CONDSTORE. Size and date are `None`.
    ///
    /// # Errors
    /// As every command.
    pub async fn fetch_flags(&mut self, set: &UidSet) -> Result<Vec<Meta>> {
        let items = if self.has("CONDSTORE") { "(UID FLAGS MODSEQ)" } else { "(UID FLAGS)" };
        Ok(self.fetch(set, items, false).await?.into_iter().map(|f| f.meta).collect())
    }

    /// Flags that changed since `modseq` (RFC 7162 §3.1.4).
    ///
    /// # Errors
    /// `Permanent` without CONDSTORE.
    pub async fn fetch_changed(&mut self, set: &UidSet, modseq: u64) -> Result<Vec<Meta>> {
        if !self.has("QRESYNC") {
            self.require("CONDSTORE")?;
        }
        let items = format!("(UID FLAGS) (CHANGEDSINCE {modseq})");
        Ok(self.fetch(set, &items, false).await?.into_iter().map(|f| f.meta).collect())
    }

    /// Metadata, whole header and structure: what an Email needs at first sight besides its text slice.
    ///
    /// # Errors
    /// As every command.
    pub async fn fetch_summaries(&mut self, set: &UidSet) -> Result<Vec<Summary>> {
        let base = format!("UID FLAGS INTERNALDATE RFC822.SIZE{} BODY.PEEK[HEADER]", self.extra_items());
        let mut found = self.fetch(set, &format!("({base} BODYSTRUCTURE)"), true).await?;
        if found.len() as u64 == set.len() {
            return Ok(summaries(found));
        }
        // A structure that cannot be understood costs its whole response: those messages are asked for again without.
        let seen: HashSet<u32> = found.iter().map(|f| f.meta.uid).collect();
        let known = self.search_set(set).await?;
        let missing: UidSet = known.into_iter().filter(|uid| !seen.contains(uid)).collect();
        if !missing.is_empty() {
            found.extend(self.fetch(&missing, &format!("({base})"), true).await?);
            found.sort_by_key(|f| f.meta.uid);
        }
        Ok(summaries(found))
    }

    /// The first `bytes` octets of a section of many messages, pipelined: `(uid, section)` → raw (still
    /// transfer-encoded) octets. Messages that are gone are left out.
    ///
    /// # Errors
    /// As every command.
    pub async fn fetch_slices(&mut self, wanted: &[(u32, String)], bytes: u32) -> Result<Vec<Fetched>> {
        let mut sections: Vec<(&str, Vec<u32>)> = Vec::new();
        for (uid, section) in wanted {
            check_section(section)?;
            match sections.iter_mut().find(|(s, _)| s == section) {
                Some((_, uids)) => uids.push(*uid),
                None => sections.push((section, vec![*uid])),
            }
        }
        let mut out = Vec::new();
        for group in sections.chunks(PIPELINE) {
            let commands = group.iter().flat_map(|(section, uids)| {
                let set: UidSet = uids.iter().copied().collect();
                let lines = set.lines(MAX_SET);
                lines.into_iter().map(move |line| (line, *section))
            });
            let mut running = Vec::new();
            for (line, section) in commands {
                let words = format!("UID FETCH {line} (UID BODY.PEEK[{section}]<0.{bytes}>)");
                running.push((self.begin_another(&words, running.is_empty()).await?, section));
            }
            for (tag, section) in running {
                self.broken = true;
                let result = self.finish(&tag, "FETCH").await;
                self.partial(result)?;
                let asked: HashSet<u32> = sections_of(group, section);
                let got = self.collect(|reply| match reply {
                    Reply::Fetch(f) if f.body.is_some() && asked.contains(&f.meta.uid) => Ok(f),
                    other => Err(other),
                });
                let slices = got.into_iter().filter_map(|f| {
                    let mut bytes_read = f.body?.1;
                    bytes_read.truncate(bytes as usize);
                    Some(Fetched { uid: f.meta.uid, section: section.to_owned(), bytes: bytes_read })
                });
                out.extend(slices);
            }
        }
        Ok(out)
    }

    /// The whole message, fetched in ranges; `None` when it is gone.
    ///
    /// # Errors
    /// `Permanent` above `max` bytes.
    pub async fn fetch_message(&mut self, uid: u32, max: u64) -> Result<Option<Vec<u8>>> {
        self.fetch_ranges(uid, "", max).await
    }

    /// One section (`1.2`, still transfer-encoded), fetched in ranges; `None` when the message is gone.
    ///
    /// # Errors
    /// `Permanent` above `max` bytes.
    pub async fn fetch_section(&mut self, uid: u32, section: &str, max: u64) -> Result<Option<Vec<u8>>> {
        check_section(section)?;
        self.fetch_ranges(uid, section, max).await
    }

    async fn fetch_ranges(&mut self, uid: u32, section: &str, max: u64) -> Result<Option<Vec<u8>>> {
        let set = UidSet::one(uid);
        let mut out: Vec<u8> = Vec::new();
        loop {
            let offset = out.len();
            let items = format!("(UID BODY.PEEK[{section}]<{offset}.{RANGE}>)");
            let found = self.fetch(&set, &items, false).await?;
            let Some((origin, bytes)) = found.into_iter().find_map(|f| f.body.or_else(|| f.header.map(|h| (None, h))))
            else {
                // An answer without the octets: at the start the message is gone, later it went in the middle.
                return if offset == 0 { Ok(None) } else { Err(self.nonsense()) };
            };
            let length = bytes.len();
            if origin.is_none() && offset > 0 {
                return Err(self.nonsense());
            }
            out.extend_from_slice(&bytes);
            if out.len() as u64 > max {
                return Err(Error::permanent(format!(
                    "This message is larger than {} MB, the most that Kinpost fetches.",
                    max >> 20
                )));
            }
            // A server that ignores ranges sent everything at once; else a short range is the last one.
            if origin.is_none() || length < RANGE as usize {
                return Ok(Some(out));
            }
        }
    }

    /// Whole messages in one command: for small ones, when many bodies are wanted (text index, first download).
    ///
    /// # Errors
    /// `Protocol` when one is above the literal limit.
    pub async fn fetch_messages(&mut self, set: &UidSet) -> Result<Vec<Fetched>> {
        let found = self.fetch(set, "(UID BODY.PEEK[])", true).await?;
        let whole = |f: Fetch| Some(Fetched { uid: f.meta.uid, section: String::new(), bytes: f.body?.1 });
        Ok(found.into_iter().filter_map(whole).collect())
    }

    /// All UIDs of the folder, ascending.
    ///
    /// # Errors
    /// As every command.
    pub async fn search_all(&mut self) -> Result<Vec<u32>> {
        self.search("ALL").await
    }

    /// Those UIDs of `set` that exist, ascending.
    ///
    /// # Errors
    /// As every command.
    pub async fn search_set(&mut self, set: &UidSet) -> Result<Vec<u32>> {
        let mut found = Vec::new();
        for line in set.lines(MAX_SET) {
            found.extend(self.search(&format!("UID {line}")).await?);
        }
        found.retain(|&uid| set.contains(uid));
        Ok(found)
    }

    /// UIDs whose header `name` contains `value` (both printable ASCII), ascending.
    ///
    /// # Errors
    /// As every command.
    pub async fn search_header(&mut self, name: &str, value: &str) -> Result<Vec<u32>> {
        let command = Command::new("SEARCH", "UID SEARCH HEADER").string(name)?.string(value)?;
        self.run(command).await?;
        self.found()
    }

    async fn search(&mut self, keys: &str) -> Result<Vec<u32>> {
        // ESEARCH answers with ranges: a folder of a million messages in a few bytes.
        let words =
            if self.has("ESEARCH") { format!("UID SEARCH RETURN (ALL) {keys}") } else { format!("UID SEARCH {keys}") };
        self.run(Command::new("SEARCH", &words)).await?;
        self.found()
    }

    fn found(&mut self) -> Result<Vec<u32>> {
        let lists = self.collect(|reply| match reply {
            Reply::Search(uids) => Ok(uids),
            other => Err(other),
        });
        let mut uids: Vec<u32> = lists.into_iter().flatten().filter(|&uid| uid > 0).take(MAX_UIDS).collect();
        if uids.len() >= MAX_UIDS {
            return Err(self.nonsense());
        }
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// FETCH over a set of any length, ascending by UID, without what was not asked for. With `partial`, a refusal
    /// after some messages (one of them is broken on the server) keeps those.
    async fn fetch(&mut self, set: &UidSet, items: &str, partial: bool) -> Result<Vec<Fetch>> {
        let mut out: Vec<Fetch> = Vec::new();
        let mut places: HashMap<u32, usize> = HashMap::new();
        for line in set.lines(MAX_SET) {
            let result = self.run(Command::new("FETCH", &format!("UID FETCH {line} {items}"))).await;
            if partial {
                self.partial(result)?;
            } else {
                result?;
            }
            let wants_more = items.contains("BODY") || items.contains("RFC822.SIZE");
            let got = self.collect(|reply| match reply {
                Reply::Fetch(f) if set.contains(f.meta.uid) && (!wants_more || f.is_more_than_flags()) => Ok(*f),
                other => Err(other),
            });
            for fetch in got {
                match places.get(&fetch.meta.uid).and_then(|&at| out.get_mut(at)) {
                    Some(earlier) => merge(earlier, fetch),
                    None => {
                        places.insert(fetch.meta.uid, out.len());
                        out.push(fetch);
                    }
                }
            }
        }
        out.sort_by_key(|f| f.meta.uid);
        Ok(out)
    }

    /// A refusal counts as an answer when messages came before it.
    fn partial(&self, result: Result<()>) -> Result<()> {
        match result {
            Err(e) if e.class == Class::Permanent && self.answers.iter().any(|r| matches!(r, Reply::Fetch(_))) => {
                Ok(())
            }
            other => other,
        }
    }

    /// Sends one more command without waiting for those on their way.
    async fn begin_another(&mut self, words: &str, first: bool) -> Result<String> {
        let command = Command::new("FETCH", words);
        if first { self.begin(command).await } else { self.send(command).await }
    }

    fn extra_items(&self) -> &'static str {
        match (self.has("CONDSTORE"), self.has("OBJECTID"), self.has("X-GM-EXT-1")) {
            (true, true, _) => " MODSEQ EMAILID",
            (true, false, true) => " MODSEQ X-GM-MSGID",
            (true, false, false) => " MODSEQ",
            (false, true, _) => " EMAILID",
            (false, false, true) => " X-GM-MSGID",
            (false, false, false) => "",
        }
    }
}

impl Fetch {
    fn is_more_than_flags(&self) -> bool {
        self.body.is_some() || self.header.is_some() || self.structure.is_some() || self.meta.size.is_some()
    }
}

fn summaries(found: Vec<Fetch>) -> Vec<Summary> {
    let whole = |f: Fetch| Some(Summary { meta: f.meta, header: f.header?, structure: f.structure });
    found.into_iter().filter_map(whole).collect()
}

fn merge(into: &mut Fetch, other: Fetch) {
    into.meta.flags = other.meta.flags.or(into.meta.flags.take());
    into.meta.modseq = other.meta.modseq.or(into.meta.modseq);
    into.meta.size = into.meta.size.or(other.meta.size);
    into.meta.received_ms = into.meta.received_ms.or(other.meta.received_ms);
    into.meta.object_id = into.meta.object_id.take().or(other.meta.object_id);
    into.header = into.header.take().or(other.header);
    into.structure = into.structure.take().or(other.structure);
    into.body = into.body.take().or(other.body);
}

fn sections_of(group: &[(&str, Vec<u32>)], section: &str) -> HashSet<u32> {
    group.iter().filter(|(s, _)| *s == section).flat_map(|(_, uids)| uids.iter().copied()).collect()
}

/// `1.2`, `HEADER`, `TEXT`, `1.MIME`: nothing that could end the command.
fn check_section(section: &str) -> Result<()> {
    let fine =
        !section.is_empty() && section.len() <= 100 && section.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    if fine { Ok(()) } else { Err(Error::permanent("There is no such part in this message.")) }
}
