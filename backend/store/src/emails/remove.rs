//! Emails that go: because a person said so, because a server did, because their Mailbox goes.

use std::collections::BTreeSet;

use shared::ids::{AccountId, EmailId, MailboxId};

use crate::{
    Result, WriteTx,
    changes::json,
    emails::{numbers, place::own_mailbox, sql, update::present},
    event::Op,
    settle,
};

/// Emails erased by one set of statements.
const BATCH: usize = 1000;

/// Destroys Emails; unknown ids are skipped. Where they had UIDs ghosts stay. Returns those that were there.
/// Their files go with [`crate::blobs::sweep`].
pub async fn destroy(tx: &mut WriteTx, account: AccountId, ids: &[EmailId]) -> Result<Vec<EmailId>> {
    let there: Vec<i64> = present(tx, account, &numbers(ids)).await?.iter().map(|e| e.id).collect();
    sqlx::query(sql::HAUNT).bind(json(&there)).bind(None::<String>).execute(tx.db()).await?;
    erase(tx, account, &there).await?;
    Ok(there.into_iter().map(EmailId).collect())
}

/// Removes Emails with all their rows, without ghosts.
pub(crate) async fn erase(tx: &mut WriteTx, account: AccountId, ids: &[i64]) -> Result<()> {
    for some in ids.chunks(BATCH) {
        let emails = present(tx, account, some).await?;
        settle::touch(tx, account, emails.iter().map(|e| e.thread)).await?;
        let rowids: Vec<i64> = emails.iter().map(|e| e.search_rowid).collect();
        sqlx::query(sql::ERASE_SEARCH).bind(json(&rowids)).execute(tx.db()).await?;
        let there = json(&emails.iter().map(|e| e.id).collect::<Vec<_>>());
        for sql in sql::ERASE {
            sqlx::query(*sql).bind(&there).execute(tx.db()).await?;
        }
        for email in &emails {
            tx.email_changed(account, email.id, email.thread, Op::Destroyed);
        }
        tx.pending(account).unindexed -= emails.iter().filter(|e| !e.indexed).count() as i64;
    }
    Ok(())
}

/// Takes Emails out of one Mailbox, without ghosts; those in no other are erased.
pub(crate) async fn take_out(tx: &mut WriteTx, account: AccountId, mailbox: MailboxId, ids: &[i64]) -> Result<()> {
    for some in ids.chunks(BATCH) {
        let elsewhere: BTreeSet<i64> = sqlx::query_scalar(sql::ALSO_ELSEWHERE)
            .bind(json(some))
            .bind(mailbox.0)
            .fetch_all(tx.db())
            .await?
            .into_iter()
            .collect();
        let (stay, go): (Vec<i64>, Vec<i64>) = some.iter().partition(|id| elsewhere.contains(id));
        let emails = present(tx, account, &stay).await?;
        settle::touch(tx, account, emails.iter().map(|e| e.thread)).await?;
        sqlx::query(sql::UNPLACE).bind(mailbox.0).bind(json(&stay)).execute(tx.db()).await?;
        for email in emails {
            tx.email_changed(account, email.id, email.thread, Op::Updated);
        }
        erase(tx, account, &go).await?;
    }
    Ok(())
}

/// The server says: these UIDs are gone from `mailbox` (ghosts included). An Email in no other Mailbox is destroyed.
pub async fn vanished(tx: &mut WriteTx, account: AccountId, mailbox: MailboxId, uids: &[u32]) -> Result<()> {
    own_mailbox(tx, account, mailbox).await?;
    sqlx::query(sql::FORGET_GHOSTS).bind(mailbox.0).bind(json(uids)).execute(tx.db()).await?;
    let ids: Vec<i64> = sqlx::query_scalar(sql::AT_UIDS).bind(mailbox.0).bind(json(uids)).fetch_all(tx.db()).await?;
    take_out(tx, account, mailbox, &ids).await
}

/// After a re-match: takes out what still has no UID in `mailbox` except `keep` (what waits for its own APPEND). How many.
pub async fn drop_unmatched(tx: &mut WriteTx, account: AccountId, mailbox: MailboxId, keep: &[EmailId]) -> Result<u64> {
    own_mailbox(tx, account, mailbox).await?;
    let ids: Vec<i64> =
        sqlx::query_scalar(sql::UNMATCHED).bind(mailbox.0).bind(json(&numbers(keep))).fetch_all(tx.db()).await?;
    take_out(tx, account, mailbox, &ids).await?;
    Ok(ids.len() as u64)
}
