//! Mailbox (RFC 8621 §2) with the vendor properties of `urn:kinpost:sources`.

use serde::{Deserialize, Serialize};

use crate::ids::{MailboxId, SourceId};

/// What a mailbox is for (IANA "IMAP Mailbox Name Attributes", lower case).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// New mail.
    Inbox,
    /// Unfinished letters.
    Drafts,
    /// What was sent.
    Sent,
    /// Read and done.
    Archive,
    /// Unwanted.
    Junk,
    /// To be deleted.
    Trash,
    /// Everything (Gmail's All Mail).
    All,
    /// A role that this version does not use.
    #[serde(other)]
    Other,
}

/// What the person may do (RFC 8621 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rights {
    /// Put mail in.
    pub may_add_items: bool,
    /// Take mail out.
    pub may_remove_items: bool,
    /// Create mailboxes below.
    pub may_create_child: bool,
    /// Rename or move it.
    pub may_rename: bool,
    /// Destroy it.
    pub may_delete: bool,
}

impl Default for Rights {
    fn default() -> Self {
        Self { may_add_items: true, may_remove_items: true, may_create_child: true, may_rename: true, may_delete: true }
    }
}

/// One folder.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mailbox {
    /// Its id.
    pub id: MailboxId,
    /// Its name, one level.
    pub name: String,
    /// The one above.
    #[serde(default)]
    pub parent_id: Option<MailboxId>,
    /// Role in the whole account.
    #[serde(default)]
    pub role: Option<Role>,
    /// Order among siblings.
    #[serde(default)]
    pub sort_order: u32,
    /// Messages.
    #[serde(default)]
    pub total_emails: u64,
    /// Unread messages.
    #[serde(default)]
    pub unread_emails: u64,
    /// Conversations.
    #[serde(default)]
    pub total_threads: u64,
    /// Conversations with something unread.
    #[serde(default)]
    pub unread_threads: u64,
    /// What may be done.
    #[serde(default)]
    pub my_rights: Rights,
    /// Vendor: the mail account it belongs to; `None` = only here.
    #[serde(default)]
    pub source_id: Option<SourceId>,
    /// Vendor: role within that mail account.
    #[serde(default)]
    pub source_role: Option<Role>,
}

impl Mailbox {
    /// What `Mailbox/get` must bring for this type.
    pub const PROPERTIES: &'static [&'static str] = &[
        "id",
        "name",
        "parentId",
        "role",
        "sortOrder",
        "totalEmails",
        "unreadEmails",
        "totalThreads",
        "unreadThreads",
        "myRights",
        "sourceId",
        "sourceRole",
    ];

    /// Its role in its own mail account, or in the whole.
    pub fn duty(&self) -> Option<Role> {
        self.source_role.or(self.role)
    }
}

/// A mailbox to be made.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewMailbox {
    /// Its name.
    pub name: String,
    /// The one above.
    pub parent_id: Option<MailboxId>,
    /// Vendor: where to make it when it has none above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_id: Option<SourceId>,
    /// Vendor: what it shall be for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_role: Option<Role>,
}
