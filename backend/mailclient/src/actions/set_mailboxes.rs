//! Mailboxes of an Email: file, copy, move, also to another Source (store here durably, APPEND there, confirm,
//! delete at the origin; each step restartable, at worst a visible duplicate, never a loss).

use std::collections::{BTreeMap, BTreeSet};

use remote::{Class, ImapSession, imap::UidSet};
use shared::ids::{AccountId, EmailId, MailboxId, SourceId};
use store::{
    WriteTx, emails,
    mailboxes::{self, Mailbox, Role},
    tasks,
};

use crate::{
    ActionError, Crossing, Entry, Task,
    actions::{EmailUpdate, EmailUpdated, Patch, common, destroy, remote_side, update_email},
    link::{Context, Owed, Trouble},
};

/// Changes mailboxes of one Email.
pub async fn apply(
    tx: &mut WriteTx,
    account: AccountId,
    email: EmailId,
    patch: Patch<MailboxId>,
) -> Result<EmailUpdated, ActionError> {
    update_email::apply(tx, account, email, &EmailUpdate { keywords: None, mailboxes: Some(patch) }).await
}

/// What was decided and may be written without further checks.
pub(super) struct Plan {
    email: EmailId,
    from: Option<SourceId>,
    to: Option<SourceId>,
    current: BTreeSet<MailboxId>,
    target: BTreeSet<MailboxId>,
    is_redirected: bool,
    left: Vec<Entry>,
}

pub(super) async fn plan(
    tx: &mut WriteTx,
    account: AccountId,
    email: &emails::Email,
    patch: &Patch<MailboxId>,
) -> Result<Plan, ActionError> {
    let current: BTreeSet<MailboxId> = email.mailboxes.iter().copied().collect();
    let asked = patch.applied_to(&current);
    let mut target = BTreeSet::new();
    let mut sources = BTreeSet::new();
    let mut is_redirected = false;
    for mailbox in common::targets(tx, account, &asked).await? {
        let own = own_role_folder(tx, account, email.source, &mailbox).await?;
        is_redirected |= own.is_some();
        let mailbox = own.unwrap_or(mailbox);
        sources.insert(mailbox.source);
        target.insert(mailbox.id);
    }
    let (Some(to), 1) = (sources.first().copied(), sources.len()) else {
        return Err(ActionError::invalid("mailboxIds", "An email cannot be in mailboxes of two mail accounts."));
    };
    let left = common::entries(tx, account, email.id).await?;
    Ok(Plan { email: email.id, from: email.source, to, current, target, is_redirected, left })
}

/// The primary's archive, junk, trash or sent stands for that of the Email's own Source, if it has one.
async fn own_role_folder(
    tx: &mut WriteTx,
    account: AccountId,
    source: Option<SourceId>,
    asked: &Mailbox,
) -> Result<Option<Mailbox>, ActionError> {
    let Some(role @ (Role::Archive | Role::Junk | Role::Trash | Role::Sent)) = asked.role else { return Ok(None) };
    if source.is_none() || asked.source == source {
        return Ok(None);
    }
    let own = mailboxes::by_source_role(tx, account, source, role).await?;
    Ok(own.filter(|m| m.selectable && m.id != asked.id))
}

/// Writes the plan; besides what the server made of it the numbers of the Tasks.
pub(super) async fn write(
    tx: &mut WriteTx,
    account: AccountId,
    plan: Plan,
    not_before: i64,
) -> Result<(EmailUpdated, Vec<i64>), ActionError> {
    let updated = EmailUpdated { mailboxes: plan.is_redirected.then(|| plan.target.clone()) };
    if plan.current == plan.target {
        return Ok((updated, Vec::new()));
    }
    let target: Vec<MailboxId> = plan.target.iter().copied().collect();
    if plan.from == plan.to {
        emails::set_mailboxes(tx, account, plan.email, &target).await?;
        let Some(source) = plan.from else { return Ok((updated, Vec::new())) };
        let task = Task::SetMailboxes { email: plan.email, left: plan.left };
        let id = task.enqueue(tx, account, source, not_before).await?;
        return Ok((updated, vec![id]));
    }
    let ids = cross(tx, account, &plan, &target, not_before).await?;
    Ok((updated, ids))
}

