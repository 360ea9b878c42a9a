//! From a request's headers to the person behind it: the browser's cookie, or an app password by Basic or Bearer
//! (RFC 7617, RFC 6750). The log-in password opens no program's door: a JMAP request must not cost an argon2.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};
use store::{Store, app_passwords, household, now_ms, sessions};

use super::{Credential, Who, cookie, place::Line};

/// Longest secret or name that is looked at.
const MAX_FIELD: usize = 512;
/// `last_used_at` of an app password is written at most this often, ms.
const TOUCH_MS: i64 = 3_600_000;

/// What a request offers as proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The cookie's token.
    Cookie(String),
    /// Address and app password.
    Basic(String, String),
    /// An app password alone.
    Bearer(String),
    /// An `Authorization` that is none of these: refused, and no cookie is looked at.
    Garbled,
}

/// Reads the proof off the headers; `Authorization` goes before the cookie.
pub fn of(line: Line, headers: &HeaderMap) -> Option<Proof> {
    match headers.get(header::AUTHORIZATION) {
        Some(value) => Some(value.to_str().ok().and_then(authorization).unwrap_or(Proof::Garbled)),
        None => cookie::read(line, headers).map(|token| Proof::Cookie(token.to_owned())),
    }
}

fn authorization(value: &str) -> Option<Proof> {
    let (scheme, rest) = value.trim().split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return (!rest.is_empty() && rest.len() <= MAX_FIELD).then(|| Proof::Bearer(rest.to_owned()));
    }
    if !scheme.eq_ignore_ascii_case("basic") || rest.len() > 4 * MAX_FIELD {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
    let (name, secret) = pair.split_once(':')?;
    (name.len() <= MAX_FIELD && secret.len() <= MAX_FIELD).then(|| Proof::Basic(name.to_owned(), secret.to_owned()))
}

/// Who it is, and whether the store should note that the credential was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The person.
    pub who: Who,
    /// The note of its last use is old.
    pub is_stale: bool,
}

/// The person that a proof belongs to.
///
/// # Errors
/// Only the store's; a wrong proof is `None`.
pub async fn check(store: &Store, proof: &Proof) -> store::Result<Option<Known>> {
    let now = now_ms();
    let mut reader = store.read().await?;
    let (member, credential, is_stale) = match proof {
        Proof::Garbled => return Ok(None),
        Proof::Cookie(token) => {
            let Some(session) = sessions::by_token(&mut reader, store.vault(), token, now).await? else {
                return Ok(None);
            };
            let is_stale = now - session.last_used_at > sessions::SESSION_TOUCH_MS;
            (session.member, Credential::Cookie { session: session.id }, is_stale)
        }
        Proof::Basic(_, secret) | Proof::Bearer(secret) => {
            let Some(found) = app_passwords::by_secret(&mut reader, store.vault(), secret).await? else {
                return Ok(None);
            };
            let is_stale = found.last_used_at.is_none_or(|at| now - at > TOUCH_MS);
            (found.member, Credential::AppPassword { id: found.id }, is_stale)
        }
    };
    let Some(member) = household::member(&mut reader, member).await? else { return Ok(None) };
    if let Proof::Basic(name, _) = proof
        && !name.trim().eq_ignore_ascii_case(&member.email)
        && name.trim().to_lowercase() != member.email
    {
        return Ok(None);
    }
    let who = Who::new(member.id, member.account, &member.name, &member.email, member.is_admin, credential);
    Ok(Some(Known { who, is_stale }))
}

/// Notes that a credential was used.
///
/// # Errors
/// The store's.
pub async fn touch(store: &Store, credential: Credential) -> store::Result<()> {
    let mut tx = store.write().await?;
    match credential {
        Credential::Cookie { session } => sessions::touch(&mut tx, session, now_ms()).await?,
        Credential::AppPassword { id } => app_passwords::touch(&mut tx, id, now_ms()).await?,
        Credential::Password => {}
    }
    tx.commit().await.map(drop)
}

/// Whether a credential that opened a long connection still holds: not logged out, not revoked, not removed.
///
/// # Errors
/// The store's.
pub async fn still_holds(store: &Store, who: &Who) -> store::Result<bool> {
    let mut reader = store.read().await?;
    let there = match who.credential {
        Credential::Cookie { session } => {
            sessions::of_member(&mut reader, who.member, now_ms()).await?.iter().any(|s| s.id == session)
        }
        Credential::AppPassword { id } => {
            app_passwords::of_member(&mut reader, who.member).await?.iter().any(|p| p.id == id)
        }
        Credential::Password => true,
    };
    Ok(there && household::member(&mut reader, who.member).await?.is_some())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn proof(pairs: &[(header::HeaderName, &str)]) -> Option<Proof> {
        of(Line::Secure, &pairs.iter().map(|(n, v)| (n.clone(), v.parse().unwrap())).collect())
    }

    #[test]
    fn every_way_in_is_read() {
        let basic = format!("Basic {}", STANDARD.encode("ana@example.org:se:cret"));
        assert_eq!(
            proof(&[(header::AUTHORIZATION, &basic)]),
            Some(Proof::Basic("ana@example.org".into(), "se:cret".into()))
        );
        assert_eq!(proof(&[(header::AUTHORIZATION, "bearer s3cret")]), Some(Proof::Bearer("s3cret".into())));
        assert_eq!(proof(&[(header::COOKIE, "__Host-kinpost=tok")]), Some(Proof::Cookie("tok".into())));
        assert_eq!(proof(&[]), None);
    }

    #[test]
    fn a_garbled_authorization_never_falls_back_to_the_cookie() {
        for odd in ["Basic", "Basic !!!", "Digest x", "Bearer ", "Basic YQ=="] {
            assert_eq!(
                proof(&[(header::AUTHORIZATION, odd), (header::COOKIE, "__Host-kinpost=tok")]),
                Some(Proof::Garbled),
                "{odd}"
            );
        }
    }
}
