//! The message view and the pictures in it.

use axum::{
    Router,
    body::Body,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use mailclient::ImageError;
use serde::Deserialize;
use shared::ids::BlobId;
use store::now_ms;

use super::{
    answer::{Refused, text},
    door::Door,
    extract::Caller,
};
use crate::{
    blob,
    view::{self, Content, Look, Picture, Theme, Wish},
};

const PICTURE_POLICY: &str = "sandbox; default-src 'none'";

/// One transparent pixel.
const EMPTY_GIF: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// The routes.
pub fn routes() -> Router<Door> {
    Router::new()
        .route("/view/image", get(image))
        .route("/view/blob/{account}/{blob}", get(part))
        .route("/view/{account}/{email}", get(message))
}

#[derive(Debug, Default, Deserialize)]
struct Wishes {
    images: Option<String>,
    theme: Option<String>,
    part: Option<String>,
}

async fn message(
    State(door): State<Door>,
    Caller(who): Caller,
    Path((account, email)): Path<(String, String)>,
    Query(wishes): Query<Wishes>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let theme = Theme::named(wishes.theme.as_deref());
    let (Ok(account), Ok(email)) = (who.account(&account), email.parse()) else {
        return Ok(note(&headers, StatusCode::NOT_FOUND, theme, "This message is not here any more."));
    };
    let wish = Wish { account, email, part: wishes.part, with_images: wishes.images.as_deref() == Some("1"), theme };
    match view::of_email(&door.store, &door.mail, &door.signer, wish).await {
        Ok(html) => Ok(document(&headers, StatusCode::OK, html)),
        Err(blob::BlobError::NotFound) => {
            Ok(note(&headers, StatusCode::NOT_FOUND, theme, "This message is not here any more."))
        }
        Err(blob::BlobError::Unavailable(words)) => {
            let words = format!(
                "The text of this message still lies with your mail provider and could not be fetched: {words} Try again in a moment."
            );
            let mut response = note(&headers, StatusCode::SERVICE_UNAVAILABLE, theme, &words);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
            Ok(response)
        }
        Err(blob::BlobError::Store(error)) => Err(error.into()),
    }
}

fn note(headers: &HeaderMap, status: StatusCode, theme: Theme, words: &str) -> Response {
    document(headers, status, view::render(Content::Note(words), Look { theme, is_card: false }))
}

fn document(headers: &HeaderMap, status: StatusCode, html: String) -> Response {
    let mut response = text(headers, html.into_bytes(), "text/html; charset=utf-8");
    *response.status_mut() = status;
    if let Ok(policy) = HeaderValue::from_str(&view::policy()) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[derive(Debug, Deserialize)]
struct Signed {
    u: Option<String>,
    e: i64,
    s: String,
}

/// A remote picture through our own proxy, so that the sender learns nothing about the reader. One that cannot be had is
/// answered with an empty one: whether a stranger's picture loads is no fault of the page that shows the message.
async fn image(State(door): State<Door>, Query(signed): Query<Signed>) -> Response {
    let Some(url) = signed.u else { return to_any_origin(Refused::not_found().into_response()) };
    if let Err(refused) = check(&door, &Picture::Remote(url.clone()), signed.e, &signed.s) {
        return to_any_origin(refused.into_response());
    }
    match door.mail.proxy_image(&url).await {
        Ok(image) => picture(image.bytes, image.r#type),
        Err(error) => {
            let (ImageError::Refused(words) | ImageError::Unreachable(words)) = error;
            tracing::debug!(why = %words, "a remote picture is not shown");
            let mut response = picture(EMPTY_GIF.to_vec(), "image/gif");
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
    }
}

/// An inline picture of the message itself.
async fn part(door: State<Door>, path: Path<(String, String)>, signed: Query<Signed>) -> Response {
    to_any_origin(own_picture(door, path, signed).await.unwrap_or_else(IntoResponse::into_response))
}

async fn own_picture(
    State(door): State<Door>,
    Path((account, blob)): Path<(String, String)>,
    Query(signed): Query<Signed>,
) -> Result<Response, Refused> {
    let account = account.parse().map_err(|_| Refused::not_found())?;
    let id: BlobId = blob.parse().map_err(|_| Refused::not_found())?;
    check(&door, &Picture::Part(account, id.clone()), signed.e, &signed.s)?;
    let bytes = blob::read(&door.store, &door.blobs, &door.mail, account, &id).await?;
    let kind = view::picture_type(&bytes)
        .ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, "notAPicture", "This part is no picture."))?;
    Ok(picture(bytes.to_vec(), kind))
}

/// The frame's origin is opaque, so to it every origin is a foreign one.
fn to_any_origin(mut response: Response) -> Response {
    let name = HeaderName::from_static("cross-origin-resource-policy");
    response.headers_mut().insert(name, HeaderValue::from_static("cross-origin"));
    response
}

fn check(door: &Door, picture: &Picture, expires: i64, signature: &str) -> Result<(), Refused> {
    let valid = door.signer.is_valid(picture, expires, signature, now_ms() / 1000);
    let words = "The address of this picture is not valid any more. Open the message again.";
    if valid { Ok(()) } else { Err(Refused::new(StatusCode::FORBIDDEN, "expired", words)) }
}

fn picture(bytes: Vec<u8>, kind: &'static str) -> Response {
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PICTURE_POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    to_any_origin(response)
}