/// The local half of a move to another Source. What is owed starts at the origin: first the bytes must be safe here.
async fn cross(
    tx: &mut WriteTx,
    account: AccountId,
    plan: &Plan,
    target: &[MailboxId],
    not_before: i64,
) -> Result<Vec<i64>, ActionError> {
    emails::rehome(tx, account, plan.email, plan.to, target).await?;
    let back = take_back(tx, account, plan).await?;
    let mut entries = plan.left.clone();
    entries.extend(common::left_behind(tx, account, plan.email, plan.from).await?);
    let mut ids = Vec::new();
    match plan.from {
        Some(origin) if !entries.is_empty() => {
            let task = Task::Cross { email: plan.email, entries, stage: Crossing::Fetch };
            ids.push(task.enqueue(tx, account, origin, not_before).await?);
        }
        // Never told to a provider (or of a POP3 or local box): the bytes are here.
        _ => {
            if let Some(source) = plan.to.filter(|_| !back) {
                for mailbox in target {
                    let task = Task::Append { email: plan.email, mailbox: *mailbox };
                    ids.push(task.enqueue(tx, account, source, not_before).await?);
                }
            }
        }
    }
    Ok(ids)
}

/// It comes back to a Source that it was about to leave: what lies there still is not removed but taken over.
async fn take_back(tx: &mut WriteTx, account: AccountId, plan: &Plan) -> Result<bool, ActionError> {
    let mut is_back = false;
    for kept in tasks::of_emails(tx, account, &[plan.email]).await? {
        if Some(kept.source) != plan.to {
            continue;
        }
        let Some(Task::Cross { entries, stage: Crossing::Fetch | Crossing::Await, .. }) = Task::parse(&kept) else {
            continue;
        };
        tasks::done(tx, &[kept.id]).await?;
        let task = Task::SetMailboxes { email: plan.email, left: entries };
        task.enqueue(tx, account, kept.source, 0).await?;
        is_back = true;
    }
    Ok(is_back)
}

/// What one folder change comes to at the provider.
#[derive(Debug, Default, PartialEq, Eq)]
struct Orders {
    /// (from, to) → (UID, Email): goes there and leaves here.
    moves: BTreeMap<(MailboxId, MailboxId), Vec<(u32, EmailId)>>,
    /// (from, to) → (UID, Email): goes there and stays.
    copies: BTreeMap<(MailboxId, MailboxId), Vec<(u32, EmailId)>>,
    /// Folder → entries that go for good.
    deletes: Vec<Entry>,
    /// It is back where it lay: nothing to do there.
    returns: Vec<(EmailId, Entry)>,
}

/// From where an Email lies to where it shall be. `lies`: every known entry; `missing`: folders that it is not in yet.
fn order(orders: &mut Orders, email: EmailId, lies: &[Entry], wanted: &BTreeSet<MailboxId>, missing: &[MailboxId]) {
    let mut missing: Vec<MailboxId> = missing.to_vec();
    let mut leaving = Vec::new();
    for entry in lies {
        if let Some(n) = missing.iter().position(|m| *m == entry.mailbox) {
            missing.swap_remove(n);
            orders.returns.push((email, *entry));
        } else if !wanted.contains(&entry.mailbox) {
            leaving.push(*entry);
        }
    }
    let Some(origin) = lies.first().copied() else { return };
    let mut target = missing.into_iter();
    let first = leaving.first().copied().zip(target.next());
    for further in target {
        orders.copies.entry((origin.mailbox, further)).or_default().push((origin.uid, email));
    }
    match first {
        Some((entry, to)) => {
            // Copies are made first, so that the one that is moved may serve as their origin.
            orders.moves.entry((entry.mailbox, to)).or_default().push((entry.uid, email));
            orders.deletes.extend(leaving.iter().skip(1));
        }
        None => orders.deletes.extend(leaving),
    }
}

