//! Charsets: encoding_rs for the web's, mail-parser for UTF-7 and old code pages, and two 7-bit ones of our own.

use encoding_rs::{EUC_KR, Encoding, GBK, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use mail_parser::decoders::charsets::map::charset_decoder;

/// Names that mean "no idea".
const NO_IDEA: [&str; 7] = ["unknown-8bit", "x-unknown", "unknown", "default", "_autodetect", "none", "binary"];

/// Can text of this charset be decoded?
pub(crate) fn is_known(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty()
        && name.len() < 45
        && (Encoding::for_label(name.as_bytes()).is_some() || charset_decoder(name.as_bytes()).is_some())
}

/// Decodes; the flag tells of malformed sections or an unknown name.
pub(crate) fn decode(bytes: &[u8], charset: Option<&str>) -> (String, bool) {
    let name = charset.unwrap_or_default().trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    match name.as_str() {
        "" | "us-ascii" | "ascii" | "ansi_x3.4-1968" => guess(bytes),
        name if NO_IDEA.contains(&name) => (guess(bytes).0, true),
        "iso-2022-kr" => with(EUC_KR, &shifted_kr(bytes)),
        "hz-gb-2312" | "hz" => with(GBK, &shifted_hz(bytes)),
        "utf-16" => {
            let (text, _, problem) = UTF_16BE.decode(bytes);
            (text.into_owned(), problem)
        }
        name => by_name(bytes, name),
    }
}

fn by_name(bytes: &[u8], name: &str) -> (String, bool) {
    match Encoding::for_label(name.as_bytes()) {
        Some(encoding) if encoding != REPLACEMENT => with(encoding, bytes),
        _ => match Some(name).filter(|n| !n.is_empty() && n.len() < 45).and_then(|n| charset_decoder(n.as_bytes())) {
            Some(decoder) => {
                let text = decoder(bytes);
                let problem = text.contains('\u{fffd}');
                (text, problem)
            }
            None => (guess(bytes).0, true),
        },
    }
}

fn with(encoding: &'static Encoding, bytes: &[u8]) -> (String, bool) {
    let (text, problem) = encoding.decode_with_bom_removal(bytes);
    (text.into_owned(), problem)
}

/// Nobody said, or "ASCII" was said: UTF-8 where it is valid, else windows-1252 as a guess.
fn guess(bytes: &[u8]) -> (String, bool) {
    if let Some((encoding, _)) = Encoding::for_bom(bytes).filter(|(e, _)| [UTF_8, UTF_16LE, UTF_16BE].contains(e)) {
        return with(encoding, bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), true),
    }
}

/// ISO-2022-KR (RFC 1557): between SO and SI two octets are one Korean character.
fn shifted_kr(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            0x0e => shifted = true,
            0x0f => shifted = false,
            0x1b if after.starts_with(b"$)C") => rest = after.get(3..).unwrap_or_default(),
            b'\r' | b'\n' => {
                shifted = false;
                out.push(byte);
            }
            _ if shifted && byte > 0x20 => out.push(byte | 0x80),
            _ => out.push(byte),
        }
    }
    out
}

/// HZ (RFC 1843): between `~{` and `~}` two octets are one Chinese character.
fn shifted_hz(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'~' {
            match after.first() {
                Some(b'{') => shifted = true,
                Some(b'}') => shifted = false,
                Some(b'~') => out.push(b'~'),
                Some(b'\n') => {}
                _ => {
                    out.push(byte);
                    continue;
                }
            }
            rest = after.get(1..).unwrap_or_default();
        } else if shifted && byte > 0x20 {
            out.push(byte | 0x80);
        } else {
            out.push(byte);
        }
    }
    out
}
