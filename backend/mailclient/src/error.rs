//! Why an action cannot be applied, in terms that JMAP's set errors (RFC 8620 §5.3, RFC 8621 §2.5, §4.6, §7.5) take over.

use shared::ids::EmailId;

/// An action that was refused; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// The object does not exist in this account: `notFound`.
    #[error("not found")]
    NotFound,
    /// These properties do not fit: `invalidProperties`.
    #[error("{why}")]
    InvalidProperties {
        /// Names of the JMAP properties at fault.
        properties: Vec<&'static str>,
        /// Plain words for the description.
        why: String,
    },
    /// Not allowed for this object (a role mailbox, a folder of the provider that cannot hold it): `forbidden`.
    #[error("{0}")]
    Forbidden(String),
    /// The very message is there already: `alreadyExists`.
    #[error("already exists")]
    AlreadyExists(EmailId),
    /// More keywords than an Email may have: `tooManyKeywords`.
    #[error("too many keywords")]
    TooManyKeywords,
    /// More mailboxes than an Email may be in: `tooManyMailboxes`.
    #[error("too many mailboxes")]
    TooManyMailboxes,
    /// `mailboxHasChild` (RFC 8621 §2.5).
    #[error("the mailbox has child mailboxes")]
    MailboxHasChild,
    /// `mailboxHasEmail` (RFC 8621 §2.5).
    #[error("the mailbox holds mail")]
    MailboxHasEmail,
    /// The letter is gone or final: `cannotUnsend` (RFC 8621 §7.5).
    #[error("the letter has left already")]
    CannotUnsend,
    /// The letter names no recipient: `noRecipients`.
    #[error("no recipients")]
    NoRecipients,
    /// These addresses cannot be written to: `invalidRecipients`.
    #[error("invalid recipients")]
    InvalidRecipients(Vec<String>),
    /// The From address is not one of the identity's: `forbiddenFrom`.
    #[error("forbidden sender")]
    ForbiddenFrom,
    /// The envelope's sender is not one of the account's addresses: `forbiddenMailFrom`.
    #[error("forbidden envelope sender")]
    ForbiddenMailFrom,
    /// The bytes of the Email lie at the provider, who cannot be reached now: `serverUnavailable`.
    #[error("{0}")]
    Unavailable(String),
    /// The store failed: `serverFail`.
    #[error(transparent)]
    Store(store::Error),
}

impl From<store::Error> for ActionError {
    fn from(error: store::Error) -> Self {
        use store::Refusal;
        match error.refusal() {
            None | Some(Refusal::LastAdmin | Refusal::WrongPassword | Refusal::Invalid) => Self::Store(error),
            Some(Refusal::NotFound) => Self::NotFound,
            Some(why @ Refusal::NameTaken) => Self::invalid("name", why.to_string()),
            Some(why @ Refusal::RoleTaken) => Self::invalid("role", why.to_string()),
            Some(Refusal::HasChild) => Self::MailboxHasChild,
            Some(Refusal::HasEmail) => Self::MailboxHasEmail,
            Some(why @ Refusal::Loop) => Self::invalid("parentId", why.to_string()),
            Some(why @ (Refusal::TwoSources | Refusal::NoMailbox)) => Self::invalid("mailboxIds", why.to_string()),
            Some(why @ Refusal::OverLimit) => Self::Forbidden(why.to_string()),
        }
    }
}

impl ActionError {
    /// One property at fault.
    pub(crate) fn invalid(property: &'static str, why: impl Into<String>) -> Self {
        Self::InvalidProperties { properties: vec![property], why: why.into() }
    }

    /// The `type` of the SetError.
    pub fn set_error(&self) -> &'static str {
        match self {
            Self::NotFound => "notFound",
            Self::InvalidProperties { .. } => "invalidProperties",
            Self::Forbidden(_) => "forbidden",
            Self::AlreadyExists(_) => "alreadyExists",
            Self::TooManyKeywords => "tooManyKeywords",
            Self::TooManyMailboxes => "tooManyMailboxes",
            Self::MailboxHasChild => "mailboxHasChild",
            Self::MailboxHasEmail => "mailboxHasEmail",
            Self::CannotUnsend => "cannotUnsend",
            Self::NoRecipients => "noRecipients",
            Self::InvalidRecipients(_) => "invalidRecipients",
            Self::ForbiddenFrom => "forbiddenFrom",
            Self::ForbiddenMailFrom => "forbiddenMailFrom",
            Self::Unavailable(_) => "serverUnavailable",
            Self::Store(_) => "serverFail",
        }
    }
}
