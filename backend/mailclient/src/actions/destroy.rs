//! `Email/set destroy`: for ever, here at once and expunged at the provider. Only on an explicit ask.

use std::collections::BTreeMap;

use remote::{Class, ImapSession};
use shared::ids::{AccountId, EmailId, SourceId};
use store::{WriteTx, emails, tasks};

use crate::{
    ActionError, Crossing, Entry, Task,
    actions::{common, remote_side},
    link::{Context, Owed, Trouble},
};

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

/// Expunges at the provider. What is refused there comes back with the next comparison.
pub(crate) async fn perform(ctx: &Context, session: &mut ImapSession, group: &[Owed]) -> Result<(), Trouble> {
    let entries = group.iter().flat_map(|o| match &o.task {
        Task::Destroy { entries } => entries.clone(),
        _ => Vec::new(),
    });
    expunge_all(ctx, session, entries.collect()).await?;
    let ids: Vec<i64> = group.iter().map(|o| o.id).collect();
    let mut tx = ctx.store.write().await?;
    tasks::done(&mut tx, &ids).await?;
    tx.commit().await?;
    Ok(())
}

/// Expunges messages of several folders and forgets their ghosts where they are gone for certain (or where the server
/// refuses: then they are to be seen again).
pub(super) async fn expunge_all(ctx: &Context, session: &mut ImapSession, entries: Vec<Entry>) -> Result<(), Trouble> {
    for (id, entries) in remote_side::by_mailbox(entries) {
        let folder = {
            let mut r = ctx.store.read().await?;
            remote_side::folder(ctx, &mut r, id).await?
        };
        let Some((mailbox, wire)) = folder else { continue };
        let validity = mailbox.remote.uid_validity;
        let uids: Vec<u32> =
            entries.iter().filter(|e| e.validity == validity || validity == 0).map(|e| e.uid).collect();
        let forget = match remote_side::expunge(ctx, session, &mailbox, &wire, &uids).await {
            Err(Trouble::Remote(error)) if error.class == Class::Permanent => true,
            other => other?,
        };
        if forget {
            let mut tx = ctx.store.write().await?;
            emails::forget_ghosts(&mut tx, ctx.account, id, &uids).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}
