//! Writing messages: strict encoders, no joined strings from outside.

pub mod draft;

use crate::{Address, Date};

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
    /// A media type, Content-Id or message id of impossible form.
    #[error("{0} is not well-formed")]
    Malformed(String),
    /// A blob of a draft was not resolved.
    #[error("the blob {0} was not found")]
    Blob(String),
}

/// Writes an RFC 5322 message: CRLF, lines of at most 998 octets, 7-bit throughout (RFC 2047 and 2231 where needed).
pub fn build(letter: &Outgoing) -> Result<Vec<u8>, BuildError> {
    let _ = letter;
    todo!()
}

/// The message without any Bcc field: what goes out by SMTP. Every other octet stays.
pub fn without_bcc(raw: &[u8]) -> Vec<u8> {
    let _ = raw;
    todo!()
}