/// Moves, copies and removes at the provider, many at once. A refusal puts the Emails back where they lie.
pub(crate) async fn perform(ctx: &Context, session: &mut ImapSession, group: &[Owed]) -> Result<(), Trouble> {
    let orders = gather(ctx, group).await?;
    if !orders.returns.is_empty() {
        let mut tx = ctx.store.write().await?;
        for (email, entry) in &orders.returns {
            emails::place(&mut tx, ctx.account, entry.mailbox, &[(*email, entry.uid)]).await?;
        }
        tx.commit().await?;
    }
    for ((from, to), messages) in orders.copies {
        transfer(ctx, session, from, to, &messages, false).await?;
    }
    for ((from, to), messages) in orders.moves {
        transfer(ctx, session, from, to, &messages, true).await?;
    }
    destroy::expunge_all(ctx, session, orders.deletes).await?;
    let ids: Vec<i64> = group.iter().map(|o| o.id).collect();
    let mut tx = ctx.store.write().await?;
    tasks::done(&mut tx, &ids).await?;
    tx.commit().await?;
    Ok(())
}

async fn gather(ctx: &Context, group: &[Owed]) -> Result<Orders, Trouble> {
    let mut left: BTreeMap<EmailId, BTreeSet<Entry>> = BTreeMap::new();
    for owed in group {
        if let Task::SetMailboxes { email, left: entries } = &owed.task {
            left.entry(*email).or_default().extend(entries);
        }
    }
    let mut orders = Orders::default();
    let mut r = ctx.store.read().await?;
    for (email, left) in left {
        let Some(row) = emails::get(&mut r, ctx.account, &[email]).await?.pop() else { continue };
        if row.source != Some(ctx.source) {
            continue;
        }
        let mut lies: Vec<Entry> = Vec::new();
        let mut missing = Vec::new();
        for placement in emails::placements(&mut r, ctx.account, email).await? {
            match placement.uid {
                Some(uid) => lies.push(Entry { mailbox: placement.mailbox, uid, validity: 0 }),
                None => missing.push(placement.mailbox),
            }
        }
        for entry in left {
            let at = emails::placed_at(&mut r, ctx.account, entry.mailbox, &[entry.uid]).await?;
            if at.iter().any(|p| p.ghost && p.email == email) {
                lies.push(entry);
            }
        }
        order(&mut orders, email, &lies, &row.mailboxes.iter().copied().collect(), &missing);
    }
    Ok(orders)
}

/// One MOVE or COPY of many messages.
async fn transfer(
    ctx: &Context,
    session: &mut ImapSession,
    from: MailboxId,
    to: MailboxId,
    messages: &[(u32, EmailId)],
    leaves: bool,
) -> Result<(), Trouble> {
    let (origin, target) = {
        let mut r = ctx.store.read().await?;
        (remote_side::folder(ctx, &mut r, from).await?, remote_side::folder(ctx, &mut r, to).await?)
    };
    let (Some((origin, from_wire)), Some((target, to_wire))) = (origin, target) else { return Ok(()) };
    if remote_side::select(session, &origin, &from_wire).await?.is_none() {
        return Ok(());
    }
    let set: UidSet = messages.iter().map(|(uid, _)| *uid).collect();
    let moves = leaves && session.has("MOVE");
    let done = if moves { session.move_to(&set, &to_wire).await } else { session.copy(&set, &to_wire).await };
    let copied = match done {
        Err(error) if error.class == Class::Permanent => {
            tracing::info!(source = %ctx.source, code = ?error.code, "a folder change was refused");
            return put_back(ctx, from, messages).await;
        }
        other => other?,
    };
    let gone = if leaves && !moves { remote_side::mark_and_expunge(session, &set).await? } else { moves };
    let mut tx = ctx.store.write().await?;
    if gone {
        let uids: Vec<u32> = messages.iter().map(|(uid, _)| *uid).collect();
        emails::forget_ghosts(&mut tx, ctx.account, from, &uids).await?;
    }
    match copied {
        Some(copied) => {
            let by_uid: BTreeMap<u32, EmailId> = messages.iter().copied().collect();
            for (old, new) in copied.uids {
                let Some(email) = by_uid.get(&old) else { continue };
                let entry = Entry { mailbox: target.id, uid: new, validity: copied.uid_validity };
                remote_side::settle(ctx, &mut tx, *email, entry).await?;
            }
        }
        // The server does not tell the new UIDs: the next visit finds the messages by their content.
        None => ctx.check.notify_one(),
    }
    tx.commit().await?;
    Ok(())
}

