//! What can go wrong in the store. A caller tells apart what a person may hear ([`Refusal`]) from a fault.

use thiserror::Error;

/// The store's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a write that was asked for cannot be done; the database is unharmed and the transaction may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The object does not exist in this account.
    #[error("there is no such object here")]
    NotFound,
    /// A sibling Mailbox, a member or an app password has this name (or address) already.
    #[error("this name is taken")]
    NameTaken,
    /// The account has a Mailbox of this role already (RFC 8621 §2).
    #[error("another mailbox has this role")]
    RoleTaken,
    /// The Mailbox has child Mailboxes (RFC 8621 §2.5 `mailboxHasChild`).
    #[error("the mailbox has mailboxes below it")]
    HasChild,
    /// The Mailbox has Emails (RFC 8621 §2.5 `mailboxHasEmail`).
    #[error("the mailbox is not empty")]
    HasEmail,
    /// The new parent is the Mailbox itself or lies below it.
    #[error("a mailbox cannot lie below itself")]
    Loop,
    /// The Mailboxes are of two Sources (an Email is always of one).
    #[error("an email cannot be in mailboxes of two mail accounts")]
    TwoSources,
    /// An Email must be in at least one Mailbox.
    #[error("an email must be in a mailbox")]
    NoMailbox,
    /// A limit on what one account may hold is reached.
    #[error("a limit is reached")]
    OverLimit,
    /// The last administrator cannot be removed or made an ordinary member.
    #[error("the household needs an administrator")]
    LastAdmin,
    /// The password is not right.
    #[error("the password is not right")]
    WrongPassword,
    /// The wish contradicts itself or the present state.
    #[error("this cannot be done now")]
    Invalid,
}

/// The store's error.
#[derive(Debug, Error)]
pub enum Error {
    /// The wish was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// SQLite said no, or the disk below it.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A file could not be read or durably written.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
    /// Opening or migrating the database file failed.
    #[error(transparent)]
    Open(#[from] disk::Error),
    /// Stored data is not what was written: names the thing.
    #[error("damaged: {0}")]
    Damaged(&'static str),
    /// A worker thread ended early (a panic or the end of the runtime).
    #[error("a worker thread ended early")]
    Worker,
}

impl Error {
    /// The refusal, if it is one.
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused(refusal) => Some(*refusal),
            _ => None,
        }
    }
}
