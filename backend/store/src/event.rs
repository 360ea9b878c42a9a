//! What a commit records and announces.

use std::collections::BTreeMap;

use shared::ids::{AccountId, EmailId, SourceId};

/// A type with a state of its own (RFC 8620 §1.6.3), as the change log stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(i64)]
pub enum DataType {
    /// RFC 8621 §2.
    Mailbox = 1,
    /// RFC 8621 §3.
    Thread = 2,
    /// RFC 8621 §4.
    Email = 3,
    /// Moves only when new mail is delivered (RFC 8621 §1.5).
    EmailDelivery = 4,
    /// RFC 8621 §6.
    Identity = 5,
    /// RFC 8621 §7.
    EmailSubmission = 6,
    /// `urn:kinpost:sources`.
    Source = 7,
}

impl DataType {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::Mailbox,
        Self::Thread,
        Self::Email,
        Self::EmailDelivery,
        Self::Identity,
        Self::EmailSubmission,
        Self::Source,
    ];

    /// The name in JMAP.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mailbox => "Mailbox",
            Self::Thread => "Thread",
            Self::Email => "Email",
            Self::EmailDelivery => "EmailDelivery",
            Self::Identity => "Identity",
            Self::EmailSubmission => "EmailSubmission",
            Self::Source => "Source",
        }
    }
}

/// How an object changed, as the log keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub(crate) enum Op {
    Created = 1,
    Updated = 2,
    Destroyed = 3,
    /// A Mailbox of which only counts changed.
    Counts = 4,
}

/// One object's change within this transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) op: Op,
    /// Of an Email: its Thread, so that collapsed lists can tell what a change means after the Email is gone.
    pub(crate) thread: Option<i64>,
}

/// One commit's news about one account. A receiver that lagged (tokio's `Lagged`) must start afresh from the database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// Whose.
    pub account: Option<AccountId>,
    /// The new state of each type that changed.
    pub changes: BTreeMap<DataType, i64>,
    /// Sources that were given new Tasks, or whose configuration changed.
    pub tasks_for: Vec<SourceId>,
    /// Emails whose raw message or parts are here now.
    pub bodies: Vec<EmailId>,
    /// A submission is due or was changed.
    pub outbox: bool,
    /// Members, sessions or app passwords changed: whoever holds an open connection looks again.
    pub access: bool,
}
