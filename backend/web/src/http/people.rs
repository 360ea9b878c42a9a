//! Log-in, log-out, and the first member.

use std::{sync::atomic::Ordering, time::Instant};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use store::{
    household::{self, Member},
    now_ms, sessions,
};

use super::{
    answer::Refused,
    api::is_json,
    door::Door,
    extract::{Here, Visitor},
};
use crate::{
    access::{
        Credential, cookie,
        members::{JoinError, Joining, join_first},
        place::Line,
    },
    limits::MAX_FORM,
};

/// Octets of a User-Agent that the list of sessions shows.
const MAX_USER_AGENT: usize = 300;

/// The routes.
pub fn routes() -> Router<Door> {
    Router::new()
        .route("/api/login", post(log_in))
        .route("/api/logout", post(log_out))
        .route("/api/setup", post(set_up))
}

/// Whether the set-up screen asks for the code.
pub fn needs_code(here: &Here) -> bool {
    !here.place.is_local
}

#[derive(Deserialize)]
struct LogIn {
    email: String,
    password: String,
}

async fn log_in(State(door): State<Door>, here: Here, headers: HeaderMap, body: Body) -> Result<Response, Refused> {
    let form: LogIn = form(&headers, body).await?;
    refuse_plain(here.line)?;
    let (address, now) = (here.place.address, Instant::now());
    if let Err(wait) = door.throttle.guess(address, Some(&form.email), now) {
        door.metrics.throttled.fetch_add(1, Ordering::Relaxed);
        return Err(Refused::too_many(wait.as_secs()));
    }
    let turn = door.hashing.acquire().await.map_err(|error| Refused::fault(&error))?;
    let member = household::log_in(&door.store, form.email.trim(), &form.password).await?;
    drop(turn);
    let Some(member) = member else {
        door.metrics.wrong_proofs.fetch_add(1, Ordering::Relaxed);
        return Err(Refused::new(StatusCode::UNAUTHORIZED, "wrongLogin", "Address and password do not go together."));
    };
    door.throttle.right(address, Some(&form.email), now);
    open_session(&door, &here, &headers, &member).await
}

async fn log_out(State(door): State<Door>, here: Here, Visitor(who): Visitor) -> Result<Response, Refused> {
    if let Some(who) = who
        && let Credential::Cookie { session } = who.credential
    {
        let mut tx = door.store.write().await?;
        sessions::end(&mut tx, who.member, session).await?;
        tx.commit().await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cleared) = cookie::clear(here.line) {
        response.headers_mut().insert(header::SET_COOKIE, cleared);
    }
    Ok(response)
}

#[derive(Deserialize)]
struct SetUp {
    code: Option<String>,
    name: String,
    email: String,
    password: String,
}

async fn set_up(State(door): State<Door>, here: Here, headers: HeaderMap, body: Body) -> Result<Response, Refused> {
    let form: SetUp = form(&headers, body).await?;
    refuse_plain(here.line)?;
    let set_up_already = || Refused::new(StatusCode::CONFLICT, "setUpAlready", JoinError::SetUpAlready.to_string());
    if !household::is_empty(&mut door.store.read().await?).await? {
        return Err(set_up_already());
    }
    let (address, now) = (here.place.address, Instant::now());
    if needs_code(&here) {
        if let Err(wait) = door.throttle.guess(address, None, now) {
            return Err(Refused::too_many(wait.as_secs()));
        }
        if !form.code.as_deref().is_some_and(|code| door.setup_code.is(code)) {
            return Err(Refused::new(
                StatusCode::FORBIDDEN,
                "wrongCode",
                "This is not the set-up code. The server printed it when it started.",
            ));
        }
        door.throttle.right(address, None, now);
    }
    let person = Joining { name: &form.name, email: &form.email, password: &form.password, is_admin: true };
    let member = match join_first(&door.store, &person).await {
        Ok(member) => member,
        Err(JoinError::SetUpAlready | JoinError::Taken) => return Err(set_up_already()),
        Err(JoinError::Field(kind, words)) => return Err(Refused::new(StatusCode::BAD_REQUEST, kind, words)),
        Err(JoinError::Store(error)) => return Err(error.into()),
    };
    door.setup_code.spend();
    open_session(&door, &here, &headers, &member).await
}

async fn open_session(door: &Door, here: &Here, headers: &HeaderMap, member: &Member) -> Result<Response, Refused> {
    let (_, token) = new_session(door, headers, member).await?;
    let cookie = cookie::set(here.line, &token).ok_or_else(Refused::not_found)?;
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, cookie), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
    )
        .into_response())
}

/// A session's number and its token.
pub async fn new_session(door: &Door, headers: &HeaderMap, member: &Member) -> Result<(i64, String), Refused> {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let agent: String = agent.chars().take(MAX_USER_AGENT).collect();
    let mut tx = door.store.write().await?;
    let session = sessions::create(&mut tx, door.store.vault(), member.id, &agent, now_ms()).await?;
    tx.commit().await?;
    Ok(session)
}

fn refuse_plain(line: Line) -> Result<(), Refused> {
    if line != Line::PlainRefused {
        return Ok(());
    }
    let words = "This connection is not encrypted, so a password typed here could be read on the way. Reach Kinpost by https, \
                 or start it with --plain-http if you trust this network.";
    Err(Refused::new(StatusCode::FORBIDDEN, "insecure", words))
}

async fn form<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Refused> {
    let wrong = |words: &str| Refused::new(StatusCode::BAD_REQUEST, "badForm", words);
    if !is_json(headers) {
        return Err(Refused::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "badForm",
            "The Content-Type must be application/json.",
        ));
    }
    let bytes = to_bytes(body, MAX_FORM).await.map_err(|_| wrong("The form did not arrive whole or is too large."))?;
    serde_json::from_slice(&bytes).map_err(|_| wrong("A field is missing or is no text."))
}
