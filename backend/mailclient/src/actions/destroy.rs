//! `Email/set destroy`: for ever, here at once and expunged at the provider. Only on an explicit ask.

use std::collections::BTreeMap;

use shared::ids::{AccountId, EmailId, SourceId};
use store::{WriteTx, emails, tasks};

use crate::{ActionError, Crossing, Entry, Task, actions::common};

/// Destroys one Email.
pub async fn apply(tx: &mut WriteTx, account: AccountId, email: EmailId) -> Result<(), ActionError> {
    let row = common::email(tx, account, email).await?;
    let mut owed: BTreeMap<SourceId, Vec<Entry>> = BTreeMap::new();
    if let Some(source) = row.source {
        owed.entry(source).or_default().extend(common::entries(tx, account, email).await?);
    }
    // What was owed for it is void; where it still lay after a move that was not told yet must be expunged too.
    let mut void = Vec::new();
    for kept in tasks::of_emails(tx, account, &[email]).await? {
        match Task::parse(&kept) {
            Some(Task::SetMailboxes { left, .. }) => owed.entry(kept.source).or_default().extend(left),
            Some(Task::Cross { entries, stage, .. }) if stage != Crossing::Remove => {
                owed.entry(kept.source).or_default().extend(entries);
            }
            Some(Task::SetKeywords { .. } | Task::Append { .. }) => {}
            _ => continue,
        }
        void.push(kept.id);
    }
    tasks::done(tx, &void).await?;
    emails::destroy(tx, account, &[email]).await?;
    for (source, mut entries) in owed {
        entries.sort_unstable();
        entries.dedup();
        if !entries.is_empty() {
            Task::Destroy { entries }.enqueue(tx, account, source, 0).await?;
        }
    }
    Ok(())
}
