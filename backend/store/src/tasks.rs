//! Tasks: what a Source is still owed. The kinds are mailclient's; the store keeps their order and never loses one.

use shared::ids::{AccountId, EmailId, MailboxId, SourceId};

use sqlx::{Row, sqlite::SqliteRow};

use crate::{Reader, Refusal, Result, WriteTx, changes::json, emails::numbers, now_ms};

/// The longest error that is kept, in characters.
const ERROR_MAX_CHARS: usize = 500;

const OWN_SOURCE: &str = "SELECT 1 FROM source WHERE id = $1 AND account_id = $2";
const INSERT: &str = "INSERT INTO task
    (account_id, source_id, kind, payload, email_id, mailbox_id, priority, not_before, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
pub(crate) const DUE: &str = "SELECT * FROM task INDEXED BY task_source WHERE source_id = $1 AND not_before <= $2
    ORDER BY priority, id LIMIT $3";
pub(crate) const OF_SOURCE: &str = "SELECT * FROM task WHERE source_id = $1";
pub(crate) const OF_EMAILS: &str = "SELECT t.* FROM json_each($2) i
    CROSS JOIN task t ON t.account_id = $1 AND t.email_id = i.value AND t.email_id IS NOT NULL";
pub(crate) const OF_MAILBOX: &str = "SELECT * FROM task
    WHERE account_id = $1 AND mailbox_id = $2 AND mailbox_id IS NOT NULL";
const GET: &str = "SELECT * FROM task WHERE id = $1";
pub(crate) const NEXT_DUE: &str = "SELECT min(not_before) FROM task WHERE source_id = $1";
const WAITING: &str = "SELECT kind, count(*) FROM task GROUP BY kind ORDER BY kind";
const DONE: &str = "DELETE FROM task WHERE id IN (SELECT value FROM json_each($1))";
const RETRY: &str = "UPDATE task SET attempts = attempts + 1, not_before = $2, error = $3 WHERE id = $1
    RETURNING account_id, source_id";
const RELEASE: &str = "UPDATE task SET not_before = $2 WHERE id = $1 RETURNING account_id, source_id";
const SET_PAYLOAD: &str = "UPDATE task SET payload = $2 WHERE id = $1";

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

fn from_row(row: &SqliteRow) -> Result<Task, sqlx::Error> {
    Ok(Task {
        id: row.try_get("id")?,
        account: AccountId(row.try_get("account_id")?),
        source: SourceId(row.try_get("source_id")?),
        kind: row.try_get("kind")?,
        payload: row.try_get("payload")?,
        email: row.try_get::<Option<i64>, _>("email_id")?.map(EmailId),
        mailbox: row.try_get::<Option<i64>, _>("mailbox_id")?.map(MailboxId),
        priority: row.try_get("priority")?,
        attempts: row.try_get("attempts")?,
        not_before: row.try_get("not_before")?,
        error: row.try_get("error")?,
        created_at: row.try_get("created_at")?,
    })
}

fn by_age(rows: &[SqliteRow]) -> Result<Vec<Task>> {
    let mut tasks: Vec<Task> = rows.iter().map(from_row).collect::<Result<_, _>>()?;
    tasks.sort_by_key(|task| task.id);
    tasks.dedup_by_key(|task| task.id);
    Ok(tasks)
}

/// Keeps a Task; the commit wakes the Source's worker.
pub async fn enqueue(tx: &mut WriteTx, account: AccountId, source: SourceId, task: &NewTask) -> Result<i64> {
    let own: Option<i64> =
        sqlx::query_scalar(OWN_SOURCE).bind(source.0).bind(account.0).fetch_optional(tx.db()).await?;
    if own.is_none() {
        return Err(Refusal::NotFound.into());
    }
    let id = sqlx::query_scalar(INSERT)
        .bind(account.0)
        .bind(source.0)
        .bind(&task.kind)
        .bind(&task.payload)
        .bind(task.email.map(|id| id.0))
        .bind(task.mailbox.map(|id| id.0))
        .bind(task.priority)
        .bind(task.not_before)
        .bind(now_ms())
        .fetch_one(tx.db())
        .await?;
    tx.wake_source(account, source);
    Ok(id)
}

/// What a Source is owed now, by priority and age. Tasks stay until [`done`].
pub async fn due(r: &mut Reader, source: SourceId, now: i64, limit: u32) -> Result<Vec<Task>> {
    let rows = sqlx::query(DUE).bind(source.0).bind(now).bind(limit).fetch_all(r.db()).await?;
    Ok(rows.iter().map(from_row).collect::<Result<_, _>>()?)
}

/// All Tasks of a Source, by age (to mask flags and ghosts).
pub async fn of_source(r: &mut Reader, source: SourceId) -> Result<Vec<Task>> {
    by_age(&sqlx::query(OF_SOURCE).bind(source.0).fetch_all(r.db()).await?)
}

/// Tasks about these Emails, by age.
pub async fn of_emails(r: &mut Reader, account: AccountId, emails: &[EmailId]) -> Result<Vec<Task>> {
    by_age(&sqlx::query(OF_EMAILS).bind(account.0).bind(json(&numbers(emails))).fetch_all(r.db()).await?)
}

/// Tasks about a Mailbox, by age.
pub async fn of_mailbox(r: &mut Reader, account: AccountId, mailbox: MailboxId) -> Result<Vec<Task>> {
    by_age(&sqlx::query(OF_MAILBOX).bind(account.0).bind(mailbox.0).fetch_all(r.db()).await?)
}

/// One Task.
pub async fn get(r: &mut Reader, id: i64) -> Result<Option<Task>> {
    let row = sqlx::query(GET).bind(id).fetch_optional(r.db()).await?;
    Ok(row.as_ref().map(from_row).transpose()?)
}

/// When the next Task of a Source is due, ms.
pub async fn next_due(r: &mut Reader, source: SourceId) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(NEXT_DUE).bind(source.0).fetch_one(r.db()).await?)
}

