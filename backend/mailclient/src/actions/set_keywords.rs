//! Keywords of an Email (`$seen`, `$flagged`, …): local at once, flags at the provider by a Task.

use shared::ids::{AccountId, EmailId};
use store::WriteTx;

use crate::{
    ActionError,
    actions::{EmailUpdate, Patch, update_email},
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
pub(super) struct Plan;

pub(super) async fn plan(
    tx: &mut WriteTx,
    account: AccountId,
    email: EmailId,
    patch: &Patch<String>,
) -> Result<Plan, ActionError> {
    let _ = (tx, account, email, patch);
    todo!()
}

pub(super) async fn write(tx: &mut WriteTx, account: AccountId, plan: Plan) -> Result<(), ActionError> {
    let _ = (tx, account, plan);
    todo!()
}
