//! `Mailbox/set` (RFC 8621 §2.5): folders made, renamed, moved, removed; here at once, at the provider by a Task.

use shared::ids::{AccountId, MailboxId};
use store::WriteTx;

use crate::ActionError;

/// A Mailbox to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMailbox {
    /// Its name.
    pub name: String,
    /// Below which Mailbox; `None` is the top, where the primary Source's folders stand.
    pub parent: Option<MailboxId>,
    /// A role (RFC 8621 §2), only one that no Mailbox of the account has.
    pub role: Option<String>,
    /// `sortOrder`.
    pub sort_order: u32,
    /// `isSubscribed`.
    pub is_subscribed: bool,
}

/// What may change in a Mailbox; `None` = as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailboxUpdate {
    /// A new name.
    pub name: Option<String>,
    /// A new parent (`Some(None)`: to the top).
    pub parent: Option<Option<MailboxId>>,
    /// A role given or taken away.
    pub role: Option<Option<String>>,
    /// `sortOrder`.
    pub sort_order: Option<u32>,
    /// `isSubscribed`.
    pub is_subscribed: Option<bool>,
}

/// Makes a Mailbox: at the parent's Source, at the top at the primary Source, without any Source locally.
pub async fn create(tx: &mut WriteTx, account: AccountId, new: &NewMailbox) -> Result<MailboxId, ActionError> {
    let _ = (tx, account, new);
    todo!()
}

/// Renames, moves, re-sorts a Mailbox.
pub async fn update(
    tx: &mut WriteTx,
    account: AccountId,
    mailbox: MailboxId,
    update: &MailboxUpdate,
) -> Result<(), ActionError> {
    let _ = (tx, account, mailbox, update);
    todo!()
}

/// Removes a Mailbox; with `remove_emails` (`onDestroyRemoveEmails`) what is only in it goes too.
pub async fn destroy(
    tx: &mut WriteTx,
    account: AccountId,
    mailbox: MailboxId,
    remove_emails: bool,
) -> Result<(), ActionError> {
    let _ = (tx, account, mailbox, remove_emails);
    todo!()
}
