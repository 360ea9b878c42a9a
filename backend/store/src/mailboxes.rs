//! Mailboxes (RFC 8621 §2): tree, roles, counts, and what sync knows of a remote folder.

use shared::ids::{AccountId, MailboxId, SourceId};

use sqlx::{Row, sqlite::SqliteRow};

use crate::{DataType, Reader, Refusal, Result, WriteTx, emails, event::Op, settle, settle::settle};

mod roles;
mod sql;
#[cfg(test)]
mod tests;

pub use roles::ensure_local_roles;
pub(crate) use roles::{give_role, settle_locals};

/// The most Mailboxes of an account.
pub const MAILBOXES_MAX: i64 = 10_000;
/// The deepest nesting.
pub const DEPTH_MAX: usize = 32;
/// Emails taken out of a Mailbox at once when it is destroyed.
const EMAILS_AT_ONCE: i64 = 1000;

/// What a Mailbox is for (RFC 8621 §2, the IANA registry's names).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// New mail.
    Inbox,
    /// Unfinished letters.
    Drafts,
    /// Copies of what was sent.
    Sent,
    /// Done with.
    Archive,
    /// Spam.
    Junk,
    /// To be deleted.
    Trash,
    /// A server's view of everything.
    All,
    /// A server's view of the flagged.
    Flagged,
    /// A server's view of the important.
    Important,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Inbox,
        Self::Drafts,
        Self::Sent,
        Self::Archive,
        Self::Junk,
        Self::Trash,
        Self::All,
        Self::Flagged,
        Self::Important,
    ];

    /// The name in JMAP.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Drafts => "drafts",
            Self::Sent => "sent",
            Self::Archive => "archive",
            Self::Junk => "junk",
            Self::Trash => "trash",
            Self::All => "all",
            Self::Flagged => "flagged",
            Self::Important => "important",
        }
    }

    /// From JMAP's name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// A Mailbox with its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Id.
    pub id: MailboxId,
    /// Its Source; `None` = local.
    pub source: Option<SourceId>,
    /// Its parent; `None` = at the top.
    pub parent: Option<MailboxId>,
    /// Name among its siblings.
    pub name: String,
    /// The RFC's role, one Mailbox an account.
    pub role: Option<Role>,
    /// The role within its Source.
    pub source_role: Option<Role>,
    /// RFC 8621 §2.
    pub sort_order: u32,
    /// RFC 8621 §2.
    pub is_subscribed: bool,
    /// False for containers and `\Noselect` folders: no Email can lie here.
    pub selectable: bool,
    /// The folder's name on its server (decoded), `None` = only here.
    pub remote_name: Option<String>,
    /// RFC 8621 §2.
    pub total_emails: u64,
    /// RFC 8621 §2.
    pub unread_emails: u64,
    /// RFC 8621 §2.
    pub total_threads: u64,
    /// RFC 8621 §2, with the rule for the trash.
    pub unread_threads: u64,
    /// What sync knows of the folder.
    pub remote: RemoteState,
}

/// What sync knows of a remote folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoteState {
    /// RFC 3501 UIDVALIDITY, 0 = never selected.
    pub uid_validity: u32,
    /// The lowest UID not seen yet.
    pub uid_next: u32,
    /// RFC 7162 HIGHESTMODSEQ, 0 = none.
    pub highest_modseq: u64,
    /// Sync's own notes (JSON), for example how far the back-fill came.
    pub cursor: Option<String>,
}

/// A Mailbox to make.
#[derive(Debug, Clone, Default)]
pub struct NewMailbox {
    /// Its Source; `None` = local.
    pub source: Option<SourceId>,
    /// `None` = at the top; for a Source that is not the primary that is below the Mailbox of its name.
    pub parent: Option<MailboxId>,
    /// Name.
    pub name: String,
    /// Only for local Mailboxes: the RFC's role.
    pub role: Option<Role>,
    /// For a Source's: its role there. Of the primary it becomes `role` too, taking it from a local Mailbox.
    pub source_role: Option<Role>,
    /// RFC 8621 §2.
    pub sort_order: u32,
    /// Starts subscribed.
    pub is_subscribed: bool,
    /// Emails can lie here.
    pub selectable: bool,
    /// Its name on the server.
    pub remote_name: Option<String>,
    /// Take another name ("… 2") instead of refusing when a sibling has it.
    pub rename_on_collision: bool,
}

