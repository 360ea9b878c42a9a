//! Writing body parts: their header fields, transfer encodings and boundaries.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    BuildError,
    draft::{DraftContent, DraftPart},
    encode,
};

/// Levels of multiparts that are written.
const MAX_DEPTH: usize = 40;

/// Writes part by part; knows where blobs come from.
pub(super) struct Writer<'a> {
    seed: String,
    boundaries: usize,
    depth: usize,
    blob: &'a mut dyn FnMut(&str) -> Option<Vec<u8>>,
}

impl<'a> Writer<'a> {
    pub fn new(seed: String, blob: &'a mut dyn FnMut(&str) -> Option<Vec<u8>>) -> Self {
        Self { seed, boundaries: 0, depth: 0, blob }
    }

    /// Header fields of the part, an empty line, and its content.
    pub fn write(&mut self, part: &DraftPart, out: &mut Vec<u8>) -> Result<(), BuildError> {
        check_type(&part.r#type)?;
        match &part.content {
            DraftContent::Parts(parts) => self.multipart(part, parts, out),
            DraftContent::Text(text) => {
                let encoding = Encoding::of_text(text);
                part_headers(part, Some("utf-8"), None, Some(encoding), out)?;
                encoding.write(crlf(text).as_bytes(), out);
                Ok(())
            }
            DraftContent::Bytes(bytes) => leaf(part, bytes, out),
            DraftContent::Blob(id) => {
                let bytes = (self.blob)(id).ok_or_else(|| BuildError::Blob(id.clone()))?;
                leaf(part, &bytes, out)
            }
        }
    }

    fn multipart(&mut self, part: &DraftPart, parts: &[DraftPart], out: &mut Vec<u8>) -> Result<(), BuildError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH || parts.is_empty() {
            return Err(BuildError::Malformed(part.r#type.clone()));
        }
        let written: Vec<Vec<u8>> = parts
            .iter()
            .map(|child| {
                let mut bytes = Vec::new();
                self.write(child, &mut bytes).map(|()| bytes)
            })
            .collect::<Result<_, _>>()?;
        let boundary = self.boundary(&written);
        part_headers(part, None, Some(&boundary), None, out)?;
        for child in &written {
            out.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            out.extend_from_slice(child);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        self.depth -= 1;
        Ok(())
    }

    /// A boundary that no child holds. "=_" never occurs in quoted-printable or base64.
    fn boundary(&mut self, written: &[Vec<u8>]) -> String {
        loop {
            self.boundaries += 1;
            let boundary = format!("=_{}_{}", self.seed, self.boundaries);
            let taken = |bytes: &Vec<u8>| bytes.windows(boundary.len()).any(|w| w == boundary.as_bytes());
            // Only what is not encoded can hold one: attached messages, which are looked through.
            if !written.iter().any(|bytes| bytes.len() < 4_000_000 && taken(bytes)) {
                return boundary;
            }
        }
    }
}

fn leaf(part: &DraftPart, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), BuildError> {
    if part.r#type == "message/rfc822" || part.r#type == "message/global" {
        // RFC 2046 §5.2.1: an attached message is never encoded, if it can be sent as it is.
        let lines = with_crlf(bytes);
        if let Some(encoding) = Encoding::identity(&lines) {
            part_headers(part, None, None, Some(encoding), out)?;
            out.extend_from_slice(&lines);
            return Ok(());
        }
    }
    part_headers(part, part.charset.as_deref(), None, Some(Encoding::Base64), out)?;
    Encoding::Base64.write(bytes, out);
    Ok(())
}

fn check_type(r#type: &str) -> Result<(), BuildError> {
    let token = |s: &str| {
        !s.is_empty() && s.len() < 100 && s.bytes().all(|b| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&b))
    };
    match r#type.split_once('/') {
        Some((kind, subtype)) if token(kind) && token(subtype) => Ok(()),
        _ => Err(BuildError::Malformed(r#type.to_owned())),
    }
}

/// The Content-* fields, further ones, and the empty line.
fn part_headers(
    part: &DraftPart,
    charset: Option<&str>,
    boundary: Option<&str>,
    encoding: Option<Encoding>,
    out: &mut Vec<u8>,
) -> Result<(), BuildError> {
    let mut params: Vec<(&str, &str)> = Vec::new();
    params.extend(charset.map(|c| ("charset", c)));
    params.extend(
        part.params
            .iter()
            .filter(|(n, _)| !matches!(n.as_str(), "charset" | "boundary" | "name"))
            .map(|(n, v)| (n.as_str(), v.as_str())),
    );
    params.extend(part.name.as_deref().map(|n| ("name", n)));
    params.extend(boundary.map(|b| ("boundary", b)));
    structured("Content-Type", &part.r#type, &params, out)?;
    let disposition = part.disposition.as_deref().or_else(|| part.name.as_ref().map(|_| "attachment"));
    if let Some(disposition) = disposition {
        if disposition.is_empty() || !disposition.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(BuildError::Malformed(disposition.to_owned()));
        }
        let params: Vec<(&str, &str)> = part.name.as_deref().map(|n| ("filename", n)).into_iter().collect();
        structured("Content-Disposition", disposition, &params, out)?;
    }
    if let Some(cid) = &part.cid {
        encode::folded(out, "Content-ID", &[encode::message_id(cid)?])?;
    }
    if !part.language.is_empty() {
        let fine = part
            .language
            .iter()
            .all(|tag| !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
        if !fine {
            return Err(BuildError::Malformed("language".to_owned()));
        }
        encode::folded(out, "Content-Language", &[part.language.join(", ")])?;
    }
    if let Some(location) = &part.location {
        if location.is_empty() || !location.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(BuildError::Malformed("location".to_owned()));
        }
        encode::folded(out, "Content-Location", std::slice::from_ref(location))?;
    }
    for header in &part.headers {
        encode::field(out, &header.name, &header.value)?;
    }
    if let Some(encoding) = encoding {
        encode::folded(out, "Content-Transfer-Encoding", &[encoding.name().to_owned()])?;
    }
    out.extend_from_slice(b"\r\n");
    Ok(())
}

fn structured(name: &str, value: &str, params: &[(&str, &str)], out: &mut Vec<u8>) -> Result<(), BuildError> {
    let mut words = vec![value.to_owned()];
    for (param, text) in params {
        if param.is_empty() || !param.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
            return Err(BuildError::Malformed((*param).to_owned()));
        }
        for word in encode::parameter(param, text)? {
            if let Some(last) = words.last_mut() {
                last.push(';');
            }
            words.push(word);
        }
    }
    encode::folded(out, name, &words)
}

/// Content-Transfer-Encodings that are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    SevenBit,
    EightBit,
    QuotedPrintable,
    Base64,
}

