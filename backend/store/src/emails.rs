//! Emails: rows, keywords, placements in Mailboxes. Everything here keeps counts, lists, threads, search and the change log
//! right by itself.

use shared::ids::{AccountId, EmailId, MailboxId, SourceId, ThreadId};

use sqlx::{Row, sqlite::SqliteRow};

use crate::{BlobName, Keywords, Reader, Result, changes::json};

mod insert;
mod place;
mod remove;
mod search;
mod sql;
#[cfg(test)]
mod tests;
mod update;

pub use crate::address_book::Person;
pub use insert::insert;
pub use place::{clear_uids, forget_ghosts, place, rehome, set_mailboxes};
pub use remove::{destroy, drop_unmatched, vanished};
pub(crate) use remove::{erase, take_out};
pub(crate) use search::account_start;
pub use search::{set_search, unindexed, unindexed_count};
pub use update::{set_blob, set_keywords, set_remote_id};

/// An Email to store. Everything but keywords and placements is immutable afterwards.
#[derive(Debug, Clone, Default)]
pub struct NewEmail {
    /// The Source it is of, `None` for local Mailboxes.
    pub source: Option<SourceId>,
    /// `mime::thread_key`; `None` = a Thread of its own.
    pub thread_key: Option<String>,
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
    /// Texts for search, as far as they are known.
    pub search: SearchTexts,
    /// `search` is whole, body included; else it counts as not indexed until [`set_search`].
    pub indexed: bool,
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

impl From<&mime::IndexTexts> for SearchTexts {
    /// Splits each text into the index's words.
    fn from(texts: &mime::IndexTexts) -> Self {
        let words = mime::tokens::index;
        Self {
            from: words(&texts.from),
            to: words(&texts.to),
            cc: words(&texts.cc),
            bcc: words(&texts.bcc),
            subject: words(&texts.subject),
            body: words(&texts.body),
            files: words(&texts.filenames),
        }
    }
}

impl From<&mime::Envelope> for SortTexts {
    fn from(envelope: &mime::Envelope) -> Self {
        let first = |list: &Option<Vec<mime::Address>>| {
            let address = list.as_ref().and_then(|list| list.first());
            address.map_or_else(String::new, |a| match &a.name {
                Some(name) if !name.is_empty() => name.clone(),
                _ => a.email.clone(),
            })
        };
        Self {
            from: first(&envelope.from),
            to: first(&envelope.to),
            subject: mime::base_subject(envelope.subject.as_deref().unwrap_or_default()).to_owned(),
        }
    }
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
    /// As in [`NewEmail::content_hash`].
    pub content_hash: Vec<u8>,
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

/// A UID that was left or destroyed here while the server still has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ghost {
    /// The Email; may be destroyed.
    pub email: EmailId,
    /// Where it was.
    pub mailbox: MailboxId,
    /// Under which UID.
    pub uid: u32,
}

/// A placement in a remote Mailbox whose UID the server has not told yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaiting {
    /// The Email.
    pub email: EmailId,
    /// Its content hash.
    pub content_hash: Vec<u8>,
    /// Its Message-ID.
    pub message_id: Option<String>,
}

pub(crate) fn numbers(ids: &[EmailId]) -> Vec<i64> {
    ids.iter().map(|id| id.0).collect()
}

fn blob_name(row: &SqliteRow, column: usize) -> Result<Option<BlobName>, sqlx::Error> {
    Ok(row.try_get::<Option<String>, _>(column)?.and_then(|name| BlobName::parse(&name)))
}

fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

fn from_row(row: &SqliteRow) -> Result<Email, sqlx::Error> {
    let mailboxes: Option<String> = row.try_get(10)?;
    let mut mailboxes: Vec<i64> = mailboxes.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    mailboxes.sort_unstable();
    Ok(Email {
        id: EmailId(row.try_get(0)?),
        thread: ThreadId(row.try_get(1)?),
        source: row.try_get::<Option<i64>, _>(2)?.map(SourceId),
        blob: blob_name(row, 3)?,
        size: unsigned(row.try_get(4)?),
        received_at: row.try_get(5)?,
        sent_at: row.try_get(6)?,
        message_id: row.try_get(7)?,
        keywords: Keywords::from_row(row.try_get(8)?, row.try_get(9)?),
        mailboxes: mailboxes.into_iter().map(MailboxId).collect(),
        has_attachment: row.try_get(11)?,
        preview: row.try_get(12)?,
        envelope: row.try_get(13)?,
        content_hash: row.try_get(14)?,
    })
}

/// Those of `ids` that exist, in the order asked for.
pub async fn get(r: &mut Reader, account: AccountId, ids: &[EmailId]) -> Result<Vec<Email>> {
    let rows = sqlx::query(sql::GET).bind(json(&numbers(ids))).bind(account.0).fetch_all(r.db()).await?;
    Ok(rows.iter().map(from_row).collect::<Result<_, _>>()?)
}

/// Structure and header of those of `ids` that exist.
pub async fn details(r: &mut Reader, account: AccountId, ids: &[EmailId]) -> Result<Vec<Detail>> {
    let rows: Vec<(i64, String, Vec<u8>)> =
        sqlx::query_as(sql::DETAILS).bind(json(&numbers(ids))).bind(account.0).fetch_all(r.db()).await?;
    Ok(rows.into_iter().map(|(id, structure, header)| Detail { id: EmailId(id), structure, header }).collect())
}

