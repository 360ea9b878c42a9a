//! What routes take from a request: the place it comes from, and who is asking.

use std::{net::SocketAddr, sync::atomic::Ordering, time::Instant};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
};
use store::household;

use super::{answer::Refused, door::Door};
use crate::access::{
    Credential, Who,
    place::{Line, Place},
    proof::{self, Known, Proof},
};

/// Where a request comes from.
#[derive(Debug, Clone)]
pub struct Here {
    /// The place.
    pub place: Place,
    /// Whether cookies travel there.
    pub line: Line,
}

impl Here {
    /// Reads it off a request.
    pub fn of(door: &Door, parts: &Parts) -> Self {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        let place = Place::of(&door.surroundings, peer, parts.version, &parts.headers);
        let line = place.line(&door.surroundings);
        Self { place, line }
    }
}

impl FromRequestParts<Door> for Here {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Self::Rejection> {
        Ok(Self::of(door, parts))
    }
}

/// Somebody we know; everybody else gets 401 (or 429 after too many wrong proofs).
#[derive(Debug, Clone)]
pub struct Caller(pub Who);

impl FromRequestParts<Door> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Refused> {
        visitor(door, parts).await?.map(Self).ok_or_else(|| Refused::unauthorized(&parts.headers))
    }
}

/// Somebody we know, or a visitor.
#[derive(Debug, Clone)]
pub struct Visitor(pub Option<Who>);

impl FromRequestParts<Door> for Visitor {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Refused> {
        visitor(door, parts).await.map(Self)
    }
}

async fn visitor(door: &Door, parts: &Parts) -> Result<Option<Who>, Refused> {
    let here = Here::of(door, parts);
    let Some(proof) = proof::of(here.line, &parts.headers) else { return Ok(None) };
    let (address, now) = (here.place.address, Instant::now());
    let person = match &proof {
        Proof::Basic(name, _) => Some(name.as_str()),
        _ => None,
    };
    // A forgotten cookie is no guess; a wrong app password is.
    let counts = !matches!(proof, Proof::Cookie(_));
    if counts && let Err(wait) = door.throttle.check(address, person, now) {
        door.metrics.throttled.fetch_add(1, Ordering::Relaxed);
        return Err(Refused::too_many(wait.as_secs()));
    }
    if let Some(Known { who, is_stale }) = proof::check(&door.store, &proof).await? {
        if is_stale {
            let (store, credential) = (door.store.clone(), who.credential);
            door.notes.spawn(async move {
                if let Err(error) = proof::touch(&store, credential).await {
                    tracing::warn!(%error, "could not note the use of a credential");
                }
            });
        }
        return Ok(Some(who));
    }
    if let (true, Proof::Basic(name, secret)) = (door.practice.is_some(), &proof)
        && let Some(who) = practise(door, name, secret).await?
    {
        return Ok(Some(who));
    }
    if counts {
        door.metrics.wrong_proofs.fetch_add(1, Ordering::Relaxed);
        // The wait that follows a last wrong guess is told with the next one.
        let _ = door.throttle.guess(address, person, now);
    }
    Ok(None)
}

/// The practice household has one password for everything; it is checked the slow way once and then remembered.
async fn practise(door: &Door, email: &str, password: &str) -> Result<Option<Who>, Refused> {
    let key = door.store.vault().mac("practice", format!("{}\n{password}", email.to_lowercase()).as_bytes());
    let member = match door.practised(&key) {
        Some(id) => household::member(&mut door.store.read().await?, id).await?,
        None => {
            let _turn = door.hashing.acquire().await.map_err(|error| Refused::fault(&error))?;
            household::log_in(&door.store, email, password).await?
        }
    };
    let Some(member) = member else { return Ok(None) };
    door.practise(key, member.id);
    Ok(Some(Who::new(member.id, member.account, &member.name, &member.email, member.is_admin, Credential::Password)))
}
