//! Mailboxes (RFC 8621 §2): tree, roles, counts, and what sync knows of a remote folder.

use shared::ids::{AccountId, MailboxId, SourceId};

use crate::{Reader, Result, WriteTx};

/// What a Mailbox is for (RFC 8621 §2, the IANA registry's names).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// New mail.
    Inbox,
    /// Unfinished letters.
    Drafts,
    /// Copies of what was sent.
    Sent,
    /// Done with.
    Archive,
    /// Spam.
    Junk,
    /// To be deleted.
    Trash,
    /// A server's view of everything.
    All,
    /// A server's view of the flagged.
    Flagged,
    /// A server's view of the important.
    Important,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Inbox,
        Self::Drafts,
        Self::Sent,
        Self::Archive,
        Self::Junk,
        Self::Trash,
        Self::All,
        Self::Flagged,
        Self::Important,
    ];

    /// The name in JMAP.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Drafts => "drafts",
            Self::Sent => "sent",
            Self::Archive => "archive",
            Self::Junk => "junk",
            Self::Trash => "trash",
            Self::All => "all",
            Self::Flagged => "flagged",
            Self::Important => "important",
        }
    }

    /// From JMAP's name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// A Mailbox with its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Id.
    pub id: MailboxId,
    /// Its Source; `None` = local.
    pub source: Option<SourceId>,
    /// Its parent; `None` = at the top.
    pub parent: Option<MailboxId>,
    /// Name among its siblings.
    pub name: String,
    /// The RFC's role, one Mailbox an account.
    pub role: Option<Role>,
    /// The role within its Source.
    pub source_role: Option<Role>,
    /// RFC 8621 §2.
    pub sort_order: u32,
    /// RFC 8621 §2.
    pub is_subscribed: bool,
    /// False for containers and `\Noselect` folders: no Email can lie here.
    pub selectable: bool,
    /// The folder's name on its server (decoded), `None` = only here.
    pub remote_name: Option<String>,
    /// RFC 8621 §2.
    pub total_emails: u64,
    /// RFC 8621 §2.
    pub unread_emails: u64,
    /// RFC 8621 §2.
    pub total_threads: u64,
    /// RFC 8621 §2, with the rule for the trash.
    pub unread_threads: u64,
    /// What sync knows of the folder.
    pub remote: RemoteState,
}

/// What sync knows of a remote folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoteState {
    /// RFC 3501 UIDVALIDITY, 0 = never selected.
    pub uid_validity: u32,
    /// The lowest UID not seen yet.
    pub uid_next: u32,
    /// RFC 7162 HIGHESTMODSEQ, 0 = none.
    pub highest_modseq: u64,
    /// Sync's own notes (JSON), for example how far the back-fill came.
    pub cursor: Option<String>,
}

/// A Mailbox to make.
#[derive(Debug, Clone, Default)]
pub struct NewMailbox {
    /// Its Source; `None` = local.
    pub source: Option<SourceId>,
    /// `None` = at the top; for a Source that is not the primary that is below the Mailbox of its name.
    pub parent: Option<MailboxId>,
    /// Name.
    pub name: String,
    /// Only for local Mailboxes: the RFC's role.
    pub role: Option<Role>,
    /// For a Source's: its role there. Of the primary it becomes `role` too, taking it from a local Mailbox.
    pub source_role: Option<Role>,
    /// RFC 8621 §2.
    pub sort_order: u32,
    /// Starts subscribed.
    pub is_subscribed: bool,
    /// Emails can lie here.
    pub selectable: bool,
    /// Its name on the server.
    pub remote_name: Option<String>,
    /// Take another name ("… 2") instead of refusing when a sibling has it.
    pub rename_on_collision: bool,
}

/// What to change; `None` leaves as is.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// New name.
    pub name: Option<String>,
    /// New parent (`Some(None)` = the top).
    pub parent: Option<Option<MailboxId>>,
    /// New role.
    pub role: Option<Option<Role>>,
    /// New role within the Source.
    pub source_role: Option<Option<Role>>,
    /// New order.
    pub sort_order: Option<u32>,
    /// Subscription.
    pub is_subscribed: Option<bool>,
    /// Emails can lie here.
    pub selectable: Option<bool>,
    /// Its new name on the server (`Some(None)` = only here).
    pub remote_name: Option<Option<String>>,
}

/// All Mailboxes of an account, by id.
pub async fn all(r: &mut Reader, account: AccountId) -> Result<Vec<Mailbox>> {
    let _ = (r, account);
    todo!()
}

/// One of them.
pub async fn get(r: &mut Reader, account: AccountId, id: MailboxId) -> Result<Option<Mailbox>> {
    let _ = (r, account, id);
    todo!()
}

/// Of an account: the Mailbox with this role.
pub async fn by_role(r: &mut Reader, account: AccountId, role: Role) -> Result<Option<Mailbox>> {
    let _ = (r, account, role);
    todo!()
}

/// Of a Source (or of the local ones): the Mailbox with this role there. For local Mailboxes `role` counts.
pub async fn by_source_role(
    r: &mut Reader,
    account: AccountId,
    source: Option<SourceId>,
    role: Role,
) -> Result<Option<Mailbox>> {
    let _ = (r, account, source, role);
    todo!()
}

/// Of a Source: all Mailboxes, by id.
pub async fn of_source(r: &mut Reader, account: AccountId, source: SourceId) -> Result<Vec<Mailbox>> {
    let _ = (r, account, source);
    todo!()
}

/// The Mailbox a path names ("Family/Trips"), made below the top (locally) where it is missing.
pub async fn ensure_local_path(tx: &mut WriteTx, account: AccountId, path: &str) -> Result<MailboxId> {
    let _ = (tx, account, path);
    todo!()
}

/// Makes a Mailbox.
pub async fn create(tx: &mut WriteTx, account: AccountId, new: &NewMailbox) -> Result<MailboxId> {
    let _ = (tx, account, new);
    todo!()
}

/// Changes a Mailbox.
pub async fn update(tx: &mut WriteTx, account: AccountId, id: MailboxId, update: &Update) -> Result<()> {
    let _ = (tx, account, id, update);
    todo!()
}

/// Destroys a Mailbox. With Emails in it only if `remove_emails`: those in no other Mailbox are destroyed too.
pub async fn destroy(tx: &mut WriteTx, account: AccountId, id: MailboxId, remove_emails: bool) -> Result<()> {
    let _ = (tx, account, id, remove_emails);
    todo!()
}

/// Keeps what sync knows of the folder. No Change is announced: no client sees it.
pub async fn set_remote(tx: &mut WriteTx, account: AccountId, id: MailboxId, remote: &RemoteState) -> Result<()> {
    let _ = (tx, account, id, remote);
    todo!()
}

/// The role Mailboxes of an account without a Source (Inbox, Drafts, Sent, Archive, Junk, Trash), where they are missing.
pub async fn ensure_local_roles(tx: &mut WriteTx, account: AccountId) -> Result<()> {
    let _ = (tx, account);
    todo!()
}
