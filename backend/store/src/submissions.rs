//! Submissions (RFC 8621 §7): letters on their way out, held, sending, sent or in doubt. What must survive a crash is here.

use shared::ids::{AccountId, EmailId, IdentityId, SourceId, SubmissionId, ThreadId};

use sqlx::{Row, sqlite::SqliteRow};

use crate::{BlobName, DataType, Error, Reader, Refusal, Result, WriteTx, changes::json, event::Op, now_ms};

/// Letters of one answer at most.
const QUERY_MAX: i64 = 10_000;

const INSERT: &str = "INSERT INTO submission (account_id, identity_id, email_id, thread_id, source_id, envelope,
        send_at, stage, blob, message_id, delivery, notes, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id";
pub(crate) const GET: &str = "SELECT s.* FROM json_each($2) i
    CROSS JOIN submission s ON s.id = i.value WHERE s.account_id = $1";
pub(crate) const ALL: &str = "SELECT * FROM submission WHERE account_id = $1
    AND ($2 IS NULL OR identity_id IN (SELECT value FROM json_each($2)))
    AND ($3 IS NULL OR email_id IN (SELECT value FROM json_each($3)))
    AND ($4 IS NULL OR thread_id IN (SELECT value FROM json_each($4)))
    AND ($5 IS NULL OR stage IN (SELECT value FROM json_each($5)))
    AND send_at < $6 AND send_at >= $7
    ORDER BY send_at DESC LIMIT $8";
pub(crate) const DUE: &str = "SELECT * FROM submission INDEXED BY submission_due
    WHERE stage IN ('held', 'queued') AND coalesce(next_try_at, send_at) <= $1
    ORDER BY coalesce(next_try_at, send_at) LIMIT $2";
pub(crate) const NEXT_DUE: &str = "SELECT min(coalesce(next_try_at, send_at)) FROM submission INDEXED BY submission_due
    WHERE stage IN ('held', 'queued')";
pub(crate) const IN_STAGE: &str = "SELECT * FROM submission WHERE stage = $1";
pub(crate) const BY_MESSAGE_ID: &str = "SELECT * FROM submission WHERE account_id = $1 AND message_id = $2";
const UPDATE: &str = "UPDATE submission SET stage = coalesce($3, stage), send_at = coalesce($4, send_at),
        delivery = coalesce($5, delivery), notes = coalesce($6, notes),
        failure = CASE WHEN $7 THEN $8 ELSE failure END, attempts = coalesce($9, attempts),
        next_try_at = CASE WHEN $10 THEN $11 ELSE next_try_at END, envelope = coalesce($12, envelope)
    WHERE id = $2 AND account_id = $1 AND ($13 IS NULL OR stage = $13)";
const DESTROY: &str = "DELETE FROM submission WHERE account_id = $1 AND id IN (SELECT value FROM json_each($2))
    RETURNING id";

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

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
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

fn from_row(row: &SqliteRow) -> Result<Submission> {
    let (stage, blob): (String, String) = (row.try_get("stage")?, row.try_get("blob")?);
    Ok(Submission {
        id: SubmissionId(row.try_get("id")?),
        account: AccountId(row.try_get("account_id")?),
        identity: IdentityId(row.try_get("identity_id")?),
        email: EmailId(row.try_get("email_id")?),
        thread: ThreadId(row.try_get("thread_id")?),
        source: row.try_get::<Option<i64>, _>("source_id")?.map(SourceId),
        envelope: row.try_get("envelope")?,
        send_at: row.try_get("send_at")?,
        stage: Stage::parse(&stage).ok_or(Error::Damaged("the stage of a submission"))?,
        blob: BlobName::parse(&blob).ok_or(Error::Damaged("the name of a submission's message"))?,
        message_id: row.try_get("message_id")?,
        delivery: row.try_get("delivery")?,
        notes: row.try_get("notes")?,
        failure: row.try_get("failure")?,
        attempts: row.try_get("attempts")?,
        next_try_at: row.try_get("next_try_at")?,
        created_at: row.try_get("created_at")?,
    })
}

/// Keeps a letter; the commit wakes the outbox.
pub async fn create(tx: &mut WriteTx, account: AccountId, new: &NewSubmission) -> Result<SubmissionId> {
    let id: i64 = sqlx::query_scalar(INSERT)
        .bind(account.0)
        .bind(new.identity.0)
        .bind(new.email.0)
        .bind(new.thread.0)
        .bind(new.source.map(|s| s.0))
        .bind(&new.envelope)
        .bind(new.send_at)
        .bind(new.stage.as_str())
        .bind(new.blob.as_str())
        .bind(&new.message_id)
        .bind(&new.delivery)
        .bind(&new.notes)
        .bind(now_ms())
        .fetch_one(tx.db())
        .await?;
    tx.changed(account, DataType::EmailSubmission, id, Op::Created);
    tx.wake_outbox(account);
    Ok(SubmissionId(id))
}