impl Encoding {
    fn name(self) -> &'static str {
        match self {
            Self::SevenBit => "7bit",
            Self::EightBit => "8bit",
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
        }
    }

    /// As it is, if its lines can be sent so.
    fn identity(bytes: &[u8]) -> Option<Self> {
        let lines_fit = bytes.split(|&b| b == b'\n').all(|line| line.len() <= 998);
        let lone_cr = bytes.iter().enumerate().any(|(i, &b)| b == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
        let fits = lines_fit && !lone_cr && !bytes.contains(&0);
        fits.then_some(if bytes.is_ascii() { Self::SevenBit } else { Self::EightBit })
    }

    /// The one that keeps text readable.
    fn of_text(text: &str) -> Self {
        let short = text.split('\n').all(|line| line.len() <= 78 && !line.ends_with([' ', '\t']));
        let plain = text.bytes().all(|b| matches!(b, b'\t' | b'\n' | b' '..=b'~') || b == b'\r') && !has_lone_cr(text);
        if plain && short {
            return Self::SevenBit;
        }
        let foreign = text.bytes().filter(|b| !b.is_ascii()).count();
        if foreign * 3 > text.len() { Self::Base64 } else { Self::QuotedPrintable }
    }

    fn write(self, bytes: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::SevenBit | Self::EightBit => out.extend_from_slice(bytes),
            Self::QuotedPrintable => quoted_printable(bytes, out),
            Self::Base64 => {
                for chunk in bytes.chunks(57) {
                    out.extend_from_slice(STANDARD.encode(chunk).as_bytes());
                    out.extend_from_slice(b"\r\n");
                }
            }
        }
    }
}

fn has_lone_cr(text: &str) -> bool {
    text.replace("\r\n", "").contains('\r')
}

/// Line ends become CRLF, whatever they were.
fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 40);
    let mut last = 0;
    for &byte in bytes {
        if byte == b'\n' && last != b'\r' {
            out.push(b'\r');
        }
        out.push(byte);
        last = byte;
    }
    out
}

/// RFC 2045 §6.7: lines of at most 76, white space at their ends and lone CRs encoded.
fn quoted_printable(text: &[u8], out: &mut Vec<u8>) {
    let mut column = 0;
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        if rest.starts_with(b"\r\n") {
            out.extend_from_slice(b"\r\n");
            column = 0;
            rest = rest.get(2..).unwrap_or_default();
            continue;
        }
        rest = after;
        let at_end = after.is_empty() || after.starts_with(b"\r\n");
        let literal = (byte.is_ascii_graphic() && byte != b'=') || (matches!(byte, b' ' | b'\t') && !at_end);
        let size = if literal { 1 } else { 3 };
        if column + size > 75 {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        if literal {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("={byte:02X}").as_bytes());
        }
        column += size;
    }
}
