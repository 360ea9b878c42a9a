//! From a part's octets to text: transfer encodings, charsets and JMAP's EmailBodyValue.

pub(crate) mod charset;
#[cfg(test)]
mod tests;
pub(crate) mod transfer;
mod value;

pub use value::{BodyValue, text_value};

/// Octets after transfer decoding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The decoded octets.
    pub bytes: Vec<u8>,
    /// The encoding was unknown or its text malformed.
    pub problem: bool,
}

/// Undoes a Content-Transfer-Encoding, leniently. `None`, 7bit, 8bit and binary pass through; unknown ones too, with
/// `problem` set (RFC 8621 §4.1.4 blobId).
pub fn decode_transfer(raw: &[u8], encoding: Option<&str>) -> Decoded {
    transfer::decode(raw, encoding)
}

/// Decodes text of a named charset; the flag tells of malformed sections or an unknown name. `us-ascii` and no name
/// are guessed: UTF-8 where valid, else windows-1252.
pub fn decode_charset(bytes: &[u8], charset: Option<&str>) -> (String, bool) {
    charset::decode(bytes, charset)
}
