//! The MIME tree of a message in one canonical form, whether it comes from raw bytes or from IMAP BODYSTRUCTURE.

mod lists;
mod part;
mod raw;
#[cfg(test)]
mod tests;

pub use lists::{BodyLists, body_lists, has_attachment};
pub use part::{BodyPart, LeafFields};

pub(crate) use raw::Node;

use crate::{Decoded, HeaderBlock, body::transfer};

/// The MIME tree of a raw message. Limits: 50 levels of multiparts (what lies deeper is one opaque leaf) and 1,000 parts
/// (what comes after is left out).
pub fn parse(raw: &[u8]) -> BodyPart {
    Node::parse(raw).into_part()
}

/// The octets of a leaf after transfer decoding; `None` when there is no such section.
pub fn part_bytes(raw: &[u8], section: &str) -> Option<Decoded> {
    let root = Node::parse(raw);
    let leaf = root.find(section)?;
    Some(transfer::decode(raw.get(leaf.body.clone())?, leaf.part.encoding.as_deref()))
}

/// The octets of a leaf as they stand in the message (what IMAP `BODY[section]` sends).
pub fn part_raw<'a>(raw: &'a [u8], section: &str) -> Option<&'a [u8]> {
    let root = Node::parse(raw);
    raw.get(root.find(section)?.body.clone())
}

/// The header block of every node in the order of [`BodyPart::walk`] (the root's is the message's own).
pub fn part_headers(raw: &[u8]) -> Vec<HeaderBlock> {
    let root = Node::parse(raw);
    root.walk().into_iter().map(|node| HeaderBlock::parse(raw.get(node.header.clone()).unwrap_or_default())).collect()
}
