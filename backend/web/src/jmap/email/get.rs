//! `Email/get` (RFC 8621 §4.2).

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures::{FutureExt, StreamExt, TryStreamExt, future::BoxFuture, stream};
use mailclient::{FetchError, Section};
use mime::{BodyPart, HeaderBlock, structure::part_headers};
use serde_json::{Value, json};
use shared::ids::{AccountId, BlobId, EmailId};
use store::{
    DataType,
    changes::state,
    emails::{self, Detail, Email},
};

use super::{body, render::Letter, wanted::Wanted};
use crate::jmap::{
    args::Args,
    context::{Call, Cx},
    dispatch::Outcome,
    error::MethodError,
    get::Get,
    heavy::heavy,
    json::Object,
    limits::MAX_BODY_VALUES,
};

/// Bodies that are awaited at the same time.
const FETCHES: usize = 8;

/// `Email/get`. `ids: null` is answered while there are few.
pub async fn get(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let get = Get::read(cx, &mut args)?;
    let wanted = Wanted::for_get(cx, &mut args, get.properties.clone())?;
    args.end()?;
    let mut reader = cx.store.read().await?;
    let state = state(&mut reader, get.account, DataType::Email).await?;
    let (ids, mut not_found) = match get.typed::<EmailId>() {
        Some(split) => split,
        None => (super::all_emails(&mut reader, get.account).await?, Vec::new()),
    };
    let found = emails::get(&mut reader, get.account, &ids).await?;
    let details = if wanted.needs_detail() {
        let known: Vec<EmailId> = found.iter().map(|email| email.id).collect();
        emails::details(&mut reader, get.account, &known).await?
    } else {
        Vec::new()
    };
    drop(reader);
    let rendered = render_all(cx, get.account, &found, details, &wanted).await?;
    let here: std::collections::HashSet<String> =
        rendered.iter().filter_map(|email| email.get("id").and_then(Value::as_str)).map(str::to_owned).collect();
    not_found.extend(ids.iter().map(ToString::to_string).filter(|id| !here.contains(id)));
    let list: Vec<Value> = rendered.into_iter().map(Value::Object).collect();
    Ok(json!({ "accountId": get.account, "state": state.to_string(), "list": list, "notFound": not_found }).into())
}

/// The Email objects, in order. What lies at the provider is awaited; what is gone there is left out.
pub async fn render_all(
    call: &Call<'_>,
    account: AccountId,
    found: &[Email],
    details: Vec<Detail>,
    wanted: &Wanted,
) -> Result<Vec<Object>, MethodError> {
    let mut details: HashMap<EmailId, Detail> = details.into_iter().map(|detail| (detail.id, detail)).collect();
    let weight = AtomicUsize::new(0);
    let pairs: Vec<(&Email, Option<Detail>)> = found.iter().map(|email| (email, details.remove(&email.id))).collect();
    let each =
        pairs.into_iter().map(|(email, detail)| render_one(call, account, email, detail, wanted, &weight).boxed());
    let each: Vec<BoxFuture<'_, _>> = each.collect();
    let rendered: Vec<Option<Object>> = stream::iter(each).buffered(FETCHES).try_collect().await?;
    Ok(rendered.into_iter().flatten().collect())
}

