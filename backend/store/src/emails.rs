//! Emails: rows, keywords, placements in Mailboxes. Everything here keeps counts, lists, threads, search and the change log
//! right by itself.

use shared::ids::{AccountId, EmailId, MailboxId, SourceId, ThreadId};

use crate::{BlobName, Keywords, Reader, Result, WriteTx};

/// An Email to store. Everything but keywords and placements is immutable afterwards.
#[derive(Debug, Clone, Default)]
pub struct NewEmail {
    /// The Source it is of, `None` for local Mailboxes.
    pub source: Option<SourceId>,
    /// `mime`'s threading key.
    pub thread_key: Vec<u8>,
    /// The raw message, if it is here.
    pub blob: Option<BlobName>,
    /// Octets of the raw message.
    pub size: u64,
    /// When it arrived, ms since the epoch; kept to the second, within 1970–2242.
    pub received_at: i64,
    /// Its Date header, ms since the epoch.
    pub sent_at: Option<i64>,
    /// Its first Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// JSON of mime's typed envelope: addresses, subject, dates, ids.
    pub envelope: String,
    /// JSON of mime's `BodyPart` tree.
    pub structure: String,
    /// The raw header block.
    pub header: Vec<u8>,
    /// At most 256 characters (RFC 8621 §4.1.4).
    pub preview: String,
    /// RFC 8621 §4.1.4.
    pub has_attachment: bool,
    /// Keywords at first sight.
    pub keywords: Keywords,
    /// A hash by which the same message is found again in the same Mailbox after UIDs were renumbered.
    pub content_hash: Vec<u8>,
    /// Where it lies; at least one, all of one Source.
    pub placements: Vec<Placement>,
    /// Sort keys.
    pub sort: SortTexts,
    /// Text for search; `None` = not known yet, counted as not indexed until [`set_search`].
    pub search: Option<SearchTexts>,
    /// The server's own id (OBJECTID, X-GM-MSGID), where it has one.
    pub remote_id: Option<String>,
    /// Correspondents, for completion.
    pub people: Vec<Person>,
    /// It was delivered just now (moves the EmailDelivery state), not found by a back-fill or an import.
    pub delivered: bool,
}

/// RFC 8621 §4.4.2's sort keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SortTexts {
    /// Name or address of the first From.
    pub from: String,
    /// Name or address of the first To.
    pub to: String,
    /// The base subject (RFC 5256 §2.1).
    pub subject: String,
}

/// Texts for search, already split by `mime::tokens::index` (words separated by spaces).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchTexts {
    /// From, names and addresses.
    pub from: String,
    /// To.
    pub to: String,
    /// Cc.
    pub cc: String,
    /// Bcc.
    pub bcc: String,
    /// Subject.
    pub subject: String,
    /// Text of the body.
    pub body: String,
    /// Names of attachments.
    pub files: String,
}

/// Somebody who was seen in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Display name.
    pub name: Option<String>,
    /// Address.
    pub email: String,
    /// The account's owner wrote to them (ranks higher than merely having been seen).
    pub written_to: bool,
}

/// An Email in a Mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// Where.
    pub mailbox: MailboxId,
    /// Its UID there; `None` for local Mailboxes and until the server told it.
    pub uid: Option<u32>,
}

/// An Email as lists and `Email/get` need it.
#[derive(Debug, Clone)]
pub struct Email {
    /// Id.
    pub id: EmailId,
    /// Its Thread.
    pub thread: ThreadId,
    /// Its Source; `None` = local.
    pub source: Option<SourceId>,
    /// The raw message, if it is here.
    pub blob: Option<BlobName>,
    /// Octets of the raw message.
    pub size: u64,
    /// Milliseconds since the epoch.
    pub received_at: i64,
    /// Milliseconds since the epoch.
    pub sent_at: Option<i64>,
    /// Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// Keywords.
    pub keywords: Keywords,
    /// Mailboxes it is in, ascending.
    pub mailboxes: Vec<MailboxId>,
    /// RFC 8621 §4.1.4.
    pub has_attachment: bool,
    /// RFC 8621 §4.1.4.
    pub preview: String,
    /// JSON of mime's envelope.
    pub envelope: String,
}

