//! Mail from files into local mailboxes: mbox, Maildir(++), `.eml`. Streaming and resumable.
//!
//! Three stages overlap: a thread reads files, messages are parsed and laid down durably, and one transaction a batch makes
//! them listed and searchable together with the place where a later run goes on.

mod marks;
mod mbox;
mod read;
mod scan;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use futures::StreamExt as _;
use sha2::{Digest as _, Sha256};
use shared::ids::{AccountId, MailboxId};
use store::{
    Store,
    blobs::Keep,
    emails::{self, NewEmail, Placement},
    household, mailboxes,
    mailboxes::Role,
};
use tokio::sync::mpsc;

use self::read::{Batch, Found};
use crate::letter;

/// Batches that are read ahead.
const READ_AHEAD: usize = 2;
/// Batches that are parsed at the same time.
const PARSE_AHEAD: usize = 2;

/// How far an import is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Messages added by this run.
    pub added: u64,
    /// Messages that an earlier run had added already.
    pub skipped: u64,
    /// Octets read.
    pub bytes_done: u64,
    /// Octets in all.
    pub bytes_total: u64,
    /// Mailbox being filled.
    pub mailbox: String,
}

/// Why an import ended early; what was added stays, and a new run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The path cannot be read or holds no mail that is understood.
    #[error("{path}: {why}")]
    Source {
        /// The file or folder.
        path: String,
        /// Plain words.
        why: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Imports `path` (an mbox file, a Maildir or a folder of them, an `.eml` file or a folder of them).
///
/// `mailbox`: the local mailbox to fill (`/` separates levels); without it an mbox fills one named like the file,
/// a Maildir fills those of its own names, `.eml` files fill "Imported". Repeating an import adds nothing twice.
/// When this returns, everything is committed, listed and searchable.
pub async fn import(
    store: &Store,
    account: AccountId,
    path: &Path,
    mailbox: Option<&str>,
    progress: &mut (dyn FnMut(&ImportProgress) + Send),
) -> Result<ImportProgress, ImportError> {
    let (root, name) = (path.to_owned(), mailbox.map(str::to_owned));
    let inputs = tokio::task::spawn_blocking(move || scan::scan(&root, name.as_deref()))
        .await
        .map_err(|_| store::Error::Worker)??;
    let mut now = ImportProgress { bytes_total: inputs.iter().map(|i| i.size).sum(), ..ImportProgress::default() };
    let targets = targets(store, account, &inputs).await?;
    let places = places(store, account, &inputs).await?;
    let (sender, batches) = mpsc::channel(READ_AHEAD);
    let reading = tokio::task::spawn_blocking(move || read::read(&inputs, account, &places, &sender));
    let batches = futures::stream::unfold(batches, |mut batches| async {
        batches.recv().await.map(|batch: Batch| (batch, batches))
    });
    let ready = batches.map(|batch| prepare(store, account, &targets, batch)).buffered(PARSE_AHEAD);
    let mut ready = std::pin::pin!(ready);
    while let Some(batch) = ready.next().await {
        let batch = batch?;
        write(store, account, &batch).await?;
        now.added += batch.rows.len() as u64;
        now.skipped += batch.skipped;
        now.bytes_done += batch.bytes;
        now.mailbox = batch.mailbox;
        progress(&now);
    }
    // An error of the reading side comes after what could be read was written.
    reading.await.map_err(|_| store::Error::Worker)??;
    now.bytes_done = now.bytes_total;
    progress(&now);
    Ok(now)
}

/// A local mailbox that is filled.
#[derive(Debug, Clone, Copy)]
struct Target {
    id: MailboxId,
    is_own: bool,
}

/// The mailboxes, made where they are missing.
async fn targets(
    store: &Store,
    account: AccountId,
    inputs: &[scan::Input],
) -> Result<BTreeMap<String, Target>, ImportError> {
    let names: BTreeSet<&String> = inputs.iter().map(|i| &i.mailbox).collect();
    let mut targets = BTreeMap::new();
    let mut tx = store.write().await?;
    for name in names {
        let id = mailboxes::ensure_local_path(&mut tx, account, name).await?;
        let row = mailboxes::get(&mut tx, account, id).await?;
        let is_own = row.and_then(|m| m.role) == Some(Role::Sent);
        targets.insert(name.clone(), Target { id, is_own });
    }
    tx.commit().await?;
    Ok(targets)
}

/// Where an import that was cut off goes on, by the key of the file.
async fn places(
    store: &Store,
    account: AccountId,
    inputs: &[scan::Input],
) -> Result<BTreeMap<String, u64>, ImportError> {
    let mut places = BTreeMap::new();
    let mut r = store.read().await?;
    for input in inputs.iter().filter(|i| i.kind == scan::Kind::Mbox) {
        let key = read::key(account, input);
        if let Some(offset) = household::value(&mut r, &key).await?.and_then(|v| v.parse().ok()) {
            places.insert(key, offset);
        }
    }
    Ok(places)
}

/// A batch whose files lie durably in the store.
struct Ready {
    mailbox: String,
    rows: Vec<NewEmail>,
    skipped: u64,
    bytes: u64,
    place: Option<(String, u64)>,
}

async fn prepare(
    store: &Store,
    account: AccountId,
    targets: &BTreeMap<String, Target>,
    batch: Batch,
) -> Result<Ready, ImportError> {
    let target = *targets.get(&batch.mailbox).ok_or(store::Error::Damaged("import"))?;
    let Batch { mailbox, letters, skipped, bytes, place } = batch;
    let hashed: Vec<(Vec<u8>, Found)> =
        tokio::task::spawn_blocking(move || letters.into_iter().map(|l| (fingerprint(&l.raw), l)).collect())
            .await
            .map_err(|_| store::Error::Worker)?;
    let known: BTreeSet<Vec<u8>> = {
        let hashes: Vec<Vec<u8>> = hashed.iter().map(|(hash, _)| hash.clone()).collect();
        let mut r = store.read().await?;
        emails::by_content(&mut r, account, target.id, &hashes).await?.into_iter().map(|(hash, _)| hash).collect()
    };
    let all = hashed.len();
    let new: Vec<(Vec<u8>, Found)> = hashed.into_iter().filter(|(hash, _)| !known.contains(hash)).collect();
    let here = (all - new.len()) as u64;
    let (mut rows, raws) =
        tokio::task::spawn_blocking(move || parse(new, target)).await.map_err(|_| store::Error::Worker)?;
    let blobs = store.blobs().put_all(raws, Keep::Durable).await?;
    for (row, blob) in rows.iter_mut().zip(blobs) {
        row.blob = Some(blob);
    }
    Ok(Ready { mailbox, rows, skipped: skipped + here, bytes, place })
}

/// By which a message that an earlier run brought is known again: all of its octets.
fn fingerprint(raw: &[u8]) -> Vec<u8> {
    Sha256::digest(raw).iter().take(16).copied().collect()
}

fn parse(letters: Vec<(Vec<u8>, Found)>, target: Target) -> (Vec<NewEmail>, Vec<Vec<u8>>) {
    let mut rows = Vec::with_capacity(letters.len());
    let mut raws = Vec::with_capacity(letters.len());
    for (hash, found) in letters {
        let parsed = mime::parse(&found.raw);
        let (keywords, is_deleted) = match found.keywords {
            Some(keywords) => (keywords, false),
            None => marks::of_header(&parsed.header),
        };
        if is_deleted {
            continue;
        }
        let received = parsed.header.received_at().map(|d| d.ms());
        let sent = parsed.envelope.sent_at.map(|d| d.ms());
        let facts = letter::Facts {
            size: found.raw.len() as u64,
            received_at: found.delivered_at.or(received).or(found.date).or(sent).unwrap_or_else(store::now_ms),
            keywords,
            is_own: target.is_own,
            delivered: false,
        };
        let mut row = letter::whole(&parsed, facts);
        row.content_hash = hash;
        row.placements = vec![Placement { mailbox: target.id, uid: None }];
        rows.push(row);
        raws.push(found.raw);
    }
    (rows, raws)
}

async fn write(store: &Store, account: AccountId, batch: &Ready) -> Result<(), ImportError> {
    if batch.rows.is_empty() && batch.place.is_none() {
        return Ok(());
    }
    let mut tx = store.write().await?;
    emails::insert(&mut tx, account, &batch.rows).await?;
    if let Some((key, offset)) = &batch.place {
        household::set_value(&mut tx, key, &offset.to_string()).await?;
    }
    tx.commit().await?;
    Ok(())
}
