//! Uploads (RFC 8620 §6.1): files a client put here to use soon; they expire and count against a quota.

use shared::ids::AccountId;

use crate::{BlobName, Reader, Result, WriteTx};

/// How long an unused upload stays, ms: a day.
pub const UPLOAD_LIFE_MS: i64 = 24 * 3600 * 1000;

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Number (`BlobId::Upload`).
    pub id: i64,
    /// The file.
    pub blob: BlobName,
    /// Octets.
    pub size: u64,
    /// As the client declared it.
    pub media_type: String,
}

/// Registers a durable file. `Refusal::OverLimit` when the account's unexpired uploads would exceed `quota` octets.
pub async fn create(
    tx: &mut WriteTx,
    account: AccountId,
    blob: &BlobName,
    size: u64,
    media_type: &str,
    quota: u64,
) -> Result<i64> {
    let _ = (tx, account, blob, size, media_type, quota);
    todo!()
}

/// One, unless it expired.
pub async fn get(r: &mut Reader, account: AccountId, id: i64) -> Result<Option<Upload>> {
    let _ = (r, account, id);
    todo!()
}

/// Forgets expired ones; their files go with [`crate::blobs::sweep`].
pub async fn expire(tx: &mut WriteTx, now: i64) -> Result<u64> {
    let _ = (tx, now);
    todo!()
}
