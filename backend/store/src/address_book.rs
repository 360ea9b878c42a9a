//! Addresses that were seen in mail, for completion: who was written to comes first.

use shared::ids::AccountId;

use crate::{Reader, Result};

/// A suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Display name.
    pub name: Option<String>,
    /// Address.
    pub email: String,
}

/// Contacts one of whose words begins with each word of `text`; empty text = the most used.
pub async fn complete(r: &mut Reader, account: AccountId, text: &str, limit: u32) -> Result<Vec<Contact>> {
    let _ = (r, account, text, limit);
    todo!()
}
