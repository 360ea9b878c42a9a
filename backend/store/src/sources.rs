//! Sources: connected mail accounts, their sealed passwords, which one is primary.

use shared::ids::{AccountId, SourceId};

use sqlx::{Row, sqlite::SqliteRow};

use crate::{
    DataType, Reader, Refusal, Result, Vault, WriteTx, emails,
    event::Op,
    identities, mailboxes,
    mailboxes::{NewMailbox, Role},
};

mod pop3;
mod sql;
#[cfg(test)]
mod tests;

pub use pop3::{Pop3Seen, pop3_forget_unlisted, pop3_remember, pop3_seen};

/// The most Sources of an account.
pub const SOURCES_MAX: usize = 100;
/// Colours that a Source can have.
const HUES: u8 = 12;
/// Emails destroyed at once when a Source goes.
const EMAILS_AT_ONCE: i64 = 1000;

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

fn from_row(row: &SqliteRow) -> Result<Source, sqlx::Error> {
    Ok(Source {
        id: SourceId(row.try_get("id")?),
        account: AccountId(row.try_get("account_id")?),
        label: row.try_get("label")?,
        email: row.try_get("email")?,
        hue: row.try_get("hue")?,
        is_primary: row.try_get("is_primary")?,
        sort_order: row.try_get("sort_order")?,
        config: row.try_get("config")?,
        paused: row.try_get("paused")?,
        state: row.try_get("state")?,
        state_detail: row.try_get("state_detail")?,
        last_checked_at: row.try_get("last_checked_at")?,
        next_try_at: row.try_get("next_try_at")?,
    })
}

/// The Sources of an account, by order on screen.
pub async fn all(r: &mut Reader, account: AccountId) -> Result<Vec<Source>> {
    let rows = sqlx::query(sql::ALL).bind(account.0).fetch_all(r.db()).await?;
    let mut sources: Vec<Source> = rows.iter().map(from_row).collect::<Result<_, _>>()?;
    sources.sort_by_key(|s| (s.sort_order, s.id));
    Ok(sources)
}

/// All Sources of the household (for the workers).
pub async fn household(r: &mut Reader) -> Result<Vec<Source>> {
    let rows = sqlx::query(sql::HOUSEHOLD).fetch_all(r.db()).await?;
    Ok(rows.iter().map(from_row).collect::<Result<_, _>>()?)
}

/// One.
pub async fn get(r: &mut Reader, account: AccountId, id: SourceId) -> Result<Option<Source>> {
    let row = sqlx::query(sql::GET).bind(account.0).bind(id.0).fetch_optional(r.db()).await?;
    Ok(row.as_ref().map(from_row).transpose()?)
}

async fn must(r: &mut Reader, account: AccountId, id: SourceId) -> Result<Source> {
    get(r, account, id).await?.ok_or_else(|| Refusal::NotFound.into())
}

/// The place a sealed password belongs to: copied to another account's row it does not open.
fn place(account: AccountId) -> String {
    format!("source of {account}")
}

/// Its password, unsealed.
pub async fn password(r: &mut Reader, vault: &Vault, account: AccountId, id: SourceId) -> Result<String> {
    let sealed: Option<Vec<u8>> =
        sqlx::query_scalar(sql::PASSWORD).bind(account.0).bind(id.0).fetch_optional(r.db()).await?;
    let clear = vault.unseal(&place(account), &sealed.ok_or(Refusal::NotFound)?)?;
    String::from_utf8(clear).map_err(|_| crate::Error::Damaged("a password is not text"))
}

/// Connects a Source. The first of an account becomes the primary; another gets a Mailbox of its name to hang its folders
/// below. Identities are the caller's.
pub async fn create(tx: &mut WriteTx, vault: &Vault, account: AccountId, new: &NewSource) -> Result<SourceId> {
    let others = all(tx, account).await?;
    if others.len() >= SOURCES_MAX {
        return Err(Refusal::OverLimit.into());
    }
    let label = free_label(&others, &new.label, None);
    let free = (1..=HUES).find(|hue| others.iter().all(|s| s.hue != *hue)).unwrap_or(1);
    let id: i64 = sqlx::query_scalar(sql::INSERT)
        .bind(account.0)
        .bind(&label)
        .bind(&new.email)
        .bind(new.hue.unwrap_or(free).clamp(1, HUES))
        .bind(others.is_empty())
        .bind(others.iter().map(|s| s.sort_order + 1).max().unwrap_or(1))
        .bind(&new.config)
        .bind(vault.seal(&place(account), new.password.as_bytes())?)
        .fetch_one(tx.db())
        .await?;
    let id = SourceId(id);
    if !others.is_empty() {
        make_container(tx, account, id, &label).await?;
    }
    tx.changed(account, DataType::Source, id.0, Op::Created);
    tx.wake_source(account, id);
    Ok(id)
}

