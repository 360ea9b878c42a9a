//! The few plain JSON requests outside JMAP: log-in, log-out and the first member.

use gloo_net::http::Request;
use serde::Serialize;
use shared::wire::Problem;

use super::ApiError;

/// A refused log-in or set-up: its kind and the server's words.
pub type Refusal = Problem;

#[derive(Serialize)]
struct Login<'a> {
    email: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct Setup<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    name: &'a str,
    email: &'a str,
    password: &'a str,
}

/// `Err(ApiError::Method(refusal))` with type `wrongLogin` or `tooMany`; afterwards load the page anew for its boot block.
pub async fn login(email: &str, password: &str) -> Result<(), ApiError> {
    post("/api/login", &Login { email, password }).await
}

/// Ends this browser's session.
pub async fn logout() -> Result<(), ApiError> {
    post("/api/logout", &()).await
}

/// Makes the first member, an administrator, and logs in.
pub async fn setup(code: Option<&str>, name: &str, email: &str, password: &str) -> Result<(), ApiError> {
    post("/api/setup", &Setup { code, name, email, password }).await
}

async fn post(url: &str, body: &impl Serialize) -> Result<(), ApiError> {
    let body = serde_json::to_string(body).map_err(|_| ApiError::Broken)?;
    let request = Request::post(url).header("content-type", "application/json").body(body);
    let response = request.map_err(|_| ApiError::Broken)?.send().await.map_err(|_| ApiError::Offline)?;
    if response.ok() {
        return Ok(());
    }
    let text = response.text().await.unwrap_or_default();
    match serde_json::from_str::<Refusal>(&text) {
        Ok(refusal) if !refusal.r#type.is_empty() => Err(ApiError::Method(refusal)),
        _ => Err(ApiError::Status(response.status(), None)),
    }
}
