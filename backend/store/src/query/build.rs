//! A filter and a sort as one SELECT. Only constant pieces make up its text; whatever came from outside is bound.

use shared::ids::AccountId;
use sqlx::{AssertSqlSafe, Sqlite, sqlite::SqliteArguments};

use crate::{
    Keywords, Refusal, Result,
    changes::json,
    emails::account_start,
    lists::{EMAIL_ID_MAX, ID_BITS},
    query::{Field, Filter, Sort, SortBy},
};

/// Conditions of one filter at most.
const CONDITIONS_MAX: usize = 500;
/// Sort comparators at most.
const SORTS_MAX: usize = 16;

/// A value to bind.
#[derive(Debug, Clone, PartialEq)]
enum Bind {
    Number(i64),
    Text(String),
}

/// SQL under construction.
#[derive(Debug, Clone, Default)]
pub(super) struct Sql {
    text: String,
    binds: Vec<Bind>,
    conditions: usize,
}

/// What the rows are read along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Along {
    /// The text index, newest first.
    Search,
    /// A Mailbox's list.
    List,
    /// The account's flagged.
    Flagged,
    /// All of the account.
    Account,
    /// Ids that are given.
    Given,
}

pub(super) type Query = sqlx::query::Query<'static, Sqlite, SqliteArguments>;

impl Sql {
    fn push(&mut self, piece: &str) -> &mut Self {
        self.text.push_str(piece);
        self
    }

    fn number(&mut self, n: i64) -> &mut Self {
        self.bind(Bind::Number(n))
    }

    fn string(&mut self, text: impl Into<String>) -> &mut Self {
        self.bind(Bind::Text(text.into()))
    }

    fn bind(&mut self, value: Bind) -> &mut Self {
        self.binds.push(value);
        let n = self.binds.len();
        self.push(&format!("${n}"))
    }

    /// The statement, ready to run.
    pub(super) fn query(&self) -> Query {
        let mut query = sqlx::query(AssertSqlSafe(self.text.clone()));
        for bind in &self.binds {
            query = match bind {
                Bind::Number(n) => query.bind(*n),
                Bind::Text(text) => query.bind(text.clone()),
            };
        }
        query
    }

    /// The text, for tests of its plan.
    #[cfg(test)]
    pub(super) fn explained(&self) -> Self {
        Self { text: format!("EXPLAIN QUERY PLAN {}", self.text), ..self.clone() }
    }
}

/// Top-level conditions that all must hold.
fn conjuncts(filter: &Filter) -> Vec<&Filter> {
    match filter {
        Filter::And(all) => all.iter().flat_map(conjuncts).collect(),
        one => vec![one],
    }
}

/// id and Thread of what matches, in order.
pub(super) fn rows(account: AccountId, filter: &Filter, sort: &[Sort]) -> Result<Sql> {
    let mut sql = Sql::default();
    sql.push("SELECT e.id, e.thread_id FROM ");
    let along = from(&mut sql, account, filter)?;
    if sort.len() > SORTS_MAX {
        return Err(Refusal::Invalid.into());
    }
    sql.push(" ORDER BY ");
    let mut by_time = false;
    for sort in sort {
        by_time = sort.by == SortBy::ReceivedAt;
        sort_by(&mut sql, &sort.by, along);
        sql.push(if sort.ascending { " ASC" } else { " DESC" });
        if by_time {
            break;
        }
        sql.push(", ");
    }
    if !by_time {
        sql.push(time_column(along)).push(" DESC");
    }
    Ok(sql)
}

/// How many Emails (or Threads) match.
pub(super) fn count(account: AccountId, filter: &Filter, threads: bool) -> Result<Sql> {
    let mut sql = Sql::default();
    sql.push(if threads { "SELECT count(DISTINCT e.thread_id) FROM " } else { "SELECT count(*) FROM " });
    from(&mut sql, account, filter)?;
    Ok(sql)
}

/// Those of the given Emails (a JSON array) that match.
pub(super) fn among(account: AccountId, filter: &Filter, ids: &str) -> Result<Sql> {
    let mut sql = Sql::default();
    sql.push("SELECT e.id FROM json_each(").string(ids).push(") i CROSS JOIN email e ON e.id = i.value");
    sql.push(" WHERE e.account_id = ").number(account.0);
    rest(&mut sql, account, conjuncts(filter), Along::Given)?;
    Ok(sql)
}

