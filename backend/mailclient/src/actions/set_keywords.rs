//! Keywords of an Email (`$seen`, `$flagged`, …): local at once, flags at the provider by a Task.
//! What the provider's folder cannot keep stays here alone.

use std::collections::BTreeSet;

use shared::ids::{AccountId, EmailId, SourceId};
use store::{Keywords, WriteTx, emails};

use crate::{
    ActionError, Task,
    actions::{EmailUpdate, Patch, common, update_email},
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
