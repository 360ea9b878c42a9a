//! Email/set create (RFC 8621 §4.6): arbitrary header fields in any form and any body structure.

use serde_json::{Map, Value as Json};

use super::BuildError;
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
#[derive(Debug, Clone)]
pub struct DraftPart {
    /// Media type, lower case.
    pub r#type: String,
    /// Charset to declare for a blob of text.
    pub charset: Option<String>,
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

/// A creation refused as `invalidProperties`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{description}")]
pub struct InvalidProperties {
    /// The names of the offending properties.
    pub properties: Vec<String>,
    /// In words.
    pub description: String,
}

impl EmailDraft {
    /// Reads an Email creation object. `id`-like and store-side properties (mailboxIds, keywords, receivedAt) are the
    /// caller's and are passed over; every other unknown property is refused.
    pub fn from_json(email: &Map<String, Json>) -> Result<Self, InvalidProperties> {
        let _ = email;
        todo!()
    }

    /// Every blob id that the draft refers to, in order, without repeats.
    pub fn blob_ids(&self) -> Vec<String> {
        todo!()
    }

    /// Writes the message. `blob` gives a blob's bytes; `date` and `message_id` (no brackets) are used when the draft
    /// names none.
    pub fn build(
        &self,
        date: Date,
        message_id: &str,
        blob: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    ) -> Result<Vec<u8>, BuildError> {
        let _ = (date, message_id, blob);
        todo!()
    }
}
