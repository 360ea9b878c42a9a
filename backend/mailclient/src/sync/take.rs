//! Messages of one folder come here: metadata, then small ones whole and large ones by header, structure and the first
//! slice of their text; parsed before the transaction, written in one.

use std::collections::{BTreeMap, BTreeSet};

use mime::BodyPart;
use remote::{
    ImapSession,
    imap::{Fetched, Meta, Summary, UidSet},
};
use shared::ids::MailboxId;
use store::{
    BlobName, Keywords, WriteTx,
    blobs::Keep,
    emails::{self, NewEmail, Placement},
    mailboxes::{Mailbox, Role},
};

use crate::{
    letter,
    link::{Context, Keepable, Trouble, keywords, take_flags},
};

/// Messages up to this size are fetched whole at once.
const SMALL_MAX: u64 = 64 * 1024;
/// Octets of small messages in one command.
const WHOLE_BATCH_MAX: u64 = 8 << 20;
/// How much of a large message's text is fetched for its preview.
const SLICE: u32 = 16 * 1024;
/// The largest message that is fetched whole because its structure is not understood.
const ODD_MAX: u64 = 64 << 20;
/// A message that the server gives no size for is taken as large.
const UNKNOWN_SIZE: u64 = u64::MAX;

/// A message ready to be written, with what the server calls it.
struct Ready {
    uid: u32,
    flags: Vec<String>,
    row: NewEmail,
}

/// Fetches these messages and writes them. `delivered`: they arrived just now. Returns how many were new.
pub(crate) async fn take(
    ctx: &Context,
    session: &mut ImapSession,
    mailbox: &Mailbox,
    uids: &[u32],
    keepable: &Keepable,
    delivered: bool,
) -> Result<u64, Trouble> {
    let set: UidSet = uids.iter().copied().collect();
    let metas = session.fetch_meta(&set).await?;
    let (known, metas) = known_by_object_id(ctx, metas).await?;
    let mut ready = small(ctx, session, mailbox, &metas, delivered).await?;
    ready.extend(large(ctx, session, mailbox, &metas, delivered).await?);
    // Newest last in the transaction costs the same; the order of ids does not matter.
    let mut tx = ctx.store.write().await?;
    for (email, meta) in &known {
        emails::place(&mut tx, ctx.account, mailbox.id, &[(*email, meta.uid)]).await?;
    }
    let added = write(ctx, &mut tx, mailbox.id, ready, keepable).await?;
    tx.commit().await?;
    Ok(added)
}

/// Messages that the server proves to be an Email which is here already (OBJECTID, X-GM-MSGID), and the others.
async fn known_by_object_id(
    ctx: &Context,
    metas: Vec<Meta>,
) -> Result<(Vec<(shared::ids::EmailId, Meta)>, Vec<Meta>), Trouble> {
    if metas.iter().all(|m| m.object_id.is_none()) {
        return Ok((Vec::new(), metas));
    }
    let mut r = ctx.store.read().await?;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for meta in metas {
        let email = match &meta.object_id {
            Some(id) => emails::by_remote_id(&mut r, ctx.account, ctx.source, id).await?,
            None => None,
        };
        match email {
            Some(email) => known.push((email, meta)),
            None => unknown.push(meta),
        }
    }
    Ok((known, unknown))
}

fn is_small(meta: &Meta) -> bool {
    meta.size.unwrap_or(UNKNOWN_SIZE) <= SMALL_MAX
}

async fn small(
    ctx: &Context,
    session: &mut ImapSession,
    mailbox: &Mailbox,
    metas: &[Meta],
    delivered: bool,
) -> Result<Vec<Ready>, Trouble> {
    let mut ready = Vec::new();
    let mut batch: Vec<&Meta> = Vec::new();
    let mut octets = 0;
    let small: Vec<&Meta> = metas.iter().filter(|m| is_small(m)).collect();
    let mut rest = small.as_slice();
    while let Some((meta, tail)) = rest.split_first() {
        octets += meta.size.unwrap_or_default();
        batch.push(meta);
        rest = tail;
        if octets >= WHOLE_BATCH_MAX || rest.is_empty() {
            let set: UidSet = batch.iter().map(|m| m.uid).collect();
            let bodies = session.fetch_messages(&set).await?;
            ready.extend(parse_whole(ctx, mailbox, &batch, bodies, delivered).await?);
            batch.clear();
            octets = 0;
        }
    }
    Ok(ready)
}

