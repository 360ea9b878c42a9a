//! Sources: connected mail accounts, their sealed passwords, which one is primary.

use shared::ids::{AccountId, SourceId};

use crate::{Reader, Result, Vault, WriteTx};

/// A connected mail account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Id.
    pub id: SourceId,
    /// Whose.
    pub account: AccountId,
    /// What the person calls it; unique in the account.
    pub label: String,
    /// Its address.
    pub email: String,
    /// Colour 1..=12.
    pub hue: u8,
    /// Its folders carry the roles and stand at the top.
    pub is_primary: bool,
    /// Order on screen.
    pub sort_order: u32,
    /// mailclient's typed configuration as JSON (servers, ports, user names; never a password).
    pub config: String,
    /// A person paused it.
    pub paused: bool,
    /// State word of the vendor capability ("fresh", "checking", …).
    pub state: String,
    /// In plain words.
    pub state_detail: Option<String>,
    /// When it was last checked to the end, ms.
    pub last_checked_at: Option<i64>,
    /// When it will be tried again, ms.
    pub next_try_at: Option<i64>,
}

/// A Source to connect.
#[derive(Debug, Clone, Default)]
pub struct NewSource {
    /// Label; made unique with a suffix.
    pub label: String,
    /// Address.
    pub email: String,
    /// Colour; `None` = the next one free.
    pub hue: Option<u8>,
    /// JSON of the configuration.
    pub config: String,
    /// The password, in clear; sealed before it is stored.
    pub password: String,
}

/// What to change; `None` leaves as is.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// Label.
    pub label: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Colour.
    pub hue: Option<u8>,
    /// Order.
    pub sort_order: Option<u32>,
    /// Configuration.
    pub config: Option<String>,
    /// Password in clear.
    pub password: Option<String>,
    /// Paused.
    pub paused: Option<bool>,
    /// Make it the primary (false is ignored).
    pub is_primary: Option<bool>,
}

/// How a Source is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// State word.
    pub state: String,
    /// In plain words.
    pub detail: Option<String>,
    /// ms.
    pub last_checked_at: Option<i64>,
    /// ms.
    pub next_try_at: Option<i64>,
}

/// The Sources of an account, by order on screen.
pub async fn all(r: &mut Reader, account: AccountId) -> Result<Vec<Source>> {
    let _ = (r, account);
    todo!()
}

/// All Sources of the household (for the workers).
pub async fn household(r: &mut Reader) -> Result<Vec<Source>> {
    let _ = r;
    todo!()
}

/// One.
pub async fn get(r: &mut Reader, account: AccountId, id: SourceId) -> Result<Option<Source>> {
    let _ = (r, account, id);
    todo!()
}

/// Its password, unsealed.
pub async fn password(r: &mut Reader, vault: &Vault, account: AccountId, id: SourceId) -> Result<String> {
    let _ = (r, vault, account, id);
    todo!()
}

/// Connects a Source. The first of an account becomes the primary; another gets a Mailbox of its name to hang its folders
/// below. Identities are the caller's.
pub async fn create(tx: &mut WriteTx, vault: &Vault, account: AccountId, new: &NewSource) -> Result<SourceId> {
    let _ = (tx, vault, account, new);
    todo!()
}

/// Changes a Source; wakes its worker.
pub async fn update(
    tx: &mut WriteTx,
    vault: &Vault,
    account: AccountId,
    id: SourceId,
    update: &Update,
) -> Result<()> {
    let _ = (tx, vault, account, id, update);
    todo!()
}

/// How it is doing; a Change only if something differs.
pub async fn set_health(tx: &mut WriteTx, account: AccountId, id: SourceId, health: &Health) -> Result<()> {
    let _ = (tx, account, id, health);
    todo!()
}

/// After the primary's folders were first listed: local role Mailboxes whose role no folder took go if they are empty, else
/// below "On this server".
pub async fn settle_roles(tx: &mut WriteTx, account: AccountId, id: SourceId) -> Result<()> {
    let _ = (tx, account, id);
    todo!()
}

/// Disconnects a Source: its Mailboxes, Emails, Tasks and Identities go. If it was the primary, the next one (or the local
/// roles) takes its place in the same transaction.
pub async fn destroy(tx: &mut WriteTx, account: AccountId, id: SourceId) -> Result<()> {
    let _ = (tx, account, id);
    todo!()
}

/// POP3: which of these unique ids were downloaded before.
pub async fn pop3_seen(r: &mut Reader, source: SourceId, uidls: &[String]) -> Result<Vec<Pop3Seen>> {
    let _ = (r, source, uidls);
    todo!()
}

/// POP3: remembers what was downloaded (in the transaction that stores it).
pub async fn pop3_remember(tx: &mut WriteTx, source: SourceId, seen: &[Pop3Seen]) -> Result<()> {
    let _ = (tx, source, seen);
    todo!()
}

/// POP3: forgets what the server no longer lists: all but `listed`.
pub async fn pop3_forget_unlisted(tx: &mut WriteTx, source: SourceId, listed: &[String]) -> Result<()> {
    let _ = (tx, source, listed);
    todo!()
}

/// A message of a POP3 server that was downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pop3Seen {
    /// Its unique id there (or a hash where the server has none).
    pub uidl: String,
    /// What it became; may have been destroyed since.
    pub email: shared::ids::EmailId,
    /// When it was downloaded, ms.
    pub at: i64,
}
