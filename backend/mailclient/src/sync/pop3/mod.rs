//! The worker of a POP3 Source: one remote box, everything else local. A message is deleted there only once it is durably
//! here; whatever is interrupted goes on without a second copy.

mod choose;

use std::collections::BTreeSet;

use mime::Parsed;
use remote::{Class, Pop3Session};
use shared::ids::MailboxId;
use store::{
    Keywords,
    blobs::Keep,
    emails::{self, NewEmail, Placement},
    mailboxes::{self, NewMailbox, Role},
    sources::{self, Pop3Seen},
    tasks,
};

use self::choose::{Choice, Listed};
use crate::{
    Progress, Task,
    actions::crossing,
    letter,
    link::{Context, Trouble},
    settings::Pop3Keep,
};

/// Messages in one transaction.
const BATCH: usize = 50;
/// Octets in one transaction.
const BATCH_OCTETS: usize = 8 << 20;
/// The largest message that is downloaded.
const MESSAGE_MAX: usize = 128 << 20;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// The folders of a POP3 Source; all but the Inbox live only here.
const FOLDERS: [(&str, Role); 6] = [
    ("Inbox", Role::Inbox),
    ("Drafts", Role::Drafts),
    ("Sent", Role::Sent),
    ("Archive", Role::Archive),
    ("Junk", Role::Junk),
    ("Trash", Role::Trash),
];

/// Looks into the box every now and then, until the worker ends or something fails.
pub(crate) async fn run(ctx: &Context) -> Result<(), Trouble> {
    let inbox = folders(ctx).await?;
    loop {
        ctx.report("checking", None, None).await;
        let round = tokio::select! {
            () = ctx.stop.cancelled() => Err(Trouble::Stopped),
            round = once(ctx, inbox) => round,
        };
        ctx.set_progress(None);
        round?;
        ctx.failures.store(0, std::sync::atomic::Ordering::SeqCst);
        ctx.report("fresh", None, None).await;
        tokio::select! {
            () = ctx.stop.cancelled() => return Err(Trouble::Stopped),
            () = ctx.check.notified() => {}
            () = tokio::time::sleep(ctx.config.poll) => {}
        }
    }
}

/// The role folders, made where they are missing. Returns the Inbox.
async fn folders(ctx: &Context) -> Result<MailboxId, Trouble> {
    let mut tx = ctx.store.write().await?;
    let mut inbox = None;
    let mut is_changed = false;
    for (n, (name, role)) in (0_u32..).zip(FOLDERS) {
        let there = mailboxes::by_source_role(&mut tx, ctx.account, Some(ctx.source), role).await?;
        let id = match there {
            Some(row) => row.id,
            None => {
                is_changed = true;
                let new = NewMailbox {
                    source: Some(ctx.source),
                    name: name.to_owned(),
                    source_role: Some(role),
                    sort_order: n,
                    is_subscribed: true,
                    selectable: true,
                    rename_on_collision: true,
                    ..NewMailbox::default()
                };
                mailboxes::create(&mut tx, ctx.account, &new).await?
            }
        };
        inbox = inbox.or(Some(id));
    }
    if is_changed {
        sources::settle_roles(&mut tx, ctx.account, ctx.source).await?;
    }
    tx.commit().await?;
    inbox.ok_or_else(|| store::Error::Damaged("a source without an inbox").into())
}

/// One session: what is new comes here, what may go is deleted there.
async fn once(ctx: &Context, inbox: MailboxId) -> Result<(), Trouble> {
    let mut session = ctx.pop3().await?;
    let listed = list(ctx, &mut session, inbox).await?;
    let choice = choose::choose(&listed, ctx.servers.pop3_keep, store::now_ms());
    let total = choice.fetch.len() as u64;
    if total > BATCH as u64 {
        ctx.report("syncing", None, None).await;
    }
    let mut deleted = choice.delete.clone();
    let mut done = 0;
    let mut rest = choice.fetch.as_slice();
    while !rest.is_empty() {
        if total > BATCH as u64 {
            ctx.set_progress(Some(Progress { done, total, what: "Inbox".into() }));
        }
        let (batch, taken) = retrieve(&mut session, rest).await?;
        rest = rest.get(taken..).unwrap_or_default();
        done += taken as u64;
        let stored = keep(ctx, inbox, batch).await?;
        if ctx.servers.pop3_keep == Pop3Keep::Delete {
            deleted.extend(stored);
        }
    }
    remove(&mut session, &deleted).await?;
    // Only now the server deletes. If no answer comes, what is still listed next time is known and deleted then.
    session.quit().await?;
    forget(ctx, &choice, &deleted).await
}

