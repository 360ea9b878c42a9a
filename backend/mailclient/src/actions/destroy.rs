//! `Email/set destroy`: for ever, here at once and expunged at the provider.

use shared::ids::{AccountId, EmailId};
use store::WriteTx;

use crate::ActionError;

/// Destroys one Email.
pub async fn apply(tx: &mut WriteTx, account: AccountId, email: EmailId) -> Result<(), ActionError> {
    let _ = (tx, account, email);
    todo!()
}
