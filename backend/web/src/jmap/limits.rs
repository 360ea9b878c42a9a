//! What the JMAP methods allow at most, beside the limits of the core capability in [`crate::limits`].

/// Ids that one `/query` returns at most.
pub const MAX_QUERY_LIMIT: usize = 1000;
/// Levels of nested filter operators.
pub const MAX_FILTER_DEPTH: usize = 16;
/// Conditions and operators of one filter.
pub const MAX_FILTER_NODES: usize = 256;
/// Comparators of one sort.
pub const MAX_SORT: usize = 8;
/// UTF-8 octets of a Mailbox's name.
pub const MAX_SIZE_MAILBOX_NAME: usize = 200;
/// Levels of the Mailbox tree.
pub const MAX_MAILBOX_DEPTH: usize = 20;
/// Mailboxes that hold one Email.
pub const MAX_MAILBOXES_PER_EMAIL: usize = 100;
/// Keywords of one Email.
pub const MAX_KEYWORDS_PER_EMAIL: usize = 100;
/// Octets of all attachments of one Email that a client creates, before encoding.
pub const MAX_SIZE_ATTACHMENTS: u64 = 50_000_000;
/// Octets of a whole message that may be sent or created.
pub const MAX_SIZE_MESSAGE: u64 = 75_000_000;
/// Recipients of one submission.
pub const MAX_RECIPIENTS: usize = 1000;
/// Octets of body values that one call answers with.
pub const MAX_BODY_VALUES: usize = 64_000_000;
