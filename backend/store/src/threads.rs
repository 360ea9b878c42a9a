//! Threads (RFC 8621 §3): which Emails belong to a conversation.

use std::collections::BTreeMap;

use shared::ids::{AccountId, EmailId, ThreadId};

use crate::{Reader, Result, changes::json, lists};

pub(crate) const GET: &str = "SELECT e.thread_id, e.sort_key FROM json_each($1) t
    CROSS JOIN email e INDEXED BY email_thread ON e.thread_id = t.value WHERE e.account_id = $2";

/// The Emails of each Thread that exists, oldest first (RFC 8621 §3), in the order asked for. Unknown ids are left out.
pub async fn get(r: &mut Reader, account: AccountId, ids: &[ThreadId]) -> Result<Vec<(ThreadId, Vec<EmailId>)>> {
    let wanted: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, i64)> = sqlx::query_as(GET).bind(json(&wanted)).bind(account.0).fetch_all(r.db()).await?;
    let mut found: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (thread, key) in rows {
        found.entry(thread).or_default().push(key);
    }
    let mut threads = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(mut keys) = found.remove(&id.0) else { continue };
        keys.sort_unstable();
        keys.dedup();
        threads.push((*id, keys.into_iter().map(lists::email_of).collect()));
    }
    Ok(threads)
}
