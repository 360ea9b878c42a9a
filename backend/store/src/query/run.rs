//! Answering: the fast way for lists that are kept ready, one ordered read for everything else.

use std::collections::{BTreeSet, HashSet};

use futures::TryStreamExt;
use shared::ids::{AccountId, EmailId, MailboxId, ThreadId};
use sqlx::Row;

use crate::{
    ListKey, Order, Reader, Result,
    changes::json,
    emails, lists,
    query::{Filter, Page, Query, Sort, SortBy, Start, build, headers},
    settle,
};

/// Recognises a Mailbox's list or the union of inboxes, newest first.
pub(super) async fn as_list(
    r: &mut Reader,
    account: AccountId,
    filter: &Filter,
    sort: &[Sort],
) -> Result<Option<ListKey>> {
    let newest_first = match sort {
        [] => true,
        [first, ..] => first.by == SortBy::ReceivedAt && !first.ascending,
    };
    let Some(mailboxes) = union(filter).filter(|_| newest_first) else { return Ok(None) };
    let one = mailboxes.first().copied().filter(|_| mailboxes.len() == 1);
    if let Some(mailbox) = one {
        return Ok(Some(ListKey::Mailbox(mailbox)));
    }
    let inboxes = settle::special(r, account).await?.inboxes;
    let all = mailboxes.iter().map(|m| m.0).collect::<BTreeSet<_>>() == inboxes;
    Ok(all.then_some(ListKey::Inboxes))
}

/// The Mailboxes a filter is the plain union of.
fn union(filter: &Filter) -> Option<BTreeSet<MailboxId>> {
    match filter {
        Filter::InMailbox(id) => Some([*id].into()),
        Filter::And(some) => match some.as_slice() {
            [one] => union(one),
            _ => None,
        },
        Filter::Or(any) if !any.is_empty() => {
            let parts: Vec<BTreeSet<MailboxId>> = any.iter().map(union).collect::<Option<_>>()?;
            Some(parts.into_iter().flatten().collect())
        }
        _ => None,
    }
}

fn order(query: &Query) -> Order {
    if query.collapse { Order::Collapsed } else { Order::Plain }
}

/// Where a page begins: `at` rows from the anchor or the start, never before it.
fn shifted(at: u64, by: i64) -> u64 {
    at.saturating_add_signed(by)
}

pub(super) async fn list(r: &mut Reader, account: AccountId, list: ListKey, query: &Query) -> Result<Page> {
    let order = order(query);
    let total = lists::total(r, account, list, order).await?;
    let mut page = Page { total: Some(total), list: Some(list), ..Page::default() };
    page.position = match query.start {
        Start::Position(n) => u64::try_from(n).unwrap_or_else(|_| shifted(total, n)),
        Start::Anchor(email, offset) => match lists::rank(r, account, list, order, email).await? {
            Some(rank) => shifted(rank, offset),
            None => {
                page.anchor_missing = true;
                return Ok(page);
            }
        },
    };
    let rows = lists::page(r, account, list, order, page.position, query.limit).await?;
    page.rows = rows.into_iter().map(|row| (row.email, row.thread)).collect();
    Ok(page)
}

/// Whether any part of a filter is answered from the text index.
fn has_text(filter: &Filter) -> bool {
    match filter {
        Filter::And(some) | Filter::Or(some) | Filter::Not(some) => some.iter().any(has_text),
        Filter::Text(..) => true,
        _ => false,
    }
}

pub(super) async fn general(r: &mut Reader, account: AccountId, query: &Query) -> Result<Page> {
    let mut page = Page::default();
    if has_text(&query.filter) {
        page.unindexed = Some(emails::unindexed_count(r, account).await?);
    }
    let filter = headers::resolve(r, account, &query.filter).await?;
    let (rows, whole) = read(r, account, &filter, query).await?;
    let total = if whole {
        Some(rows.len() as u64)
    } else if query.want_total {
        let n: i64 = build::count(account, &filter, query.collapse)?.query().fetch_one(r.db()).await?.try_get(0)?;
        Some(u64::try_from(n).unwrap_or(0))
    } else {
        None
    };
    page.total = total;
    page.position = match query.start {
        Start::Position(n) => u64::try_from(n).unwrap_or_else(|_| shifted(rows.len() as u64, n)),
        Start::Anchor(email, offset) => match rows.iter().position(|(id, _)| *id == email) {
            Some(rank) => shifted(rank as u64, offset),
            None => {
                page.anchor_missing = true;
                return Ok(page);
            }
        },
    };
    let skip = usize::try_from(page.position).unwrap_or(usize::MAX);
    let take = usize::try_from(query.limit).unwrap_or(usize::MAX);
    page.rows = rows.into_iter().skip(skip).take(take).collect();
    Ok(page)
}

/// How many rows from the start the page needs, if that can be told by now.
fn needed(start: Start, limit: u64, anchor: Option<usize>) -> Option<u64> {
    match start {
        Start::Position(n) => Some(u64::try_from(n).ok()?.saturating_add(limit)),
        Start::Anchor(_, offset) => Some(shifted(anchor? as u64, offset).saturating_add(limit)),
    }
}

/// Rows in order, as many as the page needs; whether these are all.
async fn read(
    r: &mut Reader,
    account: AccountId,
    filter: &Filter,
    query: &Query,
) -> Result<(Vec<(EmailId, ThreadId)>, bool)> {
    let sql = build::rows(account, filter, &query.sort)?;
    let mut found = sql.query().fetch(r.db());
    let (mut rows, mut threads, mut anchor) = (Vec::new(), HashSet::new(), None);
    loop {
        if needed(query.start, query.limit, anchor).is_some_and(|n| rows.len() as u64 > n) {
            // One more than the page needs was seen: there is more.
            return Ok((rows, false));
        }
        let Some(row) = found.try_next().await? else { return Ok((rows, true)) };
        let (email, thread) = (EmailId(row.try_get(0)?), ThreadId(row.try_get(1)?));
        if query.collapse && !threads.insert(thread) {
            continue;
        }
        if matches!(query.start, Start::Anchor(wanted, _) if wanted == email) {
            anchor = Some(rows.len());
        }
        rows.push((email, thread));
    }
}

pub(super) async fn matching(
    r: &mut Reader,
    account: AccountId,
    filter: &Filter,
    emails: &[EmailId],
) -> Result<Vec<EmailId>> {
    let filter = headers::resolve(r, account, filter).await?;
    let sql = build::among(account, &filter, &json(&emails::numbers(emails)))?;
    let rows = sql.query().fetch_all(r.db()).await?;
    let found: HashSet<i64> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    Ok(emails.iter().copied().filter(|id| found.contains(&id.0)).collect())
}
