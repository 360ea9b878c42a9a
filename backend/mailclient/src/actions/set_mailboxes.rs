//! Mailboxes of an Email: file, copy, move, also to another Source (store here durably, APPEND there, confirm,
//! delete at the origin; each step restartable, at worst a visible duplicate, never a loss).

use std::collections::BTreeSet;

use shared::ids::{AccountId, EmailId, MailboxId, SourceId};
use store::{
    WriteTx, emails,
    mailboxes::{self, Mailbox, Role},
    tasks,
};

use crate::{
    ActionError, Crossing, Entry, Task,
    actions::{EmailUpdate, EmailUpdated, Patch, common, update_email},
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
    let mut ids = Vec::new();
    match plan.from {
        Some(origin) if !plan.left.is_empty() => {
            let task = Task::Cross { email: plan.email, entries: plan.left.clone(), stage: Crossing::Fetch };
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
