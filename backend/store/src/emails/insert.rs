//! Storing new Emails, some hundreds a statement.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json as value};
use sha2::{Digest, Sha256};
use shared::ids::{AccountId, EmailId};

use crate::{
    DataType, Refusal, Result, WriteTx, address_book,
    changes::json,
    emails::{NewEmail, hex, search, sql},
    event::Op,
    lists::{EMAIL_ID_MAX, sort_key},
    settle,
};

/// Emails written by one set of statements.
const BATCH: usize = 500;
/// A Thread with more Emails is continued in another, so that what a flag costs stays bounded.
pub(crate) const THREAD_MAX: i64 = 500;
/// The last second that a sort key can hold: in the year 2242.
const SECOND_MAX: i64 = (1 << 33) - 1;

/// Stores a batch of Emails of one account; ids in the same order. Best in batches of some hundreds. Refused as a whole
/// (`NotFound`, `NoMailbox`, `TwoSources`) if a placement is not possible.
pub async fn insert(tx: &mut WriteTx, account: AccountId, batch: &[NewEmail]) -> Result<Vec<EmailId>> {
    check_placements(tx, account, batch).await?;
    let mut ids = Vec::with_capacity(batch.len());
    for some in batch.chunks(BATCH) {
        ids.extend(insert_some(tx, account, some).await?);
    }
    Ok(ids)
}

async fn check_placements(tx: &mut WriteTx, account: AccountId, batch: &[NewEmail]) -> Result<()> {
    let rows: Vec<(i64, Option<i64>, bool)> =
        sqlx::query_as(sql::OWN_MAILBOXES).bind(account.0).fetch_all(tx.db()).await?;
    let mailboxes: BTreeMap<i64, (Option<i64>, bool)> =
        rows.into_iter().map(|(id, source, selectable)| (id, (source, selectable))).collect();
    for email in batch {
        if email.placements.is_empty() {
            return Err(Refusal::NoMailbox.into());
        }
        for placement in &email.placements {
            let (source, selectable) = mailboxes.get(&placement.mailbox.0).ok_or(Refusal::NotFound)?;
            if *source != email.source.map(|s| s.0) {
                return Err(Refusal::TwoSources.into());
            }
            if !selectable {
                return Err(Refusal::Invalid.into());
            }
        }
    }
    Ok(())
}

/// What an Email's row gets that its maker does not know.
struct Given {
    id: i64,
    thread: i64,
    second: i64,
    search_rowid: i64,
}

async fn insert_some(tx: &mut WriteTx, account: AccountId, batch: &[NewEmail]) -> Result<Vec<EmailId>> {
    let threads = find_threads(tx, account, batch).await?;
    settle::touch(tx, account, threads.iter().copied()).await?;
    let last: Option<i64> = sqlx::query_scalar(sql::LAST_ID).fetch_optional(tx.db()).await?;
    let first = last.unwrap_or(0) + 1;
    if first + batch.len() as i64 > EMAIL_ID_MAX {
        return Err(Refusal::OverLimit.into());
    }
    let seconds: Vec<i64> = batch.iter().map(|e| e.received_at.div_euclid(1000).clamp(0, SECOND_MAX)).collect();
    let rowids = search::new_rowids(tx, account, &seconds).await?;
    let given: Vec<Given> = (first..)
        .zip(threads)
        .zip(seconds)
        .zip(rowids)
        .map(|(((id, thread), second), search_rowid)| Given { id, thread, second, search_rowid })
        .collect();
    write_rows(tx, account, batch, &given).await?;
    for (email, given) in batch.iter().zip(&given) {
        tx.email_changed(account, given.id, given.thread, Op::Created);
        if email.delivered {
            tx.changed(account, DataType::EmailDelivery, given.id, Op::Updated);
        }
    }
    tx.pending(account).unindexed += batch.iter().filter(|e| !e.indexed).count() as i64;
    let people = batch.iter().map(|e| (e.received_at, e.people.as_slice()));
    address_book::note(tx, account, people).await?;
    Ok(given.iter().map(|g| EmailId(g.id)).collect())
}

