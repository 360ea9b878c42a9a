//! Browser sessions: an opaque token in the cookie, its keyed hash here.

use shared::ids::MemberId;

use crate::{Reader, Result, Vault, WriteTx, secrets};

/// How long an unused session lives, ms: 30 days.
pub const SESSION_LIFE_MS: i64 = 30 * 24 * 3600 * 1000;
/// `last_used_at` is written at most this often, ms.
pub const SESSION_TOUCH_MS: i64 = 10 * 60 * 1000;
/// What a browser says of itself is cut here.
const USER_AGENT_MAX_CHARS: usize = 300;
const PURPOSE: &str = "session token";

const INSERT: &str = "INSERT INTO session (member_id, token_hash, user_agent, created_at, last_used_at)
    VALUES ($1, $2, $3, $4, $4) RETURNING id";
const BY_TOKEN: &str = "SELECT id, member_id, user_agent, created_at, last_used_at FROM session
    WHERE token_hash = $1 AND last_used_at > $2";
const TOUCH: &str = "UPDATE session SET last_used_at = max(last_used_at, $2) WHERE id = $1";
const OF_MEMBER: &str = "SELECT id, member_id, user_agent, created_at, last_used_at FROM session
    WHERE member_id = $1 AND last_used_at > $2 ORDER BY last_used_at DESC, id DESC";
const END: &str = "DELETE FROM session WHERE id = $1 AND member_id = $2";
const END_OTHERS: &str = "DELETE FROM session WHERE member_id = $1 AND id IS NOT $2";
const EXPIRE: &str = "DELETE FROM session WHERE last_used_at <= $1";

/// A browser that is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Number.
    pub id: i64,
    /// Whose.
    pub member: MemberId,
    /// What the browser said it is.
    pub user_agent: String,
    /// Made at, ms.
    pub created_at: i64,
    /// Used last, ms (within [`SESSION_TOUCH_MS`]).
    pub last_used_at: i64,
}

type SessionRow = (i64, i64, String, i64, i64);

fn session((id, member, user_agent, created_at, last_used_at): SessionRow) -> Session {
    Session { id, member: MemberId(member), user_agent, created_at, last_used_at }
}

/// Makes a session; the token is told once.
pub async fn create(
    tx: &mut WriteTx,
    vault: &Vault,
    member: MemberId,
    user_agent: &str,
    now: i64,
) -> Result<(i64, String)> {
    let token = secrets::new_token();
    let user_agent: String = user_agent.chars().take(USER_AGENT_MAX_CHARS).collect();
    let id = sqlx::query_scalar(INSERT)
        .bind(member.0)
        .bind(vault.mac(PURPOSE, token.as_bytes()).to_vec())
        .bind(user_agent)
        .bind(now)
        .fetch_one(tx.db())
        .await?;
    tx.access_changed();
    Ok((id, token))
}

/// The session of a token, unless it expired. If `now - last_used_at` passes [`SESSION_TOUCH_MS`], call [`touch`].
pub async fn by_token(r: &mut Reader, vault: &Vault, token: &str, now: i64) -> Result<Option<Session>> {
    let hash = vault.mac(PURPOSE, token.as_bytes()).to_vec();
    let row: Option<SessionRow> =
        sqlx::query_as(BY_TOKEN).bind(hash).bind(now - SESSION_LIFE_MS).fetch_optional(r.db()).await?;
    Ok(row.map(session))
}

/// It was used.
pub async fn touch(tx: &mut WriteTx, id: i64, now: i64) -> Result<()> {
    sqlx::query(TOUCH).bind(id).bind(now).execute(tx.db()).await?;
    Ok(())
}

/// Sessions of a member, used last first.
pub async fn of_member(r: &mut Reader, member: MemberId, now: i64) -> Result<Vec<Session>> {
    let rows: Vec<SessionRow> =
        sqlx::query_as(OF_MEMBER).bind(member.0).bind(now - SESSION_LIFE_MS).fetch_all(r.db()).await?;
    Ok(rows.into_iter().map(session).collect())
}

/// Ends a session; whether it was there.
pub async fn end(tx: &mut WriteTx, member: MemberId, id: i64) -> Result<bool> {
    let done = sqlx::query(END).bind(id).bind(member.0).execute(tx.db()).await?;
    tx.access_changed();
    Ok(done.rows_affected() > 0)
}

/// Ends all sessions of a member but one.
pub async fn end_others(tx: &mut WriteTx, member: MemberId, keep: Option<i64>) -> Result<()> {
    sqlx::query(END_OTHERS).bind(member.0).bind(keep).execute(tx.db()).await?;
    tx.access_changed();
    Ok(())
}

/// Forgets expired ones.
pub async fn expire(tx: &mut WriteTx, now: i64) -> Result<u64> {
    Ok(sqlx::query(EXPIRE).bind(now - SESSION_LIFE_MS).execute(tx.db()).await?.rows_affected())
}
