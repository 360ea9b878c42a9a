//! `urn:kinpost:household`: the people, their log-ins, app passwords, settings and the completion of addresses. These types
//! have no change log: their state is a fingerprint of what is returned.

pub mod app_password;
pub mod contact;
pub mod login_session;
pub mod member;
pub mod password;
pub mod settings;
#[cfg(test)]
mod tests;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{context::Cx, error::MethodError, json::Object};
use crate::access::Credential;

/// A state for a type without a change log.
fn fingerprint(objects: &[Object]) -> String {
    let text: String = objects.iter().map(|object| Value::Object(object.clone()).to_string()).collect();
    Sha256::digest(text.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// An app password is for reading and writing mail: it may not make more of itself, nor change who may log in.
fn require_person(cx: &Cx<'_>) -> Result<(), MethodError> {
    match cx.who.credential {
        Credential::AppPassword { .. } => Err(MethodError::with("forbidden", "log in with your own password for this")),
        _ => Ok(()),
    }
}
