//! The Session object (RFC 8620 §2) and its state.

use mailclient::actions::send::MAX_HOLD_S;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    capability::Capability,
    context::Call,
    email::SORT_PROPERTIES,
    limits::{
        MAX_MAILBOX_DEPTH, MAX_MAILBOXES_PER_EMAIL, MAX_SIZE_ATTACHMENTS, MAX_SIZE_MAILBOX_NAME, MAX_SIZE_MESSAGE,
    },
    query::COLLATIONS,
};
use crate::limits::{
    MAX_CALLS_IN_REQUEST, MAX_CONCURRENT_REQUESTS, MAX_CONCURRENT_UPLOAD, MAX_OBJECTS_IN_GET, MAX_OBJECTS_IN_SET,
    MAX_SIZE_REQUEST, MAX_SIZE_UPLOAD,
};

/// The Session object of whoever asks.
pub fn session(call: &Call<'_>) -> Value {
    let mut session = body(call);
    let state = fingerprint(&session);
    if let Some(object) = session.as_object_mut() {
        object.insert("state".into(), state.into());
    }
    session
}

/// `sessionState`: changes exactly when any other property of the Session object does.
pub fn state(call: &Call<'_>) -> String {
    fingerprint(&body(call))
}

fn fingerprint(session: &Value) -> String {
    let digest = Sha256::digest(session.to_string().as_bytes());
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn body(call: &Call<'_>) -> Value {
    let capabilities = object(Capability::ALL, |capability| server(capability, call));
    let accounts: serde_json::Map<String, Value> = call
        .who
        .accounts()
        .iter()
        .map(|access| {
            let of_account = Capability::ALL.into_iter().filter(|c| is_of_accounts(*c));
            let account = json!({
                "name": access.name,
                "isPersonal": access.is_personal,
                "isReadOnly": access.is_read_only,
                "accountCapabilities": object(of_account, account),
            });
            (access.account.to_string(), account)
        })
        .collect();
    let primary = object(Capability::ALL.into_iter().filter(|c| is_of_accounts(*c)), |_| json!(call.who.account));
    json!({
        "capabilities": capabilities,
        "accounts": accounts,
        "primaryAccounts": primary,
        "username": call.who.email,
        "apiUrl": call.urls.api(),
        "downloadUrl": call.urls.download(),
        "uploadUrl": call.urls.upload(),
        "eventSourceUrl": call.urls.event_source(),
    })
}

fn object(capabilities: impl IntoIterator<Item = Capability>, value: impl Fn(Capability) -> Value) -> Value {
    Value::Object(capabilities.into_iter().map(|c| (c.uri().to_owned(), value(c))).collect())
}

/// Capabilities whose methods work on an account. Core SHOULD NOT be among the primary accounts (RFC 8620 §2), and
/// WebSocket is about the line (RFC 8887 §3).
fn is_of_accounts(capability: Capability) -> bool {
    !matches!(capability, Capability::Core | Capability::WebSocket)
}

fn server(capability: Capability, call: &Call<'_>) -> Value {
    match capability {
        Capability::Core => json!({
            "maxSizeUpload": MAX_SIZE_UPLOAD,
            "maxConcurrentUpload": MAX_CONCURRENT_UPLOAD,
            "maxSizeRequest": MAX_SIZE_REQUEST,
            "maxConcurrentRequests": MAX_CONCURRENT_REQUESTS,
            "maxCallsInRequest": MAX_CALLS_IN_REQUEST,
            "maxObjectsInGet": MAX_OBJECTS_IN_GET,
            "maxObjectsInSet": MAX_OBJECTS_IN_SET,
            "collationAlgorithms": COLLATIONS,
        }),
        Capability::WebSocket => json!({ "url": call.urls.websocket(), "supportsPush": true }),
        _ => json!({}),
    }
}

fn account(capability: Capability) -> Value {
    match capability {
        Capability::Mail => json!({
            "maxMailboxesPerEmail": MAX_MAILBOXES_PER_EMAIL,
            "maxMailboxDepth": MAX_MAILBOX_DEPTH,
            "maxSizeMailboxName": MAX_SIZE_MAILBOX_NAME,
            "maxSizeAttachmentsPerEmail": MAX_SIZE_ATTACHMENTS,
            "emailQuerySortOptions": SORT_PROPERTIES,
            "mayCreateTopLevelMailbox": true,
        }),
        Capability::Submission => json!({
            "maxDelayedSend": MAX_HOLD_S,
            // RFC 4865 §4: the longest delay in seconds and the latest date. Ours is relative, so only the first is fixed.
            "submissionExtensions": {
                "FUTURERELEASE": [MAX_HOLD_S.to_string()],
                "SIZE": [MAX_SIZE_MESSAGE.to_string()],
            },
        }),
        _ => json!({}),
    }
}
