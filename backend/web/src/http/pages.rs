//! The app's page on every route of the app, and the frontend's files.

use axum::{
    Router,
    body::Body,
    extract::{OriginalUri, Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use store::household;

use super::{
    answer::{Refused, text},
    door::Door,
    extract::{Here, Visitor},
    people::{needs_code, new_session},
};
use crate::{
    access::{Credential, Who, cookie, place::Line},
    assets::{Asset, Page, accepts_brotli},
    boot,
};

const NO_FRONTEND: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Kinpost</title>\
    <p>This Kinpost was built without its web pages. JMAP programs can use it; for the pages build with <code>cargo xtask build</code>.</p></html>";

/// The routes. Whatever is neither the API nor a file is a page of the app.
pub fn routes() -> Router<Door> {
    let mut router = Router::new().route("/", get(page));
    for path in [
        "/login",
        "/setup",
        "/connect",
        "/setup/{*rest}",
        "/mail",
        "/mail/{*rest}",
        "/mailboxes",
        "/settings",
        "/settings/{*rest}",
    ] {
        router = router.route(path, get(page));
    }
    router.route("/favicon.ico", get(favicon)).route("/{*path}", get(asset))
}

async fn page(
    State(door): State<Door>,
    here: Here,
    Visitor(who): Visitor,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let is_insecure = here.line != Line::Secure;
    let (who, cookie) = match who {
        None if uri.path() == "/" => practice(&door, &here, &headers).await?,
        who => (who, None),
    };
    let boot = match &who {
        Some(who) => boot::member(&door.call(who, &here.place.urls()), uri.path(), is_insecure).await?,
        None => boot::stranger(&door.store, needs_code(&here), is_insecure).await?,
    };
    let Some(index) = door.assets.index() else {
        return Ok(text(&headers, NO_FRONTEND.as_bytes().to_vec(), "text/html; charset=utf-8"));
    };
    let page = Page { boot: &boot.json, theme: boot.theme, state: boot.state };
    let mut response = text(&headers, index.fill(&page).into_bytes(), "text/html; charset=utf-8");
    if let Ok(policy) = HeaderValue::from_str(&index.policy()) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The practice household opens for whoever starts it: logged in, without asking.
async fn practice(
    door: &Door,
    here: &Here,
    headers: &HeaderMap,
) -> Result<(Option<Who>, Option<HeaderValue>), Refused> {
    let Some(id) = door.practice.and_then(|practice| practice.opens_as).filter(|_| here.place.is_local) else {
        return Ok((None, None));
    };
    let Some(member) = household::member(&mut door.store.read().await?, id).await? else { return Ok((None, None)) };
    let (session, token) = new_session(door, headers, &member).await?;
    let who = Who::new(
        member.id,
        member.account,
        &member.name,
        &member.email,
        member.is_admin,
        Credential::Cookie { session },
    );
    Ok((Some(who), cookie::set(here.line, &token)))
}

async fn asset(State(door): State<Door>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    match door.assets.get(&path) {
        Some(asset) => file(asset, &headers),
        None => Refused::not_found().into_response(),
    }
}

/// Browsers ask for it also on behalf of a message view that stands alone, whose origin is opaque.
async fn favicon(State(door): State<Door>, headers: HeaderMap) -> Response {
    let mut response = match door.assets.get("icon-192.png") {
        Some(asset) => file(asset, &headers),
        None => StatusCode::NO_CONTENT.into_response(),
    };
    response.headers_mut().insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

fn file(asset: Asset, headers: &HeaderMap) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.etag);
    let brotli = asset.brotli.filter(|_| accepts_brotli(headers));
    let is_brotli = brotli.is_some();
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(brotli.unwrap_or(asset.plain)))
    };
    let to = response.headers_mut();
    to.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    let keep = if asset.is_immutable { "public, max-age=31536000, immutable" } else { "public, max-age=86400" };
    to.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    to.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(etag) = HeaderValue::from_str(&asset.etag) {
        to.insert(header::ETAG, etag);
    }
    if is_brotli && !is_known {
        to.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}
