//! Delivery reports (RFC 3464): what became of a letter, by recipient.

use serde::{Deserialize, Serialize};

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
    let _ = raw;
    todo!()
}
