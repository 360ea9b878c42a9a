//! One node of the tree and how its properties come from header fields (RFC 8621 §4.1.4).

use serde::{Deserialize, Serialize};

use crate::{
    HeaderBlock,
    header::{decode_loose, params::Parameterised, text_form},
};

/// One node of the MIME tree (RFC 8621 §4.1.4 `EmailBodyPart`). Stored as JSON; never changes once an Email is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BodyPart {
    /// IMAP section number ("1", "2.1"), which is JMAP's partId; `None` exactly for `multipart/*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Media type in lower case, without parameters.
    pub r#type: String,
    /// Charset parameter or the implicit `us-ascii` (RFC 8621 §4.1.4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// Content-Disposition in lower case, without parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
    /// Decoded file name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Content-Id without angle brackets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cid: Option<String>,
    /// Content-Language tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Vec<String>>,
    /// Content-Location.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Content-Transfer-Encoding in lower case; `None` where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Octets after transfer decoding (an estimate when it came from BODYSTRUCTURE); 0 for multiparts.
    pub size: u64,
    /// The children; `Some` exactly for `multipart/*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_parts: Option<Vec<BodyPart>>,
}

/// What IMAP BODYSTRUCTURE (RFC 3501 §7.4.2) tells of a leaf, as raw strings: [`BodyPart::leaf`] does the decoding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeafFields {
    /// "text"
    pub r#type: String,
    /// "plain"
    pub subtype: String,
    /// Content-Type parameters, still encoded (RFC 2047, RFC 2231 pieces as they come).
    pub params: Vec<(String, String)>,
    /// Content-Id, brackets and all.
    pub id: Option<String>,
    /// Content-Transfer-Encoding.
    pub encoding: Option<String>,
    /// Size in the transfer encoding.
    pub octets: u64,
    /// Content-Disposition and its parameters, still encoded.
    pub disposition: Option<(String, Vec<(String, String)>)>,
    /// Content-Language tags.
    pub language: Vec<String>,
    /// Content-Location.
    pub location: Option<String>,
}

