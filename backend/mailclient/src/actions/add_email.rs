//! `Email/set create` and `Email/import`: a message made or handed over here; local, or owed to its folder by APPEND.

use std::collections::BTreeSet;

use mime::Parsed;
use remote::{Class, ImapSession, imap::UidSet};
use shared::ids::{AccountId, EmailId, MailboxId, ThreadId};
use store::{
    BlobName, Blobs, Keywords, WriteTx,
    blobs::Keep,
    emails::{self, Placement},
    mailboxes::{Mailbox, Role},
    tasks,
};

use crate::{
    ActionError, Entry, Task,
    actions::{common, crossing, remote_side},
    letter,
    link::{Context, Owed, Trouble, flag},
};

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

/// Uploads the message to its folder. Tried before, it is looked for first, so that a lost answer makes no second copy.
pub(crate) async fn perform(ctx: &Context, session: &mut ImapSession, owed: &Owed) -> Result<(), Trouble> {
    let Task::Append { email, mailbox } = owed.task else { return Ok(()) };
    let Some(job) = job(ctx, email, mailbox).await? else {
        return finish(ctx, owed.id, email, None).await;
    };
    let Some(raw) = ctx.store.blobs().get(&job.blob).await? else {
        tracing::warn!(%email, "a message that is owed to its folder has no bytes");
        return finish(ctx, owed.id, email, None).await;
    };
    // Gmail files what is sent through it by itself.
    let is_filed_there = session.has("X-GM-EXT-1") && job.mailbox.source_role == Some(Role::Sent);
    if (owed.attempts > 0 || is_filed_there)
        && let Some(entry) = find(session, &job).await?
    {
        return finish(ctx, owed.id, email, Some(entry)).await;
    }
    note_attempt(ctx, owed.id).await?;
    match append(session, &job, &raw).await {
        Ok(Some(entry)) => finish(ctx, owed.id, email, Some(entry)).await,
        Ok(None) => {
            let entry = find(session, &job).await?;
            if entry.is_none() {
                ctx.check.notify_one();
            }
            finish(ctx, owed.id, email, entry).await
        }
        Err(error) if error.class == Class::Permanent => {
            tracing::info!(source = %ctx.source, code = ?error.code, "an upload was refused");
            crossing::refused(ctx, owed.id, email).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What an upload needs.
struct Job {
    mailbox: Mailbox,
    wire: String,
    blob: BlobName,
    keywords: Keywords,
    received_at: i64,
    message_id: Option<String>,
    size: u64,
}

/// `None`: nothing is owed any more.
async fn job(ctx: &Context, email: EmailId, mailbox: MailboxId) -> Result<Option<Job>, Trouble> {
    let mut r = ctx.store.read().await?;
    let Some(row) = emails::get(&mut r, ctx.account, &[email]).await?.pop() else { return Ok(None) };
    let waiting: Vec<MailboxId> = emails::placements(&mut r, ctx.account, email)
        .await?
        .iter()
        .filter(|p| p.uid.is_none())
        .map(|p| p.mailbox)
        .collect();
    // The person may have filed it elsewhere since.
    let target = if waiting.contains(&mailbox) { Some(mailbox) } else { waiting.first().copied() };
    let (Some(target), Some(blob), true) = (target, row.blob, row.source == Some(ctx.source)) else {
        return Ok(None);
    };
    let Some((mailbox, wire)) = remote_side::folder(ctx, &mut r, target).await? else { return Ok(None) };
    let (keywords, received_at, message_id, size) = (row.keywords, row.received_at, row.message_id, row.size);
    Ok(Some(Job { mailbox, wire, blob, keywords, received_at, message_id, size }))
}

async fn note_attempt(ctx: &Context, id: i64) -> Result<(), Trouble> {
    let mut tx = ctx.store.write().await?;
    tasks::retry_at(&mut tx, id, 0, "begun").await?;
    tx.commit().await?;
    Ok(())
}

async fn append(session: &mut ImapSession, job: &Job, raw: &[u8]) -> Result<Option<Entry>, remote::Error> {
    let flags: Vec<String> = job.keywords.iter().map(flag).collect();
    let all: Vec<&str> = flags.iter().map(String::as_str).collect();
    let system: Vec<&str> = all.iter().copied().filter(|f| f.starts_with('\\')).collect();
    let appended = match session.append(&job.wire, &all, Some(job.received_at), raw).await {
        // Some servers refuse keywords here.
        Err(error) if error.class == Class::Permanent && error.code.is_none() && system.len() < all.len() => {
            session.append(&job.wire, &system, Some(job.received_at), raw).await?
        }
        other => other?,
    };
    Ok(appended.map(|a| Entry { mailbox: job.mailbox.id, uid: a.uid, validity: a.uid_validity }))
}

/// The message in its folder, by Message-ID and size.
async fn find(session: &mut ImapSession, job: &Job) -> Result<Option<Entry>, Trouble> {
    let Some(message_id) = job.message_id.as_deref().filter(|id| id.is_ascii()) else { return Ok(None) };
    let Some(selected) = remote_side::select(session, &job.mailbox, &job.wire).await? else { return Ok(None) };
    let uids = session.search_header("Message-ID", message_id).await?;
    let newest: UidSet = uids.iter().rev().take(20).copied().collect();
    if newest.is_empty() {
        return Ok(None);
    }
    let is_gmail = session.has("X-GM-EXT-1");
    let metas = session.fetch_meta(&newest).await?;
    let found = metas.iter().rev().find(|m| is_gmail || m.size.is_none_or(|size| size == job.size));
    Ok(found.map(|m| Entry { mailbox: job.mailbox.id, uid: m.uid, validity: selected.uid_validity }))
}

async fn finish(ctx: &Context, id: i64, email: EmailId, entry: Option<Entry>) -> Result<(), Trouble> {
    let mut tx = ctx.store.write().await?;
    if let Some(entry) = entry {
        remote_side::settle(ctx, &mut tx, email, entry).await?;
    }
    tasks::done(&mut tx, &[id]).await?;
    crossing::confirm(&mut tx, ctx.account, ctx.source, email).await?;
    tx.commit().await?;
    Ok(())
}
