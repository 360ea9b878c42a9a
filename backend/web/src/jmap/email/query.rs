//! `Email/query` and `Email/queryChanges` (RFC 8621 §4.4, §4.5).

use serde_json::Value;
use shared::ids::{AccountId, EmailId};
use store::{
    DataType, Order,
    changes::state,
    lists,
    query::{self as engine, Query, Sort, SortBy, Start},
};

use super::filter;
use crate::jmap::{
    args::Args,
    capability::Capability,
    changes::parse_state,
    context::Cx,
    dispatch::Outcome,
    error::MethodError,
    query::{Comparator, Page, Since, Window, sort},
};

/// The `property` values of a sort (announced as `emailQuerySortOptions`).
pub const SORT_PROPERTIES: [&str; 9] = [
    "receivedAt",
    "sentAt",
    "size",
    "from",
    "to",
    "subject",
    "hasKeyword",
    "allInThreadHaveKeyword",
    "someInThreadHaveKeyword",
];

/// More changes of a list than this are not worth telling one by one.
const MAX_CHANGES: usize = 5000;

/// `Email/query`.
pub async fn query(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account(cx)?;
    let window = Window::read(&mut args)?;
    let question = question(cx, &mut args, &window)?;
    args.end()?;
    let mut reader = cx.store.read().await?;
    let state = state(&mut reader, account, DataType::Email).await?;
    let found = engine::run(&mut reader, account, &question).await?;
    if found.anchor_missing {
        return Err(MethodError::new("anchorNotFound"));
    }
    // The index grows behind an answer from text; then the results change though no Email does.
    let state = found.unindexed.map_or_else(|| state.to_string(), |rest| format!("{state}-{rest}"));
    let page = Page {
        position: found.position,
        ids: found.rows.iter().map(|(email, _)| email.to_string()).collect(),
        total: found.total,
    };
    let mut answer = window.answer(account, &state, found.list.is_some(), page);
    if let (true, Some(rest), Some(object)) = (cx.has(Capability::Sources), found.unindexed, answer.as_object_mut()) {
        object.insert("unindexed".into(), rest.into());
    }
    Ok(answer.into())
}

fn question(cx: &Cx<'_>, args: &mut Args, window: &Window) -> Result<Query, MethodError> {
    let start = match &window.anchor {
        Some(id) => {
            let anchor: EmailId = id.parse().map_err(|_| MethodError::new("anchorNotFound"))?;
            Start::Anchor(anchor, window.anchor_offset)
        }
        None => Start::Position(window.position),
    };
    Ok(Query {
        filter: filter::read(cx, args.take("filter"))?,
        sort: sorts(args.take("sort"))?,
        collapse: args.boolean("collapseThreads", false)?,
        start,
        limit: window.limit as u64,
        want_total: window.total,
    })
}

fn sorts(value: Option<Value>) -> Result<Vec<Sort>, MethodError> {
    sort(value, &SORT_PROPERTIES)?.into_iter().map(one_sort).collect()
}

fn one_sort(comparator: Comparator) -> Result<Sort, MethodError> {
    let Comparator { property, ascending, keyword, .. } = comparator;
    let by_keyword = property.ends_with("eyword");
    if by_keyword != keyword.is_some() {
        return Err(MethodError::invalid_arguments("a sort by keyword has a keyword, and no other sort has one"));
    }
    let keyword = keyword.unwrap_or_default().to_ascii_lowercase();
    let by = match property.as_str() {
        "sentAt" => SortBy::SentAt,
        "size" => SortBy::Size,
        "from" => SortBy::From,
        "to" => SortBy::To,
        "subject" => SortBy::Subject,
        "hasKeyword" => SortBy::HasKeyword(keyword),
        "allInThreadHaveKeyword" => SortBy::AllInThreadHaveKeyword(keyword),
        "someInThreadHaveKeyword" => SortBy::SomeInThreadHaveKeyword(keyword),
        _ => SortBy::ReceivedAt,
    };
    Ok(Sort { by, ascending })
}

/// `Email/queryChanges`: for the lists that are kept ready (a mailbox, the union of inboxes); elsewhere
/// `canCalculateChanges` was false. Their filter is mutable, so `upToId` is ignored (RFC 8620 §5.6).
pub async fn query_changes(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account(cx)?;
    let asked = Since::read(&mut args)?;
    let filter = filter::read(cx, args.take("filter"))?;
    let sort = sorts(args.take("sort"))?;
    let order = if args.boolean("collapseThreads", false)? { Order::Collapsed } else { Order::Plain };
    args.end()?;
    let changes = list_changes(cx, account, &filter, &sort, order, &asked.state).await?;
    let removed = changes.removed.iter().map(ToString::to_string).collect();
    let added = changes.added.iter().map(|(email, index)| (*index, email.to_string())).collect();
    Ok(asked.answer(account, &changes.new_state.to_string(), Some(changes.total), removed, added)?.into())
}

async fn list_changes(
    cx: &Cx<'_>,
    account: AccountId,
    filter: &engine::Filter,
    sort: &[Sort],
    order: Order,
    since: &str,
) -> Result<lists::ListChanges, MethodError> {
    let cannot = MethodError::new("cannotCalculateChanges");
    let since = parse_state(since).ok_or_else(|| cannot.clone())?;
    let mut reader = cx.store.read().await?;
    let list = engine::as_list(&mut reader, account, filter, sort).await?.ok_or_else(|| cannot.clone())?;
    lists::changes(&mut reader, account, list, order, since, MAX_CHANGES).await?.ok_or(cannot)
}