/// What only an opened message needs.
#[derive(Debug, Clone)]
pub struct Detail {
    /// Id.
    pub id: EmailId,
    /// JSON of mime's `BodyPart`.
    pub structure: String,
    /// The raw header block.
    pub header: Vec<u8>,
}

/// A message of a Mailbox as the server numbers it.
#[derive(Debug, Clone)]
pub struct Placed {
    /// UID.
    pub uid: u32,
    /// The Email.
    pub email: EmailId,
    /// Its keywords here.
    pub keywords: Keywords,
    /// It was moved away or destroyed here, but the server was not told yet: it must not come back as new.
    pub ghost: bool,
}

/// Stores a batch of Emails of one account; ids in the same order. Best in batches of some hundreds.
pub async fn insert(tx: &mut WriteTx, account: AccountId, batch: &[NewEmail]) -> Result<Vec<EmailId>> {
    let _ = (tx, account, batch);
    todo!()
}

/// Those of `ids` that exist, in the order asked for.
pub async fn get(r: &mut Reader, account: AccountId, ids: &[EmailId]) -> Result<Vec<Email>> {
    let _ = (r, account, ids);
    todo!()
}

/// Structure and header of those of `ids` that exist.
pub async fn details(r: &mut Reader, account: AccountId, ids: &[EmailId]) -> Result<Vec<Detail>> {
    let _ = (r, account, ids);
    todo!()
}

/// Where an Email lies.
pub async fn placements(r: &mut Reader, account: AccountId, email: EmailId) -> Result<Vec<Placement>> {
    let _ = (r, account, email);
    todo!()
}

/// Emails with this Message-ID (without angle brackets), newest first, at most 20.
pub async fn by_message_id(r: &mut Reader, account: AccountId, message_id: &str) -> Result<Vec<EmailId>> {
    let _ = (r, account, message_id);
    todo!()
}

/// The Email of a Source that the server calls `remote_id`.
pub async fn by_remote_id(
    r: &mut Reader,
    account: AccountId,
    source: SourceId,
    remote_id: &str,
) -> Result<Option<EmailId>> {
    let _ = (r, account, source, remote_id);
    todo!()
}

/// Emails of a Mailbox with this content hash (UIDVALIDITY change, POP3 without UIDL, resumed imports).
pub async fn by_content(
    r: &mut Reader,
    account: AccountId,
    mailbox: MailboxId,
    hashes: &[Vec<u8>],
) -> Result<Vec<(Vec<u8>, EmailId)>> {
    let _ = (r, account, mailbox, hashes);
    todo!()
}

/// All UIDs of a Mailbox with their Emails, ghosts included, by UID.
pub async fn placed(r: &mut Reader, account: AccountId, mailbox: MailboxId) -> Result<Vec<Placed>> {
    let _ = (r, account, mailbox);
    todo!()
}

/// The same for some UIDs.
pub async fn placed_at(r: &mut Reader, account: AccountId, mailbox: MailboxId, uids: &[u32]) -> Result<Vec<Placed>> {
    let _ = (r, account, mailbox, uids);
    todo!()
}

/// Replaces the keywords of each Email; those that have them already are left alone. Unknown ids are skipped.
pub async fn set_keywords(tx: &mut WriteTx, account: AccountId, wishes: &[(EmailId, Keywords)]) -> Result<()> {
    let _ = (tx, account, wishes);
    todo!()
}

