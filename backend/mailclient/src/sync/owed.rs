//! What an IMAP Source is owed, performed in order over a connection of its own.

use std::{sync::Arc, time::Duration};

use remote::{Class, ImapSession};
use store::tasks;

use crate::{
    Task,
    actions::{add_email, crossing, destroy, mailbox, set_keywords, set_mailboxes},
    link::{Context, Owed, Trouble, back_off},
};

/// Tasks looked at in one go.
const DUE_MAX: u32 = 500;
/// Tasks of one kind that are performed together.
const GROUP_MAX: usize = 250;
/// A connection that nobody needed for so long is closed.
const LINGER: Duration = Duration::from_secs(60);
/// The longest wait before what is owed is tried again: the sync loop may have got in meanwhile.
const WAIT_MAX: Duration = Duration::from_secs(1_200);
/// From this attempt on a failing Task no longer holds up those behind it.
const OVERTAKE_AFTER: u32 = 5;
/// A kind that this version does not know is looked at again so much later.
const UNKNOWN_AGAIN_MS: i64 = 3_600_000;

/// Performs what is owed; ends when the worker ends.
pub(crate) async fn run(ctx: Arc<Context>) -> Result<(), Trouble> {
    let mut session: Option<ImapSession> = None;
    loop {
        ctx.alive()?;
        let due = due(&ctx).await?;
        if due.is_empty() {
            idle(&ctx, &mut session).await?;
            continue;
        }
        let group = leading_group(&due);
        let done = tokio::select! {
            // The Task stays: it is performed (or found done) after the restart.
            () = ctx.stop.cancelled() => return Err(Trouble::Stopped),
            done = perform(&ctx, &mut session, group) => done,
        };
        if session.as_ref().is_some_and(ImapSession::is_broken) {
            session = None;
        }
        match done {
            Ok(()) => {}
            Err(Trouble::Remote(error)) => {
                session = None;
                failed(&ctx, group, &error).await?;
            }
            Err(other) => return Err(other),
        }
    }
}

async fn due(ctx: &Context) -> Result<Vec<Owed>, Trouble> {
    let now = store::now_ms();
    let kept = {
        let mut r = ctx.store.read().await?;
        tasks::due(&mut r, ctx.source, now, DUE_MAX).await?
    };
    let mut due = Vec::new();
    let mut unknown = Vec::new();
    for kept in kept {
        match Task::parse(&kept) {
            Some(task) => due.push(Owed { id: kept.id, attempts: kept.attempts, task }),
            None => unknown.push(kept),
        }
    }
    if !unknown.is_empty() {
        let mut tx = ctx.store.write().await?;
        for kept in unknown {
            tracing::warn!(source = %ctx.source, kind = kept.kind, "a task of an unknown kind stays queued");
            tasks::retry_at(&mut tx, kept.id, now.saturating_add(UNKNOWN_AGAIN_MS), "unknown kind").await?;
        }
        tx.commit().await?;
    }
    Ok(due)
}

/// The first Task and those of its kind right behind it.
pub(crate) fn leading_group(due: &[Owed]) -> &[Owed] {
    let Some(first) = due.first() else { return due };
    let same = |o: &&Owed| o.task.kind() == first.task.kind();
    let len = match first.task {
        Task::SetKeywords { .. } | Task::SetMailboxes { .. } | Task::Destroy { .. } => {
            due.iter().take(GROUP_MAX).take_while(same).count()
        }
        _ => 1,
    };
    due.get(..len).unwrap_or(due)
}

