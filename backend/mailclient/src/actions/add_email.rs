//! `Email/set create` and `Email/import`: a message made or handed over here; local, or owed to its folder by APPEND.

use std::collections::BTreeSet;

use shared::ids::{AccountId, EmailId, MailboxId, ThreadId};
use store::{Blobs, WriteTx};

use crate::ActionError;

/// A message that lies durably in the blob store and was parsed; the first half, outside the transaction.
#[derive(Debug)]
pub struct Prepared {
    pub(crate) blob: String,
}

/// Where and how it is filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// `mailboxIds`, at least one, all of one Source.
    pub mailboxes: BTreeSet<MailboxId>,
    /// `keywords`, lower case.
    pub keywords: BTreeSet<String>,
    /// `receivedAt`, milliseconds since the epoch; `None`: the last Received field's, else now.
    pub received_at: Option<i64>,
}

/// What the server set (goes into `created`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The Email.
    pub id: EmailId,
    /// Its Thread.
    pub thread: ThreadId,
    /// Its size in octets.
    pub size: u64,
}

/// Stores the bytes durably and parses them (on a blocking thread). Safe to forget: an orphan blob is swept.
pub async fn prepare(blobs: &Blobs, raw: Vec<u8>) -> Result<Prepared, ActionError> {
    let _ = (blobs, raw);
    todo!()
}

/// Files a prepared message.
pub async fn apply(
    tx: &mut WriteTx,
    account: AccountId,
    message: Prepared,
    filing: &Filing,
) -> Result<Added, ActionError> {
    let _ = (tx, account, message, filing);
    todo!()
}
