//! `EmailSubmission/*` (RFC 8621 §7), with our own properties of the outbox for requests that opted into
//! `urn:kinpost:sources`.

mod envelope;
mod get;
mod query;
mod set;
#[cfg(test)]
mod tests;

use mailclient::actions::send::reports;
use serde_json::{Value, json};
use shared::ids::{BlobId, SubmissionId};
use store::{
    DataType,
    submissions::{Stage, Submission},
};

pub use get::get;
pub use query::{query, query_changes};
pub use set::set;

use super::{
    args::Args, capability::Capability, changes, context::Cx, dispatch::Outcome, error::MethodError, json::Object, time,
};

/// The properties of RFC 8621 §7.
const PROPERTIES: [&str; 10] = [
    "id",
    "identityId",
    "emailId",
    "threadId",
    "envelope",
    "sendAt",
    "undoStatus",
    "deliveryStatus",
    "dsnBlobIds",
    "mdnBlobIds",
];
/// Ours: how far the letter is, whether nobody knows if it was taken, why it failed, when it is tried again.
const OWN_PROPERTIES: [&str; 4] = ["stage", "uncertain", "failure", "nextTryAt"];

/// The properties that exist for this request.
fn properties(cx: &Cx<'_>) -> Vec<&'static str> {
    let own = OWN_PROPERTIES.into_iter().filter(|_| cx.has(Capability::Sources));
    PROPERTIES.into_iter().chain(own).collect()
}

/// `EmailSubmission/changes`.
pub async fn changes(cx: &mut Cx<'_>, args: Args) -> Outcome {
    let (answer, _) = changes::changes(cx, args, DataType::EmailSubmission, |n| SubmissionId(n).to_string()).await?;
    Ok(answer.into())
}

/// A letter with all its properties.
fn to_json(letter: &Submission, with_own: bool) -> Result<Object, MethodError> {
    let stored = |text: &str| -> Result<Value, MethodError> {
        serde_json::from_str(text).map_err(|_| MethodError::fault(&format_args!("{} is damaged", letter.id)))
    };
    let mut object = Object::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("id", json!(letter.id));
    put("identityId", json!(letter.identity));
    put("emailId", json!(letter.email));
    put("threadId", json!(letter.thread));
    put("envelope", stored(&letter.envelope)?);
    put("sendAt", json!(time::format(letter.send_at)));
    put("undoStatus", json!(letter.stage.undo_status()));
    put("deliveryStatus", stored(&letter.delivery)?);
    put("dsnBlobIds", reports(letter).into_iter().map(|email| json!(BlobId::Email(email))).collect());
    put("mdnBlobIds", json!([]));
    if with_own {
        put("stage", json!(letter.stage.as_str()));
        put("uncertain", json!(letter.stage == Stage::Uncertain));
        put("failure", json!(letter.failure));
        put("nextTryAt", json!(letter.next_try_at.map(time::format)));
    }
    Ok(object)
}
