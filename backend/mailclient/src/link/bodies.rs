//! Bodies from an IMAP server: where a message lies, its whole bytes fetched and kept.

use std::sync::Arc;

use remote::{Class, ImapSession};
use shared::ids::EmailId;
use store::{Event, blobs::Keep, emails, mailboxes, tasks};

use super::{Context, Trouble};
use crate::{Entry, FetchError, Section, Task, letter};

/// The largest message or part that is fetched.
pub(crate) const BODY_MAX: u64 = 128 << 20;

/// Why a body did not come.
pub(crate) enum Failure {
    /// The server.
    Remote(remote::Error),
    /// Everything else.
    Fetch(FetchError),
}

impl From<remote::Error> for Failure {
    fn from(error: remote::Error) -> Self {
        Self::Remote(error)
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Fetch(FetchError::Store(error))
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self::Fetch(error)
    }
}

/// The asked part of a whole message.
pub(crate) async fn cut(raw: Vec<u8>, section: &Section) -> Result<Arc<[u8]>, FetchError> {
    let Section::Part(section) = section.clone() else { return Ok(raw.into()) };
    let part = tokio::task::spawn_blocking(move || mime::part_bytes(&raw, &section).map(|d| d.bytes)).await;
    part.map_err(|_| store::Error::Worker)?.map(Into::into).ok_or(FetchError::NotFound)
}

/// Fetches a whole message and keeps it; indexes it if that was still to be done.
pub(crate) async fn whole(
    ctx: &Context,
    session: &mut ImapSession,
    email: EmailId,
    keep: Keep,
) -> Result<Vec<u8>, Failure> {
    let uid = locate(ctx, session, email).await?;
    let raw = session.fetch_message(uid, BODY_MAX).await?.ok_or(FetchError::Gone)?;
    let name = ctx.store.blobs().put(&raw, keep).await?;
    let (raw, texts) = tokio::task::spawn_blocking(move || {
        let texts = letter::search(&mime::parse(&raw).index);
        (raw, texts)
    })
    .await
    .map_err(|_| store::Error::Worker)?;
    let mut tx = ctx.store.write().await?;
    emails::set_blob(&mut tx, ctx.account, email, Some(&name)).await?;
    emails::set_search(&mut tx, ctx.account, &[(email, texts)]).await?;
    tx.commit().await?;
    ctx.store.announce(Event { account: Some(ctx.account), bodies: vec![email], ..Event::default() });
    Ok(raw)
}

/// Selects a folder where the message lies; its UID there.
pub(crate) async fn locate(ctx: &Context, session: &mut ImapSession, email: EmailId) -> Result<u32, Failure> {
    for (wire, entry) in places(ctx, email).await? {
        let selected = match session.examine(&wire).await {
            Ok(selected) => selected,
            Err(error) if error.class == Class::Permanent => continue,
            Err(error) => return Err(error.into()),
        };
        if selected.uid_validity == entry.validity {
            return Ok(entry.uid);
        }
    }
    Err(FetchError::Gone.into())
}

/// Where an Email lies at this Source: its placements, else where a move that is still owed left it.
async fn places(ctx: &Context, email: EmailId) -> Result<Vec<(String, Entry)>, store::Error> {
    let mut r = ctx.store.read().await?;
    let mut entries: Vec<Entry> = Vec::new();
    for placement in emails::placements(&mut r, ctx.account, email).await? {
        if let Some(uid) = placement.uid {
            entries.push(Entry { mailbox: placement.mailbox, uid, validity: 0 });
        }
    }
    for kept in tasks::of_emails(&mut r, ctx.account, &[email]).await? {
        if let Some(Task::SetMailboxes { left, .. } | Task::Cross { entries: left, .. }) = Task::parse(&kept) {
            entries.extend(left);
        }
    }
    let mut places = Vec::new();
    for mut entry in entries {
        let Some(mailbox) = mailboxes::get(&mut r, ctx.account, entry.mailbox).await? else { continue };
        if entry.validity == 0 {
            entry.validity = mailbox.remote.uid_validity;
        }
        if let (true, Some(wire)) = (mailbox.source == Some(ctx.source), mailbox.remote_name) {
            places.push((wire, entry));
        }
    }
    Ok(places)
}

/// Brings a whole message here durably, for a move to another Source.
pub(crate) async fn keep_durably(ctx: &Context, session: &mut ImapSession, email: EmailId) -> Result<(), Trouble> {
    let blob = {
        let mut r = ctx.store.read().await?;
        emails::get(&mut r, ctx.account, &[email]).await?.pop().and_then(|row| row.blob)
    };
    if let Some(blob) = blob
        && let Some(raw) = ctx.store.blobs().get(&blob).await?
    {
        let name = ctx.store.blobs().put(&raw, Keep::Durable).await?;
        let mut tx = ctx.store.write().await?;
        emails::set_blob(&mut tx, ctx.account, email, Some(&name)).await?;
        tx.commit().await?;
        return Ok(());
    }
    match whole(ctx, session, email, Keep::Durable).await {
        Ok(_) => Ok(()),
        Err(Failure::Remote(error)) => Err(error.into()),
        Err(Failure::Fetch(FetchError::Store(error))) => Err(error.into()),
        Err(Failure::Fetch(_)) => Err(remote::Error::permanent("The message is no longer where it was.").into()),
    }
}