async fn parse_whole(
    ctx: &Context,
    mailbox: &Mailbox,
    metas: &[&Meta],
    bodies: Vec<Fetched>,
    delivered: bool,
) -> Result<Vec<Ready>, Trouble> {
    let by_uid: BTreeMap<u32, Meta> = metas.iter().map(|m| (m.uid, (*m).clone())).collect();
    let is_own = is_own(mailbox);
    let (mut ready, raws) = tokio::task::spawn_blocking(move || {
        let mut ready = Vec::new();
        let mut raws = Vec::new();
        for body in bodies {
            let Some(meta) = by_uid.get(&body.uid) else { continue };
            let parsed = mime::parse(&body.bytes);
            let facts = facts(meta, body.bytes.len() as u64, is_own, delivered);
            ready.push(ready_of(meta, letter::whole(&parsed, facts)));
            raws.push(body.bytes);
        }
        (ready, raws)
    })
    .await
    .map_err(|_| store::Error::Worker)?;
    let names: Vec<BlobName> = ctx.store.blobs().put_all(raws, Keep::Cached).await?;
    for (ready, name) in ready.iter_mut().zip(names) {
        ready.row.blob = Some(name);
    }
    Ok(ready)
}

fn is_own(mailbox: &Mailbox) -> bool {
    mailbox.source_role == Some(Role::Sent)
}

fn facts(meta: &Meta, size: u64, is_own: bool, delivered: bool) -> letter::Facts {
    letter::Facts {
        size,
        received_at: meta.received_ms.unwrap_or_else(store::now_ms),
        keywords: Keywords::new(),
        is_own,
        delivered,
    }
}

fn ready_of(meta: &Meta, mut row: NewEmail) -> Ready {
    row.remote_id.clone_from(&meta.object_id);
    Ready { uid: meta.uid, flags: meta.flags.clone().unwrap_or_default(), row }
}

async fn large(
    ctx: &Context,
    session: &mut ImapSession,
    mailbox: &Mailbox,
    metas: &[Meta],
    delivered: bool,
) -> Result<Vec<Ready>, Trouble> {
    let large: BTreeMap<u32, &Meta> = metas.iter().filter(|m| !is_small(m)).map(|m| (m.uid, m)).collect();
    if large.is_empty() {
        return Ok(Vec::new());
    }
    let set: UidSet = large.keys().copied().collect();
    let (summaries, odd): (Vec<Summary>, Vec<Summary>) =
        session.fetch_summaries(&set).await?.into_iter().partition(|s| s.structure.is_some());
    let mut ready = Vec::new();
    for uid in odd.iter().map(|s| s.meta.uid) {
        // The server's own idea of the structure is beyond us: look at the message itself.
        let Some(bytes) = session.fetch_message(uid, ODD_MAX).await? else { continue };
        let body = Fetched { uid, section: String::new(), bytes };
        let metas: Vec<&Meta> = large.get(&uid).copied().into_iter().collect();
        ready.extend(parse_whole(ctx, mailbox, &metas, vec![body], delivered).await?);
    }
    let wanted: Vec<(u32, String)> = summaries.iter().filter_map(|s| Some((s.meta.uid, text_section(s)?))).collect();
    let slices = session.fetch_slices(&wanted, SLICE).await?;
    let slices: BTreeMap<u32, Fetched> = slices.into_iter().map(|f| (f.uid, f)).collect();
    let is_own = is_own(mailbox);
    let metas: BTreeMap<u32, Meta> = large.into_iter().map(|(uid, m)| (uid, m.clone())).collect();
    let parsed = tokio::task::spawn_blocking(move || -> Vec<Ready> {
        summaries
            .iter()
            .filter_map(|s| {
                let meta = metas.get(&s.meta.uid)?;
                Some(ready_of(meta, summary_row(s, slices.get(&s.meta.uid), meta, is_own, delivered)))
            })
            .collect()
    });
    ready.extend(parsed.await.map_err(|_| store::Error::Worker)?);
    Ok(ready)
}

