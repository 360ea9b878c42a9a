//! App passwords: random secrets for other programs, kept as a keyed hash and as SCRAM keys, never in clear.

use shared::ids::MemberId;

use crate::{Reader, Refusal, Result, Vault, WriteTx, secrets, secrets::Scram};

/// The most a member may have.
const APP_PASSWORDS_MAX: i64 = 100;
const PURPOSE: &str = "app password";

const COUNT: &str = "SELECT count(*) FROM app_password WHERE member_id = $1";
const INSERT: &str = "INSERT INTO app_password
    (member_id, label, hash, salt, iterations, stored_key, server_key, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
const BY_HASH: &str = "SELECT id, member_id, label, created_at, last_used_at FROM app_password WHERE hash = $1";
const SCRAM: &str = "SELECT id, salt, iterations, stored_key, server_key FROM app_password WHERE member_id = $1";
const TOUCH: &str = "UPDATE app_password SET last_used_at = $2 WHERE id = $1";
const OF_MEMBER: &str = "SELECT id, member_id, label, created_at, last_used_at FROM app_password
    WHERE member_id = $1 ORDER BY id DESC";
const REVOKE: &str = "DELETE FROM app_password WHERE id = $1 AND member_id = $2";

/// An app password, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppPassword {
    /// Number.
    pub id: i64,
    /// Whose.
    pub member: MemberId,
    /// What it is for.
    pub label: String,
    /// Made at, ms.
    pub created_at: i64,
    /// Used last, ms, to the hour.
    pub last_used_at: Option<i64>,
}

type AppPasswordRow = (i64, i64, String, i64, Option<i64>);

fn app_password((id, member, label, created_at, last_used_at): AppPasswordRow) -> AppPassword {
    AppPassword { id, member: MemberId(member), label, created_at, last_used_at }
}

/// Makes one; the secret is told once. `Refusal::OverLimit` after a hundred.
pub async fn create(tx: &mut WriteTx, vault: &Vault, member: MemberId, label: &str, now: i64) -> Result<(i64, String)> {
    let have: i64 = sqlx::query_scalar(COUNT).bind(member.0).fetch_one(tx.db()).await?;
    if have >= APP_PASSWORDS_MAX {
        return Err(Refusal::OverLimit.into());
    }
    let secret = secrets::new_token();
    let scram = secrets::scram(&secret);
    let id = sqlx::query_scalar(INSERT)
        .bind(member.0)
        .bind(label)
        .bind(vault.mac(PURPOSE, secret.as_bytes()).to_vec())
        .bind(scram.salt)
        .bind(scram.iterations)
        .bind(scram.stored_key)
        .bind(scram.server_key)
        .bind(now)
        .fetch_one(tx.db())
        .await?;
    Ok((id, secret))
}

/// The app password of a secret (blanks and dashes in it do not matter): one HMAC and one index look-up.
pub async fn by_secret(r: &mut Reader, vault: &Vault, secret: &str) -> Result<Option<AppPassword>> {
    let plain: String = secret.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let hash = vault.mac(PURPOSE, plain.to_ascii_lowercase().as_bytes()).to_vec();
    let row: Option<AppPasswordRow> = sqlx::query_as(BY_HASH).bind(hash).fetch_optional(r.db()).await?;
    Ok(row.map(app_password))
}

/// SCRAM keys of all app passwords of a member.
pub async fn scram(r: &mut Reader, member: MemberId) -> Result<Vec<(i64, Scram)>> {
    type Row = (i64, Vec<u8>, u32, Vec<u8>, Vec<u8>);
    let rows: Vec<Row> = sqlx::query_as(SCRAM).bind(member.0).fetch_all(r.db()).await?;
    let keys =
        |(id, salt, iterations, stored_key, server_key)| (id, Scram { salt, iterations, stored_key, server_key });
    Ok(rows.into_iter().map(keys).collect())
}

/// It was used (written at most hourly: check `last_used_at` first).
pub async fn touch(tx: &mut WriteTx, id: i64, now: i64) -> Result<()> {
    sqlx::query(TOUCH).bind(id).bind(now).execute(tx.db()).await?;
    Ok(())
}

/// Of a member, newest first.
pub async fn of_member(r: &mut Reader, member: MemberId) -> Result<Vec<AppPassword>> {
    let rows: Vec<AppPasswordRow> = sqlx::query_as(OF_MEMBER).bind(member.0).fetch_all(r.db()).await?;
    Ok(rows.into_iter().map(app_password).collect())
}

/// Revokes one; whether it was there.
pub async fn revoke(tx: &mut WriteTx, member: MemberId, id: i64) -> Result<bool> {
    let done = sqlx::query(REVOKE).bind(id).bind(member.0).execute(tx.db()).await?;
    tx.access_changed();
    Ok(done.rows_affected() > 0)
}