/// Replaces the Mailboxes of an Email (never none, all of one Source; `Refusal` otherwise). A new Mailbox's UID is unknown;
/// where a UID is left behind a ghost remembers it until [`forget_ghosts`].
pub async fn set_mailboxes(
    tx: &mut WriteTx,
    account: AccountId,
    email: EmailId,
    mailboxes: &[MailboxId],
) -> Result<()> {
    let _ = (tx, account, email, mailboxes);
    todo!()
}

/// The server says: these Emails lie in `mailbox` under these UIDs. Adds the placement or sets its UID.
pub async fn place(
    tx: &mut WriteTx,
    account: AccountId,
    mailbox: MailboxId,
    emails: &[(EmailId, u32)],
) -> Result<()> {
    let _ = (tx, account, mailbox, emails);
    todo!()
}

/// The server says: these UIDs are gone from `mailbox` (ghosts included). An Email in no other Mailbox is destroyed.
pub async fn vanished(tx: &mut WriteTx, account: AccountId, mailbox: MailboxId, uids: &[u32]) -> Result<()> {
    let _ = (tx, account, mailbox, uids);
    todo!()
}

/// All UIDs of a Mailbox are void (UIDVALIDITY changed); Emails stay for the re-match. Ghosts go.
pub async fn clear_uids(tx: &mut WriteTx, account: AccountId, mailbox: MailboxId) -> Result<()> {
    let _ = (tx, account, mailbox);
    todo!()
}

/// After a re-match: destroys what still has no UID in `mailbox` except `keep` (what waits for its own APPEND).
pub async fn drop_unmatched(
    tx: &mut WriteTx,
    account: AccountId,
    mailbox: MailboxId,
    keep: &[EmailId],
) -> Result<u64> {
    let _ = (tx, account, mailbox, keep);
    todo!()
}

/// The server did what was owed: these UIDs of `mailbox` need no ghost any more.
pub async fn forget_ghosts(tx: &mut WriteTx, account: AccountId, mailbox: MailboxId, uids: &[u32]) -> Result<()> {
    let _ = (tx, account, mailbox, uids);
    todo!()
}

/// Destroys Emails; unknown ids are skipped. Where they had UIDs ghosts stay. Returns those that were there.
/// Their files go with [`crate::blobs::sweep`].
pub async fn destroy(tx: &mut WriteTx, account: AccountId, ids: &[EmailId]) -> Result<Vec<EmailId>> {
    let _ = (tx, account, ids);
    todo!()
}

/// The raw message is here now (or `None`: was evicted). Announced as [`crate::Event::bodies`].
pub async fn set_blob(tx: &mut WriteTx, account: AccountId, email: EmailId, blob: Option<&BlobName>) -> Result<()> {
    let _ = (tx, account, email, blob);
    todo!()
}

/// Gives an Email of an APPEND its Source-side facts after the fact.
pub async fn set_remote_id(tx: &mut WriteTx, account: AccountId, email: EmailId, remote_id: &str) -> Result<()> {
    let _ = (tx, account, email, remote_id);
    todo!()
}

/// Moves an Email to another Source's Mailboxes (a move between providers); its id stays.
pub async fn rehome(
    tx: &mut WriteTx,
    account: AccountId,
    email: EmailId,
    source: Option<SourceId>,
    mailboxes: &[MailboxId],
) -> Result<()> {
    let _ = (tx, account, email, source, mailboxes);
    todo!()
}

/// Texts for search that were fetched in the background.
pub async fn set_search(tx: &mut WriteTx, account: AccountId, texts: &[(EmailId, SearchTexts)]) -> Result<()> {
    let _ = (tx, account, texts);
    todo!()
}

/// Emails of a Source whose body is not indexed yet, newest first.
pub async fn unindexed(r: &mut Reader, account: AccountId, source: SourceId, limit: u32) -> Result<Vec<EmailId>> {
    let _ = (r, account, source, limit);
    todo!()
}

/// How many Emails of the account are not indexed yet.
pub async fn unindexed_count(r: &mut Reader, account: AccountId) -> Result<u64> {
    let _ = (r, account);
    todo!()
}
