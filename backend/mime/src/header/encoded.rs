//! Raw and Text forms (RFC 8621 §4.1.2.1 and §4.1.2.2) and the encoded words of RFC 2047.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::body::{charset, transfer};

/// Octets of one encoded word.
const MAX_ENCODED: usize = 2_000;

/// The Raw form: NUL dropped, what violates UTF-8 replaced by U+FFFD.
pub(crate) fn raw_text(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    if text.contains('\0') { text.replace('\0', "") } else { text.into_owned() }
}

/// Unfolded text (RFC 5322 §2.2.3) before any decoding of words. Raw 8-bit text is UTF-8 where valid, else it is
/// taken for windows-1252, as old mailers wrote.
pub(super) fn unfolded(raw: &[u8]) -> String {
    let text = match std::str::from_utf8(raw) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(raw).0,
    };
    text.chars().filter(|c| !matches!(c, '\r' | '\n' | '\0')).collect()
}

/// The Text form.
pub(crate) fn text_form(raw: &[u8]) -> String {
    let text = unfolded(raw);
    nfc(decode_words(text.trim_start_matches(' ')))
}

/// Normalization Form C.
pub(crate) fn nfc(text: String) -> String {
    if is_nfc_quick(text.chars()) == IsNormalized::Yes { text } else { text.nfc().collect() }
}

/// Decodes encoded words that stand between white space (RFC 2047 §5 (1)); white space between two of them goes.
pub(super) fn decode_words(text: &str) -> String {
    if !text.contains("=?") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut run = Run::default();
    let mut rest = text;
    while !rest.is_empty() {
        let gap_end = rest.find(|c| !matches!(c, ' ' | '\t')).unwrap_or(rest.len());
        let (gap, after) = rest.split_at(gap_end);
        let word_end = after.find([' ', '\t']).unwrap_or(after.len());
        let (word, next) = after.split_at(word_end);
        rest = next;
        match parse_word(word) {
            Some(encoded) => {
                if run.is_empty() {
                    out.push_str(gap);
                }
                run.push(encoded, &mut out);
            }
            None => {
                run.flush(&mut out);
                out.push_str(gap);
                out.push_str(word);
            }
        }
    }
    run.flush(&mut out);
    out
}

/// Decodes every encoded word wherever it stands, also inside of quotes and without white space: for file names,
/// where RFC 2047 allows none but real mail has many.
pub(crate) fn decode_loose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = Run::default();
    let mut rest = text;
    while let Some(start) = rest.find("=?") {
        let (before, from) = rest.split_at(start);
        let Some((encoded, length)) = word_prefix(from) else {
            run.flush(&mut out);
            out.push_str(before);
            out.push_str("=?");
            rest = from.get(2..).unwrap_or_default();
            continue;
        };
        if run.is_empty() || !before.trim_matches([' ', '\t']).is_empty() {
            run.flush(&mut out);
            out.push_str(before);
        }
        run.push(encoded, &mut out);
        rest = from.get(length..).unwrap_or_default();
    }
    run.flush(&mut out);
    out.push_str(rest);
    nfc(out)
}

/// A word's charset and its octets.
struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

/// Neighbouring words of one charset are joined before they are decoded, because mailers split characters.
#[derive(Default)]
struct Run {
    charset: String,
    bytes: Vec<u8>,
    open: bool,
}

impl Run {
    fn is_empty(&self) -> bool {
        !self.open
    }

    fn push(&mut self, word: Word<'_>, out: &mut String) {
        if self.open && !self.charset.eq_ignore_ascii_case(word.charset) {
            self.flush(out);
        }
        self.open = true;
        word.charset.clone_into(&mut self.charset);
        self.bytes.extend_from_slice(&word.bytes);
    }

    fn flush(&mut self, out: &mut String) {
        if self.open {
            let (text, _) = charset::decode(&self.bytes, Some(&self.charset));
            out.extend(text.chars().filter(|c| !c.is_control()));
            self.bytes.clear();
            self.open = false;
        }
    }
}

/// A whole word of the form `=?charset?encoding?text?=` with a known charset.
fn parse_word(word: &str) -> Option<Word<'_>> {
    let (encoded, length) = word_prefix(word)?;
    (length == word.len()).then_some(encoded)
}

/// An encoded word at the beginning of `text` and its length.
fn word_prefix(text: &str) -> Option<(Word<'_>, usize)> {
    // RFC 2047 allows 75 characters; mailers write longer ones, but a search without end costs a hostile header's square.
    let text = text.get(..text.floor_char_boundary(MAX_ENCODED)).unwrap_or(text);
    let inner = text.strip_prefix("=?")?;
    let (charset, rest) = inner.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (content, _) = rest.split_once("?=")?;
    let name = charset.split('*').next().unwrap_or_default();
    let token = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_graphic() && !b"()<>@,;:\"/[]?.=".contains(&b));
    // RFC 2047 §2: encoded-text is printable ASCII without "?" and SPACE.
    let printable = content.bytes().all(|b| b.is_ascii_graphic() && b != b'?');
    if !token(name) || !printable || !charset::is_known(name) {
        return None;
    }
    let bytes = match encoding {
        "q" | "Q" => transfer::q_words(content.as_bytes()),
        "b" | "B" => transfer::decode(content.as_bytes(), Some("base64")).bytes,
        _ => return None,
    };
    let length = 2 + charset.len() + 1 + encoding.len() + 1 + content.len() + 2;
    Some((Word { charset: name, bytes }, length))
}
/// The length of an encoded word at the beginning of `text`, specials and all.
pub(super) fn word_length(text: &str) -> Option<usize> {
    word_prefix(text).map(|(_, length)| length)
}
