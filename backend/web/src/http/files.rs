//! Upload and download (RFC 8620 §6).

use std::sync::Arc;

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use shared::ids::BlobId;
use store::{Refusal, blobs::Keep, uploads};

use super::{
    answer::{Refused, problem},
    api::is_too_long,
    door::{Door, Gate},
    extract::Caller,
    range::{Span, span},
};
use crate::{
    access::Credential,
    blob::{self, BlobError},
    jmap::Problem,
    limits::{MAX_SIZE_UPLOAD, UPLOAD_QUOTA},
};

/// The policy of a file that a browser opens all the same.
const FILE_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
/// Longest media type that is kept.
const MAX_TYPE: usize = 255;

/// The routes.
pub fn routes() -> Router<Door> {
    Router::new()
        .route("/jmap/upload/{account}/", post(upload))
        .route("/jmap/upload/{account}", post(upload))
        .route("/jmap/download/{account}/{blob}/{*name}", get(download))
        .route("/jmap/download/{account}/{blob}/", get(download_nameless))
        .route("/jmap/download/{account}/{blob}", get(download_nameless))
        .route("/raw/{account}/{email}", get(raw))
}

impl From<BlobError> for Refused {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::NotFound => Self::not_found(),
            BlobError::Unavailable(words) => Self::unavailable(words),
            BlobError::Store(error) => Self::fault(&error),
        }
    }
}

async fn upload(
    State(door): State<Door>,
    Caller(who): Caller,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let account = who.account(&account).map_err(|_| Refused::not_found())?;
    let Some(_place) = door.enter(who.member, Gate::Upload) else {
        return Ok(problem(&Problem::limit("maxConcurrentUpload", "Too many uploads at the same time.")));
    };
    let too_large = || Problem {
        status: 413,
        ..Problem::limit("maxSizeUpload", format!("A file may have at most {MAX_SIZE_UPLOAD} octets."))
    };
    let bytes = match to_bytes(body, usize::try_from(MAX_SIZE_UPLOAD).unwrap_or(usize::MAX)).await {
        Ok(bytes) => bytes,
        Err(error) if is_too_long(&error) => return Ok(problem(&too_large())),
        Err(_) => {
            return Err(Refused::new(StatusCode::REQUEST_TIMEOUT, "bodyUnfinished", "The file did not arrive whole."));
        }
    };
    let media_type = media_type(&headers);
    let size = bytes.len() as u64;
    let name = door.blobs.put(&bytes, Keep::Durable).await?;
    let mut tx = door.store.write().await?;
    let id = match uploads::create(&mut tx, account, &name, size, &media_type, UPLOAD_QUOTA).await {
        Ok(id) => id,
        Err(error) => {
            drop(tx);
            door.blobs.delete(&name).await?;
            return match error.refusal() {
                Some(Refusal::OverLimit) => Err(Refused::new(
                    StatusCode::INSUFFICIENT_STORAGE,
                    "overQuota",
                    "Too many files wait here to be used. Try again later.",
                )),
                _ => Err(error.into()),
            };
        }
    };
    tx.commit().await?;
    let answer = json!({ "accountId": account, "blobId": BlobId::Upload(id), "type": media_type, "size": size });
    let mut response = (StatusCode::CREATED, Json(answer)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn media_type(headers: &HeaderMap) -> String {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).map(str::trim).unwrap_or_default();
    if sent.is_empty() || sent.len() > MAX_TYPE { "application/octet-stream".to_owned() } else { sent.to_owned() }
}

/// What the client wishes about the answer.
#[derive(Debug, Default, Deserialize)]
struct Wishes {
    /// RFC 8620 §6.2.
    r#type: Option<String>,
    /// `inline`: show it instead of saving it, if it is of a harmless type.
    disposition: Option<String>,
}

async fn download_nameless(
    door: State<Door>,
    caller: Caller,
    Path((account, blob)): Path<(String, String)>,
    wishes: Query<Wishes>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    download(door, caller, Path((account, blob, String::new())), wishes, headers).await
}

async fn download(
    State(door): State<Door>,
    Caller(who): Caller,
    Path((account, blob, name)): Path<(String, String, String)>,
    Query(wishes): Query<Wishes>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let account = who.account(&account).map_err(|_| Refused::not_found())?;
    let id: BlobId = blob.parse().map_err(|_| Refused::not_found())?;
    let bytes = blob::read(&door.store, &door.blobs, &door.mail, account, &id).await?;
    let wished = wishes.r#type.as_deref().unwrap_or("application/octet-stream");
    // A program gets the type it asked for (RFC 8620 §6.2). A browser gets none that it would run.
    let is_browser = matches!(who.credential, Credential::Cookie { .. });
    let content_type = if is_browser { mime::safe::content_type(wished) } else { wished.to_owned() };
    let is_inline = wishes.disposition.as_deref() == Some("inline") && mime::safe::shows_inline(wished);
    let disposition = if is_inline {
        "inline".to_owned()
    } else {
        mime::safe::content_disposition(&mime::safe::file_name(Some(&name), wished))
    };
    Ok(file(bytes, &headers, &content_type, &disposition))
}

/// A whole message as it came, to read in the browser.
async fn raw(
    State(door): State<Door>,
    Caller(who): Caller,
    Path((account, email)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let account = who.account(&account).map_err(|_| Refused::not_found())?;
    let email = email.parse().map_err(|_| Refused::not_found())?;
    let bytes = blob::read(&door.store, &door.blobs, &door.mail, account, &BlobId::Email(email)).await?;
    Ok(file(bytes, &headers, "text/plain; charset=utf-8", "inline"))
}

fn file(bytes: Arc<[u8]>, headers: &HeaderMap, content_type: &str, disposition: &str) -> Response {
    let octets = HeaderValue::from_static("application/octet-stream");
    let whole = bytes.len();
    let bytes = Bytes::from_owner(bytes);
    let (status, body, range) = match span(headers, whole) {
        Span::Whole => (StatusCode::OK, bytes, None),
        Span::Part(part) => {
            let told = format!("bytes {}-{}/{whole}", part.start, part.end.saturating_sub(1));
            (StatusCode::PARTIAL_CONTENT, bytes.slice(part), Some(told))
        }
        Span::Outside => (StatusCode::RANGE_NOT_SATISFIABLE, Bytes::new(), Some(format!("bytes */{whole}"))),
    };
    let mut response = (status, Body::from(body)).into_response();
    let to = response.headers_mut();
    to.insert(header::CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap_or(octets));
    to.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(disposition).unwrap_or(HeaderValue::from_static("attachment")),
    );
    to.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(FILE_POLICY));
    to.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // A blob never changes (RFC 8620 §6), but the next person at this computer must not find it.
    to.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Some(range) = range.and_then(|text| HeaderValue::from_str(&text).ok()) {
        to.insert(header::CONTENT_RANGE, range);
    }
    response
}
