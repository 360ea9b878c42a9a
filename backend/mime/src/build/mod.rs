//! Writing messages: strict encoders, no joined strings from outside.

mod assemble;
pub mod draft;
mod encode;
mod json;
mod part;
#[cfg(test)]
mod tests;

use crate::{
    Address, Date,
    header::{self, Value},
};
use assemble::{Bodies, assemble};
use draft::{DraftContent, DraftHeader, DraftPart, EmailDraft};

/// A letter to be written.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// From.
    pub from: Vec<Address>,
    /// Sender, needed when From has several.
    pub sender: Option<Address>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Bcc: written into the stored copy; send [`without_bcc`].
    pub bcc: Vec<Address>,
    /// Reply-To.
    pub reply_to: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// Message-ID without brackets.
    pub message_id: String,
    /// In-Reply-To ids without brackets.
    pub in_reply_to: Vec<String>,
    /// References ids without brackets.
    pub references: Vec<String>,
    /// Date.
    pub date: Date,
    /// The plain text body.
    pub text: String,
    /// The HTML alternative.
    pub html: Option<String>,
    /// Attached and inline files.
    pub attachments: Vec<Attachment>,
    /// Further header fields (name, text).
    pub extra: Vec<(String, String)>,
}

/// A file in a letter.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// The content.
    pub bytes: Vec<u8>,
    /// Media type.
    pub r#type: String,
    /// File name.
    pub name: Option<String>,
    /// Content-Id without brackets, for `cid:` links.
    pub cid: Option<String>,
    /// `inline` rather than `attachment`.
    pub inline: bool,
}

/// Why a message cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// A header value holds CR, LF or NUL, or a name is no field name.
    #[error("the header field {0} holds characters that no header may hold")]
    Header(String),
    /// A media type, Content-Id, address or message id of impossible form.
    #[error("{0} is not well-formed")]
    Malformed(String),
    /// A blob of a draft was not resolved.
    #[error("the blob {0} was not found")]
    Blob(String),
}

/// Writes an RFC 5322 message: CRLF, lines of at most 998 octets, RFC 2047 and 2231 where needed. All is 7-bit, except
/// for attached messages (RFC 2046 §5.2.1 forbids to encode them) and local parts beyond ASCII (RFC 6532).
///
/// # Errors
/// CR, LF or NUL in a header value, malformed addresses, ids or types.
pub fn build(letter: &Outgoing) -> Result<Vec<u8>, BuildError> {
    let mut headers = Vec::new();
    let mut field = |name: &str, value: Value| headers.push(DraftHeader { name: name.to_owned(), value });
    field("From", Value::Addresses(letter.from.clone()));
    if let Some(sender) = &letter.sender {
        field("Sender", Value::Addresses(vec![sender.clone()]));
    }
    for (name, list) in [("Reply-To", &letter.reply_to), ("To", &letter.to), ("Cc", &letter.cc), ("Bcc", &letter.bcc)] {
        if !list.is_empty() {
            field(name, Value::Addresses(list.clone()));
        }
    }
    field("Subject", Value::Text(letter.subject.clone()));
    for (name, ids) in [("In-Reply-To", &letter.in_reply_to), ("References", &letter.references)] {
        if !ids.is_empty() {
            field(name, Value::MessageIds(Some(ids.clone())));
        }
    }
    for (name, text) in &letter.extra {
        field(name, Value::Text(text.clone()));
    }
    let attachments = letter.attachments.iter().map(Attachment::part).collect();
    let html = letter.html.clone().map(|html| DraftPart::text("text/html", html));
    let text = Some(DraftPart::text("text/plain", letter.text.clone()));
    let draft = EmailDraft { headers, body: assemble(Bodies { text, html, attachments }) };
    draft.build(letter.date, &letter.message_id, &mut |_| None)
}

impl Attachment {
    fn part(&self) -> DraftPart {
        DraftPart {
            r#type: self.r#type.to_ascii_lowercase(),
            disposition: Some(if self.inline { "inline" } else { "attachment" }.to_owned()),
            name: self.name.clone(),
            cid: self.cid.clone(),
            content: DraftContent::Bytes(self.bytes.clone()),
            ..DraftPart::default()
        }
    }
}

/// The message without any Bcc field: what goes out by SMTP. Every other octet stays.
pub fn without_bcc(raw: &[u8]) -> Vec<u8> {
    header::without_fields(raw, &["bcc", "resent-bcc"])
}
