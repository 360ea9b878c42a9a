//! Identity and EmailSubmission (RFC 8621 §6, §7) with the vendor properties of the outbox.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{EmailId, IdentityId, SourceId, SubmissionId, ThreadId};

/// An address to write from.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Its id.
    pub id: IdentityId,
    /// Name on the letter.
    #[serde(default)]
    pub name: String,
    /// Its address.
    pub email: String,
    /// Plain signature.
    #[serde(default)]
    pub text_signature: String,
    /// Vendor: whose way out it takes.
    #[serde(default)]
    pub source_id: Option<SourceId>,
}

/// May it still be stopped (RFC 8621 §7)?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum UndoStatus {
    /// Held: yes.
    Pending,
    /// Gone or given up.
    Final,
    /// Stopped.
    Canceled,
}

/// Was it delivered to one recipient (RFC 8621 §7)?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivered {
    /// On its way.
    Queued,
    /// In the mailbox.
    Yes,
    /// Refused.
    No,
    /// The next server has it and says no more.
    #[serde(other)]
    Unknown,
}

/// One recipient's fate.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryStatus {
    /// The server's own words.
    #[serde(default)]
    pub smtp_reply: String,
    /// What became of it.
    pub delivered: Delivered,
}

/// One address of an SMTP envelope (RFC 8621 §7).
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct EnvelopeAddress {
    /// `local@domain`.
    pub email: String,
    /// SMTP parameters, such as `HOLDFOR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<BTreeMap<String, Option<String>>>,
}

/// The SMTP envelope.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// Return path.
    pub mail_from: EnvelopeAddress,
    /// Recipients.
    pub rcpt_to: Vec<EnvelopeAddress>,
}

/// A letter on its way out.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Submission {
    /// Its id.
    pub id: SubmissionId,
    /// From whom.
    pub identity_id: IdentityId,
    /// Which letter.
    pub email_id: EmailId,
    /// Its conversation.
    #[serde(default)]
    pub thread_id: Option<ThreadId>,
    /// To whom.
    #[serde(default)]
    pub envelope: Option<Envelope>,
    /// When it leaves or left (UTCDate).
    #[serde(default)]
    pub send_at: String,
    /// Can it be stopped?
    pub undo_status: UndoStatus,
    /// By recipient.
    #[serde(default)]
    pub delivery_status: Option<BTreeMap<String, DeliveryStatus>>,
    /// Vendor: the line broke after the last dot; nobody knows whether it was taken.
    #[serde(default)]
    pub uncertain: bool,
    /// Vendor: why it could not leave, in plain words.
    #[serde(default)]
    pub failure: Option<String>,
}

/// A submission to be made.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSubmission {
    /// From whom.
    pub identity_id: IdentityId,
    /// An id, or `#creation`.
    pub email_id: String,
    /// To whom, with `HOLDFOR` in `mail_from.parameters`.
    pub envelope: Envelope,
}
