//! A whole message at once: header block, structure, envelope, preview and the texts for the search index.

use serde::{Deserialize, Serialize};

use crate::{Address, BodyPart, Date, HeaderBlock, IndexTexts};

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
        let _ = header;
        todo!()
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
    let _ = raw;
    todo!()
}

/// Parses a header alone (as from IMAP `BODY[HEADER]` or POP3 `TOP n 0`).
pub fn parse_header_only(header: &[u8]) -> (HeaderBlock, Envelope) {
    let _ = header;
    todo!()
}
