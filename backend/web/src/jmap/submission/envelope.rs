//! The SMTP envelope of a letter (RFC 8621 §7): as the client gave it, or made from the Email and the Identity.

use std::collections::{BTreeMap, BTreeSet};

use mailclient::actions::send::{Envelope, EnvelopeAddress};
use mime::{Address, HeaderBlock};
use serde_json::Value;

use crate::jmap::{
    error::SetError,
    json::Object,
    limits::{MAX_RECIPIENTS, MAX_SIZE_MESSAGE},
};

/// Parameters of MAIL FROM that may be given: those of the extensions that the account announces, and what every server
/// knows. Of RCPT TO there are none.
const MAIL_PARAMETERS: [&str; 4] = ["HOLDFOR", "HOLDUNTIL", "SIZE", "BODY"];

/// Reads a client's Envelope.
pub fn read(value: &Value) -> Result<Envelope, SetError> {
    let invalid = || {
        SetError::property("envelope", "an Envelope has mailFrom and rcptTo; see submissionExtensions for parameters")
    };
    let object =
        value.as_object().filter(|o| o.keys().all(|k| k == "mailFrom" || k == "rcptTo")).ok_or_else(invalid)?;
    let mail_from = object.get("mailFrom").and_then(|v| address(v, &MAIL_PARAMETERS)).ok_or_else(invalid)?;
    let recipients = object.get("rcptTo").and_then(Value::as_array).ok_or_else(invalid)?;
    let rcpt_to = recipients.iter().map(|v| address(v, &[])).collect::<Option<Vec<_>>>().ok_or_else(invalid)?;
    let holds = |name: &str| mail_from.parameters.as_ref().is_some_and(|p| p.contains_key(name));
    if holds("HOLDFOR") && holds("HOLDUNTIL") {
        return Err(SetError::property("envelope", "HOLDFOR and HOLDUNTIL exclude each other (RFC 4865)"));
    }
    Ok(Envelope { mail_from, rcpt_to })
}

/// Whether the letter is to wait (RFC 4865).
pub fn is_held(envelope: &Envelope) -> bool {
    let parameters = envelope.mail_from.parameters.as_ref();
    parameters.is_some_and(|p| p.keys().any(|name| name.starts_with("HOLD")))
}

fn address(value: &Value, known: &[&str]) -> Option<EnvelopeAddress> {
    let object = value.as_object().filter(|o| o.keys().all(|k| k == "email" || k == "parameters"))?;
    let email = object.get("email")?.as_str()?.to_owned();
    let parameters = match object.get("parameters") {
        None | Some(Value::Null) => None,
        Some(Value::Object(parameters)) => Some(read_parameters(parameters, known)?),
        Some(_) => return None,
    };
    Some(EnvelopeAddress { email, parameters })
}

fn read_parameters(object: &Object, known: &[&str]) -> Option<BTreeMap<String, Option<String>>> {
    let parameter = |(name, value): (&String, &Value)| {
        let name = name.to_ascii_uppercase();
        let value = match value {
            Value::Null => None,
            Value::String(text) if !text.chars().any(|c| c.is_control() || c.is_whitespace()) => Some(text.clone()),
            _ => return None,
        };
        known.contains(&name.as_str()).then_some((name, value))
    };
    object.iter().map(parameter).collect()
}

/// Makes the envelope from the Email's header: `Sender`, else `From`; all of `To`, `Cc`, `Bcc` once.
///
/// `allowed` says whether the Identity may send as an address; if not, `own` (the Identity's) is taken.
pub fn generate(header: &HeaderBlock, own: &str, allowed: impl Fn(&str) -> bool) -> Result<Envelope, SetError> {
    let field = if header.last("Sender").is_some() { "Sender" } else { "From" };
    let from = header.addresses(field).unwrap_or_default();
    if header.all(field).count() > 1 || from.len() > 1 {
        let property = field.to_ascii_lowercase();
        return Err(
            SetError::with("invalidEmail", format!("{field} is not one address: say who sends")).listing([property])
        );
    }
    let sender = from.first().map(|address| address.email.as_str()).filter(|email| allowed(email)).unwrap_or(own);
    let plain = |email: &str| EnvelopeAddress { email: email.to_owned(), parameters: None };
    let mut seen = BTreeSet::new();
    let recipients = ["To", "Cc", "Bcc"].into_iter().flat_map(|name| all_addresses(header, name));
    let rcpt_to = recipients.filter(|a| seen.insert(a.email.to_lowercase())).map(|a| plain(&a.email)).collect();
    Ok(Envelope { mail_from: plain(sender), rcpt_to })
}

