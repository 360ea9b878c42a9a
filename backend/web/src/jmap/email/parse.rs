//! `Email/parse` (RFC 8621 §4.9): attached or uploaded messages as Email objects that are not in the store.

use mime::structure::part_headers;
use serde_json::{Value, json};
use shared::ids::BlobId;

use super::{body, render::Letter, wanted::Wanted};
use crate::jmap::{
    args::Args, blobs, context::Cx, dispatch::Outcome, error::MethodError, get::limited, heavy::heavy, json::Object,
    limits::MAX_BODY_VALUES,
};

/// `Email/parse`.
pub async fn parse(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account(cx)?;
    let asked = limited(args.required("blobIds", Args::strings)?)?;
    let wanted = Wanted::for_parse(cx, &mut args)?;
    args.end()?;
    let (mut parsed, mut not_parsable, mut not_found) = (Object::new(), Vec::new(), Vec::new());
    let mut weight = 0;
    for text in asked {
        let Some(id) = cx.created.id::<BlobId>(&text) else {
            not_found.push(text);
            continue;
        };
        let Some(raw) = blobs::bytes(cx, account, &id).await? else {
            not_found.push(text);
            continue;
        };
        let what = wanted.clone();
        let Some(email) = heavy(move || email(&raw, &id, &what)).await? else {
            not_parsable.push(text);
            continue;
        };
        weight += email.get("bodyValues").and_then(Value::as_object).map_or(0, body::weight);
        if weight > MAX_BODY_VALUES {
            return Err(MethodError::with(
                "requestTooLarge",
                "these bodies are too large for one answer; ask for fewer",
            ));
        }
        parsed.insert(text, Value::Object(email));
    }
    let list = |ids: Vec<String>| if ids.is_empty() { Value::Null } else { ids.into() };
    Ok(json!({
        "accountId": account,
        "parsed": if parsed.is_empty() { Value::Null } else { Value::Object(parsed) },
        "notParsable": list(not_parsable),
        "notFound": list(not_found),
    })
    .into())
}

/// The Email object of a message; `None` if it is none: not one header field.
fn email(raw: &[u8], id: &BlobId, wanted: &Wanted) -> Option<Object> {
    let message = mime::parse(raw);
    message.header.fields().next()?;
    let blob_of = |section: &str| below(id, section).to_string();
    let values = if wanted.needs_values() { body::from_raw(raw, &message.structure, wanted) } else { Object::new() };
    let meta = json!({ "blobId": id, "size": raw.len() });
    let letter = Letter {
        meta: meta.as_object().cloned().unwrap_or_default(),
        envelope: serde_json::to_value(&message.envelope).ok().and_then(|v| v.as_object().cloned()).unwrap_or_default(),
        has_attachment: message.has_attachment,
        preview: &message.preview,
        header: Some(&message.header),
        structure: Some(&message.structure),
        part_headers: if wanted.needs_part_headers() { part_headers(raw) } else { Vec::new() },
        values,
        blob_of: &blob_of,
    };
    Some(letter.render(wanted))
}

/// The blob of a section of the message that `id` is.
fn below(id: &BlobId, section: &str) -> BlobId {
    match id {
        BlobId::Email(email) => BlobId::Part(*email, section.to_owned()),
        BlobId::Part(email, outer) => BlobId::Part(*email, format!("{outer}.{section}")),
        BlobId::Upload(upload) => BlobId::UploadPart(*upload, section.to_owned()),
        BlobId::UploadPart(upload, outer) => BlobId::UploadPart(*upload, format!("{outer}.{section}")),
    }
}