/// What to change; `None` leaves as is.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// New name.
    pub name: Option<String>,
    /// New parent (`Some(None)` = the top).
    pub parent: Option<Option<MailboxId>>,
    /// New role.
    pub role: Option<Option<Role>>,
    /// New role within the Source.
    pub source_role: Option<Option<Role>>,
    /// New order.
    pub sort_order: Option<u32>,
    /// Subscription.
    pub is_subscribed: Option<bool>,
    /// Emails can lie here.
    pub selectable: Option<bool>,
    /// Its new name on the server (`Some(None)` = only here).
    pub remote_name: Option<Option<String>>,
}

fn from_row(row: &SqliteRow) -> Result<Mailbox, sqlx::Error> {
    let role = |name: Option<String>| name.and_then(|name| Role::parse(&name));
    let count = |column| row.try_get::<i64, _>(column).map(|n| u64::try_from(n).unwrap_or(0));
    Ok(Mailbox {
        id: MailboxId(row.try_get("id")?),
        source: row.try_get::<Option<i64>, _>("source_id")?.map(SourceId),
        parent: row.try_get::<Option<i64>, _>("parent_id")?.map(MailboxId),
        name: row.try_get("name")?,
        role: role(row.try_get("role")?),
        source_role: role(row.try_get("source_role")?),
        sort_order: row.try_get("sort_order")?,
        is_subscribed: row.try_get("is_subscribed")?,
        selectable: row.try_get("selectable")?,
        remote_name: row.try_get("remote_name")?,
        total_emails: count("total_emails")?,
        unread_emails: count("unread_emails")?,
        total_threads: count("total_threads")?,
        unread_threads: count("unread_threads")?,
        remote: RemoteState {
            uid_validity: row.try_get("uid_validity")?,
            uid_next: row.try_get("uid_next")?,
            highest_modseq: count("highest_modseq")?,
            cursor: row.try_get("cursor")?,
        },
    })
}

/// All Mailboxes of an account, by id.
pub async fn all(r: &mut Reader, account: AccountId) -> Result<Vec<Mailbox>> {
    let rows = sqlx::query(sql::ALL).bind(account.0).fetch_all(r.db()).await?;
    let mut mailboxes: Vec<Mailbox> = rows.iter().map(from_row).collect::<Result<_, _>>()?;
    mailboxes.sort_by_key(|mailbox| mailbox.id);
    Ok(mailboxes)
}

/// One of them.
pub async fn get(r: &mut Reader, account: AccountId, id: MailboxId) -> Result<Option<Mailbox>> {
    let row = sqlx::query(sql::GET).bind(account.0).bind(id.0).fetch_optional(r.db()).await?;
    Ok(row.as_ref().map(from_row).transpose()?)
}

async fn must(r: &mut Reader, account: AccountId, id: MailboxId) -> Result<Mailbox> {
    get(r, account, id).await?.ok_or_else(|| Refusal::NotFound.into())
}

/// Of an account: the Mailbox with this role.
pub async fn by_role(r: &mut Reader, account: AccountId, role: Role) -> Result<Option<Mailbox>> {
    let row = sqlx::query(sql::BY_ROLE).bind(account.0).bind(role.as_str()).fetch_optional(r.db()).await?;
    Ok(row.as_ref().map(from_row).transpose()?)
}

/// Of a Source (or of the local ones): the Mailbox with this role there. For local Mailboxes `role` counts.
pub async fn by_source_role(
    r: &mut Reader,
    account: AccountId,
    source: Option<SourceId>,
    role: Role,
) -> Result<Option<Mailbox>> {
    let Some(source) = source else {
        return Ok(by_role(r, account, role).await?.filter(|m| m.source.is_none()));
    };
    Ok(of_source(r, account, source).await?.into_iter().find(|m| m.source_role == Some(role)))
}

/// Of a Source: all Mailboxes, by id.
pub async fn of_source(r: &mut Reader, account: AccountId, source: SourceId) -> Result<Vec<Mailbox>> {
    Ok(all(r, account).await?.into_iter().filter(|m| m.source == Some(source)).collect())
}

/// The local Mailbox a path names ("Family/Trips"), made where it is missing.
pub async fn ensure_local_path(tx: &mut WriteTx, account: AccountId, path: &str) -> Result<MailboxId> {
    let names: Vec<&str> = path.split('/').map(str::trim).filter(|name| !name.is_empty()).take(DEPTH_MAX).collect();
    let (mut parent, mut last) = (None, None);
    for (n, name) in names.iter().enumerate() {
        let is_last = n + 1 == names.len();
        let fits =
            |m: &Mailbox| m.source.is_none() && m.parent == parent && m.name == *name && (m.selectable || !is_last);
        let found = all(tx, account).await?.into_iter().find(fits);
        let id = match found {
            Some(mailbox) => mailbox.id,
            None => {
                let new = NewMailbox {
                    parent,
                    name: (*name).to_owned(),
                    is_subscribed: true,
                    selectable: true,
                    rename_on_collision: true,
                    ..NewMailbox::default()
                };
                create(tx, account, &new).await?
            }
        };
        (parent, last) = (Some(id), Some(id));
    }
    last.ok_or_else(|| Refusal::Invalid.into())
}

