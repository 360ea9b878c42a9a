//! What the composer sends: a new Email (RFC 8621 §4.6) and a submission with what happens to it then (§7.5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Address, BodyPart, BodyValue, NewSubmission, Nothing, Patch, TrueSet};
use crate::ids::{AccountId, MailboxId};

/// The text part of a new Email.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewTextPart {
    /// Names its value in `body_values`.
    pub part_id: &'static str,
    /// `text/plain`.
    pub r#type: &'static str,
}

/// A file of a new Email: an upload or a part of another message, by blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAttachment {
    /// Where its bytes are.
    pub blob_id: String,
    /// Media type.
    pub r#type: String,
    /// File name.
    pub name: String,
    /// Always `attachment`.
    pub disposition: String,
}

/// A new Email of plain text and files.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewEmail {
    /// Where it goes.
    pub mailbox_ids: TrueSet<MailboxId>,
    /// `$draft`, `$seen`.
    pub keywords: TrueSet<String>,
    /// Author.
    pub from: Vec<Address>,
    /// Recipients.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Address>,
    /// Copied recipients.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<Address>,
    /// Blind recipients; the server strips them on sending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bcc: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// What it answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_reply_to: Vec<String>,
    /// The chain of what it answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// The text by part.
    pub body_values: BTreeMap<&'static str, BodyValue>,
    /// The text part.
    pub text_body: [NewTextPart; 1],
    /// Files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<NewAttachment>,
}

/// The text of an Email, to be quoted or written on; ask for [`EmailText::PROPERTIES`] with `fetch_text_body_values`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EmailText {
    /// The parts to show as text, in order; HTML where there is no plain form.
    pub text_body: Vec<BodyPart>,
    /// Their text.
    pub body_values: BTreeMap<String, BodyValue>,
}

impl EmailText {
    /// What `Email/get` must bring for this type.
    pub const PROPERTIES: &'static [&'static str] = &["id", "textBody", "bodyValues"];
}

/// Arguments of `EmailSubmission/set` that sends one letter, or changes one (RFC 8621 §7.5).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubmitArgs {
    /// Whose.
    pub account_id: AccountId,
    /// By creation id.
    pub create: BTreeMap<&'static str, NewSubmission>,
    /// What happens to the Email: `#creation` → patch.
    pub on_success_update_email: BTreeMap<&'static str, Patch>,
}

/// A filter of `EmailSubmission/query`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubmissionFilter {
    /// Of these Emails.
    pub email_ids: Vec<String>,
}

/// Arguments of `EmailSubmission/query` (RFC 8621 §7.3).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubmissionQueryArgs {
    /// Whose.
    pub account_id: AccountId,
    /// Which ones.
    pub filter: SubmissionFilter,
}

/// A set call that changes or destroys only.
pub type ChangeArgs = super::SetArgs<Nothing>;
