//! Materialised lists: a mailbox, or the union of an account's inboxes, newest first, plain or one row a Thread. A page and
//! a rank cost the same at any depth.

pub(crate) mod read;
pub(crate) mod tree;

use std::collections::{BTreeMap, BTreeSet};

use shared::ids::{AccountId, EmailId, MailboxId, ThreadId};

use crate::{DataType, Reader, Result, changes, changes::json, event::Op};

/// Bits of a sort key that are the Email's id.
pub(crate) const ID_BITS: u32 = 30;
/// The highest Email id there can be.
pub(crate) const EMAIL_ID_MAX: i64 = (1 << ID_BITS) - 1;

/// Of these Threads: their row in the collapsed list, and all rows in the plain one.
pub(crate) const ROWS_OF_THREADS: &str = "SELECT e.thread_id, e.sort_key FROM json_each($3) t
    CROSS JOIN email e INDEXED BY email_thread ON e.thread_id = t.value
    CROSS JOIN list_entry l ON l.list_id = $1 AND l.kind = $2 AND l.sort_key = e.sort_key
    WHERE e.account_id = $4";
const EMAILS_OF_THREADS: &str = "SELECT e.id FROM json_each($1) t
    CROSS JOIN email e INDEXED BY email_thread ON e.thread_id = t.value WHERE e.account_id = $2";
pub(crate) const SORT_KEYS: &str = "SELECT e.id, e.sort_key FROM json_each($1) i
    CROSS JOIN email e ON e.id = i.value WHERE e.account_id = $2";
const OWN_MAILBOX: &str = "SELECT total_emails, total_threads FROM mailbox WHERE id = $1 AND account_id = $2";

/// A list that is kept ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ListKey {
    /// One Mailbox.
    Mailbox(MailboxId),
    /// All Mailboxes whose role or source role is inbox.
    Inboxes,
}

/// Which rows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Order {
    /// Every Email.
    Plain,
    /// One row a Thread: its newest Email in the list (`collapseThreads`).
    Collapsed,
}

impl Order {
    pub(crate) fn kind(self) -> i64 {
        match self {
            Self::Plain => tree::PLAIN,
            Self::Collapsed => tree::COLLAPSED,
        }
    }
}

/// A row of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListRow {
    /// The Email.
    pub email: EmailId,
    /// Its Thread.
    pub thread: ThreadId,
}

/// What changed in a list since a state (RFC 8620 §5.6).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListChanges {
    /// The state of Email after these changes.
    pub new_state: i64,
    /// Ids that may have been in the old results and are not, or are elsewhere.
    pub removed: Vec<EmailId>,
    /// Where they (or new ones) stand now, lowest index first.
    pub added: Vec<(EmailId, u64)>,
    /// The new length.
    pub total: u64,
}

/// The list id of an account's union of inboxes.
pub(crate) fn union_list(account: AccountId) -> i64 {
    -account.0
}

/// The second and the Email id as one number that orders: newest last, ties by id.
pub(crate) fn sort_key(received_s: i64, id: i64) -> i64 {
    (received_s << ID_BITS) | id
}

/// The Email of a sort key.
pub(crate) fn email_of(key: i64) -> EmailId {
    EmailId(key & EMAIL_ID_MAX)
}

/// A list that belongs to the account, with its totals if they are at hand.
struct Own {
    list: i64,
    totals: Option<(i64, i64)>,
}

async fn own(r: &mut Reader, account: AccountId, list: ListKey) -> Result<Option<Own>> {
    let ListKey::Mailbox(mailbox) = list else {
        return Ok(Some(Own { list: union_list(account), totals: None }));
    };
    let totals: Option<(i64, i64)> =
        sqlx::query_as(OWN_MAILBOX).bind(mailbox.0).bind(account.0).fetch_optional(r.db()).await?;
    Ok(totals.map(|totals| Own { list: mailbox.0, totals: Some(totals) }))
}

