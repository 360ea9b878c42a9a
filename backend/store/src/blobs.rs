//! Raw messages and uploads as immutable files: durable before anybody hears of them, or a cache that may be evicted.

use std::{path::Path, sync::Arc};

use crate::{Result, Store};

/// The name of a file below `blobs/`: bucket, random part, and for cached ones the hash of its content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobName(pub(crate) String);

impl BlobName {
    /// The name as text, for payloads that mailclient keeps.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// From such a text; `None` if it is no name of ours (never a path that leads elsewhere).
    pub fn parse(text: &str) -> Option<Self> {
        let _ = text;
        todo!()
    }
}

/// The folder of files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    #[expect(dead_code, reason = "read once files are written")]
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
        let _ = root;
        todo!()
    }

    /// Stores one file.
    pub async fn put(&self, bytes: &[u8], keep: Keep) -> Result<BlobName> {
        let _ = (bytes, keep);
        todo!()
    }

    /// Stores a batch, written and fsync'ed in parallel; names in the same order. All or an error.
    pub async fn put_all(&self, batch: Vec<Vec<u8>>, keep: Keep) -> Result<Vec<BlobName>> {
        let _ = (batch, keep);
        todo!()
    }

    /// The content; `None` if it is gone (evicted) or a cached file that was damaged (it is removed).
    pub async fn get(&self, name: &BlobName) -> Result<Option<Vec<u8>>> {
        let _ = name;
        todo!()
    }

    /// Octets of a file, if it is there.
    pub async fn size(&self, name: &BlobName) -> Result<Option<u64>> {
        let _ = name;
        todo!()
    }

    /// Removes a file; gone already is fine.
    pub async fn delete(&self, name: &BlobName) -> Result<()> {
        let _ = name;
        todo!()
    }
}

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files that nothing refers to, removed.
    pub orphans: u64,
    /// Cached bodies evicted.
    pub evicted: u64,
}

/// Removes files that nothing refers to and are older than an hour, and evicts the oldest cached bodies beyond
/// `cache_max` octets.
pub async fn sweep(store: &Store, cache_max: u64) -> Result<Swept> {
    let _ = (store, cache_max);
    todo!()
}
