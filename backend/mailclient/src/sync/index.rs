//! Text of large messages for the search index, fetched part by part while nothing else is to do.

use std::collections::BTreeMap;

use mime::{BodyPart, Envelope};
use remote::ImapSession;
use shared::ids::EmailId;
use store::{
    emails::{self, SearchTexts},
    mailboxes,
};

use crate::{
    letter,
    link::{Context, Trouble},
};

/// Messages in one transaction.
const BATCH: u32 = 20;
/// The most of one text part that is read.
const PART_MAX: u64 = 2 << 20;
/// The most text parts of one message that are read.
const PARTS_MAX: usize = 8;

/// Indexes what is not indexed yet, newest first, until `enough`. Returns whether all of it is.
pub(crate) async fn work(
    ctx: &Context,
    session: &mut ImapSession,
    enough: &(dyn Fn() -> bool + Sync),
) -> Result<bool, Trouble> {
    let mut selected = None;
    let is_whole = loop {
        let ids = {
            let mut r = ctx.store.read().await?;
            emails::unindexed(&mut r, ctx.account, ctx.source, BATCH).await?
        };
        if ids.is_empty() {
            break true;
        }
        if enough() {
            break false;
        }
        let mut texts = Vec::new();
        for id in ids {
            texts.push((id, of(ctx, session, &mut selected, id).await?));
        }
        let mut tx = ctx.store.write().await?;
        emails::set_search(&mut tx, ctx.account, &texts).await?;
        tx.commit().await?;
    };
    // IDLE tells of the selected folder: the Inbox again.
    if selected.is_some_and(|wire| !wire.eq_ignore_ascii_case("INBOX")) {
        session.select("INBOX").await?;
    }
    Ok(is_whole)
}

async fn of(
    ctx: &Context,
    session: &mut ImapSession,
    selected: &mut Option<String>,
    id: EmailId,
) -> Result<SearchTexts, Trouble> {
    let (envelope, structure, place) = {
        let mut r = ctx.store.read().await?;
        let row = emails::get(&mut r, ctx.account, &[id]).await?.pop();
        let detail = emails::details(&mut r, ctx.account, &[id]).await?.pop();
        let mut place = None;
        for placement in emails::placements(&mut r, ctx.account, id).await? {
            let Some(uid) = placement.uid else { continue };
            let mailbox = mailboxes::get(&mut r, ctx.account, placement.mailbox).await?;
            place = mailbox.and_then(|m| Some((m.remote_name?, uid, m.remote.uid_validity)));
        }
        let envelope: Envelope = row.and_then(|row| serde_json::from_str(&row.envelope).ok()).unwrap_or_default();
        let structure: BodyPart = detail.and_then(|d| serde_json::from_str(&d.structure).ok()).unwrap_or_default();
        (envelope, structure, place)
    };
    let mut bodies = BTreeMap::new();
    if let Some((wire, uid, validity)) = place {
        if selected.as_deref() != Some(wire.as_str()) {
            let now = session.examine(&wire).await?;
            *selected = Some(wire.clone());
            if now.uid_validity != validity {
                return Ok(letter::search(&mime::index::texts(&envelope, &structure, &[])));
            }
        }
        bodies = fetch(session, uid, &structure).await?;
    }
    let texts: Vec<(&str, bool)> = bodies.values().map(|(text, is_html)| (text.as_str(), *is_html)).collect();
    Ok(letter::search(&mime::index::texts(&envelope, &structure, &texts)))
}

async fn fetch(
    session: &mut ImapSession,
    uid: u32,
    structure: &BodyPart,
) -> Result<BTreeMap<usize, (String, bool)>, Trouble> {
    let lists = mime::body_lists(structure);
    let mut bodies = BTreeMap::new();
    for (n, part) in lists.text_body.iter().filter(|p| p.is_text()).take(PARTS_MAX).enumerate() {
        let Some(section) = &part.section else { continue };
        let raw = match session.fetch_section(uid, section, PART_MAX).await {
            Ok(Some(raw)) => raw,
            Ok(None) => continue,
            // Larger than anybody reads.
            Err(error) if error.class == remote::Class::Permanent => continue,
            Err(error) => return Err(error.into()),
        };
        let decoded = mime::decode_transfer(&raw, part.encoding.as_deref());
        let is_html = part.r#type.eq_ignore_ascii_case("text/html");
        bodies.insert(n, (mime::text_value(&decoded, part.charset.as_deref(), is_html, 0).value, is_html));
    }
    Ok(bodies)
}
