//! Tasks: what a Source is still owed. The kinds are mailclient's; the store keeps their order and never loses one.

use shared::ids::{AccountId, EmailId, MailboxId, SourceId};

use crate::{Reader, Result, WriteTx};

/// A Task to keep.
#[derive(Debug, Clone, Default)]
pub struct NewTask {
    /// Its kind, mailclient's word.
    pub kind: String,
    /// Its details, mailclient's JSON.
    pub payload: String,
    /// The Email it is about.
    pub email: Option<EmailId>,
    /// The Mailbox it is about.
    pub mailbox: Option<MailboxId>,
    /// Lower is sooner; within one priority in the order of their making. 0 = a person waits.
    pub priority: u8,
    /// Not before, ms.
    pub not_before: i64,
}

/// A kept Task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Number; grows.
    pub id: i64,
    /// Whose.
    pub account: AccountId,
    /// Owed to.
    pub source: SourceId,
    /// Kind.
    pub kind: String,
    /// Details.
    pub payload: String,
    /// The Email.
    pub email: Option<EmailId>,
    /// The Mailbox.
    pub mailbox: Option<MailboxId>,
    /// Priority.
    pub priority: u8,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before, ms.
    pub not_before: i64,
    /// What the last try brought.
    pub error: Option<String>,
    /// Made at, ms.
    pub created_at: i64,
}

/// Keeps a Task; the commit wakes the Source's worker.
pub async fn enqueue(tx: &mut WriteTx, account: AccountId, source: SourceId, task: &NewTask) -> Result<i64> {
    let _ = (tx, account, source, task);
    todo!()
}

/// What a Source is owed now, by priority and age. Tasks stay until [`done`].
pub async fn due(r: &mut Reader, source: SourceId, now: i64, limit: u32) -> Result<Vec<Task>> {
    let _ = (r, source, now, limit);
    todo!()
}

/// All Tasks of a Source, by age (to mask flags and ghosts).
pub async fn of_source(r: &mut Reader, source: SourceId) -> Result<Vec<Task>> {
    let _ = (r, source);
    todo!()
}

/// Tasks about these Emails, by age.
pub async fn of_emails(r: &mut Reader, account: AccountId, emails: &[EmailId]) -> Result<Vec<Task>> {
    let _ = (r, account, emails);
    todo!()
}

/// Tasks about a Mailbox, by age.
pub async fn of_mailbox(r: &mut Reader, account: AccountId, mailbox: MailboxId) -> Result<Vec<Task>> {
    let _ = (r, account, mailbox);
    todo!()
}

/// One Task.
pub async fn get(r: &mut Reader, id: i64) -> Result<Option<Task>> {
    let _ = (r, id);
    todo!()
}

/// When the next Task of a Source is due, ms.
pub async fn next_due(r: &mut Reader, source: SourceId) -> Result<Option<i64>> {
    let _ = (r, source);
    todo!()
}

/// How many Tasks wait, by kind (for the metrics).
pub async fn waiting(r: &mut Reader) -> Result<Vec<(String, u64)>> {
    let _ = r;
    todo!()
}

/// They are done, or void.
pub async fn done(tx: &mut WriteTx, ids: &[i64]) -> Result<()> {
    let _ = (tx, ids);
    todo!()
}

/// It failed for now: counts the attempt.
pub async fn retry_at(tx: &mut WriteTx, id: i64, not_before: i64, error: &str) -> Result<()> {
    let _ = (tx, id, not_before, error);
    todo!()
}

/// Part of it is done: what is left.
pub async fn set_payload(tx: &mut WriteTx, id: i64, payload: &str) -> Result<()> {
    let _ = (tx, id, payload);
    todo!()
}