/// Makes a Mailbox.
pub async fn create(tx: &mut WriteTx, account: AccountId, new: &NewMailbox) -> Result<MailboxId> {
    let have: i64 = sqlx::query_scalar(sql::COUNT).bind(account.0).fetch_one(tx.db()).await?;
    if have >= MAILBOXES_MAX || new.name.is_empty() {
        return Err(if new.name.is_empty() { Refusal::Invalid } else { Refusal::OverLimit }.into());
    }
    let (is_primary, container) = match new.source {
        Some(source) => owner(tx, account, source).await?,
        None => (false, None),
    };
    let parent = new.parent.or(container);
    depth_below(tx, account, parent).await?;
    let mut source_role = new.source_role;
    if let (Some(_), Some(role)) = (new.source, source_role)
        && by_source_role(tx, account, new.source, role).await?.is_some()
    {
        // A server may mark two folders alike; the first one counts.
        source_role = None;
    }
    let role = if new.source.is_some() { source_role.filter(|_| is_primary) } else { new.role };
    if let Some(role) = role {
        roles::free_role(tx, account, role, new.source.is_some()).await?;
    }
    let name = free_name(tx, account, parent, &new.name, None, new.rename_on_collision).await?;
    let id: i64 = sqlx::query_scalar(sql::INSERT)
        .bind(account.0)
        .bind(new.source.map(|s| s.0))
        .bind(parent.map(|p| p.0))
        .bind(name)
        .bind(role.map(Role::as_str))
        .bind(source_role.map(Role::as_str))
        .bind(new.sort_order)
        .bind(new.is_subscribed)
        .bind(new.selectable)
        .bind(new.remote_name.as_deref())
        .fetch_one(tx.db())
        .await?;
    tx.changed(account, DataType::Mailbox, id, Op::Created);
    Ok(MailboxId(id))
}

/// Whether a Source is primary, and the Mailbox its folders hang below.
async fn owner(r: &mut Reader, account: AccountId, source: SourceId) -> Result<(bool, Option<MailboxId>)> {
    let row: Option<(bool, Option<i64>)> =
        sqlx::query_as(sql::OWNER).bind(account.0).bind(source.0).fetch_optional(r.db()).await?;
    let (is_primary, container) = row.ok_or(Refusal::NotFound)?;
    Ok((is_primary, container.map(MailboxId)))
}

/// The ancestors of a Mailbox, itself first.
async fn line(r: &mut Reader, account: AccountId, from: Option<MailboxId>) -> Result<Vec<MailboxId>> {
    let (mut line, mut next) = (Vec::new(), from);
    while let Some(id) = next {
        if line.len() > DEPTH_MAX {
            return Err(Refusal::OverLimit.into());
        }
        line.push(id);
        next = must(r, account, id).await?.parent;
    }
    Ok(line)
}

async fn depth_below(r: &mut Reader, account: AccountId, parent: Option<MailboxId>) -> Result<()> {
    if line(r, account, parent).await?.len() >= DEPTH_MAX { Err(Refusal::OverLimit.into()) } else { Ok(()) }
}

/// The name, or another like it if a sibling has it and that is wanted.
pub(crate) async fn free_name(
    r: &mut Reader,
    account: AccountId,
    parent: Option<MailboxId>,
    name: &str,
    own: Option<MailboxId>,
    rename: bool,
) -> Result<String> {
    let taken: Vec<String> = sqlx::query_scalar(sql::SIBLINGS)
        .bind(account.0)
        .bind(parent.map_or(0, |p| p.0))
        .bind(own.map_or(0, |m| m.0))
        .fetch_all(r.db())
        .await?;
    if !taken.iter().any(|t| t == name) {
        return Ok(name.to_owned());
    }
    if !rename {
        return Err(Refusal::NameTaken.into());
    }
    let mut others = (2..).map(|n| format!("{name} {n}")).take(taken.len() + 1);
    others.find(|other| !taken.contains(other)).ok_or_else(|| Refusal::NameTaken.into())
}