/// FROM and WHERE, along what promises the fewest rows in the right order.
fn from(sql: &mut Sql, account: AccountId, filter: &Filter) -> Result<Along> {
    let all = conjuncts(filter);
    let texts: Vec<String> = all.iter().filter_map(|f| expression(f)).collect();
    let flagged = all.iter().any(|f| matches!(f, Filter::HasKeyword(k) if k.eq_ignore_ascii_case("$flagged")));
    let mailbox = all.iter().find_map(|f| if let Filter::InMailbox(id) = f { Some(*id) } else { None });
    let along = if !texts.is_empty() {
        Along::Search
    } else if flagged {
        Along::Flagged
    } else if mailbox.is_some() {
        Along::List
    } else {
        Along::Account
    };
    match (along, mailbox) {
        (Along::Search, _) => {
            sql.push("search s CROSS JOIN email e ON e.search_rowid = s.rowid WHERE s.search MATCH ");
            sql.string(texts.iter().map(|t| format!("({t})")).collect::<Vec<_>>().join(" AND "));
            sql.push(" AND s.rowid >= ").number(account_start(account));
            sql.push(" AND s.rowid < ").number(account_start(AccountId(account.0 + 1)));
        }
        (Along::List, Some(mailbox)) => {
            sql.push("list_entry l CROSS JOIN email e ON e.id = (l.sort_key & ").number(EMAIL_ID_MAX);
            sql.push(") WHERE l.kind = 0 AND l.list_id = ").number(mailbox.0);
            sql.push(" AND e.account_id = ").number(account.0);
        }
        (Along::Flagged, _) => {
            sql.push("email e INDEXED BY email_flagged WHERE (e.keywords & 2) <> 0 AND e.account_id = ");
            sql.number(account.0);
        }
        _ => {
            sql.push("email e INDEXED BY email_newest WHERE e.account_id = ").number(account.0);
        }
    }
    // A list holds nothing but its Mailbox's.
    let left =
        all.into_iter().filter(|f| along != Along::List || !matches!(f, Filter::InMailbox(m) if Some(*m) == mailbox));
    let left: Vec<&Filter> = left.collect();
    rest(sql, account, left, along)?;
    Ok(along)
}

/// What is left to ask of each row.
fn rest(sql: &mut Sql, account: AccountId, all: Vec<&Filter>, along: Along) -> Result<()> {
    for filter in all {
        let settled = match along {
            Along::Search => expression(filter).is_some(),
            _ => false,
        };
        if !settled {
            sql.push(" AND ");
            condition(sql, account, filter, along)?;
        }
    }
    Ok(())
}

/// The order of time in the table that is read along: what it comes in, it need not be sorted by.
fn time_column(along: Along) -> &'static str {
    match along {
        Along::Search => "s.rowid",
        Along::List => "l.sort_key",
        _ => "e.sort_key",
    }
}

fn sort_by(sql: &mut Sql, by: &SortBy, along: Along) {
    match by {
        SortBy::ReceivedAt => sql.push(time_column(along)),
        SortBy::SentAt => sql.push("e.sent_at"),
        SortBy::Size => sql.push("e.size"),
        SortBy::From => sql.push("e.sort_from"),
        SortBy::To => sql.push("e.sort_to"),
        SortBy::Subject => sql.push("e.sort_subject"),
        SortBy::HasKeyword(keyword) => {
            has(sql, "e", keyword);
            sql
        }
        SortBy::AllInThreadHaveKeyword(keyword) => {
            some_in_thread(sql, keyword, "NOT EXISTS", "NOT ");
            sql
        }
        SortBy::SomeInThreadHaveKeyword(keyword) => {
            some_in_thread(sql, keyword, "EXISTS", "");
            sql
        }
    };
}

/// The MATCH expression of a text condition; `None` for any other condition.
fn expression(filter: &Filter) -> Option<String> {
    let Filter::Text(field, text) = filter else { return None };
    let columns: &[&str] = match field {
        Field::Any => &[],
        Field::From => &["sender"],
        Field::To => &["recipient"],
        Field::Cc => &["cc"],
        Field::Bcc => &["bcc"],
        Field::Subject => &["subject"],
        Field::Body => &["body"],
        Field::Filename => &["files"],
    };
    // What a person is still typing is found by its beginning.
    let open = text.chars().next_back().is_some_and(char::is_alphanumeric);
    mime::tokens::query(text, columns, open)
}

