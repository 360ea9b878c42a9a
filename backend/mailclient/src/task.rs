//! What a Source is still owed. An exhaustive enum: a stored kind that this version does not know stays queued.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::ids::{EmailId, MailboxId, SourceId, SubmissionId};

/// One message in one folder of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// The folder.
    pub mailbox: MailboxId,
    /// Its UID there, under the UIDVALIDITY that the mailbox had when the Task was written.
    pub uid: u32,
    /// That UIDVALIDITY; an entry of another epoch is void.
    pub uidvalidity: u32,
}

/// How far a message on its way to another Source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Crossing {
    /// The whole message must come here durably first.
    Fetch,
    /// It is here; the other Source has not confirmed yet.
    Await,
    /// It is there for certain: the origin's copy may go.
    Remove,
}

/// One thing that a Source is owed. Stored as JSON, told apart by `kind`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Task {
    /// Keywords of one Email, in every folder it is in.
    SetKeywords {
        /// The Email.
        email: EmailId,
        /// Keywords that came.
        add: BTreeSet<String>,
        /// Keywords that went.
        remove: BTreeSet<String>,
    },
    /// Folders of one Email within its Source.
    SetMailboxes {
        /// The Email.
        email: EmailId,
        /// Folders it came into.
        add: BTreeSet<MailboxId>,
        /// Folders it left, where it lay.
        remove: Vec<Entry>,
    },
    /// Messages to expunge; the Email is gone here already.
    Destroy {
        /// Where they lie.
        entries: Vec<Entry>,
    },
    /// A message that was made here and is owed to a folder there.
    Append {
        /// The Email.
        email: EmailId,
        /// The folder.
        mailbox: MailboxId,
        /// Where it came from, when it crosses from another Source.
        from: Option<SourceId>,
    },
    /// A message that leaves this Source for another one (or for a local mailbox).
    Cross {
        /// The Email.
        email: EmailId,
        /// Where it lies at this Source.
        entries: Vec<Entry>,
        /// How far it is.
        stage: Crossing,
    },
    /// A folder to make.
    CreateMailbox {
        /// The Mailbox.
        mailbox: MailboxId,
    },
    /// A folder to rename (with what is below it).
    RenameMailbox {
        /// The Mailbox.
        mailbox: MailboxId,
        /// The provider's name so far, as the provider spells it.
        from: String,
    },
    /// A folder to delete; the Mailbox is gone here already.
    DestroyMailbox {
        /// The provider's name.
        remote_name: String,
    },
    /// A letter to hand to SMTP.
    Submit {
        /// The letter.
        submission: SubmissionId,
    },
}
