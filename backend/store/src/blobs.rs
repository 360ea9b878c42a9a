//! Raw messages and uploads as immutable files: durable before anybody hears of them, or a cache that may be evicted.
//!
//! A name is `<kind><bucket>-<random>[-<hash>]`: kind `d` durable or `c` cached, bucket the hour it was made in (also its
//! folder, so that a batch needs one folder's fsync), hash the first half of a cached file's SHA-256.

mod sweep;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use sha2::{Digest, Sha256};

use crate::{Error, Result, now_ms};

pub use sweep::{Swept, sweep};

/// Files written and fsync'ed at the same time.
const WRITERS: usize = 8;
const HOUR_MS: i64 = 3_600_000;
const NAME_MAX_LEN: usize = 100;

/// The name of a file below `blobs/`: kind, bucket, random part, and for cached ones the hash of its content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobName(pub(crate) String);

impl BlobName {
    /// The name as text, for payloads that mailclient keeps.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// From such a text; `None` if it is no name of ours (never a path that leads elsewhere).
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(['d', 'c'])?;
        let parts: Vec<&str> = rest.split('-').collect();
        let plain =
            |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let sound = text.len() <= NAME_MAX_LEN && (2..=3).contains(&parts.len()) && parts.iter().all(plain);
        sound.then(|| Self(text.to_owned()))
    }

    /// Whether it may be evicted.
    pub fn is_cached(&self) -> bool {
        self.0.starts_with('c')
    }

    fn new(bytes: &[u8], keep: Keep) -> Self {
        let bucket = now_ms() / HOUR_MS;
        let random = crate::secrets::new_token();
        Self(match keep {
            Keep::Durable => format!("d{bucket:x}-{random}"),
            Keep::Cached => format!("c{bucket:x}-{random}-{}", hash(bytes)),
        })
    }

    /// The folder: kind and bucket.
    fn folder(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// The hash it must have.
    fn hash(&self) -> Option<&str> {
        self.0.split('-').nth(2)
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(16).map(|b| format!("{b:02x}")).collect()
}

/// The folder of files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    root: Arc<Path>,
}

/// What a put promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// File and folder are fsync'ed before the put returns: survives a power cut.
    Durable,
    /// A copy of what the provider has: not fsync'ed, hash-checked when read, may be evicted.
    Cached,
}

impl Blobs {
    /// The folder at `root`, made if missing.
    pub fn open(root: &Path) -> Result<Self> {
        disk::files::make_dir(root)?;
        Ok(Self { root: root.into() })
    }

    fn path(&self, name: &BlobName) -> PathBuf {
        self.root.join(name.folder()).join(&name.0)
    }

    /// Stores one file.
    pub async fn put(&self, bytes: &[u8], keep: Keep) -> Result<BlobName> {
        let names = self.put_all(vec![bytes.to_vec()], keep).await?;
        names.into_iter().next().ok_or(Error::Worker)
    }

    /// Stores a batch, written and fsync'ed in parallel; names in the same order. All or an error (then some files may lie
    /// about until the next sweep).
    pub async fn put_all(&self, batch: Vec<Vec<u8>>, keep: Keep) -> Result<Vec<BlobName>> {
        let files: Vec<(BlobName, Vec<u8>)> =
            batch.into_iter().map(|bytes| (BlobName::new(&bytes, keep), bytes)).collect();
        let names: Vec<BlobName> = files.iter().map(|(name, _)| name.clone()).collect();
        let folders: BTreeSet<PathBuf> = names.iter().map(|name| self.root.join(name.folder())).collect();
        let made = folders.clone();
        blocking(move || made.iter().try_for_each(|folder| Ok(disk::files::make_dir(folder)?))).await?;
        let share = files.len().div_ceil(WRITERS).max(1);
        let mut left = files.into_iter().map(|(name, bytes)| (self.path(&name), bytes)).peekable();
        let mut workers = Vec::new();
        while left.peek().is_some() {
            let mine: Vec<(PathBuf, Vec<u8>)> = left.by_ref().take(share).collect();
            workers.push(blocking(move || mine.iter().try_for_each(|(path, bytes)| write(path, bytes, keep))));
        }
        futures::future::try_join_all(workers).await?;
        if keep == Keep::Durable {
            blocking(move || folders.iter().try_for_each(|folder| Ok(disk::files::sync_dir(folder)?))).await?;
        }
        Ok(names)
    }

