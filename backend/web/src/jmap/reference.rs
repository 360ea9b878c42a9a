//! Result references (RFC 8620 §3.7): an argument taken from the answer of an earlier call of the same request.

use serde_json::Value;

use super::{error::MethodError, json::Object};

/// One entry of `methodResponses`.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The response name: the method's, or `error`.
    pub name: String,
    /// The response's arguments.
    pub arguments: Value,
    /// The client's method call id, echoed.
    pub call: String,
}

/// Values that one reference may expand to; beyond this the request only wants to make us work.
const MAX_VALUES: usize = 100_000;

/// Replaces every `#name` argument by what it refers to in `earlier`.
pub fn resolve(arguments: Object, earlier: &[Response]) -> Result<Object, MethodError> {
    if !arguments.keys().any(|key| key.starts_with('#')) {
        return Ok(arguments);
    }
    if let Some(twice) = arguments.keys().filter_map(|k| k.strip_prefix('#')).find(|k| arguments.contains_key(*k)) {
        return Err(MethodError::invalid_arguments(format!("both {twice} and #{twice} are given")));
    }
    let mut resolved = Object::new();
    for (key, value) in arguments {
        match key.strip_prefix('#') {
            Some(name) => resolved.insert(name.to_owned(), look_up(&value, earlier)?),
            None => resolved.insert(key, value),
        };
    }
    Ok(resolved)
}

fn look_up(reference: &Value, earlier: &[Response]) -> Result<Value, MethodError> {
    let text = |name: &str| {
        let value = reference.get(name).and_then(Value::as_str);
        value.ok_or_else(|| MethodError::invalid_arguments("a ResultReference has resultOf, name and path"))
    };
    let (result_of, name, path) = (text("resultOf")?, text("name")?, text("path")?);
    let failed = |why: &str| MethodError::with("invalidResultReference", why);
    let response = earlier.iter().find(|r| r.call == result_of).ok_or_else(|| failed("no such earlier call"))?;
    if response.name != name {
        return Err(failed("the earlier call has another response name"));
    }
    let tokens = tokens(path).ok_or_else(|| failed("the path is not a JSON pointer"))?;
    let mut budget = MAX_VALUES;
    evaluate(&response.arguments, &tokens, &mut budget).ok_or_else(|| failed("the path leads nowhere"))
}

/// The reference tokens of a JSON pointer (RFC 6901 §3), unescaped.
pub fn tokens(pointer: &str) -> Option<Vec<String>> {
    if pointer.is_empty() {
        return Some(Vec::new());
    }
    pointer.strip_prefix('/')?.split('/').map(unescape).collect()
}

/// `~1` is a slash and `~0` a tilde; any other `~` is an error (RFC 6901 §3).
fn unescape(token: &str) -> Option<String> {
    let mut out = String::with_capacity(token.len());
    let mut chars = token.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '~' => match chars.next() {
                Some('0') => '~',
                Some('1') => '/',
                _ => return None,
            },
            c => c,
        });
    }
    Some(out)
}

fn evaluate(value: &Value, tokens: &[String], budget: &mut usize) -> Option<Value> {
    let Some((token, rest)) = tokens.split_first() else {
        *budget = budget.checked_sub(1)?;
        return Some(value.clone());
    };
    match value {
        Value::Object(object) => evaluate(object.get(token)?, rest, budget),
        Value::Array(items) if token == "*" => {
            let mut out = Vec::new();
            for item in items {
                match evaluate(item, rest, budget)? {
                    Value::Array(inner) => out.extend(inner),
                    other => out.push(other),
                }
            }
            Some(Value::Array(out))
        }
        Value::Array(items) => evaluate(items.get(index(token)?)?, rest, budget),
        _ => None,
    }
}

/// An array index: digits without a leading zero (RFC 6901 §4).
fn index(token: &str) -> Option<usize> {
    let plain = token.bytes().all(|b| b.is_ascii_digit()) && (token == "0" || !token.starts_with('0'));
    if plain { token.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use serde_json::json;

    use super::*;

    fn earlier() -> Vec<Response> {
        let response =
            |name: &str, arguments: Value, call: &str| Response { name: name.into(), arguments, call: call.into() };
        vec![
            response("Email/query", json!({ "ids": ["e1", "e2"], "a/b": 1, "m~n": 2, "none": null }), "0"),
            response(
                "Thread/get",
                json!({ "list": [{ "id": "t1", "emailIds": ["e1", "e3"] }, { "id": "t2", "emailIds": ["e2"] }] }),
                "1",
            ),
            response("error", json!({ "type": "serverFail" }), "2"),
            response("Email/set", json!({ "ids": ["second"] }), "0"),
        ]
    }

    fn ask(result_of: &str, name: &str, path: &str) -> Result<Value, MethodError> {
        let arguments = json!({ "x": 1, "#ids": { "resultOf": result_of, "name": name, "path": path } });
        resolve(arguments.as_object().unwrap().clone(), &earlier()).map(|args| {
            assert_eq!(args["x"], 1);
            args["ids"].clone()
        })
    }

    #[test]
    fn a_path_is_followed_and_stars_flatten() {
        assert_eq!(ask("0", "Email/query", "/ids").unwrap(), json!(["e1", "e2"]));
        assert_eq!(ask("0", "Email/query", "/ids/1").unwrap(), json!("e2"));
        assert_eq!(ask("0", "Email/query", "/a~1b").unwrap(), json!(1));
        assert_eq!(ask("0", "Email/query", "/m~0n").unwrap(), json!(2));
        assert_eq!(ask("0", "Email/query", "/none").unwrap(), Value::Null);
        assert_eq!(ask("1", "Thread/get", "/list/*/id").unwrap(), json!(["t1", "t2"]));
        assert_eq!(ask("1", "Thread/get", "/list/*/emailIds").unwrap(), json!(["e1", "e3", "e2"]));
        assert_eq!(ask("1", "Thread/get", "/list/*/emailIds/0").unwrap(), json!(["e1", "e2"]));
    }

    #[test]
    fn what_does_not_resolve_is_an_invalid_result_reference() {
        for (result_of, name, path) in [
            ("9", "Email/query", "/ids"),
            ("0", "Email/get", "/ids"),
            ("0", "Email/set", "/ids"), // only the first response of a call counts
            ("2", "Thread/get", "/list"),
            ("0", "Email/query", "ids"),
            ("0", "Email/query", "/ids/2"),
            ("0", "Email/query", "/ids/01"),
            ("0", "Email/query", "/ids/-"),
            ("0", "Email/query", "/ids/0/x"),
            ("0", "Email/query", "/nothing"),
            ("0", "Email/query", "/m~n"),
            ("1", "Thread/get", "/list/*/nothing"),
        ] {
            assert_eq!(
                ask(result_of, name, path).unwrap_err().kind,
                "invalidResultReference",
                "{result_of} {name} {path}"
            );
        }
    }

    #[test]
    fn an_argument_given_both_ways_or_malformed_is_invalid() {
        for arguments in [
            json!({ "ids": [], "#ids": { "resultOf": "0", "name": "Email/query", "path": "/ids" } }),
            json!({ "#ids": "0" }),
            json!({ "#ids": { "resultOf": "0", "name": "Email/query" } }),
            json!({ "#ids": { "resultOf": 0, "name": "Email/query", "path": "/ids" } }),
        ] {
            let error = resolve(arguments.as_object().unwrap().clone(), &earlier()).unwrap_err();
            assert_eq!(error.kind, "invalidArguments");
        }
    }
}