async fn perform(ctx: &Context, session: &mut Option<ImapSession>, group: &[Owed]) -> Result<(), Trouble> {
    let Some(first) = group.first() else { return Ok(()) };
    if session.is_none() {
        *session = Some(ctx.imap().await?);
    }
    let Some(live) = session.as_mut() else { return Ok(()) };
    let _changing = ctx.folders.lock().await;
    let done = match &first.task {
        Task::SetKeywords { .. } => set_keywords::perform(ctx, live, group).await,
        Task::SetMailboxes { .. } => set_mailboxes::perform(ctx, live, group).await,
        Task::Destroy { .. } => destroy::perform(ctx, live, group).await,
        Task::Append { .. } => add_email::perform(ctx, live, first).await,
        Task::Cross { .. } => crossing::perform(ctx, live, first).await,
        Task::CreateMailbox { mailbox } => mailbox::perform_create(ctx, live, first.id, *mailbox).await,
        Task::RenameMailbox { mailbox } => mailbox::perform_rename(ctx, live, first.id, *mailbox).await,
        Task::DestroyMailbox { remote_name } => mailbox::perform_destroy(ctx, live, first.id, remote_name).await,
    };
    ctx.deeds.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    live.take_unsolicited();
    if first.task.is_about_folders() && done.is_ok() {
        ctx.check.notify_one();
    }
    done
}

/// Notes the failure and waits before the next try, so that the order is kept.
async fn failed(ctx: &Context, group: &[Owed], error: &remote::Error) -> Result<(), Trouble> {
    let Some(first) = group.first() else { return Ok(()) };
    if error.class == Class::Permanent {
        // The action's own compensation did not foresee this refusal: what the server has is taken over by the next sync.
        tracing::warn!(source = %ctx.source, kind = first.task.kind(), code = ?error.code, "a task was refused");
        let ids: Vec<i64> = group.iter().map(|o| o.id).collect();
        let mut tx = ctx.store.write().await?;
        tasks::done(&mut tx, &ids).await?;
        tx.commit().await?;
        return Ok(());
    }
    let wait = back_off(&ctx.config.retry, first.attempts.saturating_add(1), error.class);
    let at = store::now_ms().saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
    tracing::info!(source = %ctx.source, kind = first.task.kind(), class = ?error.class, "a task waits");
    let mut tx = ctx.store.write().await?;
    tasks::retry_at(&mut tx, first.id, at, &error.message).await?;
    tx.commit().await?;
    if first.attempts < OVERTAKE_AFTER || error.class == Class::Auth {
        tokio::select! {
            () = ctx.stop.cancelled() => return Err(Trouble::Stopped),
            () = tokio::time::sleep(wait.min(WAIT_MAX)) => {}
        }
    }
    Ok(())
}

/// Nothing to do: waits for a Task, for the time of the next one, or until the connection has lingered long enough.
async fn idle(ctx: &Context, session: &mut Option<ImapSession>) -> Result<(), Trouble> {
    let next = {
        let mut r = ctx.store.read().await?;
        tasks::next_due(&mut r, ctx.source).await?
    };
    let until = next.map(|at| u64::try_from(at.saturating_sub(store::now_ms())).unwrap_or(0));
    // A held Task is "due" at the end of time; timers do not reach that far.
    let until = Duration::from_millis(until.unwrap_or(u64::MAX).min(86_400_000));
    tokio::select! {
        () = ctx.stop.cancelled() => {
            if let Some(old) = session.take() {
                old.logout().await;
            }
            return Err(Trouble::Stopped);
        }
        () = ctx.tasks.notified() => {}
        () = tokio::time::sleep(until) => {}
        () = tokio::time::sleep(LINGER), if session.is_some() => {
            if let Some(old) = session.take() {
                old.logout().await;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared::ids::{EmailId, MailboxId};

    use super::*;

    fn owed(id: i64, task: Task) -> Owed {
        Owed { id, attempts: 0, task }
    }

    fn seen(id: i64) -> Owed {
        owed(id, Task::SetKeywords { email: EmailId(id), add: BTreeSet::new(), remove: BTreeSet::new() })
    }

    #[test]
    fn tasks_of_one_kind_go_together_but_never_past_another_kind() {
        let append = |id| owed(id, Task::Append { email: EmailId(id), mailbox: MailboxId(1) });
        let due = [seen(1), seen(2), append(3), seen(4)];
        assert_eq!(leading_group(&due).len(), 2);
        assert_eq!(leading_group(due.get(2..).unwrap_or_default()).len(), 1);
        let appends = [append(1), append(2)];
        assert_eq!(leading_group(&appends).len(), 1);
        assert!(leading_group(&[]).is_empty());
    }
}