    /// The content; `None` if it is gone (evicted) or a cached file that was damaged (it is removed).
    pub async fn get(&self, name: &BlobName) -> Result<Option<Vec<u8>>> {
        let (path, name) = (self.path(name), name.clone());
        blocking(move || {
            let Some(bytes) = present(std::fs::read(&path))? else { return Ok(None) };
            if name.hash().is_some_and(|wanted| hash(&bytes) != wanted) {
                tracing::warn!(blob = name.as_str(), "a cached file was damaged, it will be fetched again");
                present(std::fs::remove_file(&path))?;
                return Ok(None);
            }
            Ok(Some(bytes))
        })
        .await
    }

    /// Octets of a file, if it is there.
    pub async fn size(&self, name: &BlobName) -> Result<Option<u64>> {
        let path = self.path(name);
        blocking(move || Ok(present(std::fs::metadata(&path))?.map(|m| m.len()))).await
    }

    /// Removes a file; gone already is fine.
    pub async fn delete(&self, name: &BlobName) -> Result<()> {
        let path = self.path(name);
        blocking(move || present(std::fs::remove_file(&path)).map(|_| ())).await
    }
}

/// Runs file work on a thread that may block. The work goes on to its end even if nobody waits for it any more.
fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> impl Future<Output = Result<T>> {
    let handle = tokio::task::spawn_blocking(work);
    async { handle.await.map_err(|_| Error::Worker)? }
}

/// A missing file is no error.
fn present<T>(result: std::io::Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// Durable: under its name only once its content is on the disk. Cached: the hash tells a torn file from a whole one.
fn write(path: &Path, bytes: &[u8], keep: Keep) -> Result<()> {
    if keep == Keep::Cached {
        return Ok(std::fs::write(path, bytes)?);
    }
    let tmp = path.with_extension("tmp");
    disk::files::write_new(&tmp, bytes, 0o600)?;
    Ok(std::fs::rename(&tmp, path)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[tokio::test]
    async fn files_come_back_and_damage_is_noticed_where_it_can_heal() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&dir.path().join("blobs")).unwrap();
        let batch: Vec<Vec<u8>> = (0..50_u8).map(|n| vec![n; usize::from(n) * 100]).collect();
        let names = blobs.put_all(batch.clone(), Keep::Durable).await.unwrap();
        for (name, bytes) in names.iter().zip(&batch) {
            assert_eq!(blobs.get(name).await.unwrap().as_ref(), Some(bytes));
            assert_eq!(BlobName::parse(name.as_str()).as_ref(), Some(name));
        }
        let cached = blobs.put(b"copy", Keep::Cached).await.unwrap();
        assert!(cached.is_cached() && BlobName::parse(cached.as_str()).is_some());
        std::fs::write(blobs.path(&cached), b"cop").unwrap();
        assert_eq!(blobs.get(&cached).await.unwrap(), None);
        assert_eq!(blobs.size(&cached).await.unwrap(), None);
        blobs.delete(&names[0]).await.unwrap();
        blobs.delete(&names[0]).await.unwrap();
        assert_eq!(blobs.get(&names[0]).await.unwrap(), None);
    }

    #[test]
    fn a_name_never_leads_elsewhere() {
        for odd in ["", "d", "x1-a", "d1", "d../x-a", "d1-a/b", "d1-a-b-c", "c1--a", "d1-A", "/etc/passwd"] {
            assert_eq!(BlobName::parse(odd), None, "{odd}");
        }
    }
}
