//! Email/set create (RFC 8621 §4.6): arbitrary header fields in any form and any body structure.

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use super::{BuildError, encode, json, part};
use crate::{Date, header::Value};

/// An Email object given for creation, checked against RFC 8621 §4.6.
#[derive(Debug, Clone)]
pub struct EmailDraft {
    /// Header fields in the order given.
    pub headers: Vec<DraftHeader>,
    /// The body tree.
    pub body: DraftPart,
}

/// One header field to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftHeader {
    /// Field name.
    pub name: String,
    /// Its value in one of the forms.
    pub value: Value,
}

/// One body part to write.
#[derive(Debug, Clone, Default)]
pub struct DraftPart {
    /// Media type, lower case.
    pub r#type: String,
    /// Charset to declare for a blob of text.
    pub charset: Option<String>,
    /// Further Content-Type parameters.
    pub params: Vec<(String, String)>,
    /// `inline` or `attachment`.
    pub disposition: Option<String>,
    /// File name.
    pub name: Option<String>,
    /// Content-Id without brackets.
    pub cid: Option<String>,
    /// Content-Language.
    pub language: Vec<String>,
    /// Content-Location.
    pub location: Option<String>,
    /// Further part header fields.
    pub headers: Vec<DraftHeader>,
    /// What it holds.
    pub content: DraftContent,
}

impl DraftPart {
    /// A text part.
    pub(super) fn text(r#type: &str, text: String) -> Self {
        Self { r#type: r#type.to_owned(), content: DraftContent::Text(text), ..Self::default() }
    }
}

/// What a body part holds.
#[derive(Debug, Clone)]
pub enum DraftContent {
    /// Text from bodyValues.
    Text(String),
    /// A blob, still to be resolved by its id.
    Blob(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Children of a multipart.
    Parts(Vec<DraftPart>),
}

impl Default for DraftContent {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

/// A creation refused as `invalidProperties`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{description}")]
pub struct InvalidProperties {
    /// The names of the offending properties.
    pub properties: Vec<String>,
    /// In words.
    pub description: String,
}

/// The usual order of header fields; others follow as given.
const ORDER: &[&str] =
    &["date", "from", "sender", "reply-to", "to", "cc", "bcc", "subject", "message-id", "in-reply-to", "references"];

impl EmailDraft {
    /// Reads an Email creation object. mailboxIds, keywords, receivedAt and sourceId are the caller's and are passed
    /// over; every other unknown property is refused.
    ///
    /// # Errors
    /// What RFC 8621 §4.6 forbids, with the names of the properties.
    pub fn from_json(email: &Map<String, Json>) -> Result<Self, InvalidProperties> {
        json::draft(email)
    }

    /// Every blob id that the draft refers to, in order, without repeats.
    pub fn blob_ids(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut left = vec![&self.body];
        while let Some(part) = left.pop() {
            match &part.content {
                DraftContent::Blob(id) if !found.contains(id) => found.push(id.clone()),
                DraftContent::Parts(parts) => left.extend(parts.iter().rev()),
                _ => {}
            }
        }
        found
    }

    /// Writes the message. `blob` gives a blob's bytes; `date` and `message_id` (no brackets) are used when the draft
    /// names none.
    ///
    /// # Errors
    /// A blob that `blob` does not know; values that no encoder can write.
    pub fn build(
        &self,
        date: Date,
        message_id: &str,
        blob: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    ) -> Result<Vec<u8>, BuildError> {
        let mut headers = self.headers.clone();
        let has = |headers: &[DraftHeader], name: &str| headers.iter().any(|h| h.name.eq_ignore_ascii_case(name));
        if !has(&headers, "Date") {
            headers.push(DraftHeader { name: "Date".to_owned(), value: Value::Date(Some(date)) });
        }
        if !has(&headers, "Message-ID") {
            let ids = Value::MessageIds(Some(vec![message_id.to_owned()]));
            headers.push(DraftHeader { name: "Message-ID".to_owned(), value: ids });
        }
        let rank = |name: &str| ORDER.iter().position(|known| known.eq_ignore_ascii_case(name)).unwrap_or(ORDER.len());
        headers.sort_by_key(|header| rank(&header.name));
        let mut out = Vec::new();
        for header in &headers {
            encode::field(&mut out, &header.name, &header.value)?;
        }
        if !has(&headers, "MIME-Version") {
            out.extend_from_slice(b"MIME-Version: 1.0\r\n");
        }
        // Boundaries need to be unlike any content, not unpredictable.
        let seed =
            Sha256::new().chain_update(message_id.as_bytes()).chain_update(date.epoch_s.to_be_bytes()).finalize();
        let seed: String = seed.iter().take(9).map(|byte| format!("{byte:02x}")).collect();
        part::Writer::new(seed, blob).write(&self.body, &mut out)?;
        Ok(out)
    }
}