/// Changes a Mailbox.
pub async fn update(tx: &mut WriteTx, account: AccountId, id: MailboxId, update: &Update) -> Result<()> {
    let now = must(tx, account, id).await?;
    let parent = update.parent.unwrap_or(now.parent);
    if parent != now.parent {
        let above = line(tx, account, parent).await?;
        if above.contains(&id) {
            return Err(Refusal::Loop.into());
        }
        if above.len() >= DEPTH_MAX {
            return Err(Refusal::OverLimit.into());
        }
    }
    let name = update.name.as_ref().unwrap_or(&now.name);
    if name.is_empty() {
        return Err(Refusal::Invalid.into());
    }
    let name = free_name(tx, account, parent, name, Some(id), false).await?;
    if let Some(role) = update.role
        && role != now.role
    {
        if let Some(role) = role {
            roles::free_role(tx, account, role, false).await?;
        }
        roles::set_roles(tx, account, id, role, now.source_role).await?;
    }
    if let Some(source_role) = update.source_role {
        give_role(tx, account, id, source_role).await?;
    }
    let remote_name = update.remote_name.as_ref().unwrap_or(&now.remote_name);
    sqlx::query(sql::UPDATE)
        .bind(account.0)
        .bind(id.0)
        .bind(parent.map(|p| p.0))
        .bind(name)
        .bind(update.sort_order.unwrap_or(now.sort_order))
        .bind(update.is_subscribed.unwrap_or(now.is_subscribed))
        .bind(update.selectable.unwrap_or(now.selectable))
        .bind(remote_name.as_deref())
        .execute(tx.db())
        .await?;
    tx.changed(account, DataType::Mailbox, id.0, Op::Updated);
    Ok(())
}

/// Moves a Mailbox to another parent, renaming it there if it must be.
pub(crate) async fn reparent(
    tx: &mut WriteTx,
    account: AccountId,
    id: MailboxId,
    parent: Option<MailboxId>,
) -> Result<()> {
    let now = must(tx, account, id).await?;
    let name = free_name(tx, account, parent, &now.name, Some(id), true).await?;
    sqlx::query(sql::REPARENT).bind(account.0).bind(id.0).bind(parent.map(|p| p.0)).bind(name).execute(tx.db()).await?;
    tx.changed(account, DataType::Mailbox, id.0, Op::Updated);
    Ok(())
}

/// Destroys a Mailbox. With Emails in it only if `remove_emails`: those in no other Mailbox are destroyed too.
pub async fn destroy(tx: &mut WriteTx, account: AccountId, id: MailboxId, remove_emails: bool) -> Result<()> {
    must(tx, account, id).await?;
    let children: i64 = sqlx::query_scalar(sql::CHILDREN).bind(account.0).bind(id.0).fetch_one(tx.db()).await?;
    if children > 0 {
        return Err(Refusal::HasChild.into());
    }
    loop {
        let here: Vec<i64> = sqlx::query_scalar(sql::EMAILS).bind(id.0).bind(EMAILS_AT_ONCE).fetch_all(tx.db()).await?;
        if here.is_empty() {
            break;
        }
        if !remove_emails {
            return Err(Refusal::HasEmail.into());
        }
        emails::take_out(tx, account, id, &here).await?;
    }
    // Counts must be settled while the row is there: it is not to be heard of afterwards.
    settle(tx, account).await?;
    for sql in sql::DESTROY {
        sqlx::query(*sql).bind(id.0).execute(tx.db()).await?;
    }
    tx.changed(account, DataType::Mailbox, id.0, Op::Destroyed);
    Ok(())
}

/// Keeps what sync knows of the folder. No Change is announced: no client sees it.
pub async fn set_remote(tx: &mut WriteTx, account: AccountId, id: MailboxId, remote: &RemoteState) -> Result<()> {
    sqlx::query(sql::SET_REMOTE)
        .bind(account.0)
        .bind(id.0)
        .bind(remote.uid_validity)
        .bind(remote.uid_next)
        .bind(i64::try_from(remote.highest_modseq).unwrap_or(i64::MAX))
        .bind(remote.cursor.as_deref())
        .execute(tx.db())
        .await?;
    Ok(())
}

/// All Threads with an Email in this Mailbox are about to count differently.
async fn touch_all(tx: &mut WriteTx, account: AccountId, id: MailboxId) -> Result<()> {
    let threads: Vec<i64> = sqlx::query_scalar(sql::THREADS).bind(id.0).fetch_all(tx.db()).await?;
    settle::touch(tx, account, threads).await
}
