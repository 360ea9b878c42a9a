//! Round every route: foreign pages are turned away, every answer carries the security headers, a panic becomes a
//! `serverFail` with a request id, and what happened is counted and traced (route names only, never a path).

use std::{panic::AssertUnwindSafe, sync::atomic::Ordering, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::{
    answer::{Refused, request_id},
    door::Door,
    extract::Here,
};
use crate::access::origin;

/// For everything that brings no policy of its own.
const CLOSED_POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
                           microphone=(), midi=(), payment=(), publickey-credentials-get=(self), usb=(), xr-spatial-tracking=()";
const HSTS: &str = "max-age=31536000";

/// The outermost layer.
pub async fn watch(State(door): State<Door>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let group = group(request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str));
    let (parts, body) = request.into_parts();
    let here = Here::of(&door, &parts);
    let is_safe = matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);
    let is_https = here.place.scheme == "https";
    let mut response = if is_safe || origin::is_ours(&here.place, &parts.headers) {
        let answer = AssertUnwindSafe(next.run(Request::from_parts(parts, body))).catch_unwind().await;
        answer.unwrap_or_else(|_| {
            door.metrics.panics.fetch_add(1, Ordering::Relaxed);
            Refused::fault(&"a panic").into_response()
        })
    } else {
        Refused::new(
            StatusCode::FORBIDDEN,
            "foreignOrigin",
            "This request comes from another site's page and was not done.",
        )
        .into_response()
    };
    secure(response.headers_mut(), is_https);
    let (status, took) = (response.status().as_u16(), started.elapsed());
    door.metrics.request(group, status, took);
    tracing::debug!(request = %request_id(), %method, route = group, status, took_us = took.as_micros(), "answered");
    response
}

/// Adds what is missing; a route's own word stays.
fn secure(headers: &mut HeaderMap, is_https: bool) {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|p| p.to_str().ok()).unwrap_or(CLOSED_POLICY);
    // The message view is framed by our own page and says so in its policy.
    let is_framed = policy.contains("frame-ancestors 'self'");
    // Browsers refuse to open a sandboxed document that asks for a browsing context group of its own.
    let opener = if policy.starts_with("sandbox") { "unsafe-none" } else { "same-origin" };
    let all: [(HeaderName, &'static str); 7] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, CLOSED_POLICY),
        (HeaderName::from_static("cross-origin-opener-policy"), opener),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (header::X_FRAME_OPTIONS, if is_framed { "SAMEORIGIN" } else { "DENY" }),
    ];
    for (name, value) in all {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_https {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static(HSTS));
    }
}

/// A route's name for the counters.
fn group(matched: &str) -> &'static str {
    match matched {
        "/jmap/api" => "api",
        "/jmap/session" | "/.well-known/jmap" => "session",
        "/jmap/eventsource/" | "/jmap/eventsource" => "eventsource",
        "/jmap/ws" => "websocket",
        "/healthz" | "/metrics" => "health",
        path if path.starts_with("/jmap/upload") => "upload",
        path if path.starts_with("/jmap/download") => "download",
        path if path.starts_with("/api/") => "people",
        path if path.starts_with("/view/") || path.starts_with("/raw/") => "view",
        _ => "page",
    }
}
