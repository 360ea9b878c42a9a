//! The MIME tree of a message in one canonical form, whether it comes from raw bytes or from IMAP BODYSTRUCTURE.

use serde::{Deserialize, Serialize};

use crate::{Decoded, HeaderBlock};

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
        let _ = fields;
        todo!()
    }

    /// A multipart from BODYSTRUCTURE; the children's section numbers come by [`BodyPart::number`].
    pub fn multipart(subtype: &str, children: Vec<BodyPart>) -> Self {
        let _ = (subtype, children);
        todo!()
    }

    /// Gives every leaf its IMAP section number (RFC 3501 §6.4.5). Call on the root once the tree is built.
    pub fn number(&mut self) {
        todo!()
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
        todo!()
    }

    /// The leaf of a section number (partId).
    pub fn find(&self, section: &str) -> Option<&BodyPart> {
        self.walk().into_iter().find(|part| part.section.as_deref() == Some(section))
    }
}

/// The flat views of a tree (RFC 8621 §4.1.4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BodyLists<'a> {
    /// Parts to show, plain text preferred.
    pub text_body: Vec<&'a BodyPart>,
    /// Parts to show, HTML preferred.
    pub html_body: Vec<&'a BodyPart>,
    /// Parts to offer for download.
    pub attachments: Vec<&'a BodyPart>,
}

/// Flattens a tree by the algorithm of RFC 8621 §4.1.4.
pub fn body_lists(root: &BodyPart) -> BodyLists<'_> {
    let _ = root;
    todo!()
}

/// RFC 8621 §4.1.4 `hasAttachment`: an attachment that is not `inline`, and not a picture embedded by its cid.
pub fn has_attachment(root: &BodyPart) -> bool {
    let _ = root;
    todo!()
}

/// The MIME tree of a raw message. Limits: 50 levels, 1,000 parts; what lies beyond becomes one opaque leaf.
pub fn parse(raw: &[u8]) -> BodyPart {
    let _ = raw;
    todo!()
}

/// The octets of a leaf after transfer decoding; `None` when there is no such section.
pub fn part_bytes(raw: &[u8], section: &str) -> Option<Decoded> {
    let _ = (raw, section);
    todo!()
}

/// The octets of a leaf as they stand in the message (what IMAP `BODY[section]` sends).
pub fn part_raw<'a>(raw: &'a [u8], section: &str) -> Option<&'a [u8]> {
    let _ = (raw, section);
    todo!()
}

/// The header block of every node in the order of [`BodyPart::walk`] (the root's is the message's own).
pub fn part_headers(raw: &[u8]) -> Vec<HeaderBlock> {
    let _ = raw;
    todo!()
}