/// The section of the text that a preview is made of.
fn text_section(summary: &Summary) -> Option<String> {
    let structure = summary.structure.as_ref()?;
    let lists = mime::body_lists(structure);
    let part = lists.text_body.iter().chain(&lists.html_body).find(|p| p.is_text())?;
    part.section.clone()
}

fn summary_row(summary: &Summary, slice: Option<&Fetched>, meta: &Meta, is_own: bool, delivered: bool) -> NewEmail {
    let (header, envelope) = mime::parse_header_only(&summary.header);
    let plain = BodyPart::default();
    let structure = summary.structure.as_ref().unwrap_or(&plain);
    let preview = slice
        .and_then(|s| Some((s, structure.find(&s.section)?)))
        .map(|(slice, part)| {
            let decoded = mime::decode_transfer(&slice.bytes, part.encoding.as_deref());
            let is_html = part.r#type.eq_ignore_ascii_case("text/html");
            let value = mime::text_value(&decoded, part.charset.as_deref(), is_html, 0);
            mime::preview_from(&value.value, is_html)
        })
        .unwrap_or_default();
    let size = meta.size.or(summary.meta.size).unwrap_or_default();
    letter::from_parts(&header, &envelope, structure, preview, None, facts(meta, size, is_own, delivered))
}

/// Writes what is ready: adopts our own messages that waited for their UID, leaves out what is known by now.
async fn write(
    ctx: &Context,
    tx: &mut WriteTx,
    mailbox: MailboxId,
    ready: Vec<Ready>,
    keepable: &Keepable,
) -> Result<u64, Trouble> {
    let uids: Vec<u32> = ready.iter().map(|r| r.uid).collect();
    let known: BTreeSet<u32> =
        emails::placed_at(tx, ctx.account, mailbox, &uids).await?.into_iter().map(|p| p.uid).collect();
    let mut fresh: Vec<Ready> = ready.into_iter().filter(|r| !known.contains(&r.uid)).collect();
    adopt(ctx, tx, mailbox, &mut fresh, keepable).await?;
    let rows: Vec<NewEmail> = fresh
        .into_iter()
        .map(|mut ready| {
            ready.row.source = Some(ctx.source);
            ready.row.keywords = keywords(&ready.flags);
            ready.row.placements = vec![Placement { mailbox, uid: Some(ready.uid) }];
            ready.row
        })
        .collect();
    Ok(emails::insert(tx, ctx.account, &rows).await?.len() as u64)
}

/// Messages whose fingerprint is that of an Email which waits for its UID in this very folder (our own APPEND, or the same
/// folder before its UIDs were renumbered) are that Email.
async fn adopt(
    ctx: &Context,
    tx: &mut WriteTx,
    mailbox: MailboxId,
    fresh: &mut Vec<Ready>,
    keepable: &Keepable,
) -> Result<(), Trouble> {
    let hashes: Vec<Vec<u8>> = fresh.iter().map(|r| r.row.content_hash.clone()).collect();
    let mut waiting: BTreeMap<Vec<u8>, Vec<shared::ids::EmailId>> = BTreeMap::new();
    for (hash, email) in emails::by_content(tx, ctx.account, mailbox, &hashes).await? {
        let placements = emails::placements(tx, ctx.account, email).await?;
        if placements.iter().any(|p| p.mailbox == mailbox && p.uid.is_none()) {
            waiting.entry(hash).or_default().push(email);
        }
    }
    if waiting.is_empty() {
        return Ok(());
    }
    let mut adopted = Vec::new();
    fresh.retain(|ready| match waiting.get_mut(&ready.row.content_hash).and_then(Vec::pop) {
        Some(email) => {
            adopted.push((email, ready.uid, ready.flags.clone()));
            false
        }
        None => true,
    });
    let placed: Vec<_> = adopted.iter().map(|(email, uid, _)| (*email, *uid)).collect();
    emails::place(tx, ctx.account, mailbox, &placed).await?;
    let metas: Vec<Meta> =
        adopted.into_iter().map(|(_, uid, flags)| Meta { uid, flags: Some(flags), ..Meta::default() }).collect();
    take_flags(ctx, tx, mailbox, &metas, keepable).await?;
    Ok(())
}
