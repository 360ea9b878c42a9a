//! The text index's rows. `rowid = account << 50 | received second << 17 | tie`: one account's rows lie together in order of
//! time, so that a search seeks to its account and comes newest first.

use std::collections::{BTreeMap, btree_map::Entry};

use shared::ids::{AccountId, EmailId, SourceId};

use crate::{
    Reader, Result, WriteTx,
    changes::json,
    emails::{SearchTexts, numbers, sql},
};

const ACCOUNT_SHIFT: u32 = 50;
const TIE_BITS: u32 = 17;

/// The lowest rowid of an account; the next account's is where its rows end.
pub(crate) fn account_start(account: AccountId) -> i64 {
    account.0 << ACCOUNT_SHIFT
}

/// Free rowids for Emails received in these seconds, in order.
pub(super) async fn new_rowids(r: &mut Reader, account: AccountId, seconds: &[i64]) -> Result<Vec<i64>> {
    let base = |second: i64| account_start(account) | (second << TIE_BITS);
    let mut bases: Vec<i64> = seconds.iter().map(|s| base(*s)).collect();
    bases.sort_unstable();
    bases.dedup();
    let rows: Vec<(i64, Option<i64>)> =
        sqlx::query_as(sql::LAST_TIE).bind(json(&bases)).bind(1_i64 << TIE_BITS).fetch_all(r.db()).await?;
    let mut last: BTreeMap<i64, Option<i64>> = rows.into_iter().collect();
    let mut rowids = Vec::with_capacity(seconds.len());
    for second in seconds {
        let mut base = base(*second);
        loop {
            if let Entry::Vacant(unknown) = last.entry(base) {
                let found: (i64, Option<i64>) =
                    sqlx::query_as(sql::LAST_TIE).bind(json(&[base])).bind(1_i64 << TIE_BITS).fetch_one(r.db()).await?;
                unknown.insert(found.1);
            }
            let next = last.get(&base).copied().flatten().map_or(base, |last| last + 1);
            if next < base + (1 << TIE_BITS) {
                last.insert(base, Some(next));
                rowids.push(next);
                break;
            }
            // A second that holds 131 072 Emails is full: the next one's place does.
            base += 1 << TIE_BITS;
        }
    }
    Ok(rowids)
}

type SearchRow<'a> = (i64, &'a str, &'a str, &'a str, &'a str, &'a str, &'a str, &'a str);

pub(super) fn row(rowid: i64, t: &SearchTexts) -> SearchRow<'_> {
    (rowid, &t.from, &t.to, &t.cc, &t.bcc, &t.subject, &t.body, &t.files)
}

/// A row of `FOR_CHANGE`; only its id and its place in the index (the first and the sixth) matter here.
type ForChange = (i64, i64, Option<i64>, i64, Option<String>, i64, bool);

/// Texts for search that were fetched in the background; they replace what was known.
pub async fn set_search(tx: &mut WriteTx, account: AccountId, texts: &[(EmailId, SearchTexts)]) -> Result<()> {
    let ids: Vec<i64> = texts.iter().map(|(id, _)| id.0).collect();
    let found: Vec<ForChange> =
        sqlx::query_as(sql::FOR_CHANGE).bind(json(&ids)).bind(account.0).fetch_all(tx.db()).await?;
    let rowids: BTreeMap<i64, i64> = found.iter().map(|row| (row.0, row.5)).collect();
    let rows: BTreeMap<i64, SearchRow<'_>> =
        texts.iter().filter_map(|(id, texts)| rowids.get(&id.0).map(|rowid| (*rowid, row(*rowid, texts)))).collect();
    let rowids: Vec<i64> = rows.keys().copied().collect();
    sqlx::query(sql::ERASE_SEARCH).bind(json(&rowids)).execute(tx.db()).await?;
    let rows: Vec<SearchRow<'_>> = rows.into_values().collect();
    sqlx::query(sql::INSERT_SEARCH).bind(json(&rows)).execute(tx.db()).await?;
    let own: Vec<EmailId> = found.iter().map(|row| EmailId(row.0)).collect();
    let done = sqlx::query(sql::SET_INDEXED).bind(json(&numbers(&own))).execute(tx.db()).await?;
    tx.pending(account).unindexed -= i64::try_from(done.rows_affected()).unwrap_or(0);
    Ok(())
}

/// Emails of a Source whose body is not indexed yet, newest first.
pub async fn unindexed(r: &mut Reader, account: AccountId, source: SourceId, limit: u32) -> Result<Vec<EmailId>> {
    let ids: Vec<i64> =
        sqlx::query_scalar(sql::UNINDEXED).bind(account.0).bind(source.0).bind(limit).fetch_all(r.db()).await?;
    Ok(ids.into_iter().map(EmailId).collect())
}

/// How many Emails of the account are not indexed yet.
pub async fn unindexed_count(r: &mut Reader, account: AccountId) -> Result<u64> {
    let n: Option<i64> = sqlx::query_scalar(sql::UNINDEXED_COUNT).bind(account.0).fetch_optional(r.db()).await?;
    Ok(n.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
}
