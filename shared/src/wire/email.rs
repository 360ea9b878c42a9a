//! Email, Thread, filters and snippets (RFC 8621 §3, §4, §5).

use serde::{Deserialize, Serialize};

use super::TrueSet;
use crate::ids::{AccountId, EmailId, MailboxId, SourceId, ThreadId};

/// An address with its name (RFC 8621 §4.1.2.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub struct Address {
    /// Display name, decoded.
    #[serde(default)]
    pub name: Option<String>,
    /// `local@domain`.
    #[serde(default)]
    pub email: String,
}

/// The properties that a list row needs; ask for [`Email::PROPERTIES`].
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Email {
    /// Its id.
    pub id: EmailId,
    /// Its conversation.
    pub thread_id: ThreadId,
    /// Where it lies.
    pub mailbox_ids: TrueSet<MailboxId>,
    /// `$seen`, `$flagged`, `$draft`, `$answered`, `$forwarded` and others.
    pub keywords: TrueSet<String>,
    /// Authors.
    #[serde(default)]
    pub from: Option<Vec<Address>>,
    /// Recipients.
    #[serde(default)]
    pub to: Option<Vec<Address>>,
    /// Subject, decoded.
    #[serde(default)]
    pub subject: Option<String>,
    /// UTCDate of arrival.
    pub received_at: String,
    /// First words, at most 256 characters.
    #[serde(default)]
    pub preview: String,
    /// Has files worth a clip?
    #[serde(default)]
    pub has_attachment: bool,
    /// Which mail account it belongs to; `None` = only here.
    #[serde(default)]
    pub source_id: Option<SourceId>,
}

impl Email {
    /// What `Email/get` must bring for this type.
    pub const PROPERTIES: &'static [&'static str] = &[
        "id",
        "threadId",
        "mailboxIds",
        "keywords",
        "from",
        "to",
        "subject",
        "receivedAt",
        "preview",
        "hasAttachment",
        "sourceId",
    ];
}

/// One part of a message (RFC 8621 §4.1.4), as far as attachments and bodies need it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BodyPart {
    /// IMAP section number.
    pub part_id: Option<String>,
    /// Where its decoded bytes are.
    pub blob_id: Option<String>,
    /// Decoded octets.
    pub size: u64,
    /// File name.
    pub name: Option<String>,
    /// Media type.
    #[serde(rename = "type")]
    pub r#type: String,
    /// `inline` or `attachment`.
    pub disposition: Option<String>,
    /// Content-Id without angle brackets.
    pub cid: Option<String>,
}

/// Text of one body part (RFC 8621 §4.1.4).
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BodyValue {
    /// The text.
    pub value: String,
    /// Cut by `maxBodyValueBytes`?
    pub is_truncated: bool,
}

/// What an opened message or an answer to it needs; ask for [`EmailDetail::PROPERTIES`].
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailDetail {
    /// Its id.
    pub id: EmailId,
    /// Blind recipients (own drafts and sent mail).
    #[serde(default)]
    pub bcc: Option<Vec<Address>>,
    /// Copied recipients.
    #[serde(default)]
    pub cc: Option<Vec<Address>>,
    /// Recipients.
    #[serde(default)]
    pub to: Option<Vec<Address>>,
    /// Authors.
    #[serde(default)]
    pub from: Option<Vec<Address>>,
    /// Where answers should go.
    #[serde(default)]
    pub reply_to: Option<Vec<Address>>,
    /// Who put it on its way, when another than the author.
    #[serde(default)]
    pub sender: Option<Vec<Address>>,
    /// Subject.
    #[serde(default)]
    pub subject: Option<String>,
    /// The Date field, with zone.
    #[serde(default)]
    pub sent_at: Option<String>,
    /// Own message ids.
    #[serde(default)]
    pub message_id: Option<Vec<String>>,
    /// What it answers.
    #[serde(default)]
    pub in_reply_to: Option<Vec<String>>,
    /// The chain of what it answers.
    #[serde(default)]
    pub references: Option<Vec<String>>,
    /// Octets of the whole message.
    #[serde(default)]
    pub size: u64,
    /// Files.
    #[serde(default)]
    pub attachments: Vec<BodyPart>,
    /// `List-Id`, when it came over a list.
    #[serde(default, rename = "header:List-Id:asText")]
    pub list_id: Option<String>,
}

impl EmailDetail {
    /// What `Email/get` must bring for this type.
    pub const PROPERTIES: &'static [&'static str] = &[
        "id",
        "to",
        "cc",
        "bcc",
        "from",
        "replyTo",
        "sender",
        "subject",
        "sentAt",
        "messageId",
        "inReplyTo",
        "references",
        "size",
        "attachments",
        "header:List-Id:asText",
    ];
}

