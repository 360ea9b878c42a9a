//! From a part's octets to text: transfer encodings, charsets and JMAP's EmailBodyValue.

use serde::{Deserialize, Serialize};

/// Octets after transfer decoding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The decoded octets.
    pub bytes: Vec<u8>,
    /// The encoding was unknown or its text malformed.
    pub problem: bool,
}

/// RFC 8621 §4.1.4 `EmailBodyValue`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BodyValue {
    /// The text with LF line ends.
    pub value: String,
    /// Malformed sections or an unknown charset or transfer encoding.
    pub is_encoding_problem: bool,
    /// Cut at the asked number of octets.
    pub is_truncated: bool,
}

/// Undoes a Content-Transfer-Encoding, leniently. `None`, 7bit, 8bit and binary pass through; unknown ones too, with
/// `problem` set (RFC 8621 §4.1.4 blobId).
pub fn decode_transfer(raw: &[u8], encoding: Option<&str>) -> Decoded {
    let _ = (raw, encoding);
    todo!()
}

/// Decodes text of a named charset; the flag tells of malformed sections or an unknown name. `us-ascii` and no name
/// are guessed: UTF-8 where valid, else windows-1252.
pub fn decode_charset(bytes: &[u8], charset: Option<&str>) -> (String, bool) {
    let _ = (bytes, charset);
    todo!()
}

/// A part's EmailBodyValue. `max_bytes` 0 = whole; the cut never splits a character, nor (for HTML) a tag.
/// With `charset` us-ascii or none and `is_html`, a `<meta charset>` is believed.
pub fn text_value(decoded: &Decoded, charset: Option<&str>, is_html: bool, max_bytes: usize) -> BodyValue {
    let _ = (decoded, charset, is_html, max_bytes);
    todo!()
}
