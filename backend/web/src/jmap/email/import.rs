//! `Email/import` (RFC 8621 §4.8): uploaded messages become Emails as they are.

use std::collections::BTreeSet;

use mailclient::actions::add_email::{self, Filing, Prepared};
use serde_json::{Value, json};
use shared::ids::{AccountId, BlobId};
use store::{DataType, changes::state};

use super::{create::created, filing};
use crate::{
    jmap::{
        args::Args,
        blobs,
        context::Cx,
        dispatch::Outcome,
        error::{MethodError, SetError, Stop, settle},
        json::Object,
        limits::MAX_SIZE_MESSAGE,
        set::require_state,
    },
    limits::MAX_OBJECTS_IN_SET,
};

const PROPERTIES: [&str; 4] = ["blobId", "mailboxIds", "keywords", "receivedAt"];

/// `Email/import`.
pub async fn import(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account_to_write(cx)?;
    let if_in_state = args.string("ifInState")?;
    let emails = args.required("emails", Args::object_map)?;
    args.end()?;
    if emails.len() > MAX_OBJECTS_IN_SET {
        return Err(MethodError::with("requestTooLarge", format!("at most {MAX_OBJECTS_IN_SET} objects in one call")));
    }
    let mut reader = cx.store.read().await?;
    require_state(if_in_state.as_deref(), &state(&mut reader, account, DataType::Email).await?.to_string())?;
    drop(reader);
    let mut prepared = Vec::with_capacity(emails.len());
    for (creation, object) in emails {
        prepared.push((creation, settle(prepare(cx, account, &object).await)?));
    }
    let mut tx = cx.store.write().await?;
    let old_state = state(&mut tx, account, DataType::Email).await?.to_string();
    require_state(if_in_state.as_deref(), &old_state)?;
    let (mut imported, mut refused) = (Object::new(), Object::new());
    for (creation, message) in prepared {
        let outcome = match message {
            Ok((message, filing)) => {
                settle(add_email::apply(&mut tx, account, message, &filing).await.map_err(Stop::from))?
            }
            Err(error) => Err(error),
        };
        match outcome {
            Ok(added) => {
                cx.created.insert(&creation, added.id);
                imported.insert(creation, Value::Object(created(&added)));
            }
            Err(error) => {
                refused.insert(creation, error.to_json());
            }
        }
    }
    tx.flush().await?;
    let new_state = state(&mut tx, account, DataType::Email).await?.to_string();
    tx.commit().await?;
    let map = |object: Object| if object.is_empty() { Value::Null } else { Value::Object(object) };
    Ok(json!({
        "accountId": account,
        "oldState": old_state,
        "newState": new_state,
        "created": map(imported),
        "notCreated": map(refused),
    })
    .into())
}

async fn prepare(cx: &Cx<'_>, account: AccountId, object: &Object) -> Result<(Prepared, Filing), Stop> {
    let mut invalid: BTreeSet<String> =
        object.keys().filter(|name| !PROPERTIES.contains(&name.as_str())).cloned().collect();
    let filing = filing::read(object, &cx.created, &mut invalid);
    let blob = object.get("blobId").and_then(Value::as_str).and_then(|id| cx.created.id::<BlobId>(id));
    let raw = match blob {
        Some(id) => blobs::bytes(cx, account, &id).await?,
        None => None,
    };
    if raw.is_none() {
        invalid.insert("blobId".to_owned());
    }
    let (Some(raw), true) = (raw, invalid.is_empty()) else {
        return Err(SetError::properties(invalid, "not a valid EmailImport").into());
    };
    let filing = filing?;
    if raw.len() as u64 > MAX_SIZE_MESSAGE {
        return Err(SetError::with("tooLarge", "the message is larger than the server stores").into());
    }
    if mime::parse_header_only(&raw).0.fields().next().is_none() {
        return Err(SetError::with("invalidEmail", "the blob has no header field and is no message").into());
    }
    Ok((add_email::prepare(cx.blobs, raw.to_vec()).await?, filing))
}