/// A conversation (RFC 8621 §3): its Emails, oldest first.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Thread {
    /// Its id.
    pub id: ThreadId,
    /// Oldest first.
    pub email_ids: Vec<EmailId>,
}

/// `AND`, `OR`, `NOT` (RFC 8620 §5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Operator {
    /// All of them.
    And,
    /// Any of them.
    Or,
    /// None of them.
    Not,
}

/// A filter tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Filter {
    /// Joined conditions.
    Node {
        /// How they are joined.
        operator: Operator,
        /// What is joined.
        conditions: Vec<Filter>,
    },
    /// One FilterCondition (boxed: it has many members).
    Leaf(Box<Condition>),
}

impl Filter {
    /// Joins, and keeps a single condition plain.
    pub fn join(operator: Operator, mut conditions: Vec<Filter>) -> Filter {
        match conditions.pop() {
            Some(only) if conditions.is_empty() && operator != Operator::Not => only,
            Some(last) => {
                conditions.push(last);
                Filter::Node { operator, conditions }
            }
            None => Filter::Node { operator, conditions },
        }
    }

    /// Both.
    pub fn and(self, other: Filter) -> Filter {
        match self {
            Filter::Node { operator: Operator::And, mut conditions } => {
                conditions.push(other);
                Filter::Node { operator: Operator::And, conditions }
            }
            one => Filter::join(Operator::And, vec![one, other]),
        }
    }

    /// Lies in one of these mailboxes.
    pub fn in_any(mailboxes: &[MailboxId]) -> Filter {
        Filter::join(
            Operator::Or,
            mailboxes.iter().map(|id| Condition { in_mailbox: Some(*id), ..Condition::default() }.into()).collect(),
        )
    }
}

impl From<Condition> for Filter {
    fn from(condition: Condition) -> Self {
        Self::Leaf(Box::new(condition))
    }
}

/// A FilterCondition (RFC 8621 §4.4.1): all members that are set must hold.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Lies in this mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_mailbox: Option<MailboxId>,
    /// Lies in a mailbox other than these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_mailbox_other_than: Option<Vec<MailboxId>>,
    /// Came before (UTCDate).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Came at or after (UTCDate).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At least so many octets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_size: Option<u64>,
    /// Fewer octets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_size: Option<u64>,
    /// Has the keyword.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_keyword: Option<String>,
    /// Has it not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_keyword: Option<String>,
    /// Has files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_attachment: Option<bool>,
    /// Words anywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Words in From.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Words in To.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Words in Cc.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cc: Option<String>,
    /// Words in Bcc.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bcc: Option<String>,
    /// Words in the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Words in the bodies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Vendor (`urn:kinpost:sources`): words in the name of an attachment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
}

/// Sort by one property.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparator {
    /// `receivedAt` …
    pub property: &'static str,
    /// Smallest first?
    pub is_ascending: bool,
}

/// Arguments of `Email/query` (RFC 8621 §4.4).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailQueryArgs {
    /// Whose mail.
    pub account_id: AccountId,
    /// Which mail; `None` = all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// Order.
    pub sort: &'static [Comparator],
    /// First row wanted, 0-based.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// Or: the row of this Email …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<EmailId>,
    /// … and so many rows from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor_offset: Option<i64>,
    /// How many rows.
    pub limit: u32,
    /// Tell how many there are in all.
    pub calculate_total: bool,
    /// One row a conversation.
    pub collapse_threads: bool,
}

/// Newest first.
pub const NEWEST_FIRST: &[Comparator] = &[Comparator { property: "receivedAt", is_ascending: false }];

/// Answer of `Email/query`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QueryResponse {
    /// Changes when the answer might.
    pub query_state: String,
    /// Where the first id stands.
    pub position: u64,
    /// The ids.
    pub ids: Vec<EmailId>,
    /// Of how many.
    pub total: Option<u64>,
}

/// Arguments of `SearchSnippet/get` (RFC 8621 §5.1).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SnippetArgs {
    /// Whose mail.
    pub account_id: AccountId,
    /// What was searched.
    pub filter: Filter,
    /// In which Emails.
    pub email_ids: Vec<EmailId>,
}

/// Where the words were found; `<mark>` round each, everything else escaped (RFC 8621 §5).
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snippet {
    /// In which Email.
    pub email_id: EmailId,
    /// Subject with marks.
    #[serde(default)]
    pub subject: Option<String>,
    /// Some of the body with marks.
    #[serde(default)]
    pub preview: Option<String>,
}
