//! One API request from bytes to answer (RFC 8620 §3): its shape, its limits, its calls in order.

use std::{collections::BTreeMap, panic::AssertUnwindSafe};

use futures::FutureExt;
use serde_json::{Value, json};

use super::{
    args::Args,
    capability::{Capability, Using},
    context::{Call, Cx},
    dispatch,
    error::{MethodError, Problem},
    json::{self, Object},
    reference::{self, Response},
    session,
};
use crate::limits::{MAX_CALLS_IN_REQUEST, MAX_SIZE_REQUEST};

/// A Request object that has the right shape.
#[derive(Debug)]
struct Request {
    using: Using,
    calls: Vec<Invocation>,
    created: Option<BTreeMap<String, String>>,
}

#[derive(Debug)]
struct Invocation {
    name: String,
    arguments: Object,
    id: String,
}

/// One API request: the body's bytes to the Response object (RFC 8620 §3.4).
///
/// # Errors
/// [`Problem`] when the request as a whole is refused; the failure of one method call is part of the answer.
pub async fn api(call: &Call<'_>, body: &[u8]) -> Result<Value, Problem> {
    let request = parse(body)?;
    let echo_created = request.created.is_some();
    let mut cx = Cx::new(*call, request.using, request.created.unwrap_or_default());
    let mut responses = Vec::with_capacity(request.calls.len());
    for Invocation { name, arguments, id } in request.calls {
        match run(&mut cx, &name, arguments, &responses).await {
            Ok(answers) => responses.extend(answers.into_iter().map(|(name, arguments)| Response {
                name: name.to_owned(),
                arguments,
                call: id.clone(),
            })),
            Err(error) => responses.push(Response { name: "error".into(), arguments: error.to_json(), call: id }),
        }
    }
    let answers: Vec<Value> =
        responses.into_iter().map(|r| Value::Array(vec![r.name.into(), r.arguments, r.call.into()])).collect();
    let mut answer = json!({ "sessionState": session::state(call) });
    if let Some(object) = answer.as_object_mut() {
        object.insert("methodResponses".into(), Value::Array(answers));
        if echo_created {
            object.insert("createdIds".into(), json!(cx.created.into_map()));
        }
    }
    Ok(answer)
}

/// One method call. A panic in it is this call's `serverFail` and nobody else's trouble.
async fn run(
    cx: &mut Cx<'_>,
    name: &str,
    arguments: Object,
    earlier: &[Response],
) -> Result<dispatch::Answers, MethodError> {
    dispatch::permitted(cx, name)?;
    let arguments = Args::new(reference::resolve(arguments, earlier)?);
    match AssertUnwindSafe(dispatch::dispatch(cx, name, arguments)).catch_unwind().await {
        Ok(outcome) => outcome,
        Err(_) => Err(MethodError::fault(&format_args!("{name} panicked"))),
    }
}

fn parse(body: &[u8]) -> Result<Request, Problem> {
    if body.len() > MAX_SIZE_REQUEST {
        return Err(Problem::limit("maxSizeRequest", "The request is larger than the server is willing to process."));
    }
    let value = json::parse(body).map_err(|error| Problem::not_json(format!("The request is not I-JSON: {error}.")))?;
    let Value::Object(mut request) = value else {
        return Err(Problem::not_request("A request is a JSON object."));
    };
    let calls = invocations(request.remove("methodCalls"))?;
    let using = using(request.remove("using"))?;
    let created = created_ids(request.remove("createdIds"))?;
    if calls.len() > MAX_CALLS_IN_REQUEST {
        return Err(Problem::limit(
            "maxCallsInRequest",
            format!("A request has at most {MAX_CALLS_IN_REQUEST} method calls."),
        ));
    }
    Ok(Request { using, calls, created })
}

fn using(value: Option<Value>) -> Result<Using, Problem> {
    let names =
        value.and_then(super::args::strings).ok_or_else(|| Problem::not_request("using is a list of strings."))?;
    let known = names.iter().map(|name| Capability::from_uri(name).ok_or_else(|| Problem::unknown_capability(name)));
    Ok(Using::new(known.collect::<Result<_, _>>()?))
}

fn invocations(value: Option<Value>) -> Result<Vec<Invocation>, Problem> {
    let Some(Value::Array(calls)) = value else {
        return Err(Problem::not_request("methodCalls is a list of invocations."));
    };
    let read = |call: Value| {
        let Value::Array(parts) = call else { return None };
        match <[Value; 3]>::try_from(parts) {
            Ok([Value::String(name), Value::Object(arguments), Value::String(id)]) => {
                Some(Invocation { name, arguments, id })
            }
            _ => None,
        }
    };
    let invocations: Option<Vec<_>> = calls.into_iter().map(read).collect();
    invocations
        .ok_or_else(|| Problem::not_request("An invocation is a list of a name, an arguments object and a call id."))
}

fn created_ids(value: Option<Value>) -> Result<Option<BTreeMap<String, String>>, Problem> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
    serde_json::from_value(value).map(Some).map_err(|_| Problem::not_request("createdIds is a map of ids to ids."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn refused(body: &str) -> (&'static str, Option<&'static str>) {
        let problem = parse(body.as_bytes()).unwrap_err();
        (problem.kind.rsplit(':').next().unwrap(), problem.limit)
    }

    #[test]
    fn what_is_no_json_is_told_from_what_is_no_request() {
        for body in ["", "{", "[1,]", "{\"a\":1,\"a\":2}", "\u{feff}{}"] {
            assert_eq!(refused(body), ("notJSON", None), "{body}");
        }
        for body in [
            "[]",
            "1",
            "null",
            "{}",
            r#"{"using":[]}"#,
            r#"{"methodCalls":[]}"#,
            r#"{"using":"urn:ietf:params:jmap:core","methodCalls":[]}"#,
            r#"{"using":[1],"methodCalls":[]}"#,
            r#"{"using":[],"methodCalls":{}}"#,
            r#"{"using":[],"methodCalls":["Core/echo",{},"0"]}"#,
            r#"{"using":[],"methodCalls":[["Core/echo",{}]]}"#,
            r#"{"using":[],"methodCalls":[["Core/echo",{},"0",1]]}"#,
            r#"{"using":[],"methodCalls":[["Core/echo",[],"0"]]}"#,
            r#"{"using":[],"methodCalls":[["Core/echo",{},0]]}"#,
            r#"{"using":[],"methodCalls":[],"createdIds":[]}"#,
            r#"{"using":[],"methodCalls":[],"createdIds":{"a":1}}"#,
        ] {
            assert_eq!(refused(body), ("notRequest", None), "{body}");
        }
    }

    #[test]
    fn unknown_capabilities_and_limits_are_named() {
        assert_eq!(refused(r#"{"using":["urn:example:x"],"methodCalls":[]}"#), ("unknownCapability", None));
        let call = r#"["Core/echo",{},"0"]"#;
        let many = format!(r#"{{"using":[],"methodCalls":[{}]}}"#, vec![call; MAX_CALLS_IN_REQUEST + 1].join(","));
        assert_eq!(refused(&many), ("limit", Some("maxCallsInRequest")));
        assert_eq!(refused(&" ".repeat(MAX_SIZE_REQUEST + 1)), ("limit", Some("maxSizeRequest")));
    }

    #[test]
    fn members_of_later_specifications_are_ignored() {
        let body = r#"{"@type":"Request","id":"R1","using":["urn:ietf:params:jmap:core"],"methodCalls":[],"createdIds":null,"x":1}"#;
        let request = parse(body.as_bytes()).unwrap();
        assert!(request.using.has(Capability::Core) && request.created.is_none());
    }
}
