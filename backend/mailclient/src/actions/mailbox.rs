//! `Mailbox/set` (RFC 8621 §2.5): folders made, renamed, moved, removed; here at once, at the provider by a Task.

use remote::{Class, ImapSession, imap::encode_name};
use shared::ids::{AccountId, MailboxId};
use store::{
    WriteTx,
    mailboxes::{self, Role},
    sources, tasks,
};

use crate::{
    ActionError, Task,
    actions::remote_side,
    link::{Context, Trouble},
};

/// A Mailbox to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMailbox {
    /// Its name.
    pub name: String,
    /// Below which Mailbox; `None` is the top, where the primary Source's folders stand.
    pub parent: Option<MailboxId>,
    /// A role (RFC 8621 §2), only one that no Mailbox of the account has.
    pub role: Option<String>,
    /// `sortOrder`.
    pub sort_order: u32,
    /// `isSubscribed`.
    pub is_subscribed: bool,
}

/// What may change in a Mailbox; `None` = as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailboxUpdate {
    /// A new name.
    pub name: Option<String>,
    /// A new parent (`Some(None)`: to the top).
    pub parent: Option<Option<MailboxId>>,
    /// A role given or taken away.
    pub role: Option<Option<String>>,
    /// `sortOrder`.
    pub sort_order: Option<u32>,
    /// `isSubscribed`.
    pub is_subscribed: Option<bool>,
}

/// The longest name in octets; RFC 3501 servers take at least this much.
const NAME_MAX: usize = 255;

/// A name that a provider can take too: no control characters, no white space around it, not empty.
fn check_name(name: &str) -> Result<(), ActionError> {
    let sound =
        !name.is_empty() && name.len() <= NAME_MAX && name.trim() == name && !name.chars().any(char::is_control);
    if sound {
        return Ok(());
    }
    Err(ActionError::invalid("name", "A name has 1 to 255 octets, no control characters and no spaces around it."))
}

fn parse_role(role: Option<&str>) -> Result<Option<Role>, ActionError> {
    let unknown = || ActionError::invalid("role", "There is no such role.");
    role.map(|name| Role::parse(name).ok_or_else(unknown)).transpose()
}

/// Makes a Mailbox: at the parent's Source, at the top at the primary Source, without any Source locally.
pub async fn create(tx: &mut WriteTx, account: AccountId, new: &NewMailbox) -> Result<MailboxId, ActionError> {
    check_name(&new.name)?;
    let role = parse_role(new.role.as_deref())?;
    let source = match new.parent {
        Some(parent) => {
            mailboxes::get(tx, account, parent)
                .await?
                .ok_or_else(|| ActionError::invalid("parentId", "There is no such mailbox."))?
                .source
        }
        None => sources::all(tx, account).await?.into_iter().find(|s| s.is_primary).map(|s| s.id),
    };
    let row = mailboxes::NewMailbox {
        source,
        parent: new.parent,
        name: new.name.clone(),
        role: role.filter(|_| source.is_none()),
        source_role: role.filter(|_| source.is_some()),
        sort_order: new.sort_order,
        is_subscribed: new.is_subscribed,
        selectable: true,
        remote_name: None,
        rename_on_collision: false,
    };
    if let Some(role) = role
        && mailboxes::by_role(tx, account, role).await?.is_some()
    {
        return Err(ActionError::invalid("role", "Another mailbox has this role."));
    }
    let mailbox = mailboxes::create(tx, account, &row).await?;
    if let Some(source) = source {
        Task::CreateMailbox { mailbox }.enqueue(tx, account, source, 0).await?;
    }
    Ok(mailbox)
}

