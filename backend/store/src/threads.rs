//! Threads (RFC 8621 §3): which Emails belong to a conversation.

use shared::ids::{AccountId, EmailId, ThreadId};

use crate::{Reader, Result};

/// The Emails of each Thread that exists, oldest first (RFC 8621 §3). Unknown ids are left out.
pub async fn get(r: &mut Reader, account: AccountId, ids: &[ThreadId]) -> Result<Vec<(ThreadId, Vec<EmailId>)>> {
    let _ = (r, account, ids);
    todo!()
}