/// Where an Email lies.
pub async fn placements(r: &mut Reader, account: AccountId, email: EmailId) -> Result<Vec<Placement>> {
    Ok(placements_of(r, account, &[email]).await?.into_iter().map(|(_, placement)| placement).collect())
}

/// Where these Emails lie.
pub async fn placements_of(
    r: &mut Reader,
    account: AccountId,
    emails: &[EmailId],
) -> Result<Vec<(EmailId, Placement)>> {
    let rows: Vec<(i64, i64, Option<u32>)> =
        sqlx::query_as(sql::PLACEMENTS).bind(json(&numbers(emails))).bind(account.0).fetch_all(r.db()).await?;
    let placed = |(email, mailbox, uid)| (EmailId(email), Placement { mailbox: MailboxId(mailbox), uid });
    Ok(rows.into_iter().map(placed).collect())
}

/// Ghosts of these Emails, destroyed ones included.
pub async fn ghosts(r: &mut Reader, account: AccountId, emails: &[EmailId]) -> Result<Vec<Ghost>> {
    let rows: Vec<(i64, i64, u32)> =
        sqlx::query_as(sql::GHOSTS).bind(json(&numbers(emails))).bind(account.0).fetch_all(r.db()).await?;
    let ghost = |(email, mailbox, uid)| Ghost { email: EmailId(email), mailbox: MailboxId(mailbox), uid };
    Ok(rows.into_iter().map(ghost).collect())
}

/// Emails in a Mailbox whose UID there is not known (yet).
pub async fn awaiting_uid(r: &mut Reader, account: AccountId, mailbox: MailboxId) -> Result<Vec<Awaiting>> {
    let rows: Vec<(i64, Vec<u8>, Option<String>)> =
        sqlx::query_as(sql::AWAITING).bind(mailbox.0).bind(account.0).fetch_all(r.db()).await?;
    let awaiting = |(email, content_hash, message_id)| Awaiting { email: EmailId(email), content_hash, message_id };
    Ok(rows.into_iter().map(awaiting).collect())
}

/// Emails with this Message-ID (without angle brackets), newest first, at most 20.
pub async fn by_message_id(r: &mut Reader, account: AccountId, message_id: &str) -> Result<Vec<EmailId>> {
    let ids: Vec<i64> =
        sqlx::query_scalar(sql::BY_MESSAGE_ID).bind(account.0).bind(message_id).fetch_all(r.db()).await?;
    Ok(ids.into_iter().map(EmailId).collect())
}

/// The Email of a Source that the server calls `remote_id`.
pub async fn by_remote_id(
    r: &mut Reader,
    account: AccountId,
    source: SourceId,
    remote_id: &str,
) -> Result<Option<EmailId>> {
    let id: Option<i64> = sqlx::query_scalar(sql::BY_REMOTE_ID)
        .bind(source.0)
        .bind(remote_id)
        .bind(account.0)
        .fetch_optional(r.db())
        .await?;
    Ok(id.map(EmailId))
}

/// Emails of a Mailbox with this content hash (UIDVALIDITY change, POP3 without UIDL, resumed imports).
pub async fn by_content(
    r: &mut Reader,
    account: AccountId,
    mailbox: MailboxId,
    hashes: &[Vec<u8>],
) -> Result<Vec<(Vec<u8>, EmailId)>> {
    let hashes: Vec<String> = hashes.iter().map(|hash| hex(hash)).collect();
    let rows: Vec<(Vec<u8>, i64)> =
        sqlx::query_as(sql::BY_CONTENT).bind(json(&hashes)).bind(account.0).bind(mailbox.0).fetch_all(r.db()).await?;
    Ok(rows.into_iter().map(|(hash, id)| (hash, EmailId(id))).collect())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

type PlacedRow = (i64, i64, i64, Option<String>, bool);

fn placed_row((uid, email, bits, custom, ghost): PlacedRow) -> Placed {
    Placed {
        uid: u32::try_from(uid).unwrap_or(0),
        email: EmailId(email),
        keywords: Keywords::from_row(bits, custom.as_deref()),
        ghost,
    }
}

/// All UIDs of a Mailbox with their Emails, ghosts included, by UID.
pub async fn placed(r: &mut Reader, account: AccountId, mailbox: MailboxId) -> Result<Vec<Placed>> {
    let mut rows: Vec<PlacedRow> =
        sqlx::query_as(sql::PLACED).bind(mailbox.0).bind(account.0).fetch_all(r.db()).await?;
    rows.sort_unstable_by_key(|row| row.0);
    Ok(rows.into_iter().map(placed_row).collect())
}

/// The same for some UIDs.
pub async fn placed_at(r: &mut Reader, account: AccountId, mailbox: MailboxId, uids: &[u32]) -> Result<Vec<Placed>> {
    let mut rows: Vec<PlacedRow> =
        sqlx::query_as(sql::PLACED_AT).bind(mailbox.0).bind(account.0).bind(json(uids)).fetch_all(r.db()).await?;
    rows.sort_unstable_by_key(|row| row.0);
    Ok(rows.into_iter().map(placed_row).collect())
}
