//! Submissions (RFC 8621 §7): letters on their way out, held, sending, sent or in doubt. What must survive a crash is here.

use shared::ids::{AccountId, EmailId, IdentityId, SourceId, SubmissionId, ThreadId};

use crate::{BlobName, Reader, Result, WriteTx};

/// How far a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Waits for its time; can be cancelled.
    Held,
    /// Due, or being retried.
    Queued,
    /// A worker is at it: no final dot was sent yet.
    Sending,
    /// The final dot was sent, no answer came: never sent again without looking or asking.
    Uncertain,
    /// The server has it.
    Sent,
    /// The server refused it for good (all recipients).
    Refused,
    /// Taken back in time.
    Canceled,
}

impl Stage {
    /// All.
    pub const ALL: [Self; 7] =
        [Self::Held, Self::Queued, Self::Sending, Self::Uncertain, Self::Sent, Self::Refused, Self::Canceled];

    /// RFC 8621 §7 `undoStatus`.
    pub fn undo_status(self) -> &'static str {
        match self {
            Self::Held => "pending",
            Self::Canceled => "canceled",
            _ => "final",
        }
    }

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Uncertain => "uncertain",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Canceled => "canceled",
        }
    }
}

/// A letter to send.
#[derive(Debug, Clone)]
pub struct NewSubmission {
    /// Identity.
    pub identity: IdentityId,
    /// The Email it sends.
    pub email: EmailId,
    /// Its Thread.
    pub thread: ThreadId,
    /// The Source whose SMTP way out is taken.
    pub source: Option<SourceId>,
    /// JSON of the Envelope (RFC 8621 §7).
    pub envelope: String,
    /// Not before, ms.
    pub send_at: i64,
    /// Held until `send_at` (can be undone), or queued at once.
    pub stage: Stage,
    /// The built message without Bcc.
    pub blob: BlobName,
    /// Its Message-ID without angle brackets.
    pub message_id: String,
    /// mailclient's JSON: what to do on success or cancel, and what it wants to remember.
    pub notes: String,
    /// JSON of deliveryStatus at the start.
    pub delivery: String,
}

/// A letter on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Id.
    pub id: SubmissionId,
    /// Whose.
    pub account: AccountId,
    /// Identity (may have been destroyed since).
    pub identity: IdentityId,
    /// Email.
    pub email: EmailId,
    /// Thread.
    pub thread: ThreadId,
    /// Way out.
    pub source: Option<SourceId>,
    /// JSON of the Envelope.
    pub envelope: String,
    /// ms.
    pub send_at: i64,
    /// How far.
    pub stage: Stage,
    /// The built message.
    pub blob: BlobName,
    /// Message-ID.
    pub message_id: String,
    /// JSON of deliveryStatus (RFC 8621 §7).
    pub delivery: String,
    /// JSON of mailclient.
    pub notes: String,
    /// Why it failed, in the server's words.
    pub failure: Option<String>,
    /// Attempts so far.
    pub attempts: u32,
    /// When to try again, ms.
    pub next_try_at: Option<i64>,
    /// Made at, ms.
    pub created_at: i64,
}

/// What to change; `None` leaves as is.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// Stage.
    pub stage: Option<Stage>,
    /// Send at, ms.
    pub send_at: Option<i64>,
    /// deliveryStatus JSON.
    pub delivery: Option<String>,
    /// Notes JSON.
    pub notes: Option<String>,
    /// Failure.
    pub failure: Option<Option<String>>,
    /// Attempts.
    pub attempts: Option<u32>,
    /// Next try, ms.
    pub next_try_at: Option<Option<i64>>,
    /// Envelope JSON.
    pub envelope: Option<String>,
}

/// RFC 8621 §7.3's conditions; empty = all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of these Identities.
    pub identities: Option<Vec<IdentityId>>,
    /// Of these Emails.
    pub emails: Option<Vec<EmailId>>,
    /// Of these Threads.
    pub threads: Option<Vec<ThreadId>>,
    /// "pending", "final" or "canceled".
    pub undo_status: Option<String>,
    /// sendAt before, ms.
    pub before: Option<i64>,
    /// sendAt at or after, ms.
    pub after: Option<i64>,
}

/// Keeps a letter; the commit wakes the outbox.
pub async fn create(tx: &mut WriteTx, account: AccountId, new: &NewSubmission) -> Result<SubmissionId> {
    let _ = (tx, account, new);
    todo!()
}

/// Those of `ids` that exist, in the order asked for; `None` = all, newest first.
pub async fn get(r: &mut Reader, account: AccountId, ids: Option<&[SubmissionId]>) -> Result<Vec<Submission>> {
    let _ = (r, account, ids);
    todo!()
}

/// All that match, newest `send_at` first (sorting otherwise is cheap: an outbox is small; at most 10 000).
pub async fn query(r: &mut Reader, account: AccountId, filter: &Filter) -> Result<Vec<Submission>> {
    let _ = (r, account, filter);
    todo!()
}

/// Of the whole household: Held or Queued letters whose time has come, oldest first.
pub async fn due(r: &mut Reader, now: i64, limit: u32) -> Result<Vec<Submission>> {
    let _ = (r, now, limit);
    todo!()
}

/// When the next letter is due, ms.
pub async fn next_due(r: &mut Reader) -> Result<Option<i64>> {
    let _ = r;
    todo!()
}

/// Of the whole household: all in a stage (at start: what was Sending when the process died).
pub async fn in_stage(r: &mut Reader, stage: Stage) -> Result<Vec<Submission>> {
    let _ = (r, stage);
    todo!()
}

/// The newest letter of the account with this Message-ID (a DSN speaks of it).
pub async fn by_message_id(r: &mut Reader, account: AccountId, message_id: &str) -> Result<Option<Submission>> {
    let _ = (r, account, message_id);
    todo!()
}

/// Changes a letter.
pub async fn update(tx: &mut WriteTx, account: AccountId, id: SubmissionId, update: &Update) -> Result<()> {
    let _ = (tx, account, id, update);
    todo!()
}

/// Changes the stage only if it is still `from`; whether it was (a cancel and a worker cannot both win).
pub async fn advance(
    tx: &mut WriteTx,
    account: AccountId,
    id: SubmissionId,
    from: Stage,
    update: &Update,
) -> Result<bool> {
    let _ = (tx, account, id, from, update);
    todo!()
}

/// Forgets letters (RFC 8621 §7.5 destroy).
pub async fn destroy(tx: &mut WriteTx, account: AccountId, ids: &[SubmissionId]) -> Result<Vec<SubmissionId>> {
    let _ = (tx, account, ids);
    todo!()
}
