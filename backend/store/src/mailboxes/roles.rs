//! Who carries a role: the primary Source's folders, else local Mailboxes. A role passes in the transaction that makes it.

use shared::ids::{AccountId, MailboxId};

use crate::{
    DataType, Refusal, Result, WriteTx,
    event::Op,
    mailboxes::{Mailbox, NewMailbox, Role, all, by_role, create, destroy, must, reparent, sql, touch_all},
};

/// Where local Mailboxes go that lost their role to the primary Source.
pub(crate) const ON_THIS_SERVER: &str = "On this server";

/// The local role Mailboxes with their names, in order.
const LOCAL: [(Role, &str); 6] = [
    (Role::Inbox, "Inbox"),
    (Role::Drafts, "Drafts"),
    (Role::Sent, "Sent"),
    (Role::Archive, "Archive"),
    (Role::Junk, "Junk"),
    (Role::Trash, "Trash"),
];

/// The role Mailboxes of an account without a Source (Inbox, Drafts, Sent, Archive, Junk, Trash), where they are missing.
/// What stood below "On this server" under that name gets its role back.
pub async fn ensure_local_roles(tx: &mut WriteTx, account: AccountId) -> Result<()> {
    for (order, (role, name)) in (1_u32..).zip(LOCAL) {
        if by_role(tx, account, role).await?.is_some() {
            continue;
        }
        let mailboxes = all(tx, account).await?;
        let shelf = mailboxes.iter().find(|m| is_shelf(m)).map(|m| m.id);
        let former =
            mailboxes.iter().find(|m| shelf.is_some() && m.parent == shelf && m.name == name && m.source.is_none());
        if let Some(former) = former {
            reparent(tx, account, former.id, None).await?;
            set_roles(tx, account, former.id, Some(role), None).await?;
            continue;
        }
        let new = NewMailbox {
            name: name.to_owned(),
            role: Some(role),
            sort_order: order * 10,
            is_subscribed: true,
            selectable: true,
            rename_on_collision: true,
            ..NewMailbox::default()
        };
        create(tx, account, &new).await?;
    }
    drop_empty_shelf(tx, account).await
}

fn is_shelf(mailbox: &Mailbox) -> bool {
    mailbox.source.is_none() && mailbox.parent.is_none() && mailbox.name == ON_THIS_SERVER
}

async fn drop_empty_shelf(tx: &mut WriteTx, account: AccountId) -> Result<()> {
    let mailboxes = all(tx, account).await?;
    let Some(shelf) = mailboxes.iter().find(|m| is_shelf(m)) else { return Ok(()) };
    let used = shelf.selectable || mailboxes.iter().any(|m| m.parent == Some(shelf.id));
    if used { Ok(()) } else { destroy(tx, account, shelf.id, false).await }
}

/// The Mailbox "On this server", made if missing.
async fn shelf(tx: &mut WriteTx, account: AccountId) -> Result<MailboxId> {
    if let Some(shelf) = all(tx, account).await?.into_iter().find(is_shelf) {
        return Ok(shelf.id);
    }
    let new = NewMailbox {
        name: ON_THIS_SERVER.to_owned(),
        sort_order: 1000,
        is_subscribed: true,
        selectable: false,
        rename_on_collision: true,
        ..NewMailbox::default()
    };
    // Boxed: making a Mailbox may free a role, which may need the shelf, which has none.
    Box::pin(create(tx, account, &new)).await
}

/// Makes sure that nobody has this role. A local Mailbox gives way where `take` is allowed; anything else is refused.
pub(super) async fn free_role(tx: &mut WriteTx, account: AccountId, role: Role, take: bool) -> Result<()> {
    let Some(holder) = by_role(tx, account, role).await? else { return Ok(()) };
    if !take || holder.source.is_some() {
        return Err(Refusal::RoleTaken.into());
    }
    step_down(tx, account, &holder).await
}

/// A local Mailbox loses its role: it goes if it is empty, else below "On this server".
async fn step_down(tx: &mut WriteTx, account: AccountId, mailbox: &Mailbox) -> Result<()> {
    match destroy(tx, account, mailbox.id, false).await {
        Err(error) if matches!(error.refusal(), Some(Refusal::HasEmail | Refusal::HasChild)) => {}
        done => return done,
    }
    set_roles(tx, account, mailbox.id, None, None).await?;
    let shelf = shelf(tx, account).await?;
    reparent(tx, account, mailbox.id, Some(shelf)).await
}

/// All local role Mailboxes give way.
pub(crate) async fn settle_locals(tx: &mut WriteTx, account: AccountId) -> Result<()> {
    let mailboxes = all(tx, account).await?;
    for mailbox in mailboxes.iter().filter(|m| m.source.is_none() && m.role.is_some()) {
        step_down(tx, account, mailbox).await?;
    }
    Ok(())
}

/// Writes the roles of a Mailbox; whatever depends on them is counted anew.
pub(super) async fn set_roles(
    tx: &mut WriteTx,
    account: AccountId,
    id: MailboxId,
    role: Option<Role>,
    source_role: Option<Role>,
) -> Result<()> {
    let now = must(tx, account, id).await?;
    let special =
        |a: Option<Role>, b: Option<Role>| [Role::Inbox, Role::Trash].map(|role| a == Some(role) || b == Some(role));
    if special(now.role, now.source_role) != special(role, source_role) {
        touch_all(tx, account, id).await?;
    }
    sqlx::query(sql::SET_ROLES)
        .bind(account.0)
        .bind(id.0)
        .bind(role.map(Role::as_str))
        .bind(source_role.map(Role::as_str))
        .execute(tx.db())
        .await?;
    tx.changed(account, DataType::Mailbox, id.0, Op::Updated);
    Ok(())
}

/// A Source's folder gets another role there (or none); the primary's carry the RFC's role too.
pub(crate) async fn give_role(
    tx: &mut WriteTx,
    account: AccountId,
    id: MailboxId,
    source_role: Option<Role>,
) -> Result<()> {
    let mailbox = must(tx, account, id).await?;
    let Some(source) = mailbox.source else { return Err(Refusal::Invalid.into()) };
    let (is_primary, _) = super::owner(tx, account, source).await?;
    let role = source_role.filter(|_| is_primary);
    if (mailbox.role, mailbox.source_role) == (role, source_role) {
        return Ok(());
    }
    if let Some(wanted) = source_role {
        let others = super::of_source(tx, account, source).await?;
        for other in others.iter().filter(|m| m.id != id && m.source_role == Some(wanted)) {
            set_roles(tx, account, other.id, None, None).await?;
        }
    }
    if let Some(role) = role
        && mailbox.role != Some(role)
    {
        free_role(tx, account, role, true).await?;
    }
    set_roles(tx, account, id, role, source_role).await
}