/// Renames, moves, re-sorts a Mailbox.
pub async fn update(
    tx: &mut WriteTx,
    account: AccountId,
    mailbox: MailboxId,
    update: &MailboxUpdate,
) -> Result<(), ActionError> {
    let row = mailboxes::get(tx, account, mailbox).await?.ok_or(ActionError::NotFound)?;
    let is_renamed = update.name.as_ref().is_some_and(|n| *n != row.name)
        || update.parent.is_some_and(|parent| parent != row.parent);
    let role = match &update.role {
        Some(role) => Some(parse_role(role.as_deref())?),
        None => None,
    };
    if let Some(name) = &update.name {
        check_name(name)?;
    }
    if is_renamed && row.source_role.or(row.role) == Some(Role::Inbox) {
        return Err(ActionError::Forbidden("The inbox keeps its name and place.".into()));
    }
    if is_renamed && is_container(&row) {
        return Err(ActionError::Forbidden("Change the mail account's label instead.".into()));
    }
    if let Some(Some(parent)) = update.parent {
        let parent = mailboxes::get(tx, account, parent)
            .await?
            .ok_or_else(|| ActionError::invalid("parentId", "There is no such mailbox."))?;
        if parent.source != row.source {
            return Err(ActionError::invalid("parentId", "A mailbox stays within its mail account."));
        }
    }
    let change = mailboxes::Update {
        name: update.name.clone(),
        parent: update.parent,
        role,
        source_role: role.filter(|_| row.source.is_some()),
        sort_order: update.sort_order,
        is_subscribed: update.is_subscribed,
        ..mailboxes::Update::default()
    };
    mailboxes::update(tx, account, mailbox, &change).await?;
    // Also where it is not made there yet: that may be happening this very moment, under the old name.
    if let Some(source) = row.source.filter(|_| is_renamed) {
        Task::RenameMailbox { mailbox }.enqueue(tx, account, source, 0).await?;
    }
    Ok(())
}

/// The Mailbox of a Source's name, below which its folders hang.
fn is_container(row: &mailboxes::Mailbox) -> bool {
    row.source.is_some() && row.parent.is_none() && !row.selectable && row.remote_name.is_none()
}

/// Removes a Mailbox; with `remove_emails` (`onDestroyRemoveEmails`) what is only in it goes too.
pub async fn destroy(
    tx: &mut WriteTx,
    account: AccountId,
    mailbox: MailboxId,
    remove_emails: bool,
) -> Result<(), ActionError> {
    let row = mailboxes::get(tx, account, mailbox).await?.ok_or(ActionError::NotFound)?;
    if row.source_role.or(row.role) == Some(Role::Inbox) {
        return Err(ActionError::Forbidden("The inbox cannot be removed.".into()));
    }
    if is_container(&row) {
        return Err(ActionError::Forbidden("Remove the mail account instead.".into()));
    }
    // A folder that was never made there needs no deleting; one renamed in between is deleted by its present name.
    let waiting = tasks::of_mailbox(tx, account, mailbox).await?;
    mailboxes::destroy(tx, account, mailbox, remove_emails).await?;
    let void: Vec<i64> = waiting.iter().map(|t| t.id).collect();
    tasks::done(tx, &void).await?;
    if let (Some(source), Some(remote_name)) = (row.source, row.remote_name) {
        Task::DestroyMailbox { remote_name }.enqueue(tx, account, source, 0).await?;
    }
    Ok(())
}

/// What the provider calls the folder that this Mailbox shall be.
async fn wire_name(ctx: &Context, session: &mut ImapSession, row: &mailboxes::Mailbox) -> Result<String, Trouble> {
    let parent = match row.parent {
        Some(id) => {
            let mut r = ctx.store.read().await?;
            remote_side::folder(ctx, &mut r, id).await?
        }
        None => None,
    };
    let (prefix, delimiter) = session.namespace().await?.unwrap_or_default();
    let delimiter = match delimiter {
        Some(delimiter) => delimiter,
        None => session.list().await?.iter().find_map(|f| f.delimiter).unwrap_or('/'),
    };
    let leaf = encode_name(&row.name.replace(delimiter, "-"));
    Ok(match parent {
        Some((_, wire)) => format!("{wire}{delimiter}{leaf}"),
        None => format!("{prefix}{leaf}"),
    })
}

async fn row(ctx: &Context, id: MailboxId) -> Result<Option<mailboxes::Mailbox>, Trouble> {
    let mut r = ctx.store.read().await?;
    Ok(mailboxes::get(&mut r, ctx.account, id).await?)
}

