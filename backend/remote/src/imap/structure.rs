//! BODYSTRUCTURE (RFC 3501 §7.4.2) to our tree.

use std::borrow::Cow;

use async_imap::imap_proto::{BodyContentCommon, BodyContentSinglePart, BodyStructure, ContentEncoding};
use mime::BodyPart;
use mime::structure::LeafFields;

/// Most parts of one message.
const MAX_PARTS: usize = 1_000;
/// Most parameters of one field.
const MAX_PARAMS: usize = 100;

/// The tree with section numbers; `None` when it is too large to be taken seriously.
pub(super) fn convert(tree: &BodyStructure<'_>) -> Option<BodyPart> {
    let mut left = MAX_PARTS;
    let mut root = part(tree, &mut left)?;
    root.number();
    Some(root)
}

fn part(tree: &BodyStructure<'_>, left: &mut usize) -> Option<BodyPart> {
    *left = left.checked_sub(1)?;
    match tree {
        BodyStructure::Multipart { common, bodies, .. } => {
            let children = bodies.iter().map(|b| part(b, left)).collect::<Option<Vec<_>>>()?;
            Some(BodyPart::multipart(&common.ty.subtype, children))
        }
        // A message inside is a leaf: an attachment (contract of `mime`).
        BodyStructure::Basic { common, other, .. }
        | BodyStructure::Text { common, other, .. }
        | BodyStructure::Message { common, other, .. } => Some(BodyPart::leaf(leaf(common, other))),
    }
}

fn leaf(common: &BodyContentCommon<'_>, other: &BodyContentSinglePart<'_>) -> LeafFields {
    LeafFields {
        r#type: plain(&common.ty.ty),
        subtype: plain(&common.ty.subtype),
        params: params(common.ty.params.as_deref()),
        id: other.id.as_deref().map(plain),
        encoding: Some(match &other.transfer_encoding {
            ContentEncoding::SevenBit => "7bit".to_owned(),
            ContentEncoding::EightBit => "8bit".to_owned(),
            ContentEncoding::Binary => "binary".to_owned(),
            ContentEncoding::Base64 => "base64".to_owned(),
            ContentEncoding::QuotedPrintable => "quoted-printable".to_owned(),
            ContentEncoding::Other(name) => plain(name).to_ascii_lowercase(),
        }),
        octets: u64::from(other.octets),
        disposition: common.disposition.as_ref().map(|d| (plain(&d.ty), params(d.params.as_deref()))),
        language: common.language.iter().flatten().take(MAX_PARAMS).map(|l| plain(l)).collect(),
        location: common.location.as_deref().map(plain),
    }
}

fn params(list: Option<&[(Cow<'_, str>, Cow<'_, str>)]>) -> Vec<(String, String)> {
    list.unwrap_or_default().iter().take(MAX_PARAMS).map(|(k, v)| (plain(k), plain(v))).collect()
}

/// imap-proto leaves the escapes of quoted strings in.
fn plain(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('"' | '\\')) => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    out
}