async fn render_one(
    call: &Call<'_>,
    account: AccountId,
    email: &Email,
    detail: Option<Detail>,
    wanted: &Wanted,
    weight: &AtomicUsize,
) -> Result<Option<Object>, MethodError> {
    let detail = detail.as_ref();
    let structure: Option<BodyPart> = detail
        .map(|detail| serde_json::from_str(&detail.structure))
        .transpose()
        .map_err(|_| MethodError::fault(&format_args!("the stored structure of {} is damaged", email.id)))?;
    let header = detail.map(|detail| HeaderBlock::parse(&detail.header));
    let bodies = match &structure {
        Some(root) if wanted.needs_values() || wanted.needs_part_headers() => {
            bodies(call, account, email, root, wanted).await
        }
        _ => Ok(Bodies::default()),
    };
    let (values, part_headers) = match bodies {
        Ok(bodies) => bodies,
        Err(Missing::Gone) => return Ok(None),
        Err(Missing::Failed(error)) => return Err(error),
    };
    let total = weight.fetch_add(body::weight(&values), Ordering::Relaxed);
    if total > MAX_BODY_VALUES {
        return Err(MethodError::with("requestTooLarge", "these bodies are too large for one answer; ask for fewer"));
    }
    let letter = Letter {
        meta: meta(email),
        envelope: serde_json::from_str(&email.envelope)
            .map_err(|_| MethodError::fault(&format_args!("the stored envelope of {} is damaged", email.id)))?,
        has_attachment: email.has_attachment,
        preview: &email.preview,
        header: header.as_ref(),
        structure: structure.as_ref(),
        part_headers,
        values,
        blob_of: &|section| BlobId::Part(email.id, section.to_owned()).to_string(),
    };
    Ok(Some(letter.render(wanted)))
}

/// Properties of the store (RFC 8621 §4.1.1).
fn meta(email: &Email) -> Object {
    let set =
        |names: &mut dyn Iterator<Item = String>| Value::Object(names.map(|name| (name, Value::Bool(true))).collect());
    let meta = json!({
        "id": email.id,
        "blobId": BlobId::Email(email.id),
        "threadId": email.thread,
        "mailboxIds": set(&mut email.mailboxes.iter().map(ToString::to_string)),
        "keywords": set(&mut email.keywords.iter().map(str::to_owned)),
        "size": email.size,
        "receivedAt": mime::Date::from_ms(email.received_at),
        "sourceId": email.source,
    });
    match meta {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

/// Body values, and header blocks of the parts.
type Bodies = (Object, Vec<HeaderBlock>);

/// Why they are not there.
enum Missing {
    /// The message is gone: to this client it is not found.
    Gone,
    /// The call fails.
    Failed(MethodError),
}

impl From<MethodError> for Missing {
    fn from(error: MethodError) -> Self {
        Self::Failed(error)
    }
}

impl From<FetchError> for Missing {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::NotFound | FetchError::Gone => Self::Gone,
            FetchError::Unavailable(words) => Self::Failed(MethodError::with("serverUnavailable", words)),
            FetchError::Store(error) => Self::Failed(error.into()),
        }
    }
}

/// From the stored message if it is here, else each part from the provider.
async fn bodies(
    call: &Call<'_>,
    account: AccountId,
    email: &Email,
    root: &BodyPart,
    wanted: &Wanted,
) -> Result<Bodies, Missing> {
    let raw: Option<Arc<[u8]>> = match &email.blob {
        Some(blob) => call.blobs.get(blob).await.map_err(MethodError::from)?.map(Arc::from),
        None => None,
    };
    let raw = match raw {
        None if wanted.needs_part_headers() => Some(call.mail.fetch(account, email.id, &Section::Whole).await?),
        raw => raw,
    };
    if let Some(raw) = raw {
        let (root, wanted) = (root.clone(), wanted.clone());
        return Ok(heavy(move || of_raw(&raw, &root, &wanted)).await?);
    }
    let mut values = Object::new();
    for part in body::parts(root, wanted) {
        let Some(section) = part.section.clone() else { continue };
        let bytes = call.mail.fetch(account, email.id, &Section::Part(section)).await?;
        let (part, max) = (part.clone(), wanted.max_value);
        values.extend(heavy(move || body::one(&part, &body::fetched(&part, &bytes), max)).await?);
    }
    Ok((values, Vec::new()))
}

fn of_raw(raw: &[u8], root: &BodyPart, wanted: &Wanted) -> Bodies {
    let values = if wanted.needs_values() { body::from_raw(raw, root, wanted) } else { Object::new() };
    let headers = if wanted.needs_part_headers() { part_headers(raw) } else { Vec::new() };
    (values, headers)
}