fn free_label(others: &[Source], label: &str, own: Option<SourceId>) -> String {
    let taken = |label: &str| others.iter().any(|s| Some(s.id) != own && s.label == label);
    if !taken(label) {
        return label.to_owned();
    }
    (2..).map(|n| format!("{label} {n}")).find(|other| !taken(other)).unwrap_or_default()
}

/// The Mailbox that the folders of a Source hang below.
async fn make_container(
    tx: &mut WriteTx,
    account: AccountId,
    id: SourceId,
    label: &str,
) -> Result<shared::ids::MailboxId> {
    // Made as a local one first: hanging a Source's Mailbox below its container would need the container.
    let new = NewMailbox {
        name: label.to_owned(),
        sort_order: 500,
        is_subscribed: true,
        selectable: false,
        rename_on_collision: true,
        ..NewMailbox::default()
    };
    let container = mailboxes::create(tx, account, &new).await?;
    sqlx::query(sql::OWN_MAILBOX).bind(container.0).bind(id.0).execute(tx.db()).await?;
    sqlx::query(sql::SET_CONTAINER).bind(account.0).bind(id.0).bind(container.0).execute(tx.db()).await?;
    Ok(container)
}

/// Changes a Source; wakes its worker.
pub async fn update(tx: &mut WriteTx, vault: &Vault, account: AccountId, id: SourceId, update: &Update) -> Result<()> {
    let now = must(tx, account, id).await?;
    if let Some(label) = update.label.as_ref().filter(|label| **label != now.label) {
        let others = all(tx, account).await?;
        if free_label(&others, label, Some(id)) != *label || label.is_empty() {
            return Err(Refusal::NameTaken.into());
        }
        if let Some(container) = container(tx, account, id).await? {
            let name = mailboxes::free_name(tx, account, None, label, Some(container), true).await?;
            let rename = mailboxes::Update { name: Some(name), ..mailboxes::Update::default() };
            mailboxes::update(tx, account, container, &rename).await?;
        }
    }
    let sealed = update.password.as_ref().map(|clear| vault.seal(&place(account), clear.as_bytes())).transpose()?;
    sqlx::query(sql::UPDATE)
        .bind(account.0)
        .bind(id.0)
        .bind(update.label.as_deref())
        .bind(update.email.as_deref())
        .bind(update.hue.map(|hue| hue.clamp(1, HUES)))
        .bind(update.sort_order)
        .bind(update.config.as_deref())
        .bind(sealed)
        .bind(update.paused)
        .execute(tx.db())
        .await?;
    if update.is_primary == Some(true) && !now.is_primary {
        for other in all(tx, account).await?.iter().filter(|s| s.is_primary) {
            demote(tx, account, other).await?;
        }
        promote(tx, account, id).await?;
    }
    tx.changed(account, DataType::Source, id.0, Op::Updated);
    tx.wake_source(account, id);
    Ok(())
}

async fn container(r: &mut Reader, account: AccountId, id: SourceId) -> Result<Option<shared::ids::MailboxId>> {
    let found: Option<Option<i64>> =
        sqlx::query_scalar(sql::CONTAINER).bind(account.0).bind(id.0).fetch_optional(r.db()).await?;
    Ok(found.flatten().map(shared::ids::MailboxId))
}

/// Its folders come to the top and carry the roles.
async fn promote(tx: &mut WriteTx, account: AccountId, id: SourceId) -> Result<()> {
    sqlx::query(sql::SET_PRIMARY).bind(account.0).bind(id.0).bind(true).execute(tx.db()).await?;
    let container = container(tx, account, id).await?;
    for mailbox in mailboxes::of_source(tx, account, id).await? {
        if Some(mailbox.id) == container {
            continue;
        }
        // The role first: the local Mailbox that gives way may have the name that is wanted at the top.
        mailboxes::give_role(tx, account, mailbox.id, mailbox.source_role).await?;
        if container.is_some() && mailbox.parent == container {
            mailboxes::reparent(tx, account, mailbox.id, None).await?;
        }
    }
    if let Some(container) = container {
        for child in mailboxes::all(tx, account).await?.iter().filter(|m| m.parent == Some(container)) {
            mailboxes::reparent(tx, account, child.id, None).await?;
        }
        sqlx::query(sql::SET_CONTAINER).bind(account.0).bind(id.0).bind(None::<i64>).execute(tx.db()).await?;
        mailboxes::destroy(tx, account, container, true).await?;
    }
    tx.changed(account, DataType::Source, id.0, Op::Updated);
    tx.wake_source(account, id);
    Ok(())
}