fn condition(sql: &mut Sql, account: AccountId, filter: &Filter, along: Along) -> Result<()> {
    sql.conditions += 1;
    if sql.conditions > CONDITIONS_MAX {
        return Err(Refusal::Invalid.into());
    }
    match filter {
        Filter::And(all) => group(sql, account, all, " AND ", "1", along)?,
        Filter::Or(any) => group(sql, account, any, " OR ", "0", along)?,
        Filter::Not(none) => {
            sql.push("NOT ");
            group(sql, account, none, " OR ", "0", along)?;
        }
        Filter::InMailbox(id) => {
            sql.push("EXISTS (SELECT 1 FROM placement p WHERE p.email_id = e.id AND p.mailbox_id = ");
            sql.number(id.0).push(")");
        }
        Filter::InMailboxOtherThan(ids) => {
            let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
            sql.push("EXISTS (SELECT 1 FROM placement p WHERE p.email_id = e.id AND p.mailbox_id NOT IN");
            sql.push(" (SELECT value FROM json_each(").string(json(&ids)).push(")))");
        }
        Filter::Before(ms) => {
            sql.push(time_key(along)).push(" < ").number(first_key(*ms));
        }
        Filter::After(ms) => {
            sql.push(time_key(along)).push(" >= ").number(first_key(*ms));
        }
        Filter::MinSize(n) => {
            sql.push("e.size >= ").number(i64::try_from(*n).unwrap_or(i64::MAX));
        }
        Filter::MaxSize(n) => {
            sql.push("e.size < ").number(i64::try_from(*n).unwrap_or(i64::MAX));
        }
        Filter::AllInThreadHaveKeyword(keyword) => some_in_thread(sql, keyword, "NOT EXISTS", "NOT "),
        Filter::SomeInThreadHaveKeyword(keyword) => some_in_thread(sql, keyword, "EXISTS", ""),
        Filter::NoneInThreadHaveKeyword(keyword) => some_in_thread(sql, keyword, "NOT EXISTS", ""),
        Filter::HasKeyword(keyword) => has(sql, "e", keyword),
        Filter::NotKeyword(keyword) => {
            sql.push("NOT ");
            has(sql, "e", keyword);
        }
        Filter::HasAttachment(yes) => {
            sql.push("e.has_attachment = ").number(i64::from(*yes));
        }
        Filter::Text(_, text) => match expression(filter) {
            Some(expression) => {
                sql.push("e.search_rowid IN (SELECT rowid FROM search WHERE search MATCH ").string(expression);
                sql.push(" AND rowid >= ").number(account_start(account));
                sql.push(" AND rowid < ").number(account_start(AccountId(account.0 + 1))).push(")");
            }
            // Nothing asked is nothing missing; punctuation alone is in no index.
            None => {
                sql.push(if text.trim().is_empty() { "1" } else { "0" });
            }
        },
        Filter::Emails(ids) => {
            let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
            sql.push("e.id IN (SELECT value FROM json_each(").string(json(&ids)).push("))");
        }
        // Resolved to Emails before (`headers`).
        Filter::Header(..) => {
            sql.push("0");
        }
    }
    Ok(())
}

fn group(sql: &mut Sql, account: AccountId, filters: &[Filter], word: &str, empty: &str, along: Along) -> Result<()> {
    sql.push("(");
    for (n, filter) in filters.iter().enumerate() {
        if n > 0 {
            sql.push(word);
        }
        condition(sql, account, filter, along)?;
    }
    if filters.is_empty() {
        sql.push(empty);
    }
    sql.push(")");
    Ok(())
}

/// The sort key that a moment of time is compared with.
fn time_key(along: Along) -> &'static str {
    if along == Along::List { "l.sort_key" } else { "e.sort_key" }
}

/// The lowest sort key of an Email that was received at this moment or later. Emails are kept to the second.
fn first_key(ms: i64) -> i64 {
    let second = ms.div_euclid(1000) + i64::from(ms.rem_euclid(1000) > 0);
    second.clamp(0, i64::MAX >> ID_BITS) << ID_BITS
}

/// Whether the Email of an alias has a keyword.
fn has(sql: &mut Sql, alias: &str, keyword: &str) {
    let keyword = keyword.to_ascii_lowercase();
    match Keywords::bit(&keyword) {
        Some(bit) => {
            sql.push("(").push(alias).push(".keywords & ").number(i64::from(bit)).push(") <> 0");
        }
        None => {
            sql.push("EXISTS (SELECT 1 FROM json_each(").push(alias).push(".custom_keywords) k WHERE k.value = ");
            sql.string(keyword).push(")");
        }
    }
}

fn some_in_thread(sql: &mut Sql, keyword: &str, exists: &str, not: &str) {
    sql.push(exists)
        .push(" (SELECT 1 FROM email t INDEXED BY email_thread WHERE t.thread_id = e.thread_id AND ")
        .push(not);
    has(sql, "t", keyword);
    sql.push(")");
}
