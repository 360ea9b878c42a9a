//! `Email/query` (RFC 8621 §4.4): any filter, any sort, collapsed or not. Plain lists take the fast way by themselves.

use shared::ids::{AccountId, EmailId, MailboxId, ThreadId};

use crate::{ListKey, Reader, Result};

mod build;
mod headers;
mod run;
#[cfg(test)]
mod tests;

/// RFC 8620 §5.5 FilterOperator / RFC 8621 §4.4.1 FilterCondition, one property a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// All of them; none = everything.
    And(Vec<Filter>),
    /// At least one of them.
    Or(Vec<Filter>),
    /// None of them.
    Not(Vec<Filter>),
    /// `inMailbox`.
    InMailbox(MailboxId),
    /// `inMailboxOtherThan`.
    InMailboxOtherThan(Vec<MailboxId>),
    /// `before`, ms.
    Before(i64),
    /// `after`, ms.
    After(i64),
    /// `minSize`.
    MinSize(u64),
    /// `maxSize`.
    MaxSize(u64),
    /// `allInThreadHaveKeyword`.
    AllInThreadHaveKeyword(String),
    /// `someInThreadHaveKeyword`.
    SomeInThreadHaveKeyword(String),
    /// `noneInThreadHaveKeyword`.
    NoneInThreadHaveKeyword(String),
    /// `hasKeyword`.
    HasKeyword(String),
    /// `notKeyword`.
    NotKeyword(String),
    /// `hasAttachment`.
    HasAttachment(bool),
    /// A text condition.
    Text(Field, String),
    /// `header`: name and text.
    Header(String, Option<String>),
    /// One of these Emails (not in the RFC).
    Emails(Vec<EmailId>),
}

/// Where a text condition looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Everywhere.
    Any,
    /// From.
    From,
    /// To.
    To,
    /// Cc.
    Cc,
    /// Bcc.
    Bcc,
    /// Subject.
    Subject,
    /// Body.
    Body,
    /// Names of attachments (vendor condition).
    Filename,
}

/// RFC 8621 §4.4.2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Ascending.
    pub ascending: bool,
}

/// A sort property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortBy {
    /// `receivedAt`.
    ReceivedAt,
    /// `sentAt`.
    SentAt,
    /// `size`.
    Size,
    /// `from`.
    From,
    /// `to`.
    To,
    /// `subject`.
    Subject,
    /// `hasKeyword`.
    HasKeyword(String),
    /// `allInThreadHaveKeyword`.
    AllInThreadHaveKeyword(String),
    /// `someInThreadHaveKeyword`.
    SomeInThreadHaveKeyword(String),
}

/// Where the page begins (RFC 8620 §5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// A position; negative counts from the end.
    Position(i64),
    /// An Email and an offset from it.
    Anchor(EmailId, i64),
}

/// A question.
#[derive(Debug, Clone)]
pub struct Query {
    /// Which; `And(vec![])` = all.
    pub filter: Filter,
    /// In which order; empty = newest first.
    pub sort: Vec<Sort>,
    /// One row a Thread.
    pub collapse: bool,
    /// From where.
    pub start: Start,
    /// How many rows.
    pub limit: u64,
    /// Count them all.
    pub want_total: bool,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Position of the first row.
    pub position: u64,
    /// Rows, with their Threads.
    pub rows: Vec<(EmailId, ThreadId)>,
    /// How many there are, if it was asked for (plain lists always know it).
    pub total: Option<u64>,
    /// queryChanges can be computed ([`crate::lists::changes`] of this list).
    pub list: Option<ListKey>,
    /// The anchor is not in the results (`anchorNotFound`).
    pub anchor_missing: bool,
    /// For text filters: Emails whose text is not indexed yet.
    pub unindexed: Option<u64>,
}

/// The list this filter and sort are, if it is one that is kept ready.
pub async fn as_list(r: &mut Reader, account: AccountId, filter: &Filter, sort: &[Sort]) -> Result<Option<ListKey>> {
    run::as_list(r, account, filter, sort).await
}

/// Answers a question.
pub async fn run(r: &mut Reader, account: AccountId, query: &Query) -> Result<Page> {
    match run::as_list(r, account, &query.filter, &query.sort).await? {
        Some(list) => run::list(r, account, list, query).await,
        None => run::general(r, account, query).await,
    }
}

/// Whether these Emails match a filter (SearchSnippet, push filters): the subset, in the order given.
pub async fn matching(r: &mut Reader, account: AccountId, filter: &Filter, emails: &[EmailId]) -> Result<Vec<EmailId>> {
    run::matching(r, account, filter, emails).await
}
