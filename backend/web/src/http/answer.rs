//! Answers: refusals as `{type, detail}` in plain words, JSON with brotli where it pays.

use axum::{
    Json,
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    assets::{accepts_brotli, compress},
    jmap::Problem,
};

/// Smaller answers go as they are.
const WORTH_COMPRESSING: usize = 1_400;
/// Fast enough that a list page costs well under a millisecond.
const QUALITY: u32 = 4;

/// Why a request was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    status: StatusCode,
    kind: &'static str,
    detail: String,
    retry_after_s: Option<u64>,
    challenge: Option<&'static str>,
}

impl Refused {
    /// A refusal in plain words.
    pub fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, detail: detail.into(), retry_after_s: None, challenge: None }
    }

    /// 404, whether it does not exist or is somebody else's.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "notFound", "There is nothing here.")
    }

    /// Worth another try soon.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self { retry_after_s: Some(10), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "serverUnavailable", detail) }
    }

    /// 429 with the seconds to wait.
    pub fn too_many(wait_s: u64) -> Self {
        let detail = "Too many wrong tries. Wait a moment, then try again.";
        Self { retry_after_s: Some(wait_s), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "tooMany", detail) }
    }

    /// 401. Browsers pop up a window of their own for `Basic`, so our pages are not offered it.
    pub fn unauthorized(headers: &HeaderMap) -> Self {
        let from_browser = headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN);
        let challenge = if from_browser {
            "Bearer realm=\"Kinpost\""
        } else {
            "Basic realm=\"Kinpost\", charset=\"UTF-8\", Bearer realm=\"Kinpost\""
        };
        Self { challenge: Some(challenge), ..Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Log in first.") }
    }

    /// 500; what happened is in the log under the request's id.
    pub fn fault(error: &dyn std::fmt::Display) -> Self {
        let id = request_id();
        tracing::error!(request = %id, %error, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "serverFail",
            format!("Something went wrong here. The server's log knows it as {id}."),
        )
    }
}

impl From<store::Error> for Refused {
    fn from(error: store::Error) -> Self {
        Self::fault(&error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut body = json!({ "type": self.kind, "status": self.status.as_u16(), "detail": self.detail });
        if let (Some(wait_s), Some(object)) = (self.retry_after_s, body.as_object_mut()) {
            object.insert("retryAfter".into(), wait_s.into());
        }
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait_s) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
        }
        if let Some(challenge) = self.challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

/// A short random name by which an answer is found in the log.
pub fn request_id() -> String {
    format!("{:010x}", rand::random::<u64>() >> 24)
}

/// JSON that no cache keeps.
pub fn json(headers: &HeaderMap, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => text(headers, bytes, "application/json"),
        Err(error) => Refused::fault(&error).into_response(),
    }
}

/// Text of some type that no cache keeps, with brotli where it pays.
pub fn text(headers: &HeaderMap, bytes: Vec<u8>, content_type: &'static str) -> Response {
    let small = bytes.len() >= WORTH_COMPRESSING && accepts_brotli(headers);
    let body = if small { compress(&bytes, QUALITY) } else { bytes };
    let mut response = Response::new(Body::from(body));
    let to = response.headers_mut();
    to.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    to.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    to.insert(header::VARY, HeaderValue::from_static("Accept-Encoding, Cookie, Authorization"));
    if small {
        to.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// A JMAP request refused as a whole (RFC 8620 §3.6.1).
pub fn problem(problem: &Problem) -> Response {
    let body = problem.to_json();
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, Json::<Value>(body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