/// What the box holds, each message under the name by which it is known again.
async fn list(ctx: &Context, session: &mut Pop3Session, inbox: MailboxId) -> Result<Vec<Listed>, Trouble> {
    let sizes = session.list().await?;
    let uidls = session.uidl().await?;
    let mut listed: Vec<Listed> = match uidls {
        Some(uidls) => choose::join(&sizes, uidls),
        None => sizes.iter().map(|(number, size)| Listed::unnamed(*number, *size)).collect(),
    };
    mark_seen(ctx, &mut listed).await?;
    let is_known_box = {
        let mut r = ctx.store.read().await?;
        mailboxes::get(&mut r, ctx.account, inbox).await?.is_some_and(|m| m.total_emails > 0)
    };
    // No unique ids, or all of them new though the box is an old acquaintance: look at the headers.
    if choose::must_look(&listed, is_known_box) {
        for message in &mut listed {
            if let Some(header) = header(session, message.number).await? {
                message.alias = Some(choose::alias(&header, message.size));
            }
        }
        mark_seen(ctx, &mut listed).await?;
    }
    Ok(listed)
}

async fn header(session: &mut Pop3Session, number: u32) -> Result<Option<Vec<u8>>, Trouble> {
    if let Some(top) = session.top(number, 0).await? {
        return Ok(Some(top));
    }
    let raw = session.retr(number, MESSAGE_MAX).await?;
    Ok(Some(mime::parse_header_only(&raw).0.raw().to_vec()))
}

async fn mark_seen(ctx: &Context, listed: &mut [Listed]) -> Result<(), Trouble> {
    let names: Vec<String> = listed.iter().flat_map(|m| m.name.iter().chain(&m.alias)).cloned().collect();
    let seen = {
        let mut r = ctx.store.read().await?;
        sources::pop3_seen(&mut r, ctx.source, &names).await?
    };
    for message in listed {
        let at =
            seen.iter().find(|s| Some(&s.uidl) == message.name.as_ref() || Some(&s.uidl) == message.alias.as_ref());
        message.seen_at = at.map(|s| s.at);
    }
    Ok(())
}

/// A downloaded message.
struct Got {
    listed: Listed,
    raw: Vec<u8>,
}