/// Those of `ids` that exist, in the order asked for; `None` = all, newest first.
pub async fn get(r: &mut Reader, account: AccountId, ids: Option<&[SubmissionId]>) -> Result<Vec<Submission>> {
    let Some(ids) = ids else { return query(r, account, &Filter::default()).await };
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query(GET).bind(account.0).bind(json(&ids)).fetch_all(r.db()).await?;
    rows.iter().map(from_row).collect()
}

/// All that match, newest `send_at` first (sorting otherwise is cheap: an outbox is small; at most 10 000).
pub async fn query(r: &mut Reader, account: AccountId, filter: &Filter) -> Result<Vec<Submission>> {
    let identities = filter.identities.as_ref().map(|ids| json(&ids.iter().map(|id| id.0).collect::<Vec<_>>()));
    let emails = filter.emails.as_ref().map(|ids| json(&ids.iter().map(|id| id.0).collect::<Vec<_>>()));
    let threads = filter.threads.as_ref().map(|ids| json(&ids.iter().map(|id| id.0).collect::<Vec<_>>()));
    let stages = filter.undo_status.as_ref().map(|status| {
        let fitting = Stage::ALL.into_iter().filter(|stage| stage.undo_status() == status);
        json(&fitting.map(Stage::as_str).collect::<Vec<_>>())
    });
    let rows = sqlx::query(ALL)
        .bind(account.0)
        .bind(identities)
        .bind(emails)
        .bind(threads)
        .bind(stages)
        .bind(filter.before.unwrap_or(i64::MAX))
        .bind(filter.after.unwrap_or(i64::MIN))
        .bind(QUERY_MAX)
        .fetch_all(r.db())
        .await?;
    rows.iter().map(from_row).collect()
}

/// Of the whole household: Held or Queued letters whose time has come, oldest first.
pub async fn due(r: &mut Reader, now: i64, limit: u32) -> Result<Vec<Submission>> {
    let rows = sqlx::query(DUE).bind(now).bind(limit).fetch_all(r.db()).await?;
    rows.iter().map(from_row).collect()
}

/// When the next letter is due, ms.
pub async fn next_due(r: &mut Reader) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(NEXT_DUE).fetch_one(r.db()).await?)
}

/// Of the whole household: all in a stage (at start: what was Sending when the process died).
pub async fn in_stage(r: &mut Reader, stage: Stage) -> Result<Vec<Submission>> {
    let rows = sqlx::query(IN_STAGE).bind(stage.as_str()).fetch_all(r.db()).await?;
    rows.iter().map(from_row).collect()
}

/// The newest letter of the account with this Message-ID (a DSN speaks of it).
pub async fn by_message_id(r: &mut Reader, account: AccountId, message_id: &str) -> Result<Option<Submission>> {
    let rows = sqlx::query(BY_MESSAGE_ID).bind(account.0).bind(message_id).fetch_all(r.db()).await?;
    let letters: Vec<Submission> = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(letters.into_iter().max_by_key(|letter| letter.id))
}

/// Changes a letter.
pub async fn update(tx: &mut WriteTx, account: AccountId, id: SubmissionId, update: &Update) -> Result<()> {
    if write(tx, account, id, None, update).await? { Ok(()) } else { Err(Refusal::NotFound.into()) }
}

/// Changes a letter only if its stage is still `from`; whether it was (a cancel and a worker cannot both win).
pub async fn advance(
    tx: &mut WriteTx,
    account: AccountId,
    id: SubmissionId,
    from: Stage,
    update: &Update,
) -> Result<bool> {
    write(tx, account, id, Some(from), update).await
}

async fn write(
    tx: &mut WriteTx,
    account: AccountId,
    id: SubmissionId,
    from: Option<Stage>,
    update: &Update,
) -> Result<bool> {
    let done = sqlx::query(UPDATE)
        .bind(account.0)
        .bind(id.0)
        .bind(update.stage.map(Stage::as_str))
        .bind(update.send_at)
        .bind(update.delivery.as_deref())
        .bind(update.notes.as_deref())
        .bind(update.failure.is_some())
        .bind(update.failure.as_ref().and_then(|f| f.as_deref()))
        .bind(update.attempts)
        .bind(update.next_try_at.is_some())
        .bind(update.next_try_at.flatten())
        .bind(update.envelope.as_deref())
        .bind(from.map(Stage::as_str))
        .execute(tx.db())
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    tx.changed(account, DataType::EmailSubmission, id.0, Op::Updated);
    tx.wake_outbox(account);
    Ok(true)
}

/// Forgets letters (RFC 8621 §7.5 destroy); those that were there.
pub async fn destroy(tx: &mut WriteTx, account: AccountId, ids: &[SubmissionId]) -> Result<Vec<SubmissionId>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let gone: Vec<i64> = sqlx::query_scalar(DESTROY).bind(account.0).bind(json(&ids)).fetch_all(tx.db()).await?;
    for id in &gone {
        tx.changed(account, DataType::EmailSubmission, *id, Op::Destroyed);
    }
    tx.wake_outbox(account);
    Ok(gone.into_iter().map(SubmissionId).collect())
}
