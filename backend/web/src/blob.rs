//! Bytes by their blob id (RFC 8620 §6): a message, a part of one, an upload. Every way in checks the account.

use std::sync::Arc;

use mailclient::{FetchError, MailClient, Section};
use mime::{BodyPart, structure};
use shared::ids::{AccountId, BlobId, EmailId};
use store::{Blobs, Store, emails, uploads};

/// Messages within messages that a blob id may go through.
const MAX_NESTING: usize = 16;

/// Why a blob cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// No such blob in this account.
    #[error("there is no such file")]
    NotFound,
    /// It lies at the provider, who cannot be reached; worth another try.
    #[error("{0}")]
    Unavailable(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<FetchError> for BlobError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::NotFound | FetchError::Gone => Self::NotFound,
            FetchError::Unavailable(_) => Self::Unavailable(error.to_string()),
            FetchError::Store(error) => Self::Store(error),
        }
    }
}

/// The bytes of a blob; what lies at the provider is awaited for a few seconds (`times.fetch_s`).
///
/// # Errors
/// [`BlobError`]; the caller has checked already that the account is the asker's.
pub async fn read(
    store: &Store,
    blobs: &Blobs,
    mail: &MailClient,
    account: AccountId,
    id: &BlobId,
) -> Result<Arc<[u8]>, BlobError> {
    match id {
        BlobId::Email(email) => Ok(mail.fetch(account, *email, &Section::Whole).await?),
        BlobId::Part(email, section) => part(store, mail, account, *email, section).await,
        BlobId::Upload(number) => upload(store, blobs, account, *number).await,
        BlobId::UploadPart(number, section) => {
            let raw = upload(store, blobs, account, *number).await?;
            nested(&raw, section, MAX_NESTING).map(Arc::from).ok_or(BlobError::NotFound)
        }
    }
}

async fn upload(store: &Store, blobs: &Blobs, account: AccountId, number: i64) -> Result<Arc<[u8]>, BlobError> {
    let upload = uploads::get(&mut store.read().await?, account, number).await?.ok_or(BlobError::NotFound)?;
    Ok(blobs.get(&upload.blob).await?.ok_or(BlobError::NotFound)?.into())
}

/// A part of an Email, or a part of a message attached to it: "2.1" is in the message that part "2" is.
async fn part(
    store: &Store,
    mail: &MailClient,
    account: AccountId,
    email: EmailId,
    section: &str,
) -> Result<Arc<[u8]>, BlobError> {
    let details = emails::details(&mut store.read().await?, account, &[email]).await?;
    let detail = details.first().ok_or(BlobError::NotFound)?;
    let root: BodyPart =
        serde_json::from_str(&detail.structure).map_err(|_| store::Error::Damaged("the structure of an email"))?;
    if root.find(section).is_some() {
        return Ok(mail.fetch(account, email, &Section::Part(section.to_owned())).await?);
    }
    let (outer, inner) = message_above(&root, section).ok_or(BlobError::NotFound)?;
    let message = mail.fetch(account, email, &Section::Part(outer.to_owned())).await?;
    nested(&message, inner, MAX_NESTING).map(Arc::from).ok_or(BlobError::NotFound)
}

/// A section of a raw message, also through messages attached to it.
fn nested(raw: &[u8], section: &str, levels: usize) -> Option<Vec<u8>> {
    if let Some(decoded) = mime::part_bytes(raw, section) {
        return Some(decoded.bytes);
    }
    let (outer, inner) = message_above(&structure::parse(raw), section)?;
    nested(&mime::part_bytes(raw, outer)?.bytes, inner, levels.checked_sub(1)?)
}

/// "1.2.3" as the attached message "1.2" and its section "3".
fn message_above<'a>(root: &BodyPart, section: &'a str) -> Option<(&'a str, &'a str)> {
    let splits = section.match_indices('.').filter_map(|(at, _)| Some((section.get(..at)?, section.get(at + 1..)?)));
    let is_message = |part: &BodyPart| matches!(part.r#type.as_str(), "message/rfc822" | "message/global");
    splits.into_iter().find(|(outer, _)| root.find(outer).is_some_and(is_message))
}
