//! Keywords of an Email (`$seen`, `$flagged`, …): local at once, flags at the provider by a Task.
//! What the provider's folder cannot keep stays here alone.

use std::collections::{BTreeMap, BTreeSet};

use remote::{Class, ImapSession, imap::UidSet};
use shared::ids::{AccountId, EmailId, MailboxId, SourceId};
use store::{Keywords, WriteTx, emails, tasks};

use crate::{
    ActionError, Task,
    actions::{EmailUpdate, Patch, common, remote_side, update_email},
    link::{Context, Keepable, Owed, Trouble, flag},
};

/// Changes keywords of one Email.
pub async fn apply(
    tx: &mut WriteTx,
    account: AccountId,
    email: EmailId,
    patch: Patch<String>,
) -> Result<(), ActionError> {
    update_email::apply(tx, account, email, &EmailUpdate { keywords: Some(patch), mailboxes: None }).await?;
    Ok(())
}

/// What was decided and may be written without further checks.
pub(super) struct Plan {
    email: EmailId,
    source: Option<SourceId>,
    keywords: Keywords,
    add: BTreeSet<String>,
    remove: BTreeSet<String>,
}

pub(super) fn plan(email: &emails::Email, patch: &Patch<String>) -> Result<Plan, ActionError> {
    let current = common::set_of(&email.keywords);
    let keywords = common::keywords(&patch.applied_to(&current))?;
    let wanted = common::set_of(&keywords);
    Ok(Plan {
        email: email.id,
        source: email.source,
        add: wanted.difference(&current).cloned().collect(),
        remove: current.difference(&wanted).cloned().collect(),
        keywords,
    })
}

/// Writes the plan; the Task's number if the provider is owed something.
pub(super) async fn write(
    tx: &mut WriteTx,
    account: AccountId,
    plan: Plan,
    not_before: i64,
) -> Result<Option<i64>, ActionError> {
    if plan.add.is_empty() && plan.remove.is_empty() {
        return Ok(None);
    }
    emails::set_keywords(tx, account, &[(plan.email, plan.keywords)]).await?;
    let Some(source) = plan.source else { return Ok(None) };
    let task = Task::SetKeywords { email: plan.email, add: plan.add, remove: plan.remove };
    Ok(Some(task.enqueue(tx, account, source, not_before).await?))
}

/// Flags of one folder that are to be set or taken away: (flag, add) → UIDs.
type Orders = BTreeMap<(String, bool), Vec<u32>>;

/// Tells the provider, one STORE a folder and flag. A keyword that it cannot keep, or refuses, stays here.
pub(crate) async fn perform(ctx: &Context, session: &mut ImapSession, group: &[Owed]) -> Result<(), Trouble> {
    let mut folders: BTreeMap<MailboxId, Orders> = BTreeMap::new();
    {
        let mut r = ctx.store.read().await?;
        for (email, flags) in merged(group) {
            for placement in emails::placements(&mut r, ctx.account, email).await? {
                let Some(uid) = placement.uid else { continue };
                let orders = folders.entry(placement.mailbox).or_default();
                for (keyword, add) in &flags {
                    orders.entry((keyword.clone(), *add)).or_default().push(uid);
                }
            }
        }
    }
    for (mailbox, orders) in folders {
        let folder = {
            let mut r = ctx.store.read().await?;
            remote_side::folder(ctx, &mut r, mailbox).await?
        };
        let Some((mailbox, wire)) = folder else { continue };
        let Some(selected) = remote_side::select(session, &mailbox, &wire).await? else { continue };
        let keepable = Keepable::of(&selected);
        for ((keyword, add), uids) in orders.into_iter().filter(|((keyword, _), _)| keepable.keeps(keyword)) {
            let set: UidSet = uids.into_iter().collect();
            match session.store(&set, add, &[&flag(&keyword)]).await {
                Err(error) if error.class == Class::Permanent => {
                    tracing::info!(source = %ctx.source, "a flag was refused and is kept here alone");
                }
                other => {
                    other?;
                }
            }
        }
    }
    let ids: Vec<i64> = group.iter().map(|o| o.id).collect();
    let mut tx = ctx.store.write().await?;
    tasks::done(&mut tx, &ids).await?;
    tx.commit().await?;
    Ok(())
}

/// What is left to say when one change follows another: the last word on each keyword of each Email.
fn merged(group: &[Owed]) -> BTreeMap<EmailId, BTreeMap<String, bool>> {
    let mut merged: BTreeMap<EmailId, BTreeMap<String, bool>> = BTreeMap::new();
    for owed in group {
        let Task::SetKeywords { email, add, remove } = &owed.task else { continue };
        let flags = merged.entry(*email).or_default();
        flags.extend(remove.iter().map(|k| (k.clone(), false)));
        flags.extend(add.iter().map(|k| (k.clone(), true)));
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_on_a_keyword_counts() {
        let owed = |id, add: &[&str], remove: &[&str]| {
            let set = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
            Owed { id, attempts: 0, task: Task::SetKeywords { email: EmailId(1), add: set(add), remove: set(remove) } }
        };
        let merged = merged(&[owed(1, &["$seen"], &[]), owed(2, &["$flagged"], &["$seen"])]);
        let flags: Vec<(String, bool)> = merged.into_values().flatten().collect();
        assert_eq!(flags, [("$flagged".to_owned(), true), ("$seen".to_owned(), false)]);
    }
}
