//! The only method table: a method that is not in it does not exist (`unknownMethod`), never a pretence.

use futures::{FutureExt, future::BoxFuture};
use serde_json::Value;

use super::{
    args::Args,
    capability::Capability,
    context::Cx,
    core, email,
    error::MethodError,
    household::{app_password, contact, login_session, member, password, settings},
    identity, mailbox, snippet, source, submission, thread,
};

/// What one call answers: response names and their arguments, mostly one (RFC 8620 §3.2).
pub type Answers = Vec<(&'static str, Value)>;

/// Writes the table as a list of names and as the `match` that runs them, from one source.
macro_rules! methods {
    ($($capability:ident { $($name:literal => $handler:path,)* })*) => {
        /// Every method with the capability that a request must opt into.
        pub const METHODS: &[(&str, Capability)] = &[$($(($name, Capability::$capability),)*)*];

        /// Runs one method. The futures are boxed so that the largest does not weigh on all.
        pub fn dispatch<'a>(cx: &'a mut Cx<'_>, name: &str, args: Args) -> BoxFuture<'a, Result<Answers, MethodError>> {
            match name {
                $($($name => async move { Ok($handler(cx, args).await?.answers($name)) }.boxed(),)*)*
                _ => async { Err(MethodError::new("unknownMethod")) }.boxed(),
            }
        }
    };
}

methods! {
    Core {
        "Core/echo" => core::echo,
    }
    Mail {
        "Mailbox/get" => mailbox::get,
        "Mailbox/changes" => mailbox::changes,
        "Mailbox/query" => mailbox::query,
        "Mailbox/queryChanges" => mailbox::query_changes,
        "Mailbox/set" => mailbox::set,
        "Thread/get" => thread::get,
        "Thread/changes" => thread::changes,
        "Email/get" => email::get,
        "Email/changes" => email::changes,
        "Email/query" => email::query,
        "Email/queryChanges" => email::query_changes,
        "Email/set" => email::set,
        "Email/import" => email::import,
        "Email/parse" => email::parse,
        "SearchSnippet/get" => snippet::get,
    }
    Submission {
        "Identity/get" => identity::get,
        "Identity/changes" => identity::changes,
        "Identity/set" => identity::set,
        "EmailSubmission/get" => submission::get,
        "EmailSubmission/changes" => submission::changes,
        "EmailSubmission/query" => submission::query,
        "EmailSubmission/queryChanges" => submission::query_changes,
        "EmailSubmission/set" => submission::set,
    }
    Sources {
        "Source/get" => source::get,
        "Source/changes" => source::changes,
        "Source/set" => source::set,
        "Source/discover" => source::discover,
        "Source/test" => source::test,
        "Source/check" => source::check,
    }
    Household {
        "Member/get" => member::get,
        "Member/set" => member::set,
        "Password/set" => password::set,
        "Session/get" => login_session::get,
        "Session/set" => login_session::set,
        "AppPassword/get" => app_password::get,
        "AppPassword/set" => app_password::set,
        "Contact/query" => contact::query,
        "Settings/get" => settings::get,
        "Settings/set" => settings::set,
    }
}

/// Refuses a method that is not in the table or whose capability the request did not opt into (RFC 8620 §1.8): both do
/// not exist for this request.
pub fn permitted(cx: &Cx<'_>, name: &str) -> Result<(), MethodError> {
    let capability = METHODS.iter().find(|(known, _)| *known == name).map(|(_, capability)| *capability);
    match capability {
        Some(capability) if cx.has(capability) => Ok(()),
        _ => Err(MethodError::new("unknownMethod")),
    }
}

/// What a handler returns: the answer, and for EmailSubmission/set that of the implicit Email/set.
#[derive(Debug)]
pub struct Reply {
    answer: Value,
    implicit: Option<(&'static str, Value)>,
}

impl Reply {
    /// An answer with that of a further, implied call.
    pub fn with(answer: Value, implicit: Option<(&'static str, Value)>) -> Self {
        Self { answer, implicit }
    }

    fn answers(self, name: &'static str) -> Answers {
        std::iter::once((name, self.answer)).chain(self.implicit).collect()
    }
}

impl From<Value> for Reply {
    fn from(answer: Value) -> Self {
        Self { answer, implicit: None }
    }
}

/// The result of every handler.
pub type Outcome = Result<Reply, MethodError>;
