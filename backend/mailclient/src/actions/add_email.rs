//! `Email/set create` and `Email/import`: a message made or handed over here; local, or owed to its folder by APPEND.

use std::collections::BTreeSet;

use mime::Parsed;
use shared::ids::{AccountId, EmailId, MailboxId, ThreadId};
use store::{
    BlobName, Blobs, WriteTx,
    blobs::Keep,
    emails::{self, Placement},
    mailboxes::Role,
};

use crate::{ActionError, Task, actions::common, letter};

/// A message that lies durably in the blob store and was parsed; the first half, outside the transaction.
#[derive(Debug)]
pub struct Prepared {
    blob: BlobName,
    size: u64,
    parsed: Parsed,
}

impl Prepared {
    /// What was found in it.
    pub fn parsed(&self) -> &Parsed {
        &self.parsed
    }
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
    let blob = blobs.put(&raw, Keep::Durable).await?;
    let size = raw.len() as u64;
    let parsed = tokio::task::spawn_blocking(move || mime::parse(&raw)).await.map_err(|_| store::Error::Worker)?;
    Ok(Prepared { blob, size, parsed })
}

/// Files a prepared message.
pub async fn apply(
    tx: &mut WriteTx,
    account: AccountId,
    message: Prepared,
    filing: &Filing,
) -> Result<Added, ActionError> {
    let mailboxes = common::targets(tx, account, &filing.mailboxes).await?;
    let source = mailboxes.first().and_then(|m| m.source);
    if mailboxes.iter().any(|m| m.source != source) {
        return Err(ActionError::invalid("mailboxIds", "An email cannot be in mailboxes of two mail accounts."));
    }
    let facts = letter::Facts {
        size: message.size,
        received_at: filing
            .received_at
            .or_else(|| message.parsed.header.received_at().map(|d| d.ms()))
            .unwrap_or_else(store::now_ms),
        keywords: common::keywords(&filing.keywords)?,
        is_own: mailboxes.iter().any(|m| matches!(m.source_role.or(m.role), Some(Role::Sent))),
        delivered: false,
    };
    let mut row = letter::whole(&message.parsed, facts);
    row.source = source;
    row.blob = Some(message.blob);
    row.placements = mailboxes.iter().map(|m| Placement { mailbox: m.id, uid: None }).collect();
    let id = emails::insert(tx, account, &[row]).await?.pop().ok_or(ActionError::NotFound)?;
    if let Some(source) = source {
        for mailbox in &mailboxes {
            Task::Append { email: id, mailbox: mailbox.id }.enqueue(tx, account, source, 0).await?;
        }
    }
    let thread = common::email(tx, account, id).await?.thread;
    Ok(Added { id, thread, size: message.size })
}