/// How many rows the list has.
pub async fn total(r: &mut Reader, account: AccountId, list: ListKey, order: Order) -> Result<u64> {
    let Some(own) = own(r, account, list).await? else { return Ok(0) };
    let n = match (own.totals, order) {
        (Some((emails, _)), Order::Plain) => emails,
        (Some((_, threads)), Order::Collapsed) => threads,
        (None, order) => read::total(r, own.list, order.kind()).await?,
    };
    Ok(u64::try_from(n).unwrap_or(0))
}

/// Rows from `position` (0 = newest), newest first; fewer (or none) at the end.
pub async fn page(
    r: &mut Reader,
    account: AccountId,
    list: ListKey,
    order: Order,
    position: u64,
    limit: u64,
) -> Result<Vec<ListRow>> {
    let Some(own) = own(r, account, list).await? else { return Ok(Vec::new()) };
    let (Ok(position), Ok(limit)) = (i64::try_from(position), i64::try_from(limit)) else { return Ok(Vec::new()) };
    let rows = read::page(r, own.list, order.kind(), position, limit).await?;
    Ok(rows.into_iter().map(|(key, thread)| ListRow { email: email_of(key), thread: ThreadId(thread) }).collect())
}

/// The position of an Email in the list, if it has a row of its own there.
pub async fn rank(
    r: &mut Reader,
    account: AccountId,
    list: ListKey,
    order: Order,
    email: EmailId,
) -> Result<Option<u64>> {
    let Some(own) = own(r, account, list).await? else { return Ok(None) };
    let keys: Vec<(i64, i64)> =
        sqlx::query_as(SORT_KEYS).bind(json(&[email.0])).bind(account.0).fetch_all(r.db()).await?;
    let Some((_, key)) = keys.first() else { return Ok(None) };
    let rank = read::rank(r, own.list, order.kind(), *key).await?;
    Ok(rank.and_then(|n| u64::try_from(n).ok()))
}

/// What changed since an Email state, or `None` when it cannot be told (too old, or more than `max` rows).
pub async fn changes(
    r: &mut Reader,
    account: AccountId,
    list: ListKey,
    order: Order,
    since: i64,
    max: usize,
) -> Result<Option<ListChanges>> {
    let Some(own) = own(r, account, list).await? else { return Ok(None) };
    let Some((records, now)) = changes::records(r, account, DataType::Email, since).await? else { return Ok(None) };
    if records.last().is_some_and(|last| last.seq < now) {
        return Ok(None);
    }
    let created: BTreeSet<i64> = records.iter().filter(|r| r.op == Op::Created as i64).map(|r| r.object).collect();
    let changed: BTreeSet<i64> = records.iter().map(|r| r.object).collect();
    let threads: BTreeSet<i64> = records.iter().filter_map(|r| r.thread).collect();
    let rows: Vec<(i64, i64)> = sqlx::query_as(ROWS_OF_THREADS)
        .bind(own.list)
        .bind(order.kind())
        .bind(json(&threads))
        .bind(account.0)
        .fetch_all(r.db())
        .await?;
    // Of a collapsed list any Email of the Thread may have stood for it before; of a plain one only what changed itself.
    let mut removed: BTreeSet<i64> = changed.difference(&created).copied().collect();
    let mut added: BTreeMap<std::cmp::Reverse<i64>, EmailId> = BTreeMap::new();
    if order == Order::Collapsed {
        let all: Vec<i64> =
            sqlx::query_scalar(EMAILS_OF_THREADS).bind(json(&threads)).bind(account.0).fetch_all(r.db()).await?;
        removed.extend(all.into_iter().filter(|id| !created.contains(id)));
    }
    for (_, key) in rows {
        let email = email_of(key);
        if order == Order::Collapsed || changed.contains(&email.0) {
            added.insert(std::cmp::Reverse(key), email);
        }
    }
    if removed.len() + added.len() > max {
        return Ok(None);
    }
    let mut placed = Vec::with_capacity(added.len());
    for (key, email) in added {
        if let Some(index) = read::rank(r, own.list, order.kind(), key.0).await? {
            placed.push((email, u64::try_from(index).unwrap_or(0)));
        }
    }
    let total = total(r, account, list, order).await?;
    Ok(Some(ListChanges { new_state: now, removed: removed.into_iter().map(EmailId).collect(), added: placed, total }))
}