async fn write_rows(tx: &mut WriteTx, account: AccountId, batch: &[NewEmail], given: &[Given]) -> Result<()> {
    let (mut emails, mut rows, mut details) = (Vec::new(), Vec::new(), Vec::new());
    let (mut placements, mut texts, mut headers) = (Vec::new(), Vec::new(), Vec::new());
    for (email, given) in batch.iter().zip(given) {
        emails.push(email_row(email, given));
        rows.push((given.id, &email.envelope, &email.preview));
        // substr() counts from one.
        details.push((given.id, &email.structure, headers.len() + 1, email.header.len()));
        headers.extend_from_slice(&email.header);
        placements.extend(email.placements.iter().map(|p| (p.mailbox.0, given.id, p.uid)));
        texts.push(search::row(given.search_rowid, &email.search));
    }
    sqlx::query(sql::INSERT).bind(account.0).bind(json(&emails)).execute(tx.db()).await?;
    sqlx::query(sql::INSERT_ROWS).bind(json(&rows)).execute(tx.db()).await?;
    sqlx::query(sql::INSERT_DETAILS).bind(json(&details)).bind(headers).execute(tx.db()).await?;
    for mailbox in placements.iter().map(|p| p.0).collect::<BTreeSet<_>>() {
        let here: Vec<_> = placements.iter().filter(|p| p.0 == mailbox && p.2.is_some()).collect();
        if !here.is_empty() {
            // A server that gives one UID to two messages must not end the sync.
            sqlx::query(sql::FREE_UIDS).bind(mailbox).bind(json(&here)).execute(tx.db()).await?;
        }
    }
    let mut uids = BTreeSet::new();
    for placement in &mut placements {
        placement.2 = placement.2.filter(|uid| uids.insert((placement.0, *uid)));
    }
    sqlx::query(sql::INSERT_PLACEMENTS).bind(json(&placements)).execute(tx.db()).await?;
    sqlx::query(sql::INSERT_SEARCH).bind(json(&texts)).execute(tx.db()).await?;
    Ok(())
}

fn email_row(email: &NewEmail, given: &Given) -> Value {
    value!([
        given.id,
        email.source.map(|s| s.0),
        given.thread,
        sort_key(given.second, given.id),
        given.second * 1000,
        email.sent_at,
        i64::try_from(email.size).unwrap_or(i64::MAX),
        email.keywords.bits(),
        email.keywords.custom_json(),
        i64::from(email.has_attachment),
        i64::from(email.indexed),
        given.search_rowid,
        email.sort.from.to_lowercase(),
        email.sort.to.to_lowercase(),
        email.sort.subject.to_lowercase(),
        email.message_id,
        email.remote_id,
        hex(&email.content_hash),
        email.blob.as_ref().map(|b| b.as_str()),
    ])
}

/// The Thread of each Email, made where it is missing or full.
async fn find_threads(tx: &mut WriteTx, account: AccountId, batch: &[NewEmail]) -> Result<Vec<i64>> {
    let keys: Vec<String> = batch.iter().map(key).collect();
    let distinct: BTreeSet<&String> = keys.iter().collect();
    let rows: Vec<(String, i64, i64)> =
        sqlx::query_as(sql::THREADS_BY_KEY).bind(account.0).bind(json(&distinct)).fetch_all(tx.db()).await?;
    let mut found: BTreeMap<String, (i64, i64)> =
        rows.into_iter().map(|(key, id, emails)| (key, (id, emails))).collect();
    // What this transaction added to a Thread before is not in its counter yet.
    for (id, emails) in found.values_mut() {
        *emails += added(tx, account, *id).await?;
    }
    let missing: Vec<&String> =
        distinct.into_iter().filter(|key| found.get(*key).is_none_or(|(_, emails)| *emails >= THREAD_MAX)).collect();
    for (key, id) in new_threads(tx, account, &missing).await? {
        found.insert(key, (id, 0));
    }
    let mut threads = Vec::with_capacity(keys.len());
    for key in keys {
        let full = found.get(&key).is_none_or(|(_, emails)| *emails >= THREAD_MAX);
        if full {
            for (key, id) in new_threads(tx, account, &[&key]).await? {
                found.insert(key, (id, 0));
            }
        }
        let entry = found.get_mut(&key).ok_or(crate::Error::Damaged("a thread was not made"))?;
        entry.1 += 1;
        threads.push(entry.0);
    }
    Ok(threads)
}

/// Emails that this transaction added to a Thread and did not settle yet.
async fn added(tx: &mut WriteTx, account: AccountId, thread: i64) -> Result<i64> {
    let Some(before) = tx.pending(account).before.get(&thread).map(|c| c.emails.len() as i64) else { return Ok(0) };
    let now: i64 =
        sqlx::query_scalar("SELECT count(*) FROM email WHERE thread_id = $1").bind(thread).fetch_one(tx.db()).await?;
    Ok(now - before)
}

async fn new_threads(tx: &mut WriteTx, account: AccountId, keys: &[&String]) -> Result<Vec<(String, i64)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, String)> =
        sqlx::query_as(sql::NEW_THREAD).bind(account.0).bind(json(keys)).fetch_all(tx.db()).await?;
    Ok(rows.into_iter().map(|(id, key)| (key, id)).collect())
}

/// A threading key as stored: a hash of fixed length, or something nobody else has.
fn key(email: &NewEmail) -> String {
    match &email.thread_key {
        Some(key) => hex(Sha256::digest(key.as_bytes()).get(..16).unwrap_or_default()),
        None => hex(&rand::random::<[u8; 16]>()),
    }
}
