//! What is said over a WebSocket (RFC 8887 §4): one JSON object a message.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{feed::Wanted, mark::Mark};
use crate::jmap::Problem;

/// Longest request id that is echoed.
const MAX_ID: usize = 255;

/// What a client says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A Request object; the whole message goes to the API.
    Request {
        /// The client's id, to be echoed.
        id: Option<String>,
    },
    /// Tell me of changes (RFC 8887 §4.3.5.2).
    PushEnable {
        /// Of these types.
        wanted: Wanted,
        /// And of what happened since then.
        since: Option<Mark>,
    },
    /// No more of that (RFC 8887 §4.3.5.3).
    PushDisable,
}

/// Reads one text message.
///
/// # Errors
/// The problem and the request id as far as it could be read.
pub fn read(text: &str) -> Result<Said, (Problem, Option<String>)> {
    let value: Value = serde_json::from_str(text).map_err(|_| (Problem::not_json("The message is not JSON."), None))?;
    let id = value.get("id").and_then(Value::as_str).map(|id| id.chars().take(MAX_ID).collect::<String>());
    let odd = |words: &str| (Problem::not_request(words), id.clone());
    match value.get("@type").and_then(Value::as_str) {
        Some("Request") => Ok(Said::Request { id }),
        Some("WebSocketPushEnable") => {
            let wanted =
                wanted(value.get("dataTypes")).ok_or_else(|| odd("dataTypes is a list of type names or null."))?;
            // A mark that we do not know is no fault: the client starts afresh.
            let since = value.get("pushState").and_then(Value::as_str).and_then(|mark| mark.parse().ok());
            Ok(Said::PushEnable { wanted, since })
        }
        Some("WebSocketPushDisable") => Ok(Said::PushDisable),
        _ => Err(odd("A message has an @type of Request, WebSocketPushEnable or WebSocketPushDisable.")),
    }
}

fn wanted(types: Option<&Value>) -> Option<Wanted> {
    match types {
        None | Some(Value::Null) => Some(Wanted::All),
        Some(Value::Array(names)) => {
            names.iter().map(|n| n.as_str().map(str::to_owned)).collect::<Option<BTreeSet<_>>>().map(Wanted::Only)
        }
        Some(_) => None,
    }
}

/// A Response object (RFC 8887 §4.3.3).
pub fn response(mut answer: Value, id: Option<&str>) -> String {
    if let Some(object) = answer.as_object_mut() {
        object.insert("@type".into(), "Response".into());
        if let Some(id) = id {
            object.insert("requestId".into(), id.into());
        }
    }
    answer.to_string()
}

/// A RequestError object (RFC 8887 §4.3.4).
pub fn request_error(problem: &Problem, id: Option<&str>) -> String {
    let mut error = problem.to_json();
    if let Some(object) = error.as_object_mut() {
        object.insert("@type".into(), "RequestError".into());
        object.insert("requestId".into(), id.map_or(Value::Null, Value::from));
    }
    error.to_string()
}

/// A StateChange object with its pushState (RFC 8887 §4.3.5.1).
pub fn state_change(mut change: Value, mark: &Mark) -> String {
    if let Some(object) = change.as_object_mut() {
        object.insert("pushState".into(), mark.to_string().into());
    }
    change.to_string()
}

/// Said when the server itself fails; the log knows more.
pub fn fault(id: Option<&str>) -> String {
    let error = json!({ "@type": "RequestError", "requestId": id, "type": "about:blank", "status": 500, "detail": "Something went wrong here." });
    error.to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn messages_are_told_apart() {
        assert_eq!(
            read(r#"{"@type":"Request","id":"R1","using":[],"methodCalls":[]}"#),
            Ok(Said::Request { id: Some("R1".into()) })
        );
        assert_eq!(
            read(r#"{"@type":"WebSocketPushEnable","dataTypes":null}"#),
            Ok(Said::PushEnable { wanted: Wanted::All, since: None })
        );
        let since = "a1.5".parse().ok();
        let only = Wanted::Only(BTreeSet::from(["Email".to_owned()]));
        assert_eq!(
            read(r#"{"@type":"WebSocketPushEnable","dataTypes":["Email"],"pushState":"a1.5"}"#),
            Ok(Said::PushEnable { wanted: only, since })
        );
        assert_eq!(read(r#"{"@type":"WebSocketPushDisable"}"#), Ok(Said::PushDisable));
    }

    #[test]
    fn nonsense_names_the_request_it_came_with() {
        let (problem, id) = read("{").unwrap_err();
        assert!(problem.kind.ends_with("notJSON") && id.is_none());
        let (problem, id) = read(r#"{"@type":"Wish","id":"R7"}"#).unwrap_err();
        assert!(problem.kind.ends_with("notRequest") && id.as_deref() == Some("R7"));
        let error: Value = serde_json::from_str(&request_error(&problem, id.as_deref())).unwrap();
        assert_eq!(error.get("requestId").unwrap(), "R7");
        assert_eq!(error.get("@type").unwrap(), "RequestError");
        assert_eq!(error.get("status").unwrap(), 400);
        let error: Value = serde_json::from_str(&request_error(&problem, None)).unwrap();
        assert!(error.get("requestId").unwrap().is_null());
    }

    #[test]
    fn answers_carry_type_and_id() {
        let text = response(json!({"methodResponses": []}), Some("R1"));
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((value.get("@type").unwrap(), value.get("requestId").unwrap()), (&json!("Response"), &json!("R1")));
    }
}
