//! `SearchSnippet/get` (RFC 8621 §5): what a search found, marked in the subject and in the text that is here.

use futures::{FutureExt, StreamExt, TryStreamExt, future::BoxFuture, stream};
use mime::tokens::{snippet, terms};
use serde_json::{Value, json};
use shared::ids::EmailId;
use store::emails::{self, Email};

use super::{args::Args, context::Call, context::Cx, dispatch::Outcome, email, error::MethodError, get, heavy::heavy};

/// RFC 8621 §5: a preview has at most 255 octets.
const MAX_PREVIEW: usize = 255;
/// A subject is shown whole unless it is absurd.
const MAX_SUBJECT: usize = 4096;
/// Messages that are read at the same time.
const READS: usize = 8;

/// `SearchSnippet/get`.
pub async fn get(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account(cx)?;
    let filter = email::read_filter(cx, args.take("filter"))?;
    let asked = get::limited(args.required("emailIds", Args::strings)?)?;
    args.end()?;
    let (subject, body) = email::filter_texts(&filter);
    let words = |texts: Vec<&str>| texts.into_iter().flat_map(terms).collect::<Vec<String>>();
    let (subject, body) = (words(subject), words(body));
    let (ids, mut not_found) = get::typed::<EmailId>(&asked);
    let mut reader = cx.store.read().await?;
    let found = emails::get(&mut reader, account, &ids).await?;
    drop(reader);
    not_found.extend(ids.iter().filter(|id| !found.iter().any(|email| email.id == **id)).map(ToString::to_string));
    let call: &Call<'_> = cx;
    let each: Vec<BoxFuture<'_, _>> =
        found.iter().map(|email| snippet_of(call, email, &subject, &body).boxed()).collect();
    let list: Vec<Value> = stream::iter(each).buffered(READS).try_collect().await?;
    let not_found = if not_found.is_empty() { Value::Null } else { not_found.into() };
    Ok(json!({ "accountId": account, "list": list, "notFound": not_found }).into())
}

async fn snippet_of(call: &Call<'_>, email: &Email, subject: &[String], body: &[String]) -> Result<Value, MethodError> {
    let envelope: mime::Envelope = serde_json::from_str(&email.envelope)
        .map_err(|_| MethodError::fault(&format_args!("the stored envelope of {} is damaged", email.id)))?;
    let subject =
        envelope.subject.filter(|_| !subject.is_empty()).and_then(|text| snippet(&text, subject, MAX_SUBJECT));
    let preview = if body.is_empty() { None } else { body_snippet(call, email, body).await? };
    Ok(json!({ "emailId": email.id, "subject": subject, "preview": preview }))
}

/// Marks the preview, else the whole text if it is here. A provider is never asked for a snippet.
async fn body_snippet(call: &Call<'_>, email: &Email, body: &[String]) -> Result<Option<String>, MethodError> {
    if let Some(found) = snippet(&email.preview, body, MAX_PREVIEW) {
        return Ok(Some(found));
    }
    let Some(blob) = &email.blob else { return Ok(None) };
    let Some(raw) = call.blobs.get(blob).await? else { return Ok(None) };
    let terms = body.to_vec();
    heavy(move || snippet(&mime::parse(&raw).index.body, &terms, MAX_PREVIEW)).await
}
