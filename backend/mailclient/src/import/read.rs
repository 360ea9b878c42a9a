//! The reading side of an import: a thread of its own that turns files into batches of messages.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufReader, Read as _, Seek as _, SeekFrom},
};

use sha2::{Digest as _, Sha256};
use shared::ids::AccountId;
use store::Keywords;
use tokio::sync::mpsc;

use super::{
    ImportError, marks,
    mbox::Mbox,
    scan::{Input, Kind},
};

/// Messages in one batch.
const BATCH: usize = 500;
/// Octets in one batch.
const BATCH_OCTETS: usize = 8 << 20;
/// The longest single file that is one message.
const FILE_MAX: u64 = 256 << 20;

/// A message as it was found.
#[derive(Debug)]
pub(super) struct Found {
    pub raw: Vec<u8>,
    /// Keywords that its name says; `None`: its header may say some.
    pub keywords: Option<Keywords>,
    /// When it was delivered, ms, where that is certain.
    pub delivered_at: Option<i64>,
    /// A date from beside the message, ms.
    pub date: Option<i64>,
}

/// Messages for one mailbox.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub mailbox: String,
    pub letters: Vec<Found>,
    /// Messages that are not taken (thrown away in their Maildir).
    pub skipped: u64,
    /// Octets of files that were read for it.
    pub bytes: u64,
    /// To be kept with it: the key of the mbox file and where its next message begins (0: it is done).
    pub place: Option<(String, u64)>,
}

/// Under which the place in an mbox file is kept.
pub(super) fn key(account: AccountId, input: &Input) -> String {
    let path = input.path.as_os_str().as_encoded_bytes();
    let mut hash = Sha256::new();
    hash.update(path);
    hash.update([0]);
    hash.update(input.mailbox.as_bytes());
    let hex: String = hash.finalize().iter().take(16).map(|b| format!("{b:02x}")).collect();
    format!("import:{account}:{hex}")
}

/// Reads all inputs; ends early when nobody takes the batches any more.
pub(super) fn read(
    inputs: &[Input],
    account: AccountId,
    places: &BTreeMap<String, u64>,
    batches: &mpsc::Sender<Batch>,
) -> Result<(), ImportError> {
    let mut out = Out { batches, batch: Batch::default(), octets: 0 };
    for input in inputs {
        let failed =
            |error: io::Error| ImportError::Source { path: input.path.display().to_string(), why: error.to_string() };
        if out.batch.mailbox != input.mailbox {
            out.send()?;
            out.batch.mailbox.clone_from(&input.mailbox);
        }
        match input.kind {
            Kind::Mbox => {
                let key = key(account, input);
                mbox(input, places.get(&key).copied().unwrap_or(0), key, &mut out).map_err(failed)?;
            }
            Kind::Maildir { is_new } => single(input, Some(is_new), &mut out).map_err(failed)?,
            Kind::Eml => single(input, None, &mut out).map_err(failed)?,
        }
    }
    out.send()?;
    Ok(())
}

/// Nobody listens: the writing side failed and says why.
fn gone() -> io::Error {
    io::Error::from(io::ErrorKind::BrokenPipe)
}

struct Out<'a> {
    batches: &'a mpsc::Sender<Batch>,
    batch: Batch,
    octets: usize,
}

impl Out<'_> {
    fn push(&mut self, found: Found) -> bool {
        self.octets += found.raw.len();
        self.batch.letters.push(found);
        self.batch.letters.len() >= BATCH || self.octets >= BATCH_OCTETS
    }

    fn send(&mut self) -> Result<(), ImportError> {
        self.hand_over().or_else(|error| {
            if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(store::Error::File(error).into()) }
        })
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let mailbox = self.batch.mailbox.clone();
        let batch = std::mem::replace(&mut self.batch, Batch { mailbox, ..Batch::default() });
        self.octets = 0;
        if batch.letters.is_empty() && batch.place.is_none() && batch.bytes == 0 {
            return Ok(());
        }
        self.batches.blocking_send(batch).map_err(|_| gone())
    }
}

fn mbox(input: &Input, place: u64, key: String, out: &mut Out<'_>) -> io::Result<()> {
    let mut file = File::open(&input.path)?;
    let start = if begins_at(&mut file, place)? { place } else { 0 };
    file.seek(SeekFrom::Start(start))?;
    out.batch.bytes += start;
    let mut told = start;
    let mut mbox = Mbox::new(BufReader::with_capacity(1 << 18, file), start);
    while let Some(letter) = mbox.next()? {
        out.batch.bytes += letter.next.saturating_sub(told);
        told = letter.next;
        let found = Found { raw: letter.raw, keywords: None, delivered_at: None, date: letter.date };
        if out.push(found) {
            out.batch.place = Some((key.clone(), told));
            out.hand_over()?;
        }
    }
    out.batch.place = Some((key, 0));
    out.hand_over()
}

/// Whether a message begins there: the file may be another one by now.
fn begins_at(file: &mut File, place: u64) -> io::Result<bool> {
    file.seek(SeekFrom::Start(place))?;
    let mut start = [0; 5];
    match file.read_exact(&mut start) {
        Ok(()) => Ok(&start == b"From "),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// A file that is one message; `maildir`: of a Maildir, and whether it is new there.
fn single(input: &Input, maildir: Option<bool>, out: &mut Out<'_>) -> io::Result<()> {
    out.batch.bytes += input.size;
    let mut raw = Vec::new();
    match File::open(&input.path) {
        Ok(file) => file.take(FILE_MAX).read_to_end(&mut raw)?,
        // A mail server renamed it since it was listed; the next run finds it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let name = input.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let (keywords, is_trashed) = match maildir {
        Some(is_new) => {
            let (keywords, is_trashed) = marks::of_maildir_name(&name, is_new);
            (Some(keywords), is_trashed)
        }
        None => (None, false),
    };
    if is_trashed {
        out.batch.skipped += 1;
        return Ok(());
    }
    let found = Found {
        raw: with_crlf(raw),
        keywords,
        delivered_at: maildir.and_then(|_| marks::maildir_date(&name)),
        date: None,
    };
    if out.push(found) { out.hand_over() } else { Ok(()) }
}

/// The message as it travels: every line ends with CRLF.
fn with_crlf(raw: Vec<u8>) -> Vec<u8> {
    let mut last = 0;
    let bare = raw.iter().filter(|b| {
        let is_bare = **b == b'\n' && last != b'\r';
        last = **b;
        is_bare
    });
    let bare = bare.count();
    if bare == 0 {
        return raw;
    }
    let mut out = Vec::with_capacity(raw.len() + bare);
    let mut last = 0;
    for byte in raw {
        if byte == b'\n' && last != b'\r' {
            out.push(b'\r');
        }
        out.push(byte);
        last = byte;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_line_feeds_become_line_ends_and_others_stay() {
        assert_eq!(with_crlf(b"a\nb\r\nc\n".to_vec()), b"a\r\nb\r\nc\r\n");
        assert_eq!(with_crlf(b"a\r\nb".to_vec()), b"a\r\nb");
        assert_eq!(with_crlf(b"\n".to_vec()), b"\r\n");
    }
}
