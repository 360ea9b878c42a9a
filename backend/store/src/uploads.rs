//! Uploads (RFC 8620 §6.1): files a client put here to use soon; they expire and count against a quota.

use shared::ids::AccountId;

use crate::{BlobName, Reader, Refusal, Result, WriteTx, now_ms};

/// How long an unused upload stays, ms: a day.
pub const UPLOAD_LIFE_MS: i64 = 24 * 3600 * 1000;

const USED: &str = "SELECT coalesce(sum(size), 0) FROM upload WHERE account_id = $1";
const INSERT: &str = "INSERT INTO upload (account_id, blob, size, media_type, expires_at)
    VALUES ($1, $2, $3, $4, $5) RETURNING id";
const GET: &str = "SELECT id, blob, size, media_type FROM upload WHERE id = $2 AND account_id = $1 AND expires_at > $3";
const EXPIRE: &str = "DELETE FROM upload WHERE expires_at <= $1";

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

/// Registers a durable file. `Refusal::OverLimit` when the account's uploads would exceed `quota` octets.
pub async fn create(
    tx: &mut WriteTx,
    account: AccountId,
    blob: &BlobName,
    size: u64,
    media_type: &str,
    quota: u64,
) -> Result<i64> {
    let used: i64 = sqlx::query_scalar(USED).bind(account.0).fetch_one(tx.db()).await?;
    if u64::try_from(used).unwrap_or(0).saturating_add(size) > quota {
        return Err(Refusal::OverLimit.into());
    }
    let id = sqlx::query_scalar(INSERT)
        .bind(account.0)
        .bind(blob.as_str())
        .bind(i64::try_from(size).unwrap_or(i64::MAX))
        .bind(media_type)
        .bind(now_ms() + UPLOAD_LIFE_MS)
        .fetch_one(tx.db())
        .await?;
    Ok(id)
}

/// One, unless it expired.
pub async fn get(r: &mut Reader, account: AccountId, id: i64) -> Result<Option<Upload>> {
    let row: Option<(i64, String, i64, String)> =
        sqlx::query_as(GET).bind(account.0).bind(id).bind(now_ms()).fetch_optional(r.db()).await?;
    let Some((id, blob, size, media_type)) = row else { return Ok(None) };
    let blob = BlobName::parse(&blob).ok_or(crate::Error::Damaged("the name of an upload"))?;
    Ok(Some(Upload { id, blob, size: u64::try_from(size).unwrap_or(0), media_type }))
}

/// Forgets expired ones; their files go with [`crate::blobs::sweep`].
pub async fn expire(tx: &mut WriteTx, now: i64) -> Result<u64> {
    Ok(sqlx::query(EXPIRE).bind(now).execute(tx.db()).await?.rows_affected())
}
