//! A whole message at once: header block, structure, envelope, preview and the texts for the search index.

use serde::{Deserialize, Serialize};

use crate::{
    Address, BodyPart, Date, HeaderBlock, IndexTexts, body_lists, decode_transfer, has_attachment, index, preview_from,
    structure::Node, text_value,
};

/// The header values that lists show and that JMAP names as convenience properties (RFC 8621 §4.1.3).
/// As JSON it carries exactly those property names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Envelope {
    /// `header:Message-ID:asMessageIds`, without angle brackets.
    pub message_id: Option<Vec<String>>,
    /// `header:In-Reply-To:asMessageIds`.
    pub in_reply_to: Option<Vec<String>>,
    /// `header:References:asMessageIds`.
    pub references: Option<Vec<String>>,
    /// `header:Sender:asAddresses`.
    pub sender: Option<Vec<Address>>,
    /// `header:From:asAddresses`.
    pub from: Option<Vec<Address>>,
    /// `header:To:asAddresses`.
    pub to: Option<Vec<Address>>,
    /// `header:Cc:asAddresses`.
    pub cc: Option<Vec<Address>>,
    /// `header:Bcc:asAddresses`.
    pub bcc: Option<Vec<Address>>,
    /// `header:Reply-To:asAddresses`.
    pub reply_to: Option<Vec<Address>>,
    /// `header:Subject:asText`.
    pub subject: Option<String>,
    /// `header:Date:asDate`.
    pub sent_at: Option<Date>,
}

impl Envelope {
    /// Reads the envelope from a header block.
    pub fn of(header: &HeaderBlock) -> Self {
        Self {
            message_id: header.message_ids("Message-ID"),
            in_reply_to: header.message_ids("In-Reply-To"),
            references: header.message_ids("References"),
            sender: header.addresses("Sender"),
            from: header.addresses("From"),
            to: header.addresses("To"),
            cc: header.addresses("Cc"),
            bcc: header.addresses("Bcc"),
            reply_to: header.addresses("Reply-To"),
            subject: header.text("Subject"),
            sent_at: header.date("Date"),
        }
    }
}

/// What [`parse`] finds in a raw message.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The message's own header fields, raw and in order.
    pub header: HeaderBlock,
    /// The MIME tree, numbered as IMAP numbers it.
    pub structure: BodyPart,
    /// Convenience header values.
    pub envelope: Envelope,
    /// At most 256 characters of what the letter says.
    pub preview: String,
    /// RFC 8621 §4.1.4 `hasAttachment`.
    pub has_attachment: bool,
    /// Plain texts for the search index (not yet tokens).
    pub index: IndexTexts,
}

/// Parses any bytes as a message. Never fails: rubbish becomes a message with an empty header and a text body.
pub fn parse(raw: &[u8]) -> Parsed {
    let root = Node::parse(raw);
    let header = HeaderBlock::parse(raw.get(root.header.clone()).unwrap_or_default());
    let envelope = Envelope::of(&header);
    let texts = shown_texts(raw, &root);
    let structure = root.into_part();
    let bodies: Vec<(&str, bool)> = texts.iter().map(|(text, is_html)| (text.as_str(), *is_html)).collect();
    let preview =
        bodies.iter().map(|(text, is_html)| preview_from(text, *is_html)).find(|p| !p.is_empty()).unwrap_or_default();
    Parsed {
        has_attachment: has_attachment(&structure),
        index: index::texts(&envelope, &structure, &bodies),
        header,
        structure,
        envelope,
        preview,
    }
}

/// The text parts that are shown as the letter, decoded, as far as index and preview look: (text, is_html).
fn shown_texts(raw: &[u8], root: &Node) -> Vec<(String, bool)> {
    let tree = root.clone().into_part();
    let mut out = Vec::new();
    let mut room = 4 * index::MAX_BODY;
    let lists = body_lists(&tree);
    // Some mailers send an empty plain text beside their HTML.
    let says_something = |part: &&BodyPart| part.is_text() && part.size > 4;
    let list = if lists.text_body.iter().any(says_something) { lists.text_body } else { lists.html_body };
    for part in list {
        let Some(node) = part.section.as_deref().filter(|_| part.is_text()).and_then(|section| root.find(section))
        else {
            continue;
        };
        let bytes = raw.get(node.body.clone()).unwrap_or_default();
        // A transfer encoding makes text at most three times as long.
        let decoded = decode_transfer(bytes.get(..room.saturating_mul(3)).unwrap_or(bytes), part.encoding.as_deref());
        let is_html = part.r#type == "text/html";
        let text = text_value(&decoded, part.charset.as_deref(), is_html, room).value;
        room = room.saturating_sub(text.len());
        out.push((text, is_html));
        if room == 0 {
            break;
        }
    }
    out
}

/// Parses a header alone (as from IMAP `BODY[HEADER]` or POP3 `TOP n 0`).
pub fn parse_header_only(header: &[u8]) -> (HeaderBlock, Envelope) {
    let block = HeaderBlock::parse(header);
    let envelope = Envelope::of(&block);
    (block, envelope)
}