/// How many Tasks wait, by kind (for the metrics).
pub async fn waiting(r: &mut Reader) -> Result<Vec<(String, u64)>> {
    let rows: Vec<(String, i64)> = sqlx::query_as(WAITING).fetch_all(r.db()).await?;
    Ok(rows.into_iter().map(|(kind, n)| (kind, u64::try_from(n).unwrap_or(0))).collect())
}

/// They are done, or void.
pub async fn done(tx: &mut WriteTx, ids: &[i64]) -> Result<()> {
    sqlx::query(DONE).bind(json(ids)).execute(tx.db()).await?;
    Ok(())
}

/// It failed for now: counts the attempt. The worker is told, so that it sets its clock.
pub async fn retry_at(tx: &mut WriteTx, id: i64, not_before: i64, error: &str) -> Result<()> {
    let error: String = error.chars().take(ERROR_MAX_CHARS).collect();
    let whose: Option<(i64, i64)> =
        sqlx::query_as(RETRY).bind(id).bind(not_before).bind(error).fetch_optional(tx.db()).await?;
    wake(tx, whose);
    Ok(())
}

/// It may be done from this time on (a held one is made with `not_before` = `i64::MAX`).
pub async fn release(tx: &mut WriteTx, id: i64, not_before: i64) -> Result<()> {
    let whose: Option<(i64, i64)> = sqlx::query_as(RELEASE).bind(id).bind(not_before).fetch_optional(tx.db()).await?;
    wake(tx, whose);
    Ok(())
}

fn wake(tx: &mut WriteTx, whose: Option<(i64, i64)>) {
    if let Some((account, source)) = whose {
        tx.wake_source(AccountId(account), SourceId(source));
    }
}

/// Part of it is done: what is left.
pub async fn set_payload(tx: &mut WriteTx, id: i64, payload: &str) -> Result<()> {
    sqlx::query(SET_PAYLOAD).bind(id).bind(payload).execute(tx.db()).await?;
    Ok(())
}
