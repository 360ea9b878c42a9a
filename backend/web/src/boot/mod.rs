//! The data that travels with the first document, so that the first screen asks for nothing: session, mailboxes, the
//! first page of the list. A client of our own API like any other: what it sends is what the methods answer.

mod route;

use serde_json::{Map, Value, json};
use store::{Store, household};

use crate::jmap::{self, Call};
use route::{Wish, wish};

/// Rows of the first page.
const ROWS: u32 = 30;
const USING: [&str; 5] = [
    "urn:ietf:params:jmap:core",
    "urn:ietf:params:jmap:mail",
    "urn:ietf:params:jmap:submission",
    "urn:kinpost:sources",
    "urn:kinpost:household",
];
/// What a row of the list shows.
const ROW_PROPERTIES: [&str; 11] = [
    "id",
    "threadId",
    "mailboxIds",
    "keywords",
    "from",
    "to",
    "subject",
    "receivedAt",
    "preview",
    "hasAttachment",
    "sourceId",
];

/// The block and what the page's first bytes say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boot {
    /// JSON, not yet escaped for HTML.
    pub json: String,
    /// `light`, `dark` or `auto`.
    pub theme: &'static str,
    /// `setup`, `login` or `member`.
    pub state: &'static str,
}

/// For somebody who is not logged in.
///
/// # Errors
/// The store's.
pub async fn stranger(store: &Store, needs_code: bool, insecure: bool) -> store::Result<Boot> {
    let is_empty = household::is_empty(&mut store.read().await?).await?;
    let (state, value) = if is_empty {
        ("setup", json!({ "state": "setup", "needsCode": needs_code, "insecure": insecure }))
    } else {
        ("login", json!({ "state": "login", "insecure": insecure }))
    };
    Ok(Boot { json: value.to_string(), theme: "auto", state })
}

/// For a member: everything that the route's first screen shows.
///
/// # Errors
/// The store's.
pub async fn member(call: &Call<'_>, path: &str, insecure: bool) -> store::Result<Boot> {
    let account = call.who.account;
    let first = ask(
        call,
        json!([
            ["Mailbox/get", { "accountId": account, "ids": null }, "mailboxes"],
            ["Source/get", { "accountId": account, "ids": null }, "sources"],
            ["Identity/get", { "accountId": account, "ids": null }, "identities"],
            ["Settings/get", { "accountId": account }, "settings"],
        ]),
    )
    .await;
    let settings = first.get("settings").map(settings_object);
    let theme = match settings.as_ref().and_then(|s| s.get("theme")).and_then(Value::as_str) {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "auto",
    };
    let list = match wish(path, first.get("mailboxes"), first.get("sources")) {
        Some(wish) => list(call, &wish).await,
        None => Value::Null,
    };
    let who = call.who;
    let mut block = json!({
        "state": "member",
        "insecure": insecure,
        "member": { "id": who.member, "name": who.name, "email": who.email, "isAdmin": who.is_admin },
        "session": jmap::session(call),
        "list": list,
        "settings": settings,
        "theme": theme,
    });
    if let Some(object) = block.as_object_mut() {
        for name in ["mailboxes", "sources", "identities"] {
            object.insert(name.to_owned(), first.get(name).cloned().unwrap_or(Value::Null));
        }
    }
    Ok(Boot { json: block.to_string(), theme, state: "member" })
}

async fn list(call: &Call<'_>, wish: &Wish) -> Value {
    let account = call.who.account;
    let from = |of: &str, name: &str, path: &str| json!({ "resultOf": of, "name": name, "path": path });
    let mut answers = ask(
        call,
        json!([
            ["Email/query", {
                "accountId": account, "filter": wish.filter, "sort": [{ "property": "receivedAt", "isAscending": false }],
                "collapseThreads": true, "position": 0, "limit": ROWS, "calculateTotal": true,
            }, "query"],
            ["Email/get", { "accountId": account, "#ids": from("query", "Email/query", "/ids"), "properties": ["threadId"] }, "rows"],
            ["Thread/get", { "accountId": account, "#ids": from("rows", "Email/get", "/list/*/threadId") }, "threads"],
            ["Email/get", { "accountId": account, "#ids": from("threads", "Thread/get", "/list/*/emailIds"), "properties": ROW_PROPERTIES }, "emails"],
        ]),
    )
    .await;
    match (answers.remove("query"), answers.remove("threads"), answers.remove("emails")) {
        (Some(query), Some(threads), Some(emails)) => {
            json!({ "key": wish.key, "query": query, "threads": threads, "emails": emails })
        }
        // Half a list is none: the page then asks for itself and shows what is wrong.
        _ => Value::Null,
    }
}

/// The answers by call id; failed calls are left out, the page then asks for itself.
async fn ask(call: &Call<'_>, calls: Value) -> Map<String, Value> {
    let request = json!({ "using": USING, "methodCalls": calls }).to_string();
    let Ok(Value::Object(mut answer)) = jmap::api(call, request.as_bytes()).await else { return Map::new() };
    let Some(Value::Array(responses)) = answer.remove("methodResponses") else { return Map::new() };
    let named = responses.into_iter().filter_map(|response| {
        let Value::Array(parts) = response else { return None };
        match <[Value; 3]>::try_from(parts) {
            Ok([Value::String(name), arguments, Value::String(id)]) if name != "error" => Some((id, arguments)),
            Ok([_, error, Value::String(id)]) => {
                let kind = error.get("type").map(ToString::to_string).unwrap_or_default();
                tracing::warn!(call = %id, kind, "a call for the first page failed");
                None
            }
            _ => None,
        }
    });
    named.collect()
}

/// `Settings/get` answers with a singleton in a list; the page wants the object.
fn settings_object(answer: &Value) -> Value {
    answer.get("list").and_then(|list| list.get(0)).cloned().unwrap_or_else(|| answer.clone())
}
