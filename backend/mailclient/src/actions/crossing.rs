//! The way of a message from one Source to another (or to a local mailbox): its bytes safe here, APPEND there, confirmed,
//! only then deleted at the origin. Each step is a stored stage, so that a restart goes on from there.

use remote::{Class, ImapSession};
use shared::ids::{AccountId, EmailId, MailboxId, SourceId};
use store::{WriteTx, emails, mailboxes, tasks};

use crate::{
    Crossing, Entry, Task,
    actions::destroy,
    link::{Context, Owed, Trouble, keep_durably},
    task::HELD,
};

/// The origin's part.
pub(crate) async fn perform(ctx: &Context, session: &mut ImapSession, owed: &Owed) -> Result<(), Trouble> {
    let Task::Cross { email, entries, stage } = owed.task.clone() else { return Ok(()) };
    match stage {
        Crossing::Fetch => fetch(ctx, session, owed.id, email, entries).await,
        // Held until the other Source confirms; due only if somebody moved the clock.
        Crossing::Await => Ok(()),
        Crossing::Remove => {
            destroy::expunge_all(ctx, session, entries).await?;
            let mut tx = ctx.store.write().await?;
            tasks::done(&mut tx, &[owed.id]).await?;
            tx.commit().await?;
            Ok(())
        }
    }
}

async fn fetch(
    ctx: &Context,
    session: &mut ImapSession,
    id: i64,
    email: EmailId,
    entries: Vec<Entry>,
) -> Result<(), Trouble> {
    let row = {
        let mut r = ctx.store.read().await?;
        emails::get(&mut r, ctx.account, &[email]).await?.pop()
    };
    if row.is_none() {
        // Its new home went away with it: at the origin it is seen again.
        return reappear(ctx, id, &entries).await;
    }
    match keep_durably(ctx, session, email).await {
        Err(Trouble::Remote(error)) if error.class == Class::Permanent => {
            tracing::info!(%email, "a message on its way to another account is gone at its origin");
            return vanish(ctx, id, email).await;
        }
        other => other?,
    }
    let mut tx = ctx.store.write().await?;
    let Some(row) = emails::get(&mut tx, ctx.account, &[email]).await?.pop() else { return Ok(()) };
    tasks::done(&mut tx, &[id]).await?;
    let waiting: Vec<MailboxId> = emails::placements(&mut tx, ctx.account, email)
        .await?
        .iter()
        .filter(|p| p.uid.is_none())
        .map(|p| p.mailbox)
        .collect();
    match row.source.filter(|_| !waiting.is_empty()) {
        Some(target) => {
            let stage = Task::Cross { email, entries, stage: Crossing::Await };
            stage.enqueue(&mut tx, ctx.account, ctx.source, HELD).await?;
            for mailbox in waiting {
                Task::Append { email, mailbox }.enqueue(&mut tx, ctx.account, target, 0).await?;
            }
        }
        None => {
            let stage = Task::Cross { email, entries, stage: Crossing::Remove };
            stage.enqueue(&mut tx, ctx.account, ctx.source, 0).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn reappear(ctx: &Context, id: i64, entries: &[Entry]) -> Result<(), Trouble> {
    let mut tx = ctx.store.write().await?;
    for entry in entries {
        emails::forget_ghosts(&mut tx, ctx.account, entry.mailbox, &[entry.uid]).await?;
    }
    tasks::done(&mut tx, &[id]).await?;
    tx.commit().await?;
    ctx.check.notify_one();
    Ok(())
}

/// Somebody deleted it at the origin before its bytes were here.
async fn vanish(ctx: &Context, id: i64, email: EmailId) -> Result<(), Trouble> {
    let mut tx = ctx.store.write().await?;
    emails::destroy(&mut tx, ctx.account, &[email]).await?;
    tasks::done(&mut tx, &[id]).await?;
    tx.commit().await?;
    Ok(())
}

/// `target` has the message for certain: whatever Source waits for that may delete its own copy.
pub(crate) async fn confirm(
    tx: &mut WriteTx,
    account: AccountId,
    target: SourceId,
    email: EmailId,
) -> store::Result<()> {
    let open = tasks::of_emails(tx, account, &[email]).await?;
    if open.iter().any(|t| t.source == target && matches!(Task::parse(t), Some(Task::Append { .. }))) {
        return Ok(());
    }
    if emails::get(tx, account, &[email]).await?.is_empty() {
        return Ok(());
    }
    for kept in open.iter().filter(|t| t.source != target) {
        let Some(Task::Cross { entries, stage: Crossing::Await, .. }) = Task::parse(kept) else { continue };
        tasks::done(tx, &[kept.id]).await?;
        let stage = Task::Cross { email, entries, stage: Crossing::Remove };
        stage.enqueue(tx, account, kept.source, 0).await?;
    }
    Ok(())
}

/// The compensation: a provider refuses a message for good. One that was crossing stays at its origin; one that was made
/// here stays here, in a local mailbox.
pub(crate) async fn refused(ctx: &Context, append: i64, email: EmailId) -> Result<(), Trouble> {
    let mut tx = ctx.store.write().await?;
    tasks::done(&mut tx, &[append]).await?;
    let origin =
        tasks::of_emails(&mut tx, ctx.account, &[email]).await?.into_iter().find_map(|kept| match Task::parse(&kept) {
            Some(Task::Cross { entries, stage: Crossing::Await, .. }) => Some((kept.id, kept.source, entries)),
            _ => None,
        });
    match origin {
        Some((id, source, entries)) => {
            let mut homes: Vec<MailboxId> = entries.iter().map(|e| e.mailbox).collect();
            homes.sort_unstable();
            homes.dedup();
            emails::rehome(&mut tx, ctx.account, email, Some(source), &homes).await?;
            for entry in entries {
                emails::place(&mut tx, ctx.account, entry.mailbox, &[(email, entry.uid)]).await?;
            }
            tasks::done(&mut tx, &[id]).await?;
        }
        None => {
            let home = mailboxes::ensure_local_path(&mut tx, ctx.account, "Refused by the provider").await?;
            emails::rehome(&mut tx, ctx.account, email, None, &[home]).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
