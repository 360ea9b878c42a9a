//! Materialised lists: a mailbox, or the union of an account's inboxes, newest first, plain or one row a Thread. A page and
//! a rank cost the same at any depth.

use shared::ids::{AccountId, EmailId, MailboxId, ThreadId};

use crate::{Reader, Result};

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

/// How many rows the list has.
pub async fn total(r: &mut Reader, account: AccountId, list: ListKey, order: Order) -> Result<u64> {
    let _ = (r, account, list, order);
    todo!()
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
    let _ = (r, account, list, order, position, limit);
    todo!()
}

/// The position of an Email in the list, if it has a row of its own there.
pub async fn rank(
    r: &mut Reader,
    account: AccountId,
    list: ListKey,
    order: Order,
    email: EmailId,
) -> Result<Option<u64>> {
    let _ = (r, account, list, order, email);
    todo!()
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
    let _ = (r, account, list, order, since, max);
    todo!()
}
