//! Mailboxes of an Email: file, copy, move, also to another Source (store here durably, APPEND there, confirm,
//! delete at the origin; each step restartable, at worst a visible duplicate, never a loss).

use shared::ids::{AccountId, EmailId, MailboxId};
use store::WriteTx;

use crate::{
    ActionError,
    actions::{EmailUpdate, EmailUpdated, Patch, update_email},
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
pub(super) struct Plan;

pub(super) async fn plan(
    tx: &mut WriteTx,
    account: AccountId,
    email: EmailId,
    patch: &Patch<MailboxId>,
) -> Result<Plan, ActionError> {
    let _ = (tx, account, email, patch);
    todo!()
}

pub(super) async fn write(tx: &mut WriteTx, account: AccountId, plan: Plan) -> Result<EmailUpdated, ActionError> {
    let _ = (tx, account, plan);
    todo!()
}