/// Its folders lose the roles and go below a Mailbox of its name.
async fn demote(tx: &mut WriteTx, account: AccountId, source: &Source) -> Result<()> {
    sqlx::query(sql::SET_PRIMARY).bind(account.0).bind(source.id.0).bind(false).execute(tx.db()).await?;
    let container = make_container(tx, account, source.id, &source.label).await?;
    for mailbox in mailboxes::of_source(tx, account, source.id).await? {
        if mailbox.id == container {
            continue;
        }
        mailboxes::give_role(tx, account, mailbox.id, mailbox.source_role).await?;
        if mailbox.parent.is_none() {
            mailboxes::reparent(tx, account, mailbox.id, Some(container)).await?;
        }
    }
    tx.changed(account, DataType::Source, source.id.0, Op::Updated);
    tx.wake_source(account, source.id);
    Ok(())
}

/// How it is doing; a Change only if something differs.
pub async fn set_health(tx: &mut WriteTx, account: AccountId, id: SourceId, health: &Health) -> Result<()> {
    let done = sqlx::query(sql::SET_HEALTH)
        .bind(account.0)
        .bind(id.0)
        .bind(&health.state)
        .bind(health.detail.as_deref())
        .bind(health.last_checked_at)
        .bind(health.next_try_at)
        .execute(tx.db())
        .await?;
    if done.rows_affected() > 0 {
        tx.changed(account, DataType::Source, id.0, Op::Updated);
    }
    Ok(())
}

/// After the primary's folders were first listed: local role Mailboxes whose role no folder took go if they are empty, else
/// below "On this server".
pub async fn settle_roles(tx: &mut WriteTx, account: AccountId, id: SourceId) -> Result<()> {
    let source = must(tx, account, id).await?;
    let has_inbox = mailboxes::by_source_role(tx, account, Some(id), Role::Inbox).await?.is_some();
    if source.is_primary && has_inbox { mailboxes::settle_locals(tx, account).await } else { Ok(()) }
}

/// Disconnects a Source: its Mailboxes, Emails, Tasks and Identities go. If it was the primary, the next one (or the local
/// roles) takes its place in the same transaction.
pub async fn destroy(tx: &mut WriteTx, account: AccountId, id: SourceId) -> Result<()> {
    let source = must(tx, account, id).await?;
    loop {
        let ids: Vec<i64> =
            sqlx::query_scalar(sql::EMAILS).bind(account.0).bind(id.0).bind(EMAILS_AT_ONCE).fetch_all(tx.db()).await?;
        if ids.is_empty() {
            break;
        }
        emails::erase(tx, account, &ids).await?;
    }
    let own: Vec<mailboxes::Mailbox> = mailboxes::of_source(tx, account, id).await?;
    for child in mailboxes::all(tx, account).await? {
        if child.source != Some(id) && own.iter().any(|m| Some(m.id) == child.parent) {
            mailboxes::reparent(tx, account, child.id, None).await?;
        }
    }
    let mut left = own;
    while !left.is_empty() {
        // Leaves first; the tree has no loops, so there always are some.
        let (above, leaves): (Vec<_>, Vec<_>) =
            left.iter().cloned().partition(|m| left.iter().any(|other| other.parent == Some(m.id)));
        for leaf in leaves {
            mailboxes::destroy(tx, account, leaf.id, true).await?;
        }
        left = above;
    }
    identities::drop_of_source(tx, account, id).await?;
    for sql in sql::DESTROY {
        sqlx::query(*sql).bind(id.0).execute(tx.db()).await?;
    }
    tx.changed(account, DataType::Source, id.0, Op::Destroyed);
    tx.wake_source(account, id);
    if source.is_primary {
        match all(tx, account).await?.first() {
            Some(next) => promote(tx, account, next.id).await?,
            None => mailboxes::ensure_local_roles(tx, account).await?,
        }
    }
    Ok(())
}
