//! `bodyValues` (RFC 8621 §4.1.4): which parts, and their text.

use std::collections::BTreeSet;

use mime::{BodyPart, BodyValue, Decoded, body_lists, text_value};
use serde_json::{Value, json};

use super::wanted::Wanted;
use crate::jmap::json::Object;

/// Transfer encodings that are known (RFC 2045 §6.1); under any other name the octets are shown as they are.
const ENCODINGS: [&str; 5] = ["7bit", "8bit", "binary", "base64", "quoted-printable"];

/// The `text/*` leaves whose values are asked for, each once.
pub fn parts<'a>(root: &'a BodyPart, wanted: &Wanted) -> Vec<&'a BodyPart> {
    let lists = body_lists(root);
    let mut parts = Vec::new();
    if wanted.text_values {
        parts.extend(lists.text_body);
    }
    if wanted.html_values {
        parts.extend(lists.html_body);
    }
    if wanted.all_values {
        parts.extend(root.walk());
    }
    let mut seen = BTreeSet::new();
    parts.retain(|part| part.is_text() && part.section.as_ref().is_some_and(|section| seen.insert(section.clone())));
    parts
}

/// The octets of a part as they came from the provider, its transfer encoding undone.
pub fn fetched(part: &BodyPart, bytes: &[u8]) -> Decoded {
    let problem = part.encoding.as_deref().is_some_and(|name| !ENCODINGS.contains(&name));
    Decoded { bytes: bytes.to_vec(), problem }
}

/// One part's EmailBodyValue under its partId.
pub fn one(part: &BodyPart, decoded: &Decoded, max: usize) -> Object {
    let BodyValue { value, is_encoding_problem, is_truncated } =
        text_value(decoded, part.charset.as_deref(), part.r#type == "text/html", max);
    let value = json!({ "value": value, "isEncodingProblem": is_encoding_problem, "isTruncated": is_truncated });
    part.section.clone().map(|section| (section, value)).into_iter().collect()
}

/// All asked values of a message that is here in full.
pub fn from_raw(raw: &[u8], root: &BodyPart, wanted: &Wanted) -> Object {
    let mut values = Object::new();
    for part in parts(root, wanted) {
        let decoded = part.section.as_deref().and_then(|section| mime::part_bytes(raw, section));
        values.extend(one(part, &decoded.unwrap_or_default(), wanted.max_value));
    }
    values
}

/// How many octets of text these values are.
pub fn weight(values: &Object) -> usize {
    values.values().filter_map(|value| value.get("value").and_then(Value::as_str)).map(str::len).sum()
}
