//! Delivery reports (RFC 3464): what became of a letter, by recipient.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::{
    BodyPart, HeaderBlock, decode_transfer,
    header::{Field, raw_text, text_form},
    structure::Node,
};

/// Recipients of one report that are looked at.
const MAX_RECIPIENTS: usize = 1_000;

/// A delivery report about one message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Report {
    /// Message-ID (no brackets) of the message it speaks of, from the returned message or header.
    pub message_id: Option<String>,
    /// Original-Envelope-Id (RFC 3464 §2.2.1).
    pub envelope_id: Option<String>,
    /// Reporting-MTA's name.
    pub reporting_mta: Option<String>,
    /// Each recipient's fate.
    pub recipients: Vec<Recipient>,
}

/// The fate of one recipient (RFC 3464 §2.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// Final-Recipient's address.
    pub address: String,
    /// Original-Recipient's address, when it differs.
    pub original: Option<String>,
    /// What happened.
    pub action: Action,
    /// RFC 3463 code, e.g. "5.1.1".
    pub status: Option<String>,
    /// Diagnostic-Code without its type.
    pub diagnostic: Option<String>,
    /// Remote-MTA's name.
    pub remote_mta: Option<String>,
}

/// RFC 3464 §2.3.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Not delivered, given up.
    Failed,
    /// Not yet delivered, still tried.
    Delayed,
    /// Delivered.
    Delivered,
    /// Passed to a system that does not report.
    Relayed,
    /// Delivered to a list or alias.
    Expanded,
}

/// Reads a report; `None` when the message is none. Falls back on X-Failed-Recipients.
pub fn parse(raw: &[u8]) -> Option<Report> {
    let root = Node::parse(raw);
    let nodes = root.walk();
    let bytes = |node: &Node| {
        decode_transfer(raw.get(node.body.clone()).unwrap_or_default(), node.part.encoding.as_deref()).bytes
    };
    let status = nodes
        .iter()
        .find(|n| matches!(n.part.r#type.as_str(), "message/delivery-status" | "message/global-delivery-status"));
    let message_id = nodes.iter().filter(|node| is_returned(&node.part)).find_map(|node| returned_id(&bytes(node)));
    let mut report = match status {
        Some(node) => from_status(&bytes(node)),
        None => from_header(&HeaderBlock::parse(raw.get(root.header.clone()).unwrap_or_default()))?,
    };
    report.message_id = message_id.or(report.message_id);
    (!report.recipients.is_empty()).then_some(report)
}

/// Is it the returned message or its header (RFC 6522 §3)?
fn is_returned(part: &BodyPart) -> bool {
    matches!(
        part.r#type.as_str(),
        "message/rfc822" | "text/rfc822-headers" | "message/global" | "message/global-headers"
    )
}

fn returned_id(bytes: &[u8]) -> Option<String> {
    HeaderBlock::parse(bytes).message_ids("Message-ID")?.into_iter().next()
}

/// The groups of fields of message/delivery-status: one about the message, then one a recipient.
fn from_status(bytes: &[u8]) -> Report {
    let mut report = Report::default();
    for (i, block) in blocks(bytes).into_iter().enumerate() {
        if i == 0 {
            report.envelope_id = plain(&block, "Original-Envelope-Id");
            report.reporting_mta = typed(&block, "Reporting-MTA");
        }
        if report.recipients.len() < MAX_RECIPIENTS {
            report.recipients.extend(recipient(&block));
        }
    }
    report
}

/// Header-like blocks between empty lines.
fn blocks(bytes: &[u8]) -> Vec<HeaderBlock> {
    let mut found = Vec::new();
    let mut block: Vec<u8> = Vec::new();
    for line in bytes.split_inclusive(|&b| b == b'\n').chain([b"\n".as_slice()]) {
        if !matches!(line, b"\n" | b"\r\n") {
            block.extend_from_slice(line);
            continue;
        }
        if !block.is_empty() {
            found.push(HeaderBlock::parse(&block));
            block.clear();
        }
    }
    found
}

fn recipient(block: &HeaderBlock) -> Option<Recipient> {
    let original = typed(block, "Original-Recipient");
    let address = typed(block, "Final-Recipient").or_else(|| original.clone())?;
    let status = plain(block, "Status").and_then(|s| s.split_whitespace().next().map(str::to_owned));
    let action = match plain(block, "Action").unwrap_or_default().to_ascii_lowercase().as_str() {
        "delivered" => Action::Delivered,
        "relayed" => Action::Relayed,
        "expanded" => Action::Expanded,
        "delayed" => Action::Delayed,
        "failed" => Action::Failed,
        // Without a known word the class of the code decides (RFC 3463 §3.1).
        _ => match status.as_deref().and_then(|s| s.chars().next()) {
            Some('2') => Action::Delivered,
            Some('4') => Action::Delayed,
            _ => Action::Failed,
        },
    };
    Some(Recipient {
        original: original.filter(|o| *o != address),
        address,
        action,
        status,
        diagnostic: typed(block, "Diagnostic-Code"),
        remote_mta: typed(block, "Remote-MTA"),
    })
}

fn plain(block: &HeaderBlock, name: &str) -> Option<String> {
    let text = block.all(name).next().map(|field| text_form(field.value))?;
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!folded.is_empty()).then_some(folded)
}

/// A value after its "type;" (RFC 3464 §2.1.2).
fn typed(block: &HeaderBlock, name: &str) -> Option<String> {
    let text = plain(block, name)?;
    let value = text
        .split_once(';')
        .map_or(text.as_str(), |(_, value)| value)
        .trim()
        .trim_start_matches('<')
        .trim_end_matches('>');
    (!value.is_empty()).then(|| value.to_owned())
}

/// Servers that send no report part, but say who failed in the header (Exim, Gmail).
fn from_header(header: &HeaderBlock) -> Option<Report> {
    let split = |field: Field<'_>| raw_text(field.value).split(',').map(|a| a.trim().to_owned()).collect::<Vec<_>>();
    let failed: Vec<Recipient> = header
        .all("X-Failed-Recipients")
        .flat_map(split)
        .filter(|address| !address.is_empty())
        .take(MAX_RECIPIENTS)
        .map(|address| Recipient {
            address,
            original: None,
            action: Action::Failed,
            status: None,
            diagnostic: None,
            remote_mta: None,
        })
        .collect();
    let message_id = header.message_ids("In-Reply-To").and_then(|ids| ids.into_iter().next());
    (!failed.is_empty()).then(|| Report { message_id, recipients: failed, ..Report::default() })
}
