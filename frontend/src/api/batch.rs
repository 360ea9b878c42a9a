//! A JMAP request being put together, and its answer being taken apart (RFC 8620 §3.3, §3.4).

use std::fmt::Write;

use gloo_net::http::Request;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use shared::wire::{self, Problem, ResultReference};

/// Why an answer did not come or was no good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// The network is away.
    Offline,
    /// The log-in has run out (401).
    LoggedOut,
    /// The server answered with another status; its words if it had some.
    Status(u16, Option<String>),
    /// A method was refused (RFC 8620 §3.6.2).
    Method(Problem),
    /// The answer was not what was agreed.
    Broken,
}

impl ApiError {
    /// Is it this method-level error?
    pub fn is(&self, kind: &str) -> bool {
        matches!(self, Self::Method(problem) if problem.r#type == kind)
    }
}

/// Names one call of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallId {
    name: &'static str,
    index: u32,
}

impl CallId {
    /// A reference to a place in this call's answer.
    pub fn at(self, path: &'static str) -> ResultReference {
        ResultReference { result_of: self.index.to_string(), name: self.name, path }
    }
}

/// Calls that travel together.
#[derive(Debug, Default)]
pub struct Batch {
    calls: String,
    count: u32,
}

impl Batch {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a call.
    pub fn call(&mut self, name: &'static str, args: &impl Serialize) -> CallId {
        let json = serde_json::to_string(args).unwrap_or_else(|_| "{}".into());
        if self.count > 0 {
            self.calls.push(',');
        }
        // Writing into a String cannot fail.
        let _ = write!(self.calls, "[\"{name}\",{json},\"{}\"]", self.count);
        self.count += 1;
        CallId { name, index: self.count - 1 }
    }

    /// The request's body.
    fn body(&self) -> String {
        format!(
            "{{\"using\":[\"{}\",\"{}\",\"{}\",\"{}\",\"{}\"],\"methodCalls\":[{}]}}",
            wire::CORE,
            wire::MAIL,
            wire::SUBMISSION,
            wire::SOURCES,
            wire::HOUSEHOLD,
            self.calls
        )
    }

    /// Sends it.
    pub async fn send(self) -> Result<Answer, ApiError> {
        let request = Request::post("/jmap/api")
            .header("content-type", "application/json")
            .body(self.body())
            .map_err(|_| ApiError::Broken)?;
        let response = request.send().await.map_err(|_| ApiError::Offline)?;
        let text = response.text().await.map_err(|_| ApiError::Offline)?;
        match response.status() {
            200 => Answer::read(&text),
            401 => Err(ApiError::LoggedOut),
            502..=504 => Err(ApiError::Offline),
            status => {
                let problem = serde_json::from_str::<Problem>(&text).unwrap_or_default();
                Err(ApiError::Status(status, problem.detail))
            }
        }
    }
}

/// The answers to a batch.
#[derive(Debug)]
pub struct Answer {
    responses: Vec<(String, Box<RawValue>, String)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    method_responses: Vec<(String, Box<RawValue>, String)>,
}

impl Answer {
    fn read(text: &str) -> Result<Self, ApiError> {
        let envelope: Envelope = serde_json::from_str(text).map_err(|_| ApiError::Broken)?;
        Ok(Self { responses: envelope.method_responses })
    }

    /// The typed answer to one call. A set with `onSuccess…` has two answers: this is the one with the call's own name.
    pub fn take<T: DeserializeOwned>(&self, call: CallId) -> Result<T, ApiError> {
        serde_json::from_str(self.raw(call)?).map_err(|_| ApiError::Broken)
    }

    /// Did the call pass? For answers that are not read.
    pub fn passed(&self, call: CallId) -> Result<(), ApiError> {
        self.raw(call).map(|_| ())
    }

    fn raw(&self, call: CallId) -> Result<&str, ApiError> {
        let index = call.index.to_string();
        let mut problem = ApiError::Broken;
        for (name, args, id) in &self.responses {
            if *id != index {
                continue;
            }
            if name == call.name {
                return Ok(args.get());
            }
            if name == "error" {
                problem = ApiError::Method(serde_json::from_str(args.get()).unwrap_or_default());
            }
        }
        Err(problem)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use shared::{
        ids::{AccountId, MailboxId},
        wire::{GetArgs, GetResponse, Mailbox},
    };

    use super::*;

    #[test]
    fn a_batch_is_one_request_with_references() {
        let mut batch = Batch::new();
        let first = batch.call("Mailbox/get", &GetArgs::some(AccountId(1), vec![MailboxId(2)]));
        batch.call("Mailbox/get", &GetArgs::<MailboxId>::found(AccountId(1), first.at("/list/*/parentId")));
        let body = batch.body();
        assert!(body.ends_with(
            r##""methodCalls":[["Mailbox/get",{"accountId":"a1","ids":["m2"]},"0"],["Mailbox/get",{"accountId":"a1","#ids":{"resultOf":"0","name":"Mailbox/get","path":"/list/*/parentId"}},"1"]]}"##
        ), "{body}");
    }

    #[test]
    fn an_answer_is_found_by_call_and_name() {
        let answer = Answer::read(
            r#"{"methodResponses":[["Email/set",{},"0"],["Mailbox/get",{"state":"4","list":[]},"0"],
            ["error",{"type":"serverFail","description":"oh"},"1"]],"sessionState":"1"}"#,
        )
        .unwrap();
        let call = |name, index| CallId { name, index };
        let got: GetResponse<Mailbox> = answer.take(call("Mailbox/get", 0)).unwrap();
        assert_eq!(got.state, "4");
        assert!(answer.passed(call("Mailbox/get", 1)).unwrap_err().is("serverFail"));
        assert_eq!(answer.passed(call("Mailbox/get", 2)), Err(ApiError::Broken));
    }
}
