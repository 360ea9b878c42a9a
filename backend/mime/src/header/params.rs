//! Structured values with parameters (RFC 2045 §5.1, RFC 2183) and their long or foreign values (RFC 2231).

use super::encoded::{decode_loose, nfc, unfolded};
use crate::body::charset;

/// Parameters of one field that are looked at.
const MAX_PARAMS: usize = 200;

/// A value such as a media type or disposition with its raw parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parameterised {
    /// The value in lower case, comments dropped.
    pub value: String,
    /// Names in lower case, values unquoted but not decoded.
    pub params: Vec<(String, String)>,
}

impl Parameterised {
    /// Reads a raw field value.
    pub fn parse(raw: &[u8]) -> Self {
        let text = unfolded(raw);
        let mut pieces = pieces(&text).into_iter();
        let value = without_comments(&pieces.next().unwrap_or_default()).to_ascii_lowercase();
        let params = pieces.take(MAX_PARAMS).filter_map(|piece| param(&piece)).collect();
        Self { value, params }
    }

    /// From names and values that were taken apart already (IMAP).
    pub fn from_pairs(value: String, pairs: Vec<(String, String)>) -> Self {
        let params =
            pairs.into_iter().take(MAX_PARAMS).map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        Self { value: value.to_ascii_lowercase(), params }
    }

    /// A token parameter such as charset or boundary.
    pub fn token(&self, name: &str) -> Option<String> {
        self.decoded(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A parameter decoded per RFC 2231, or (as real mail has it) per RFC 2047.
    pub fn decoded(&self, name: &str) -> Option<String> {
        self.extended(name).or_else(|| {
            let (_, value) = self.params.iter().find(|(n, _)| n == name)?;
            Some(decode_loose(value))
        })
    }

    /// `name*=charset'lang'value`, or the pieces `name*0`, `name*1*`, … in order (RFC 2231 §3 and §4).
    fn extended(&self, name: &str) -> Option<String> {
        let get = |suffix: &str| {
            let found = self.params.iter().find(|(n, _)| n.strip_prefix(name) == Some(suffix));
            found.map(|(_, value)| value.as_str())
        };
        if let Some(value) = get("*") {
            let (charset, encoded) = charset_of(value);
            return Some(to_text(&percent(encoded), charset));
        }
        let mut bytes = Vec::new();
        let mut charset = None;
        for index in 0..MAX_PARAMS {
            if let Some(value) = get(&format!("*{index}*")) {
                let (named, encoded) = if index == 0 { charset_of(value) } else { (None, value) };
                charset = charset.or(named);
                bytes.extend(percent(encoded));
            } else if let Some(value) = get(&format!("*{index}")) {
                bytes.extend_from_slice(value.as_bytes());
            } else {
                break;
            }
        }
        (!bytes.is_empty()).then(|| to_text(&bytes, charset))
    }
}

fn to_text(bytes: &[u8], charset: Option<&str>) -> String {
    let (text, _) = charset::decode(bytes, charset);
    nfc(text.chars().filter(|c| !c.is_control()).collect())
}

/// `charset'language'value`; without both quotes it is all value.
fn charset_of(value: &str) -> (Option<&str>, &str) {
    let mut parts = value.splitn(3, '\'');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(charset), Some(_), Some(rest)) => (Some(charset).filter(|c| !c.is_empty()), rest),
        _ => (None, value),
    }
}

/// Percent decoding; a stray "%" stays.
fn percent(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let Some((&first, rest)) = bytes.split_first() {
        let hex = rest
            .get(..2)
            .and_then(|h| std::str::from_utf8(h).ok())
            .filter(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(value) if first == b'%' => {
                out.push(value);
                bytes = rest.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(first);
                bytes = rest;
            }
        }
    }
    out
}

/// Splits at semicolons outside of quotes.
fn pieces(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        if c == ';' && !quoted {
            if out.len() > MAX_PARAMS {
                break;
            }
            out.push(String::new());
            continue;
        }
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out
}

/// `name=value` with its quotes undone.
fn param(piece: &str) -> Option<(String, String)> {
    let (name, value) = piece.split_once('=')?;
    let name = without_comments(name).to_ascii_lowercase();
    let value = value.trim();
    let value = match value.strip_prefix('"') {
        Some(rest) => unquoted(rest),
        // A comment may follow a token; a file name without quotes may hold parentheses and spaces.
        None if name.starts_with("name") || name.starts_with("filename") => value.to_owned(),
        None => value.split([' ', '\t', '(']).next().unwrap_or_default().to_owned(),
    };
    (!name.is_empty()).then_some((name, value))
}

/// Up to the closing quote, quoted pairs undone.
fn unquoted(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => out.extend(chars.next()),
            c => out.push(c),
        }
    }
    out
}

/// Comments and white space dropped.
fn without_comments(text: &str) -> String {
    let mut depth = 0u32;
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 && !c.is_whitespace() => out.push(c),
            _ => {}
        }
    }
    out
}
