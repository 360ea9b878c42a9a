//! The JMAP Session object and the API endpoint (RFC 8620 §2, §3).

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    answer::{Refused, json, problem},
    door::{Door, Gate},
    extract::{Caller, Here},
};
use crate::{
    jmap::{self, Problem},
    limits::{MAX_SIZE_REQUEST, REQUEST_TIME},
};

/// The routes.
pub fn routes() -> Router<Door> {
    Router::new()
        .route("/.well-known/jmap", get(async || Redirect::temporary("/jmap/session")))
        .route("/jmap/session", get(session))
        .route("/jmap/api", post(api))
}

async fn session(State(door): State<Door>, here: Here, Caller(who): Caller, headers: HeaderMap) -> Response {
    let mut response = json(&headers, &jmap::session(&door.call(&who, &here.place.urls())));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-store, must-revalidate"));
    response
}

async fn api(State(door): State<Door>, here: Here, Caller(who): Caller, headers: HeaderMap, body: Body) -> Response {
    let Some(_place) = door.enter(who.member, Gate::Request) else {
        return problem(&Problem::limit("maxConcurrentRequests", "Too many requests at the same time."));
    };
    if !is_json(&headers) {
        return problem(&Problem::not_json("The Content-Type must be application/json."));
    }
    let body = match to_bytes(body, MAX_SIZE_REQUEST).await {
        Ok(body) => body,
        Err(error) if is_too_long(&error) => {
            return problem(&Problem::limit("maxSizeRequest", "The request is larger than this server reads."));
        }
        Err(_) => {
            return Refused::new(StatusCode::REQUEST_TIMEOUT, "bodyUnfinished", "The request did not arrive whole.")
                .into_response();
        }
    };
    let urls = here.place.urls();
    match tokio::time::timeout(REQUEST_TIME, jmap::api(&door.call(&who, &urls), &body)).await {
        Ok(Ok(answer)) => json(&headers, &answer),
        Ok(Err(refused)) => problem(&refused),
        Err(_) => Refused::unavailable("This took too long and was given up.").into_response(),
    }
}

/// RFC 8620 §3.1: the request is `application/json`. Also keeps out what a foreign page can send without asking.
pub fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// Whether reading a body ended at its limit (axum wraps the reason).
pub fn is_too_long(error: &axum::Error) -> bool {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = source {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        source = error.source();
    }
    false
}
