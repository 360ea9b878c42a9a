//! Which bytes of a message are wanted, and why they cannot be had.

/// Which bytes of an Email are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Section {
    /// The whole message, as it came.
    Whole,
    /// One part by its IMAP section number, transfer encoding already undone.
    Part(String),
}

/// Why a body cannot be had now.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No such Email or part in this account.
    #[error("not found")]
    NotFound,
    /// The provider did not answer in time or is away: `serverUnavailable`, a download answers 503.
    #[error("the mail provider cannot be reached now: {0}")]
    Unavailable(String),
    /// The provider does not hold the message any more.
    #[error("the mail provider no longer holds this message")]
    Gone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}