impl BodyPart {
    /// A leaf from BODYSTRUCTURE fields; the section number comes by [`BodyPart::number`].
    pub fn leaf(fields: LeafFields) -> Self {
        let media = media_type(&format!("{}/{}", fields.r#type, fields.subtype), "text/plain");
        let content = Parameterised::from_pairs(media, fields.params);
        let disposition = fields.disposition.map(|(value, params)| Parameterised::from_pairs(value, params));
        let encoding = fields.encoding.map(|e| e.trim().to_ascii_lowercase()).filter(|e| !e.is_empty());
        let octets = fields.octets;
        // base64 in lines of 76 and their CRLF: 57 octets in 78. Others hardly shrink.
        let size = if encoding.as_deref() == Some("base64") { octets.saturating_mul(57) / 78 } else { octets };
        Self {
            section: None,
            charset: charset(&content, true),
            name: file_name(disposition.as_ref(), &content),
            r#type: content.value,
            disposition: disposition.map(|d| d.value).filter(|d| !d.is_empty()),
            cid: fields.id.and_then(|id| content_id(&id)),
            language: Some(fields.language).filter(|tags| !tags.is_empty()),
            location: fields.location.map(|l| without_space(&l)).filter(|l| !l.is_empty()),
            encoding,
            size,
            sub_parts: None,
        }
    }

    /// A multipart from BODYSTRUCTURE; the children's section numbers come by [`BodyPart::number`].
    pub fn multipart(subtype: &str, children: Vec<BodyPart>) -> Self {
        let r#type = media_type(&format!("multipart/{subtype}"), "multipart/mixed");
        Self { r#type, sub_parts: Some(children), ..Self::default() }
    }

    /// What a part's own header fields say; `implicit` is the type where none is given.
    pub(crate) fn from_header(header: &HeaderBlock, implicit: &str) -> (Self, Parameterised) {
        let field = header.last("Content-Type");
        let mut content = field.map(|f| Parameterised::parse(f.value)).unwrap_or_default();
        content.value = if field.is_some() { media_type(&content.value, "text/plain") } else { implicit.to_owned() };
        let disposition = header.last("Content-Disposition").map(|f| Parameterised::parse(f.value));
        let language = header.last("Content-Language").map(|f| tags(&text_form(f.value)));
        let encoding = header.last("Content-Transfer-Encoding").map(|f| Parameterised::parse(f.value).value);
        let part = Self {
            section: None,
            r#type: content.value.clone(),
            charset: charset(&content, field.is_some()),
            name: file_name(disposition.as_ref(), &content),
            disposition: disposition.map(|d| d.value).filter(|d| !d.is_empty()),
            cid: header.last("Content-Id").and_then(|f| content_id(&text_form(f.value))),
            language: language.filter(|tags| !tags.is_empty()),
            location: header
                .last("Content-Location")
                .map(|f| without_space(&text_form(f.value)))
                .filter(|l| !l.is_empty()),
            encoding: encoding.filter(|e| !e.is_empty()),
            size: 0,
            sub_parts: None,
        };
        (part, content)
    }

    /// Gives every leaf its IMAP section number (RFC 3501 §6.4.5). Call on the root once the tree is built.
    pub fn number(&mut self) {
        match &mut self.sub_parts {
            None => self.section = Some("1".to_owned()),
            Some(children) => number_below(children, ""),
        }
    }

    /// Is it `multipart/*`?
    pub fn is_multipart(&self) -> bool {
        self.sub_parts.is_some()
    }

    /// Is it `text/*`?
    pub fn is_text(&self) -> bool {
        self.r#type.starts_with("text/")
    }

    /// This node and all below, depth first, in message order.
    pub fn walk(&self) -> Vec<&BodyPart> {
        let mut found = Vec::new();
        let mut left = vec![self];
        while let Some(part) = left.pop() {
            found.push(part);
            left.extend(part.sub_parts.iter().flatten().rev());
        }
        found
    }

    /// The leaf of a section number (partId).
    pub fn find(&self, section: &str) -> Option<&BodyPart> {
        self.walk().into_iter().find(|part| part.section.as_deref() == Some(section))
    }
}

fn number_below(children: &mut [BodyPart], prefix: &str) {
    for (index, child) in children.iter_mut().enumerate() {
        let own = format!("{prefix}{}", index + 1);
        match &mut child.sub_parts {
            None => child.section = Some(own),
            Some(below) => {
                child.section = None;
                number_below(below, &format!("{own}."));
            }
        }
    }
}

/// A well-formed type in lower case, else the given one (RFC 2045 §5.2 allows to treat rubbish as text).
fn media_type(value: &str, otherwise: &str) -> String {
    let token =
        |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&b));
    match value.trim().split_once('/') {
        Some((kind, subtype)) if token(kind) && token(subtype) => value.trim().to_ascii_lowercase(),
        _ => otherwise.to_owned(),
    }
}

/// RFC 8621 §4.1.4 `charset`.
fn charset(content: &Parameterised, has_field: bool) -> Option<String> {
    let named = content.token("charset");
    let implicit = content.value.starts_with("text/") || (!has_field && content.value == "text/plain");
    named.or_else(|| implicit.then(|| "us-ascii".to_owned()))
}

/// RFC 8621 §4.1.4 `name`.
fn file_name(disposition: Option<&Parameterised>, content: &Parameterised) -> Option<String> {
    disposition.and_then(|d| d.decoded("filename")).or_else(|| content.decoded("name")).filter(|n| !n.is_empty())
}

fn content_id(value: &str) -> Option<String> {
    let value = decode_loose(value);
    let inside = value.split_once('<').map_or(value.as_str(), |(_, rest)| rest);
    let id = without_space(inside.split('>').next().unwrap_or_default());
    (!id.is_empty()).then_some(id)
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Language tags between commas, comments dropped (RFC 3282).
fn tags(value: &str) -> Vec<String> {
    let word = |tag: &str| tag.split('(').next().unwrap_or_default().trim().to_owned();
    value.split(',').map(word).filter(|tag| !tag.is_empty()).collect()
}
