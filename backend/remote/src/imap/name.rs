//! Folder names on the wire: modified UTF-7 (RFC 3501 §5.1.3).

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Longest name for people that is sent, in characters; servers refuse longer ones anyway.
const MAX_NAME: usize = 1000;

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The name for people, without control characters; a part that is not valid modified UTF-7 is shown as it is.
pub fn decode_name(wire: &str) -> String {
    let mut out = String::with_capacity(wire.len());
    let mut rest = wire;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        match after.split_once('-') {
            Some(("", tail)) => {
                out.push('&');
                rest = tail;
            }
            Some((code, tail)) => {
                match decode_run(code) {
                    Some(text) => out.push_str(&text),
                    None => {
                        out.push('&');
                        out.push_str(code);
                        out.push('-');
                    }
                }
                rest = tail;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out.chars().filter(|c| !c.is_control()).collect()
}

fn decode_run(code: &str) -> Option<String> {
    let bytes = ENGINE.decode(code).ok()?;
    if bytes.len() % 2 != 0 {
        return None;
    }
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    });
    char::decode_utf16(units).collect::<Result<String, _>>().ok()
}

/// The wire name of a name for people. Control characters are left out.
pub fn encode_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut run: Vec<u8> = Vec::new();
    for c in name.chars().filter(|c| !c.is_control()).take(MAX_NAME) {
        if c.is_ascii() {
            end_run(&mut out, &mut run);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                run.extend_from_slice(&unit.to_be_bytes());
            }
        }
    }
    end_run(&mut out, &mut run);
    out
}

fn end_run(out: &mut String, run: &mut Vec<u8>) {
    if !run.is_empty() {
        out.push('&');
        out.push_str(&ENGINE.encode(&run));
        out.push('-');
        run.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_examples() {
        let wire = "~peter/mail/&U,BTFw-/&ZeVnLIqe-";
        assert_eq!(decode_name(wire), "~peter/mail/台北/日本語");
        assert_eq!(encode_name("~peter/mail/台北/日本語"), wire);
    }

    #[test]
    fn there_and_back() {
        for name in ["Entwürfe", "A & B", "&", "Été 🏖 2026", "INBOX.Ж", "plain", "&&x-", "ü&ü"] {
            assert_eq!(decode_name(&encode_name(name)), name);
            assert!(encode_name(name).is_ascii());
        }
    }

    #[test]
    fn nonsense_is_shown_not_fatal() {
        for (wire, shown) in [
            ("&", "&"),
            ("a&b", "a&b"),
            ("&!!!-x", "&!!!-x"),
            ("&2AA-", "&2AA-"),
            ("&AA-", "&AA-"),
            ("Müll", "Müll"),
            ("a&AAoADQ-b", "ab"),
        ] {
            assert_eq!(decode_name(wire), shown, "{wire}");
        }
        assert_eq!(encode_name("a\r\nb\0"), "ab");
    }
}
