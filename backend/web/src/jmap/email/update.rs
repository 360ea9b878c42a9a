//! Patches of Emails (RFC 8621 §4.6): `keywords` and `mailboxIds` change; everything else may only be repeated as it is.

use std::collections::BTreeMap;

use mailclient::actions::{EmailUpdate, Patch};
use serde_json::Value;
use shared::ids::MailboxId;
use store::Keywords;

use super::filing::{keyword_set, mailbox_set};
use crate::jmap::{
    context::CreatedIds,
    error::SetError,
    json::Object,
    limits::{MAX_KEYWORDS_PER_EMAIL, MAX_MAILBOXES_PER_EMAIL},
    patch::paths,
};

/// The update that a patch asks for, and what of it concerns immutable properties (to be compared with the Email).
pub fn email_update(patch: &Object, created: &CreatedIds) -> Result<(EmailUpdate, Object), SetError> {
    let mut keywords: Option<Patch<String>> = None;
    let mut mailboxes: Option<Patch<MailboxId>> = None;
    let mut rest = Object::new();
    let mut invalid = Vec::new();
    for (path, value) in paths(patch)? {
        let mut tokens = path.iter().map(String::as_str);
        let sound = match (tokens.next(), tokens.next(), tokens.next()) {
            (Some("keywords"), None, _) => whole_keywords(value).map(|set| keywords = Some(set)).is_some(),
            (Some("mailboxIds"), None, _) => mailbox_set(value, created)
                .filter(|set| !set.is_empty())
                .map(|set| mailboxes = Some(Patch::Replace(set)))
                .is_some(),
            (Some("keywords" | "mailboxIds"), Some(_), Some(_)) => {
                return Err(SetError::invalid_patch("the path leads through a boolean"));
            }
            (Some("keywords"), Some(keyword), None) => member(&mut keywords, keyword_member(keyword, value)),
            (Some("mailboxIds"), Some(id), None) => member(&mut mailboxes, mailbox_member(id, value, created)),
            _ => {
                rest.insert(
                    path.iter().map(|t| t.replace('~', "~0").replace('/', "~1")).collect::<Vec<_>>().join("/"),
                    value.clone(),
                );
                true
            }
        };
        if !sound {
            invalid.extend(path.first().cloned());
        }
    }
    if !invalid.is_empty() {
        invalid.dedup();
        return Err(SetError::properties(invalid, "not a set of keywords or of Mailboxes"));
    }
    if size(keywords.as_ref()) > MAX_KEYWORDS_PER_EMAIL {
        return Err(SetError::new("tooManyKeywords"));
    }
    if size(mailboxes.as_ref()) > MAX_MAILBOXES_PER_EMAIL {
        return Err(SetError::new("tooManyMailboxes"));
    }
    Ok((EmailUpdate { keywords, mailboxes }, rest))
}

/// `null` puts the default back: no keyword.
fn whole_keywords(value: &Value) -> Option<Patch<String>> {
    if value.is_null() {
        Some(Patch::Replace(std::collections::BTreeSet::new()))
    } else {
        keyword_set(value).map(Patch::Replace)
    }
}

/// A single member: `true` adds, `null` removes. `Some(None)`: nothing to do.
type Member<T> = Option<Option<(T, bool)>>;

fn keyword_member(keyword: &str, value: &Value) -> Member<String> {
    match (value, Keywords::normal(keyword)) {
        (Value::Bool(true), Some(keyword)) => Some(Some((keyword, true))),
        (Value::Null, Some(keyword)) => Some(Some((keyword, false))),
        (Value::Null, None) => Some(None),
        _ => None,
    }
}

fn mailbox_member(id: &str, value: &Value, created: &CreatedIds) -> Member<MailboxId> {
    match (value, created.id(id)) {
        (Value::Bool(true), Some(id)) => Some(Some((id, true))),
        (Value::Null, Some(id)) => Some(Some((id, false))),
        (Value::Null, None) => Some(None),
        _ => None,
    }
}

/// Notes one member; false if it was malformed. (A whole set beside it would be an invalid patch already.)
fn member<T: Ord>(patch: &mut Option<Patch<T>>, change: Member<T>) -> bool {
    let Some(change) = change else { return false };
    let patch = patch.get_or_insert_with(|| Patch::Members(BTreeMap::new()));
    if let (Patch::Members(members), Some((key, on))) = (patch, change) {
        // Two spellings of one keyword: adding wins.
        let entry = members.entry(key).or_insert(on);
        *entry |= on;
    }
    true
}

fn size<T: Ord>(patch: Option<&Patch<T>>) -> usize {
    match patch {
        None => 0,
        Some(Patch::Replace(set)) => set.len(),
        Some(Patch::Members(members)) => members.values().filter(|on| **on).count(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn read(patch: &Value) -> Result<(EmailUpdate, Object), &'static str> {
        email_update(patch.as_object().unwrap(), &CreatedIds::default()).map_err(|error| error.kind())
    }

    #[test]
    fn members_and_whole_sets_are_told_apart() {
        let (update, rest) =
            read(&json!({ "keywords/$Seen": true, "keywords/x": null, "mailboxIds": { "m1": true }, "subject": "x" }))
                .unwrap();
        assert_eq!(update.keywords, Some(Patch::Members([("$seen".to_owned(), true), ("x".to_owned(), false)].into())));
        assert_eq!(update.mailboxes, Some(Patch::Replace([MailboxId(1)].into())));
        assert_eq!(Value::Object(rest), json!({ "subject": "x" }));
        let (update, _) =
            read(&json!({ "keywords": null, "mailboxIds/m1": null, "mailboxIds/odd": null, "mailboxIds/m2": true }))
                .unwrap();
        assert_eq!(update.keywords, Some(Patch::Replace([].into())));
        assert_eq!(update.mailboxes, Some(Patch::Members([(MailboxId(1), false), (MailboxId(2), true)].into())));
    }

    #[test]
    fn what_is_no_set_is_refused() {
        for (patch, kind) in [
            (json!({ "keywords/$seen": false }), "invalidProperties"),
            (json!({ "keywords/a b": true }), "invalidProperties"),
            (json!({ "keywords": { "$seen": false } }), "invalidProperties"),
            (json!({ "keywords": ["$seen"] }), "invalidProperties"),
            (json!({ "mailboxIds": {} }), "invalidProperties"),
            (json!({ "mailboxIds": null }), "invalidProperties"),
            (json!({ "mailboxIds": { "e1": true } }), "invalidProperties"),
            (json!({ "mailboxIds/#none": true }), "invalidProperties"),
            (json!({ "keywords/$seen/x": true }), "invalidPatch"),
            (json!({ "keywords": {}, "keywords/x": true }), "invalidPatch"),
            (json!({ "keywords/~2": true }), "invalidPatch"),
        ] {
            assert_eq!(read(&patch).unwrap_err(), kind, "{patch}");
        }
        let many: Object = (0..=MAX_KEYWORDS_PER_EMAIL).map(|n| (format!("keywords/k{n}"), json!(true))).collect();
        assert_eq!(read(&Value::Object(many)).unwrap_err(), "tooManyKeywords");
    }
}
