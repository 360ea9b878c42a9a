//! `Email/set create` (RFC 8621 §4.6): an Email object becomes a message.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use mailclient::actions::add_email::{self, Added, Filing, Prepared};
use mime::{BuildError, Date, build::draft::EmailDraft};
use serde_json::json;
use shared::ids::{AccountId, BlobId};

use super::filing;
use crate::jmap::{
    blobs,
    context::Cx,
    error::{SetError, Stop},
    heavy::heavy,
    json::Object,
    limits::{MAX_SIZE_ATTACHMENTS, MAX_SIZE_MESSAGE},
};

/// Properties that only the server sets.
const SERVER_SET: [&str; 7] = ["id", "blobId", "threadId", "size", "hasAttachment", "preview", "sourceId"];

/// Builds, stores and parses the message; what is left to do is to file it.
pub async fn prepare(cx: &Cx<'_>, account: AccountId, object: &Object) -> Result<(Prepared, Filing), Stop> {
    let mut invalid: BTreeSet<String> =
        SERVER_SET.iter().filter(|n| object.contains_key(**n)).map(|n| (*n).to_owned()).collect();
    let filing = filing::read(object, &cx.created, &mut invalid);
    let mut plain = object.clone();
    plain.retain(|name, _| !SERVER_SET.contains(&name.as_str()));
    let (draft, words) = match EmailDraft::from_json(&plain) {
        Ok(draft) => (Some(draft), String::new()),
        Err(error) => {
            invalid.extend(error.properties);
            (None, error.description)
        }
    };
    let draft = match draft {
        Some(draft) if invalid.is_empty() => draft,
        _ => return Err(SetError::properties(invalid, words).into()),
    };
    let filing = filing?;
    let contents = resolve(cx, account, &draft).await?;
    let domain = cx.who.email.rsplit('@').next().unwrap_or("localhost");
    let message_id = format!("{:032x}@{domain}", rand::random::<u128>());
    let now = Date::from_ms(store::now_ms());
    let built =
        heavy(move || draft.build(now, &message_id, &mut |id| contents.get(id).map(|bytes| bytes.to_vec()))).await?;
    let raw = built.map_err(|error| SetError::properties(culprits(object, &error), error.to_string()))?;
    if raw.len() as u64 > MAX_SIZE_MESSAGE {
        return Err(SetError::with("tooLarge", "the message is larger than the server stores").into());
    }
    Ok((add_email::prepare(cx.blobs, raw).await?, filing))
}

/// The properties that stand behind what could not be written.
fn culprits(object: &Object, error: &BuildError) -> Vec<String> {
    let text = match error {
        BuildError::Header(name) => name,
        BuildError::Malformed(text) | BuildError::Blob(text) => text,
    };
    let plain = text.replace('-', "");
    let of_field = |key: &str| {
        let name = key.strip_prefix("header:").map_or(key, |rest| rest.split(':').next().unwrap_or(rest));
        name.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(&plain)
    };
    let by_name: Vec<String> = object.keys().filter(|key| of_field(key)).cloned().collect();
    if !by_name.is_empty() {
        return by_name;
    }
    object.iter().filter(|(_, value)| mentions(value, text)).map(|(key, _)| key.clone()).collect()
}

/// Whether a text or a key below a value contains `text`.
fn mentions(value: &serde_json::Value, text: &str) -> bool {
    match value {
        serde_json::Value::String(inner) => inner.contains(text),
        serde_json::Value::Array(items) => items.iter().any(|item| mentions(item, text)),
        serde_json::Value::Object(object) => {
            object.iter().any(|(key, item)| key.contains(text) || mentions(item, text))
        }
        _ => false,
    }
}

/// The content of every blob that the draft names, or all that are missing.
async fn resolve(cx: &Cx<'_>, account: AccountId, draft: &EmailDraft) -> Result<HashMap<String, Arc<[u8]>>, Stop> {
    let mut contents = HashMap::new();
    let mut missing = Vec::new();
    let mut total = 0;
    for text in draft.blob_ids() {
        let bytes = match cx.created.id::<BlobId>(&text) {
            Some(id) => blobs::bytes(cx, account, &id).await?,
            None => None,
        };
        match bytes {
            Some(bytes) => {
                total += bytes.len() as u64;
                contents.insert(text, bytes);
            }
            None => missing.push(text),
        }
        if total > MAX_SIZE_ATTACHMENTS {
            return Err(SetError::with("tooLarge", "the attachments are larger than maxSizeAttachmentsPerEmail").into());
        }
    }
    if missing.is_empty() { Ok(contents) } else { Err(SetError::new("blobNotFound").and("notFound", missing).into()) }
}

/// What `created` tells of a new Email (RFC 8621 §4.6, §4.8).
pub fn created(added: &Added) -> Object {
    let created = json!({
        "id": added.id,
        "blobId": BlobId::Email(added.id),
        "threadId": added.thread,
        "size": added.size,
    });
    created.as_object().cloned().unwrap_or_default()
}
