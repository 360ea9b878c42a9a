//! Identities (RFC 8621 §6): addresses to write from, each with the Source whose way out it takes.

use shared::ids::{AccountId, IdentityId, SourceId};

use crate::{Reader, Result, WriteTx};

/// An address to write from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Id.
    pub id: IdentityId,
    /// The Source it leaves through; `None` = local only.
    pub source: Option<SourceId>,
    /// Everything else.
    pub data: IdentityData,
}

/// RFC 8621 §6's settable properties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentityData {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// JSON array of EmailAddress, or nothing.
    pub reply_to: Option<String>,
    /// JSON array of EmailAddress, or nothing.
    pub bcc: Option<String>,
    /// Plain signature.
    pub text_signature: String,
    /// HTML signature.
    pub html_signature: String,
    /// A client may destroy it.
    pub may_delete: bool,
}

/// All of an account, by id.
pub async fn all(r: &mut Reader, account: AccountId) -> Result<Vec<Identity>> {
    let _ = (r, account);
    todo!()
}

/// One.
pub async fn get(r: &mut Reader, account: AccountId, id: IdentityId) -> Result<Option<Identity>> {
    let _ = (r, account, id);
    todo!()
}

/// Makes one.
pub async fn create(
    tx: &mut WriteTx,
    account: AccountId,
    source: Option<SourceId>,
    data: &IdentityData,
) -> Result<IdentityId> {
    let _ = (tx, account, source, data);
    todo!()
}

/// Replaces its data.
pub async fn update(tx: &mut WriteTx, account: AccountId, id: IdentityId, data: &IdentityData) -> Result<()> {
    let _ = (tx, account, id, data);
    todo!()
}

/// Destroys it; `Refusal::Invalid` unless it may be deleted.
pub async fn destroy(tx: &mut WriteTx, account: AccountId, id: IdentityId) -> Result<()> {
    let _ = (tx, account, id);
    todo!()
}
