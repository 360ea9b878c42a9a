//! JMAP's EmailBodyValue (RFC 8621 §4.1.4): decoded text, cut where asked.

use serde::{Deserialize, Serialize};

use super::{Decoded, charset};

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

/// A part's EmailBodyValue. `max_bytes` 0 = whole; the cut never splits a character, nor (for HTML) a tag.
/// With `charset` us-ascii or none and `is_html`, a `<meta charset>` is believed.
pub fn text_value(decoded: &Decoded, charset: Option<&str>, is_html: bool, max_bytes: usize) -> BodyValue {
    let unnamed = charset.is_none_or(|c| c.trim().is_empty() || c.trim().eq_ignore_ascii_case("us-ascii"));
    let declared = if is_html && unnamed && std::str::from_utf8(&decoded.bytes).is_err() {
        meta_charset(&decoded.bytes)
    } else {
        None
    };
    let (text, problem) = charset::decode(&decoded.bytes, declared.as_deref().or(charset));
    let mut value = if text.contains("\r\n") { text.replace("\r\n", "\n") } else { text };
    let is_truncated = max_bytes > 0 && value.len() > max_bytes;
    if is_truncated {
        let mut cut = value.floor_char_boundary(max_bytes);
        if is_html {
            cut = outside_of_tag(&value, cut);
        }
        value.truncate(cut);
    }
    BodyValue { value, is_encoding_problem: problem || decoded.problem, is_truncated }
}

/// The charset that an HTML document names in its first kilobyte.
fn meta_charset(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..1024).unwrap_or(bytes).to_ascii_lowercase();
    let text = String::from_utf8_lossy(&head).into_owned();
    let meta = text.get(text.find("<meta")?..)?;
    let (_, after) = meta.split_once("charset")?;
    let value = after.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(value.len());
    let name = value.get(..end)?;
    // Bytes that are read as ASCII cannot be UTF-16, whatever they say.
    (charset::is_known(name) && !name.starts_with("utf-16")).then(|| name.to_owned())
}

/// `cut`, or the beginning of the tag or comment that it would split.
fn outside_of_tag(html: &str, cut: usize) -> usize {
    let bytes = html.as_bytes();
    let mut at = 0;
    while let Some(open) = bytes.get(at..cut).and_then(|rest| rest.iter().position(|&b| b == b'<')).map(|p| at + p) {
        let is_tag = bytes.get(open + 1).is_some_and(|b| b.is_ascii_alphabetic() || b"/!?".contains(b));
        if !is_tag {
            at = open + 1;
            continue;
        }
        match tag_end(bytes, open).filter(|end| *end <= cut) {
            Some(end) => at = end,
            None => return open,
        }
    }
    cut
}

/// Where the tag or comment at `open` ends; `>` inside quotes does not count.
fn tag_end(bytes: &[u8], open: usize) -> Option<usize> {
    let rest = bytes.get(open..)?;
    if rest.starts_with(b"<!--") {
        let close = rest.get(4..)?.windows(3).position(|w| w == b"-->")?;
        return Some(open + 4 + close + 3);
    }
    let mut quote = None;
    for (at, &byte) in rest.iter().enumerate() {
        match (quote, byte) {
            (Some(q), _) if q == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return Some(open + at + 1),
            _ => {}
        }
    }
    None
}