/// CREATE. Refused for good, an empty Mailbox goes again; one that was filled meanwhile stays, here alone.
pub(crate) async fn perform_create(
    ctx: &Context,
    session: &mut ImapSession,
    task: i64,
    id: MailboxId,
) -> Result<(), Trouble> {
    let Some(row) = row(ctx, id).await? else { return done(ctx, task).await };
    let wire = wire_name(ctx, session, &row).await?;
    let made = match session.create(&wire).await {
        Err(error) if error.class == Class::Permanent && error.code.as_deref() != Some("ALREADYEXISTS") => {
            tracing::info!(source = %ctx.source, code = ?error.code, "a folder was refused");
            false
        }
        Err(error) if error.class != Class::Permanent => return Err(error.into()),
        _ => true,
    };
    if made {
        // Some programs show only subscribed folders; a refusal does not matter.
        let _ = session.subscribe(&wire, true).await;
    }
    let mut tx = ctx.store.write().await?;
    if mailboxes::get(&mut tx, ctx.account, id).await?.is_none() {
        // Removed here while it was being made there.
        if made {
            Task::DestroyMailbox { remote_name: wire }.enqueue(&mut tx, ctx.account, ctx.source, 0).await?;
        }
    } else if made {
        let update = mailboxes::Update { remote_name: Some(Some(wire)), ..mailboxes::Update::default() };
        mailboxes::update(&mut tx, ctx.account, id, &update).await?;
    } else if let Err(error) = mailboxes::destroy(&mut tx, ctx.account, id, false).await {
        error.refusal().ok_or(error)?;
    }
    tasks::done(&mut tx, &[task]).await?;
    tx.commit().await?;
    Ok(())
}

/// RENAME with all that is below. Refused for good, the Mailbox takes its old name again.
pub(crate) async fn perform_rename(
    ctx: &Context,
    session: &mut ImapSession,
    task: i64,
    id: MailboxId,
) -> Result<(), Trouble> {
    let Some(row) = row(ctx, id).await? else { return done(ctx, task).await };
    let Some(from) = row.remote_name.clone() else { return done(ctx, task).await };
    let to = wire_name(ctx, session, &row).await?;
    if to == from {
        return done(ctx, task).await;
    }
    let renamed = match session.rename(&from, &to).await {
        Ok(()) => true,
        Err(error) if error.class == Class::Permanent => false,
        Err(error) => return Err(error.into()),
    };
    let mut tx = ctx.store.write().await?;
    if renamed {
        for mailbox in mailboxes::of_source(&mut tx, ctx.account, ctx.source).await? {
            let Some(wire) = mailbox.remote_name.as_deref().and_then(|w| renamed_wire(w, &from, &to)) else { continue };
            let update = mailboxes::Update { remote_name: Some(Some(wire)), ..mailboxes::Update::default() };
            mailboxes::update(&mut tx, ctx.account, mailbox.id, &update).await?;
        }
    } else {
        let old = remote::imap::decode_name(&from);
        let leaf = old.rsplit(['/', '.']).next().unwrap_or(&old).to_owned();
        let update = mailboxes::Update { name: Some(leaf), ..mailboxes::Update::default() };
        if let Err(error) = mailboxes::update(&mut tx, ctx.account, id, &update).await {
            error.refusal().ok_or(error)?;
        }
    }
    tasks::done(&mut tx, &[task]).await?;
    tx.commit().await?;
    Ok(())
}

/// The new wire name of a folder at or below a renamed one.
fn renamed_wire(wire: &str, from: &str, to: &str) -> Option<String> {
    let rest = wire.strip_prefix(from)?;
    let is_below = rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '&' && c != '-' && c != ' ');
    is_below.then(|| format!("{to}{rest}"))
}

/// DELETE. Refused for good, the folder comes back with the next list.
pub(crate) async fn perform_destroy(
    ctx: &Context,
    session: &mut ImapSession,
    task: i64,
    wire: &str,
) -> Result<(), Trouble> {
    match session.delete(wire).await {
        Err(error) if error.class == Class::Permanent => {
            tracing::info!(source = %ctx.source, code = ?error.code, "deleting a folder was refused");
        }
        other => other?,
    }
    done(ctx, task).await
}

async fn done(ctx: &Context, task: i64) -> Result<(), Trouble> {
    let mut tx = ctx.store.write().await?;
    tasks::done(&mut tx, &[task]).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_server_takes_are_refused() {
        for name in ["", " Work", "Work ", "a\r\nb", "\0", &"x".repeat(256)] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
        assert!(check_name("Reisen & Ferien/2026").is_ok());
    }

    #[test]
    fn what_lies_below_is_renamed_along_and_its_namesake_is_not() {
        assert_eq!(renamed_wire("A", "A", "B").as_deref(), Some("B"));
        assert_eq!(renamed_wire("A/x", "A", "B").as_deref(), Some("B/x"));
        assert_eq!(renamed_wire("A.x", "A", "C.B").as_deref(), Some("C.B.x"));
        assert_eq!(renamed_wire("Apple", "A", "B"), None);
        assert_eq!(renamed_wire("Z", "A", "B"), None);
    }
}