/// The compensation: the Emails are where they were, as the provider has it.
async fn put_back(ctx: &Context, from: MailboxId, messages: &[(u32, EmailId)]) -> Result<(), Trouble> {
    let mut tx = ctx.store.write().await?;
    for (uid, email) in messages {
        if emails::get(&mut tx, ctx.account, &[*email]).await?.is_empty() {
            continue;
        }
        let placed = emails::placements(&mut tx, ctx.account, *email).await?;
        let mut mailboxes: Vec<MailboxId> = placed.iter().filter(|p| p.uid.is_some()).map(|p| p.mailbox).collect();
        if !mailboxes.contains(&from) {
            mailboxes.push(from);
        }
        emails::set_mailboxes(&mut tx, ctx.account, *email, &mailboxes).await?;
        emails::place(&mut tx, ctx.account, from, &[(*email, *uid)]).await?;
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: MailboxId = MailboxId(1);
    const B: MailboxId = MailboxId(2);
    const C: MailboxId = MailboxId(3);
    const E: EmailId = EmailId(9);

    fn at(mailbox: MailboxId, uid: u32) -> Entry {
        Entry { mailbox, uid, validity: 1 }
    }

    fn ordered(lies: &[Entry], wanted: &[MailboxId], missing: &[MailboxId]) -> Orders {
        let mut orders = Orders::default();
        order(&mut orders, E, lies, &wanted.iter().copied().collect(), missing);
        orders
    }

    #[test]
    fn a_move_is_one_move() {
        let orders = ordered(&[at(A, 5)], &[B], &[B]);
        assert_eq!(orders.moves.get(&(A, B)), Some(&vec![(5, E)]));
        assert!(orders.copies.is_empty() && orders.deletes.is_empty() && orders.returns.is_empty());
    }

    #[test]
    fn taken_back_before_the_server_heard_of_it_nothing_is_done_there() {
        let orders = ordered(&[at(A, 5)], &[A], &[A]);
        assert_eq!(orders.returns, [(E, at(A, 5))]);
        assert!(orders.moves.is_empty() && orders.deletes.is_empty());
    }

    #[test]
    fn several_targets_are_copied_before_the_origin_moves() {
        let orders = ordered(&[at(A, 5)], &[B, C], &[B, C]);
        assert_eq!(orders.copies.get(&(A, C)), Some(&vec![(5, E)]));
        assert_eq!(orders.moves.get(&(A, B)), Some(&vec![(5, E)]));
    }

    #[test]
    fn leaving_one_of_two_folders_deletes_there() {
        let orders = ordered(&[at(A, 5), at(B, 6)], &[A], &[]);
        assert_eq!(orders.deletes, [at(B, 6)]);
        assert!(orders.moves.is_empty());
    }

    #[test]
    fn what_the_server_never_had_needs_no_order() {
        assert_eq!(ordered(&[], &[B], &[B]), Orders::default());
    }
}
