//! Putting Emails into Mailboxes: as a person asks, and as a server says.

use std::collections::{BTreeMap, BTreeSet};

use shared::ids::{AccountId, EmailId, MailboxId, SourceId};

use crate::{
    Reader, Refusal, Result, WriteTx,
    changes::json,
    emails::{
        placements, sql,
        update::{Present, present},
    },
    event::Op,
    settle,
};

/// Replaces the Mailboxes of an Email (never none, all of one Source; `Refusal` otherwise). A new Mailbox's UID is unknown;
/// where a UID is left behind a ghost remembers it until [`forget_ghosts`]. Back in a Mailbox where its ghost is, it takes
/// that UID again.
pub async fn set_mailboxes(
    tx: &mut WriteTx,
    account: AccountId,
    email: EmailId,
    mailboxes: &[MailboxId],
) -> Result<()> {
    let email = one(tx, account, email).await?;
    let source = email.source.map(SourceId);
    check(tx, account, source, mailboxes).await?;
    move_to(tx, account, &email, mailboxes).await
}

/// Moves an Email to another Source's Mailboxes (a move between providers); its id stays. Ghosts stay at the old Source.
pub async fn rehome(
    tx: &mut WriteTx,
    account: AccountId,
    email: EmailId,
    source: Option<SourceId>,
    mailboxes: &[MailboxId],
) -> Result<()> {
    let email = one(tx, account, email).await?;
    check(tx, account, source, mailboxes).await?;
    sqlx::query(sql::SET_SOURCE).bind(account.0).bind(email.id).bind(source.map(|s| s.0)).execute(tx.db()).await?;
    move_to(tx, account, &email, mailboxes).await
}

async fn one(tx: &mut WriteTx, account: AccountId, email: EmailId) -> Result<Present> {
    let found = present(tx, account, &[email.0]).await?;
    found.into_iter().next().ok_or_else(|| Refusal::NotFound.into())
}

async fn check(tx: &mut WriteTx, account: AccountId, source: Option<SourceId>, wanted: &[MailboxId]) -> Result<()> {
    if wanted.is_empty() {
        return Err(Refusal::NoMailbox.into());
    }
    let mut refusal = None;
    for id in wanted {
        let (owner, selectable) = own_mailbox(tx, account, *id).await?;
        if !selectable {
            return Err(Refusal::Invalid.into());
        }
        if owner != source.map(|s| s.0) {
            refusal = Some(Refusal::TwoSources);
        }
    }
    refusal.map_or(Ok(()), |refusal| Err(refusal.into()))
}

async fn move_to(tx: &mut WriteTx, account: AccountId, email: &Present, wanted: &[MailboxId]) -> Result<()> {
    let old: BTreeSet<MailboxId> =
        placements(tx, account, EmailId(email.id)).await?.into_iter().map(|p| p.mailbox).collect();
    let new: BTreeSet<MailboxId> = wanted.iter().copied().collect();
    if old == new {
        return Ok(());
    }
    settle::touch(tx, account, [email.thread]).await?;
    let kept = json(&new.iter().map(|m| m.0).collect::<Vec<_>>());
    sqlx::query(sql::HAUNT).bind(json(&[email.id])).bind(&kept).execute(tx.db()).await?;
    sqlx::query(sql::UNPLACE_OTHERS).bind(email.id).bind(&kept).execute(tx.db()).await?;
    sqlx::query(sql::RETURN).bind(email.id).bind(&kept).execute(tx.db()).await?;
    sqlx::query(sql::EXORCISE).bind(email.id).execute(tx.db()).await?;
    tx.email_changed(account, email.id, email.thread, Op::Updated);
    Ok(())
}

/// The server says: these Emails lie in `mailbox` under these UIDs. Adds the placement or sets its UID. Emails of another
/// Source are left alone.
pub async fn place(tx: &mut WriteTx, account: AccountId, mailbox: MailboxId, emails: &[(EmailId, u32)]) -> Result<()> {
    let (owner, _) = own_mailbox(tx, account, mailbox).await?;
    let wanted: BTreeMap<i64, u32> = emails.iter().map(|(id, uid)| (id.0, *uid)).collect();
    let ids: Vec<i64> = wanted.keys().copied().collect();
    let found = present(tx, account, &ids).await?;
    let own: Vec<&Present> = found.iter().filter(|e| e.source == owner).collect();
    let mut uids = BTreeSet::new();
    let rows: Vec<(i64, i64, Option<u32>)> =
        own.iter().map(|e| (mailbox.0, e.id, wanted.get(&e.id).copied().filter(|uid| uids.insert(*uid)))).collect();
    settle::touch(tx, account, own.iter().map(|e| e.thread)).await?;
    let placed: BTreeSet<i64> = sqlx::query_scalar(
        "SELECT p.email_id FROM json_each($2) i CROSS JOIN placement p
                ON p.mailbox_id = $1 AND p.email_id = i.value",
    )
    .bind(mailbox.0)
    .bind(json(&ids))
    .fetch_all(tx.db())
    .await?
    .into_iter()
    .collect();
    sqlx::query(sql::FREE_UIDS).bind(mailbox.0).bind(json(&rows)).execute(tx.db()).await?;
    sqlx::query(sql::INSERT_PLACEMENTS).bind(json(&rows)).execute(tx.db()).await?;
    for email in own.iter().filter(|e| !placed.contains(&e.id)) {
        tx.email_changed(account, email.id, email.thread, Op::Updated);
    }
    Ok(())
}

/// The Source of one of the account's Mailboxes, and whether Emails can lie there.
pub(super) async fn own_mailbox(r: &mut Reader, account: AccountId, mailbox: MailboxId) -> Result<(Option<i64>, bool)> {
    let row = sqlx::query_as(sql::OWN_MAILBOX).bind(mailbox.0).bind(account.0).fetch_optional(r.db()).await?;
    row.ok_or_else(|| Refusal::NotFound.into())
}

/// All UIDs of a Mailbox are void (UIDVALIDITY changed); Emails stay for the re-match. Ghosts go.
pub async fn clear_uids(tx: &mut WriteTx, account: AccountId, mailbox: MailboxId) -> Result<()> {
    own_mailbox(tx, account, mailbox).await?;
    for sql in [sql::CLEAR_UIDS, sql::CLEAR_GHOSTS] {
        sqlx::query(sql).bind(mailbox.0).execute(tx.db()).await?;
    }
    Ok(())
}

/// The server did what was owed: these UIDs of `mailbox` need no ghost any more.
pub async fn forget_ghosts(tx: &mut WriteTx, account: AccountId, mailbox: MailboxId, uids: &[u32]) -> Result<()> {
    own_mailbox(tx, account, mailbox).await?;
    sqlx::query(sql::FORGET_GHOSTS).bind(mailbox.0).bind(json(uids)).execute(tx.db()).await?;
    Ok(())
}