/// Downloads some; also says of how many the list was worked off.
async fn retrieve(session: &mut Pop3Session, wanted: &[Listed]) -> Result<(Vec<Got>, usize), Trouble> {
    let mut batch = Vec::new();
    let mut octets = 0;
    let mut taken = 0;
    for listed in wanted.iter().take(BATCH) {
        if octets > BATCH_OCTETS {
            break;
        }
        taken += 1;
        if listed.size > MESSAGE_MAX as u64 {
            tracing::warn!(size = listed.size, "a message is too large to be downloaded and stays on its server");
            continue;
        }
        match session.retr(listed.number, MESSAGE_MAX).await {
            Ok(raw) => {
                octets += raw.len();
                batch.push(Got { listed: listed.clone(), raw });
            }
            // Gone since it was listed.
            Err(error) if error.class == Class::Permanent => {
                tracing::info!(code = ?error.code, "a message could not be downloaded");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok((batch, taken))
}

/// Stores a batch durably. Returns the message numbers that may be deleted there now.
async fn keep(ctx: &Context, inbox: MailboxId, batch: Vec<Got>) -> Result<Vec<Listed>, Trouble> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let (parsed, listed, raws) = tokio::task::spawn_blocking(move || {
        let parsed: Vec<Parsed> = batch.iter().map(|got| mime::parse(&got.raw)).collect();
        let (listed, raws): (Vec<Listed>, Vec<Vec<u8>>) = batch.into_iter().map(|got| (got.listed, got.raw)).unzip();
        (parsed, listed, raws)
    })
    .await
    .map_err(|_| store::Error::Worker)?;
    let sizes: Vec<u64> = raws.iter().map(|raw| raw.len() as u64).collect();
    let blobs = ctx.store.blobs().put_all(raws, Keep::Durable).await?;
    let rows: Vec<NewEmail> = parsed
        .iter()
        .zip(sizes)
        .zip(blobs)
        .map(|((parsed, size), blob)| {
            let facts = letter::Facts {
                size,
                received_at: parsed.header.received_at().map_or_else(store::now_ms, |d| d.ms()),
                keywords: Keywords::new(),
                is_own: false,
                delivered: true,
            };
            let mut row = letter::whole(parsed, facts);
            row.source = Some(ctx.source);
            row.blob = Some(blob);
            row.placements = vec![Placement { mailbox: inbox, uid: None }];
            row
        })
        .collect();
    let mut tx = ctx.store.write().await?;
    let ids = emails::insert(&mut tx, ctx.account, &rows).await?;
    let at = store::now_ms();
    let mut seen = Vec::new();
    for ((listed, email), parsed) in listed.iter().zip(ids).zip(&parsed) {
        let alias = choose::alias(parsed.header.raw(), listed.size);
        let names = listed.name.iter().cloned().chain([alias]).collect::<BTreeSet<String>>();
        seen.extend(names.into_iter().map(|uidl| Pop3Seen { uidl, email, at }));
    }
    sources::pop3_remember(&mut tx, ctx.source, &seen).await?;
    tx.commit().await?;
    Ok(listed)
}

async fn remove(session: &mut Pop3Session, messages: &[Listed]) -> Result<(), Trouble> {
    for message in messages {
        match session.dele(message.number).await {
            Err(error) if error.class == Class::Permanent => {
                tracing::info!(code = ?error.code, "deleting a downloaded message was refused");
            }
            other => other?,
        }
    }
    Ok(())
}

/// What was deleted there for certain need not be remembered.
async fn forget(ctx: &Context, choice: &Choice, deleted: &[Listed]) -> Result<(), Trouble> {
    if ctx.servers.pop3_keep != Pop3Keep::Delete || deleted.is_empty() {
        return Ok(());
    }
    let gone: BTreeSet<u32> = deleted.iter().map(|m| m.number).collect();
    let still: Vec<String> = choice
        .all
        .iter()
        .filter(|m| !gone.contains(&m.number))
        .flat_map(|m| m.name.iter().chain(&m.alias))
        .cloned()
        .collect();
    let mut tx = ctx.store.write().await?;
    sources::pop3_forget_unlisted(&mut tx, ctx.source, &still).await?;
    tx.commit().await?;
    Ok(())
}

/// A POP3 server is owed nothing: its folders live here. What was queued is done, and whoever waits for a message to be
/// safe here may go on.
pub(crate) async fn settle(ctx: &Context) -> Result<(), Trouble> {
    loop {
        let due = {
            let mut r = ctx.store.read().await?;
            tasks::due(&mut r, ctx.source, store::now_ms(), 500).await?
        };
        let known: Vec<(i64, Task)> = due.iter().filter_map(|kept| Some((kept.id, Task::parse(kept)?))).collect();
        if !known.is_empty() {
            let ids: Vec<i64> = known.iter().map(|(id, _)| *id).collect();
            let mut tx = ctx.store.write().await?;
            tasks::done(&mut tx, &ids).await?;
            for (_, task) in &known {
                if let Task::Append { email, .. } = task {
                    crossing::confirm(&mut tx, ctx.account, ctx.source, *email).await?;
                }
            }
            tx.commit().await?;
            continue;
        }
        tokio::select! {
            () = ctx.stop.cancelled() => return Err(Trouble::Stopped),
            () = ctx.tasks.notified() => {}
        }
    }
}

/// Old enough to be deleted there.
fn is_expired(seen_at: i64, days: u32, now: i64) -> bool {
    now.saturating_sub(seen_at) >= i64::from(days).saturating_mul(DAY_MS)
}
