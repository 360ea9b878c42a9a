//! `Email/*` (RFC 8621 §4).

mod body;
mod create;
mod filing;
mod filter;
mod get;
mod import;
mod parse;
mod query;
mod render;
mod set;
#[cfg(test)]
mod tests;
mod update;
mod wanted;

use shared::ids::{AccountId, EmailId, ThreadId};
use store::{
    DataType, Reader,
    query::{Filter, Query, Start, run},
};

pub use filter::{read as read_filter, texts as filter_texts};
pub use get::get;
pub use import::import;
pub use parse::parse;
pub use query::{SORT_PROPERTIES, query, query_changes};
pub use set::{apply, set};
pub use update::email_update;

use super::{args::Args, changes, context::Cx, dispatch::Outcome, error::MethodError};
use crate::limits::MAX_OBJECTS_IN_GET;

/// `Email/changes` (RFC 8621 §4.3).
pub async fn changes(cx: &mut Cx<'_>, args: Args) -> Outcome {
    let (answer, _) = changes::changes(cx, args, DataType::Email, |n| EmailId(n).to_string()).await?;
    Ok(answer.into())
}

/// All Threads of an account, for `ids: null`, if they are not too many.
pub async fn all_threads(reader: &mut Reader, account: AccountId) -> Result<Vec<ThreadId>, MethodError> {
    Ok(everything(reader, account, true).await?.into_iter().map(|(_, thread)| thread).collect())
}

/// All Emails of an account, for `ids: null`, if they are not too many.
async fn all_emails(reader: &mut Reader, account: AccountId) -> Result<Vec<EmailId>, MethodError> {
    Ok(everything(reader, account, false).await?.into_iter().map(|(email, _)| email).collect())
}

async fn everything(
    reader: &mut Reader,
    account: AccountId,
    collapse: bool,
) -> Result<Vec<(EmailId, ThreadId)>, MethodError> {
    let query = Query {
        filter: Filter::And(Vec::new()),
        sort: Vec::new(),
        collapse,
        start: Start::Position(0),
        limit: MAX_OBJECTS_IN_GET as u64 + 1,
        want_total: false,
    };
    let rows = run(reader, account, &query).await?.rows;
    if rows.len() > MAX_OBJECTS_IN_GET {
        return Err(MethodError::with("requestTooLarge", "there are too many to get all at once; name ids"));
    }
    Ok(rows)
}
