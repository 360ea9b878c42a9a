//! Who lives here: members, their accounts, their log-in and settings.

use shared::ids::{AccountId, MemberId};

use crate::{Reader, Result, WriteTx};

/// A person of the household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Id.
    pub id: MemberId,
    /// Their account.
    pub account: AccountId,
    /// Name.
    pub name: String,
    /// The address they log in with, lower-case, unique.
    pub email: String,
    /// Administrator.
    pub is_admin: bool,
    /// Made at, ms.
    pub created_at: i64,
    /// JSON of the member's settings (theme, undo seconds, …).
    pub settings: String,
}

/// A member to add.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// argon2id of the password ([`crate::secrets::hash_password`]: before the transaction).
    pub password_hash: String,
    /// Administrator; the first member always is.
    pub is_admin: bool,
}

/// What to change; `None` leaves as is.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// Name.
    pub name: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Administrator.
    pub is_admin: Option<bool>,
    /// argon2id of a new password; ends all other sessions of the member.
    pub password_hash: Option<String>,
    /// Settings JSON.
    pub settings: Option<String>,
}

/// Whether nobody lives here yet.
pub async fn is_empty(r: &mut Reader) -> Result<bool> {
    let _ = r;
    todo!()
}

/// All members, by id.
pub async fn members(r: &mut Reader) -> Result<Vec<Member>> {
    let _ = r;
    todo!()
}

/// One.
pub async fn member(r: &mut Reader, id: MemberId) -> Result<Option<Member>> {
    let _ = (r, id);
    todo!()
}

/// By address (case does not matter).
pub async fn by_email(r: &mut Reader, email: &str) -> Result<Option<Member>> {
    let _ = (r, email);
    todo!()
}

/// By address or name, as the command line names them; `Refusal::Invalid` when a name fits several.
pub async fn find(r: &mut Reader, name_or_email: &str) -> Result<Option<Member>> {
    let _ = (r, name_or_email);
    todo!()
}

/// The member of an account.
pub async fn of_account(r: &mut Reader, account: AccountId) -> Result<Option<Member>> {
    let _ = (r, account);
    todo!()
}

/// The member's password hash and id, for log-in. Check it after letting the reader go.
pub async fn password_hash(r: &mut Reader, email: &str) -> Result<Option<(MemberId, String)>> {
    let _ = (r, email);
    todo!()
}

/// Checks address and password; takes the same time for an unknown person.
pub async fn log_in(store: &crate::Store, email: &str, password: &str) -> Result<Option<Member>> {
    let _ = (store, email, password);
    todo!()
}

/// Adds a member with an account, its local role Mailboxes and a local Identity.
pub async fn create(tx: &mut WriteTx, new: &NewMember) -> Result<Member> {
    let _ = (tx, new);
    todo!()
}

/// Adds the first member, only if nobody lives here yet (`Refusal::Invalid` otherwise).
pub async fn create_first(tx: &mut WriteTx, new: &NewMember) -> Result<Member> {
    let _ = (tx, new);
    todo!()
}

/// Changes a member. `keep_session`: of a password change, the one session that stays.
pub async fn update(tx: &mut WriteTx, id: MemberId, update: &Update, keep_session: Option<i64>) -> Result<()> {
    let _ = (tx, id, update, keep_session);
    todo!()
}

/// Removes a member with the account and all that is in it. The last administrator stays.
pub async fn remove(tx: &mut WriteTx, id: MemberId) -> Result<()> {
    let _ = (tx, id);
    todo!()
}

/// A household-wide value kept under a key (set-up code, public URL, …).
pub async fn value(r: &mut Reader, key: &str) -> Result<Option<String>> {
    let _ = (r, key);
    todo!()
}

/// Keeps a household-wide value.
pub async fn set_value(tx: &mut WriteTx, key: &str, value: &str) -> Result<()> {
    let _ = (tx, key, value);
    todo!()
}
