//! `EmailSubmission/query` and `EmailSubmission/queryChanges` (RFC 8621 §7.3, §7.4). An outbox is small: it is sorted in
//! memory.

use std::{cmp::Ordering, collections::BTreeSet, str::FromStr};

use shared::ids::{AccountId, EmailId, IdentityId, SubmissionId, ThreadId};
use store::{
    DataType,
    changes::{since, state},
    submissions::{self, Submission},
};

use crate::jmap::{
    args::Args,
    changes::parse_state,
    context::Cx,
    dispatch::Outcome,
    error::MethodError,
    query::{Comparator, Filter, Since, Window, filter, sort},
    time,
};

/// What may be sorted by. RFC 8621 §7.3 says `sentAt` where the property is `sendAt`: both are taken.
const SORTS: [&str; 4] = ["emailId", "threadId", "sentAt", "sendAt"];
/// More changes than this are not worth telling one by one.
const MAX_CHANGES: usize = 10_000;

/// A FilterCondition (RFC 8621 §7.3): every given part must hold.
struct Condition {
    identities: Option<Vec<IdentityId>>,
    emails: Option<Vec<EmailId>>,
    threads: Option<Vec<ThreadId>>,
    undo_status: Option<String>,
    before: Option<i64>,
    after: Option<i64>,
}

impl Condition {
    fn read(mut args: Args, cx: &Cx<'_>) -> Result<Self, MethodError> {
        let condition = Self {
            identities: ids(&mut args, "identityIds", cx)?,
            emails: ids(&mut args, "emailIds", cx)?,
            threads: ids(&mut args, "threadIds", cx)?,
            undo_status: args.string("undoStatus")?,
            before: date(&mut args, "before")?,
            after: date(&mut args, "after")?,
        };
        args.end()?;
        Ok(condition)
    }

    fn matches(&self, letter: &Submission) -> bool {
        self.identities.as_ref().is_none_or(|ids| ids.contains(&letter.identity))
            && self.emails.as_ref().is_none_or(|ids| ids.contains(&letter.email))
            && self.threads.as_ref().is_none_or(|ids| ids.contains(&letter.thread))
            && self.undo_status.as_ref().is_none_or(|status| letter.stage.undo_status() == status)
            && self.before.is_none_or(|before| letter.send_at < before)
            && self.after.is_none_or(|after| letter.send_at >= after)
    }
}

/// A list of ids; what cannot be one matches nothing.
fn ids<T: FromStr>(args: &mut Args, name: &str, cx: &Cx<'_>) -> Result<Option<Vec<T>>, MethodError> {
    let list = args.strings(name)?;
    Ok(list.map(|list| list.iter().filter_map(|id| cx.created.id(id)).collect()))
}

fn date(args: &mut Args, name: &str) -> Result<Option<i64>, MethodError> {
    let Some(text) = args.string(name)? else { return Ok(None) };
    time::parse(&text).map(Some).ok_or_else(|| MethodError::invalid_arguments(format!("{name} is not a UTCDate")))
}

/// What is asked, beside the window.
struct Question {
    filter: Option<Filter<Condition>>,
    sort: Vec<Comparator>,
}

impl Question {
    fn read(args: &mut Args, cx: &Cx<'_>) -> Result<Self, MethodError> {
        let filter = filter(args.take("filter"), &mut |condition| Condition::read(condition, cx))?;
        Ok(Self { filter, sort: sort(args.take("sort"), &SORTS)? })
    }

    async fn answer(&self, reader: &mut store::Reader, account: AccountId) -> Result<Vec<SubmissionId>, MethodError> {
        let mut letters = submissions::query(reader, account, &submissions::Filter::default()).await?;
        letters.retain(|letter| self.filter.as_ref().is_none_or(|f| f.matches(&|c: &Condition| c.matches(letter))));
        letters.sort_by(|a, b| self.compare(a, b));
        Ok(letters.into_iter().map(|letter| letter.id).collect())
    }

    fn compare(&self, a: &Submission, b: &Submission) -> Ordering {
        let by = self.sort.iter().map(|comparator| {
            let order = match comparator.property.as_str() {
                "emailId" => a.email.cmp(&b.email),
                "threadId" => a.thread.cmp(&b.thread),
                _ => a.send_at.cmp(&b.send_at),
            };
            if comparator.ascending { order } else { order.reverse() }
        });
        by.fold(Ordering::Equal, Ordering::then).then(a.id.cmp(&b.id))
    }
}

/// `EmailSubmission/query`.
pub async fn query(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account(cx)?;
    let window = Window::read(&mut args)?;
    let question = Question::read(&mut args, cx)?;
    args.end()?;
    let mut reader = cx.store.read().await?;
    let state = state(&mut reader, account, DataType::EmailSubmission).await?;
    let page = window.of(&question.answer(&mut reader, account).await?)?;
    Ok(window.answer(account, &state.to_string(), true, page).into())
}

/// `EmailSubmission/queryChanges`: `undoStatus` and `sendAt` may move a letter in and out, so all that changed is told.
pub async fn query_changes(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account(cx)?;
    let asked = Since::read(&mut args)?;
    let question = Question::read(&mut args, cx)?;
    args.end()?;
    let mut reader = cx.store.read().await?;
    let new_state = state(&mut reader, account, DataType::EmailSubmission).await?;
    let changes = match parse_state(&asked.state) {
        Some(old) => since(&mut reader, account, DataType::EmailSubmission, old, MAX_CHANGES).await?,
        None => None,
    };
    let changes = changes.filter(|c| !c.has_more).ok_or(MethodError::new("cannotCalculateChanges"))?;
    let results = question.answer(&mut reader, account).await?;
    let touched: BTreeSet<i64> = changes.updated.iter().chain(&changes.destroyed).copied().collect();
    let removed = touched.iter().map(|n| SubmissionId(*n).to_string()).collect();
    let moved = |id: &SubmissionId| touched.contains(&id.0) || changes.created.contains(&id.0);
    let added =
        results.iter().enumerate().filter(|(_, id)| moved(id)).map(|(index, id)| (index as u64, id.to_string()));
    Ok(asked.answer(account, &new_state.to_string(), Some(results.len() as u64), removed, added.collect())?.into())
}
