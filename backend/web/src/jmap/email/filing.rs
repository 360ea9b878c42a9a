//! Where and how a new Email is filed: `mailboxIds`, `keywords`, `receivedAt` of `Email/set create` and `Email/import`.

use std::collections::BTreeSet;

use mailclient::actions::add_email::Filing;
use serde_json::Value;
use shared::ids::MailboxId;
use store::Keywords;

use crate::jmap::{
    context::CreatedIds,
    error::SetError,
    json::Object,
    limits::{MAX_KEYWORDS_PER_EMAIL, MAX_MAILBOXES_PER_EMAIL},
    time,
};

/// Reads the three properties; the names of the bad ones go to `invalid`.
pub fn read(object: &Object, created: &CreatedIds, invalid: &mut BTreeSet<String>) -> Result<Filing, SetError> {
    let mailboxes =
        object.get("mailboxIds").and_then(|value| mailbox_set(value, created)).filter(|set| !set.is_empty());
    let keywords = match object.get("keywords") {
        None | Some(Value::Null) => Some(BTreeSet::new()),
        Some(value) => keyword_set(value),
    };
    let received_at = match object.get("receivedAt") {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(text)) => time::parse(text).map(Some),
        Some(_) => None,
    };
    for (name, bad) in
        [("mailboxIds", mailboxes.is_none()), ("keywords", keywords.is_none()), ("receivedAt", received_at.is_none())]
    {
        if bad {
            invalid.insert(name.to_owned());
        }
    }
    let filing = Filing {
        mailboxes: mailboxes.unwrap_or_default(),
        keywords: keywords.unwrap_or_default(),
        received_at: received_at.flatten(),
    };
    if filing.keywords.len() > MAX_KEYWORDS_PER_EMAIL {
        return Err(SetError::new("tooManyKeywords"));
    }
    if filing.mailboxes.len() > MAX_MAILBOXES_PER_EMAIL {
        return Err(SetError::new("tooManyMailboxes"));
    }
    Ok(filing)
}

/// `Id[Boolean]`, every value `true`; a `#` id is one created in this request.
pub fn mailbox_set(value: &Value, created: &CreatedIds) -> Option<BTreeSet<MailboxId>> {
    let object = value.as_object()?;
    object.iter().map(|(id, on)| if *on == Value::Bool(true) { created.id(id) } else { None }).collect()
}

/// `String[Boolean]`, every value `true`, every key a keyword (RFC 8621 §4.1.1); lower case.
pub fn keyword_set(value: &Value) -> Option<BTreeSet<String>> {
    let object = value.as_object()?;
    object.iter().map(|(keyword, on)| if *on == Value::Bool(true) { Keywords::normal(keyword) } else { None }).collect()
}
