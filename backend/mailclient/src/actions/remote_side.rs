//! What several `perform` halves need: the right folder selected, copies settled, messages expunged.

use std::collections::BTreeMap;

use remote::{
    Class, ImapSession,
    imap::{Selected, UidSet},
};
use shared::ids::{EmailId, MailboxId};
use store::{
    Reader, WriteTx, emails,
    mailboxes::{self, Mailbox, Role},
};

use crate::{
    Entry, Task,
    link::{Context, Trouble},
};

/// The folder with its name at the provider, if it has one.
pub(super) async fn folder(
    ctx: &Context,
    r: &mut Reader,
    id: MailboxId,
) -> Result<Option<(Mailbox, String)>, store::Error> {
    let mailbox = mailboxes::get(r, ctx.account, id).await?.filter(|m| m.source == Some(ctx.source));
    Ok(mailbox.and_then(|m| {
        let wire = m.remote_name.clone()?;
        Some((m, wire))
    }))
}

/// Selects a folder; `None`: it is gone. A folder that was renumbered must be read anew first.
pub(super) async fn select(
    session: &mut ImapSession,
    mailbox: &Mailbox,
    wire: &str,
) -> Result<Option<Selected>, Trouble> {
    let selected = match session.select(wire).await {
        Ok(selected) => selected,
        Err(error) if error.class == Class::Permanent => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if mailbox.remote.uid_validity != 0 && mailbox.remote.uid_validity != selected.uid_validity {
        return Err(remote::Error::temporary("The server renumbered the folder.").into());
    }
    Ok(Some(selected))
}

/// The server says that `email` lies in `mailbox` under `uid` now. Where the person went on meanwhile, that is owed away.
pub(super) async fn settle(ctx: &Context, tx: &mut WriteTx, email: EmailId, entry: Entry) -> Result<(), store::Error> {
    let row = emails::get(tx, ctx.account, &[email]).await?.pop();
    let Some(row) = row else {
        Task::Destroy { entries: vec![entry] }.enqueue(tx, ctx.account, ctx.source, 0).await?;
        return Ok(());
    };
    if row.mailboxes.contains(&entry.mailbox) {
        return emails::place(tx, ctx.account, entry.mailbox, &[(email, entry.uid)]).await;
    }
    let task = if row.source == Some(ctx.source) {
        // The ghost that this leaves keeps sync from taking the copy for a new message.
        emails::place(tx, ctx.account, entry.mailbox, &[(email, entry.uid)]).await?;
        emails::set_mailboxes(tx, ctx.account, email, &row.mailboxes).await?;
        Task::SetMailboxes { email, left: vec![entry] }
    } else {
        Task::Destroy { entries: vec![entry] }
    };
    task.enqueue(tx, ctx.account, ctx.source, 0).await?;
    Ok(())
}

/// Entries by folder.
pub(super) fn by_mailbox(entries: impl IntoIterator<Item = Entry>) -> BTreeMap<MailboxId, Vec<Entry>> {
    let mut map: BTreeMap<MailboxId, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        map.entry(entry.mailbox).or_default().push(entry);
    }
    map
}

/// Expunges messages of one folder. Returns whether they are gone for certain: without UIDPLUS they stay there, marked
/// deleted, for a bare EXPUNGE would take along what other people's programs marked.
pub(super) async fn expunge(
    ctx: &Context,
    session: &mut ImapSession,
    mailbox: &Mailbox,
    wire: &str,
    uids: &[u32],
) -> Result<bool, Trouble> {
    if select(session, mailbox, wire).await?.is_none() {
        return Ok(true);
    }
    let set: UidSet = uids.iter().copied().collect();
    if session.has("X-GM-EXT-1") && mailbox.source_role != Some(Role::Trash) {
        return expunge_at_gmail(ctx, session, &set).await;
    }
    mark_and_expunge(session, &set).await
}

pub(super) async fn mark_and_expunge(session: &mut ImapSession, set: &UidSet) -> Result<bool, Trouble> {
    session.store(set, true, &["\\Deleted"]).await?;
    if !session.has("UIDPLUS") {
        return Ok(false);
    }
    session.expunge(set).await?;
    Ok(true)
}

/// Gmail only takes a label away when a message is expunged; what lies in its trash is deleted.
async fn expunge_at_gmail(ctx: &Context, session: &mut ImapSession, set: &UidSet) -> Result<bool, Trouble> {
    let trash = {
        let mut r = ctx.store.read().await?;
        mailboxes::by_source_role(&mut r, ctx.account, Some(ctx.source), Role::Trash).await?
    };
    let Some(wire) = trash.and_then(|t| t.remote_name) else { return mark_and_expunge(session, set).await };
    let Some(copied) = session.move_to(set, &wire).await? else { return Ok(true) };
    session.select(&wire).await?;
    let there: UidSet = copied.uids.iter().map(|(_, new)| *new).collect();
    mark_and_expunge(session, &there).await
}