/// The addresses of every field of a name.
fn all_addresses(header: &HeaderBlock, name: &str) -> Vec<Address> {
    let forms = header.all(name).map(|field| mime::header::Value::parse(field.value, mime::Form::Addresses));
    forms
        .flat_map(|value| match value {
            mime::header::Value::Addresses(list) => list,
            _ => Vec::new(),
        })
        .collect()
}

/// What can be said before anything is stored: recipients that there are, not too many and that can be written to.
pub fn check(envelope: &Envelope, size: u64) -> Result<(), SetError> {
    if size > MAX_SIZE_MESSAGE {
        return Err(SetError::new("tooLarge").and("maxSize", MAX_SIZE_MESSAGE));
    }
    if envelope.rcpt_to.is_empty() {
        return Err(SetError::new("noRecipients"));
    }
    if envelope.rcpt_to.len() > MAX_RECIPIENTS {
        return Err(SetError::new("tooManyRecipients").and("maxRecipients", MAX_RECIPIENTS));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_given_envelope_is_read_strictly() {
        let envelope = read(&json!({
            "mailFrom": { "email": "a@x.org", "parameters": { "holdfor": "60" } },
            "rcptTo": [{ "email": "b@x.org" }, { "email": "c@x.org", "parameters": null }],
        }))
        .unwrap();
        assert!(is_held(&envelope));
        assert_eq!(envelope.rcpt_to[1].email, "c@x.org");
        for odd in [
            json!("a@x.org"),
            json!({ "mailFrom": { "email": "a@x.org" } }),
            json!({ "mailFrom": "a@x.org", "rcptTo": [] }),
            json!({ "mailFrom": { "email": "a@x.org" }, "rcptTo": ["b@x.org"] }),
            json!({ "mailFrom": { "email": 1 }, "rcptTo": [] }),
            json!({ "mailFrom": { "email": "a@x.org", "x": 1 }, "rcptTo": [] }),
            json!({ "mailFrom": { "email": "a@x.org", "parameters": { "AUTH": "<>" } }, "rcptTo": [] }),
            json!({ "mailFrom": { "email": "a@x.org", "parameters": { "HOLDFOR": 60 } }, "rcptTo": [] }),
            json!({ "mailFrom": { "email": "a@x.org", "parameters": { "HOLDFOR": "6\r\n" } }, "rcptTo": [] }),
            json!({ "mailFrom": { "email": "a@x.org", "parameters": { "HOLDFOR": "6", "HOLDUNTIL": "x" } }, "rcptTo": [] }),
            json!({ "mailFrom": { "email": "a@x.org" }, "rcptTo": [{ "email": "b@x.org", "parameters": { "NOTIFY": "NEVER" } }] }),
        ] {
            assert_eq!(read(&odd).unwrap_err().kind(), "invalidProperties", "{odd}");
        }
    }

    #[test]
    fn a_generated_envelope_follows_the_header() {
        let envelope = |text: &str| {
            let header = HeaderBlock::parse(text.as_bytes());
            generate(&header, "own@x.org", |email| email.eq_ignore_ascii_case("own@x.org"))
                .map_err(|error| error.kind())
        };
        let made =
            envelope("From: own@x.org\r\nTo: a@x.org, G: b@x.org;\r\nCc: A@X.org\r\nBcc: c@x.org\r\n\r\n").unwrap();
        assert_eq!(made.mail_from.email, "own@x.org");
        assert_eq!(
            made.rcpt_to.iter().map(|a| a.email.as_str()).collect::<Vec<_>>(),
            ["a@x.org", "b@x.org", "c@x.org"]
        );
        let foreign = envelope("From: other@y.org\r\nTo: a@x.org\r\n\r\n").unwrap();
        assert_eq!(foreign.mail_from.email, "own@x.org", "an address that the Identity does not allow is replaced");
        let sender = envelope("From: own@x.org, b@x.org\r\nSender: own@x.org\r\nTo: a@x.org\r\n\r\n").unwrap();
        assert_eq!(sender.mail_from.email, "own@x.org");
        assert_eq!(envelope("From: own@x.org, b@x.org\r\nTo: a@x.org\r\n\r\n"), Err("invalidEmail"));
        assert_eq!(envelope("From: own@x.org\r\nFrom: own@x.org\r\nTo: a@x.org\r\n\r\n"), Err("invalidEmail"));
    }
}
