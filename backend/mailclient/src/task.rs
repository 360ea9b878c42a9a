//! What a Source is still owed. An exhaustive enum: a stored kind that this version does not know stays queued.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::ids::{AccountId, EmailId, MailboxId, SourceId};
use store::{WriteTx, tasks};

/// Never due: the remote half of a letter's `onSuccess…` until SMTP accepted.
pub(crate) const HELD: i64 = i64::MAX;

/// One message in one folder of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// The folder.
    pub mailbox: MailboxId,
    /// Its UID there.
    pub uid: u32,
    /// The UIDVALIDITY that UID belongs to; an entry of another epoch is void.
    pub validity: u32,
}

/// How far a message on its way to another Source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
    /// Folders of one Email within its Source. Where it shall be is in its row; where it was is here.
    SetMailboxes {
        /// The Email.
        email: EmailId,
        /// Where it lay before.
        left: Vec<Entry>,
    },
    /// Messages to expunge; the Email is gone here already.
    Destroy {
        /// Where they lie.
        entries: Vec<Entry>,
    },
    /// A message that was made here, or came from another Source, and is owed to a folder there.
    Append {
        /// The Email.
        email: EmailId,
        /// The folder.
        mailbox: MailboxId,
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
    },
    /// A folder to delete; the Mailbox is gone here already.
    DestroyMailbox {
        /// The provider's name, as the provider spells it.
        #[serde(rename = "remoteName")]
        remote_name: String,
    },
}

/// Every kind of [`Task::kind`].
const KINDS: [&str; 8] =
    ["setKeywords", "setMailboxes", "destroy", "append", "cross", "createMailbox", "renameMailbox", "destroyMailbox"];

impl Task {
    /// Whether this version knows a stored kind.
    pub(crate) fn is_known(kind: &str) -> bool {
        KINDS.contains(&kind)
    }

    /// The stored kind.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::SetKeywords { .. } => "setKeywords",
            Self::SetMailboxes { .. } => "setMailboxes",
            Self::Destroy { .. } => "destroy",
            Self::Append { .. } => "append",
            Self::Cross { .. } => "cross",
            Self::CreateMailbox { .. } => "createMailbox",
            Self::RenameMailbox { .. } => "renameMailbox",
            Self::DestroyMailbox { .. } => "destroyMailbox",
        }
    }

    /// Whether it concerns the folders themselves: the list of folders is not compared while such a one waits.
    pub(crate) fn is_about_folders(&self) -> bool {
        matches!(self, Self::CreateMailbox { .. } | Self::RenameMailbox { .. } | Self::DestroyMailbox { .. })
    }

    fn email(&self) -> Option<EmailId> {
        match self {
            Self::SetKeywords { email, .. }
            | Self::SetMailboxes { email, .. }
            | Self::Append { email, .. }
            | Self::Cross { email, .. } => Some(*email),
            _ => None,
        }
    }

    fn mailbox(&self) -> Option<MailboxId> {
        match self {
            Self::Append { mailbox, .. } | Self::CreateMailbox { mailbox } | Self::RenameMailbox { mailbox } => {
                Some(*mailbox)
            }
            _ => None,
        }
    }

    /// From a kept one; `None`: a kind or form that this version does not know.
    pub(crate) fn parse(kept: &tasks::Task) -> Option<Self> {
        serde_json::from_str(&kept.payload).ok()
    }

    pub(crate) fn payload(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Keeps it, in the transaction of the local half.
    pub(crate) async fn enqueue(
        &self,
        tx: &mut WriteTx,
        account: AccountId,
        source: SourceId,
        not_before: i64,
    ) -> store::Result<i64> {
        let task = tasks::NewTask {
            kind: self.kind().to_owned(),
            payload: self.payload(),
            email: self.email(),
            mailbox: self.mailbox(),
            priority: 1,
            not_before,
        };
        tasks::enqueue(tx, account, source, &task).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn kept(payload: String) -> tasks::Task {
        tasks::Task {
            id: 1,
            account: AccountId(1),
            source: SourceId(1),
            kind: String::new(),
            payload,
            email: None,
            mailbox: None,
            priority: 1,
            attempts: 0,
            not_before: 0,
            error: None,
            created_at: 0,
        }
    }

    #[test]
    fn a_task_survives_the_store_and_its_kind_is_its_tag() {
        let entry = Entry { mailbox: MailboxId(3), uid: 9, validity: 7 };
        for task in [
            Task::SetKeywords { email: EmailId(1), add: ["$seen".to_owned()].into(), remove: BTreeSet::new() },
            Task::SetMailboxes { email: EmailId(1), left: vec![entry] },
            Task::Destroy { entries: vec![entry] },
            Task::Append { email: EmailId(1), mailbox: MailboxId(2) },
            Task::Cross { email: EmailId(1), entries: vec![entry], stage: Crossing::Await },
            Task::CreateMailbox { mailbox: MailboxId(2) },
            Task::RenameMailbox { mailbox: MailboxId(2) },
            Task::DestroyMailbox { remote_name: "Old".into() },
        ] {
            let json: serde_json::Value = serde_json::from_str(&task.payload()).unwrap();
            assert_eq!(json.get("kind").unwrap(), task.kind());
            assert!(Task::is_known(task.kind()));
            assert_eq!(Task::parse(&kept(task.payload())), Some(task));
        }
    }

    #[test]
    fn an_unknown_kind_is_not_taken_for_a_known_one() {
        assert_eq!(Task::parse(&kept(r#"{"kind":"snooze","email":"e1"}"#.into())), None);
        assert_eq!(Task::parse(&kept("rubbish".into())), None);
    }
}
