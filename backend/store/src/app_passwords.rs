//! App passwords: random secrets for other programs, kept as a keyed hash and as SCRAM keys, never in clear.

use shared::ids::MemberId;

use crate::{Reader, Result, Vault, WriteTx, secrets::Scram};

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

/// Makes one; the secret is told once.
pub async fn create(
    tx: &mut WriteTx,
    vault: &Vault,
    member: MemberId,
    label: &str,
    now: i64,
) -> Result<(i64, String)> {
    let _ = (tx, vault, member, label, now);
    todo!()
}

/// The app password of a secret (blanks and dashes in it do not matter): one HMAC and one index look-up.
pub async fn by_secret(r: &mut Reader, vault: &Vault, secret: &str) -> Result<Option<AppPassword>> {
    let _ = (r, vault, secret);
    todo!()
}

/// SCRAM keys of all app passwords of a member.
pub async fn scram(r: &mut Reader, member: MemberId) -> Result<Vec<(i64, Scram)>> {
    let _ = (r, member);
    todo!()
}

/// It was used (written at most hourly: check `last_used_at` first).
pub async fn touch(tx: &mut WriteTx, id: i64, now: i64) -> Result<()> {
    let _ = (tx, id, now);
    todo!()
}

/// Of a member, newest first.
pub async fn of_member(r: &mut Reader, member: MemberId) -> Result<Vec<AppPassword>> {
    let _ = (r, member);
    todo!()
}

/// Revokes one; whether it was there.
pub async fn revoke(tx: &mut WriteTx, member: MemberId, id: i64) -> Result<bool> {
    let _ = (tx, member, id);
    todo!()
}
