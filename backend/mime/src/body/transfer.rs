//! Content-Transfer-Encodings (RFC 2045 §6), decoded leniently, and their sizes without keeping the bytes.

use super::Decoded;

/// Where decoded octets go: a buffer, or only a count.
trait Sink {
    fn put(&mut self, byte: u8);
    fn all(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.put(byte);
        }
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, byte: u8) {
        self.push(byte);
    }
    fn all(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

struct Count(u64);

impl Sink for Count {
    fn put(&mut self, _: u8) {
        self.0 += 1;
    }
    fn all(&mut self, bytes: &[u8]) {
        self.0 += bytes.len() as u64;
    }
}

/// Decodes.
pub(crate) fn decode(raw: &[u8], encoding: Option<&str>) -> Decoded {
    let mut bytes = Vec::with_capacity(raw.len());
    let problem = run(raw, encoding, &mut bytes);
    Decoded { bytes, problem }
}

/// How many octets [`decode`] would give.
pub(crate) fn decoded_len(raw: &[u8], encoding: Option<&str>) -> u64 {
    let mut count = Count(0);
    run(raw, encoding, &mut count);
    count.0
}

/// The text of an RFC 2047 "Q" word: `_` is a space.
pub(crate) fn q_words(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text.iter().map(|&b| if b == b'_' { b' ' } else { b }).collect();
    let mut out = Vec::with_capacity(spaced.len());
    let mut rest = spaced.as_slice();
    while let Some((&byte, after)) = rest.split_first() {
        match (byte, hex_pair(after)) {
            (b'=', Some(value)) => {
                out.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(byte);
                rest = after;
            }
        }
    }
    out
}

fn run(raw: &[u8], encoding: Option<&str>, out: &mut impl Sink) -> bool {
    match encoding.map(str::trim).unwrap_or_default().to_ascii_lowercase().as_str() {
        "" | "7bit" | "8bit" | "binary" => {
            out.all(raw);
            false
        }
        "base64" => base64(raw, out),
        "quoted-printable" => quoted_printable(raw, out),
        "uuencode" | "x-uuencode" | "x-uue" | "uue" => uuencode(raw, out),
        _ => {
            out.all(raw);
            true
        }
    }
}

/// Characters outside of the alphabet are passed over; padding ends a run, and a new one may follow (mailers join
/// encoded files).
fn base64(raw: &[u8], out: &mut impl Sink) -> bool {
    let (mut bits, mut have, mut problem) = (0u32, 0u32, false);
    for &byte in raw {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                (bits, have) = (0, 0);
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            _ => {
                problem = true;
                continue;
            }
        };
        bits = (bits << 6 | u32::from(value)) & 0x00ff_ffff;
        have += 6;
        if have >= 8 {
            have -= 8;
            out.put((bits >> have & 0xff) as u8);
        }
    }
    // Six bits left over cannot be an octet: cut off in the middle.
    problem || have == 6
}

/// Two hexadecimal digits at the beginning.
fn hex_pair(text: &[u8]) -> Option<u8> {
    let digit = |b: &u8| char::from(*b).to_digit(16);
    let (high, low) = (digit(text.first()?)?, digit(text.get(1)?)?);
    u8::try_from(high * 16 + low).ok()
}

/// RFC 2045 §6.7: soft line breaks, white space at line ends dropped; malformed sequences stay as they are.
fn quoted_printable(raw: &[u8], out: &mut impl Sink) -> bool {
    let mut problem = false;
    for line in raw.split_inclusive(|&b| b == b'\n') {
        let (content, line_break): (&[u8], &[u8]) = match line {
            [content @ .., b'\r', b'\n'] => (content, b"\r\n"),
            [content @ .., b'\n'] => (content, b"\n"),
            content => (content, b""),
        };
        let kept = if line_break.is_empty() { content } else { content.trim_ascii_end() };
        let mut rest = kept;
        let mut soft = false;
        while let Some((&byte, after)) = rest.split_first() {
            if byte != b'=' {
                out.put(byte);
                rest = after;
            } else if after.is_empty() {
                soft = true;
                rest = after;
            } else if let Some(value) = hex_pair(after) {
                out.put(value);
                rest = after.get(2..).unwrap_or_default();
            } else {
                problem = true;
                out.put(byte);
                rest = after;
            }
        }
        if !soft {
            out.all(line_break);
        }
    }
    problem
}

/// The classic Unix encoding: lines between "begin" and "end".
fn uuencode(raw: &[u8], out: &mut impl Sink) -> bool {
    let mut inside = false;
    for line in raw.split(|&b| b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !inside {
            inside = line.starts_with(b"begin ");
            continue;
        }
        if line == b"end" {
            return false;
        }
        let Some((&length, data)) = line.split_first() else { continue };
        let mut left = usize::from(length.wrapping_sub(32) & 63);
        for four in data.chunks(4) {
            let six = |i: usize| u32::from(four.get(i).copied().unwrap_or(b' ').wrapping_sub(32) & 63);
            let bits = six(0) << 18 | six(1) << 12 | six(2) << 6 | six(3);
            for shift in [16, 8, 0] {
                if left > 0 {
                    out.put((bits >> shift & 0xff) as u8);
                    left -= 1;
                }
            }
        }
    }
    true
}
