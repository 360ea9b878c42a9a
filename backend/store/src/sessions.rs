//! Browser sessions: an opaque token in the cookie, its keyed hash here.

use shared::ids::MemberId;

use crate::{Reader, Result, Vault, WriteTx};

/// How long an unused session lives, ms: 30 days.
pub const SESSION_LIFE_MS: i64 = 30 * 24 * 3600 * 1000;
/// `last_used_at` is written at most this often, ms.
pub const SESSION_TOUCH_MS: i64 = 10 * 60 * 1000;

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

/// Makes a session; the token is told once.
pub async fn create(
    tx: &mut WriteTx,
    vault: &Vault,
    member: MemberId,
    user_agent: &str,
    now: i64,
) -> Result<(i64, String)> {
    let _ = (tx, vault, member, user_agent, now);
    todo!()
}

/// The session of a token, unless it expired. If `now - last_used_at` passes [`SESSION_TOUCH_MS`], call [`touch`].
pub async fn by_token(r: &mut Reader, vault: &Vault, token: &str, now: i64) -> Result<Option<Session>> {
    let _ = (r, vault, token, now);
    todo!()
}

/// It was used.
pub async fn touch(tx: &mut WriteTx, id: i64, now: i64) -> Result<()> {
    let _ = (tx, id, now);
    todo!()
}

/// Sessions of a member, used last first.
pub async fn of_member(r: &mut Reader, member: MemberId, now: i64) -> Result<Vec<Session>> {
    let _ = (r, member, now);
    todo!()
}

/// Ends a session; whether it was there.
pub async fn end(tx: &mut WriteTx, member: MemberId, id: i64) -> Result<bool> {
    let _ = (tx, member, id);
    todo!()
}

/// Forgets expired ones.
pub async fn expire(tx: &mut WriteTx, now: i64) -> Result<u64> {
    let _ = (tx, now);
    todo!()
}
