//! An uncertain letter: some providers file what they send by themselves, so its Message-ID in Sent proves that it left.

use std::time::Duration;

use remote::{Credentials, ImapSession};
use store::{
    emails, mailboxes,
    mailboxes::Role,
    sources,
    submissions::{self, Stage, Update},
};

use super::{
    Shared,
    letter::{Letter, succeed},
};
use crate::{
    fate::{self, Delivery},
    link::{endpoint, net_for},
    settings::{Protocol, SourceConfig},
};

/// A provider files with some delay.
const LOOKS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(30)];

/// Looks a few times; without proof the question stays with the person.
pub(super) async fn look(shared: &Shared, letter: &Letter) {
    for pause in LOOKS {
        tokio::time::sleep(pause).await;
        match look_once(shared, letter).await {
            Ok(Some(true)) => {
                if let Err(error) = settle(shared, letter).await {
                    tracing::error!(%error, submission = %letter.id, "a letter that left could not be marked so");
                }
                return;
            }
            Ok(Some(false)) => {}
            Ok(None) => return,
            Err(error) => {
                tracing::info!(%error, submission = %letter.id, "an uncertain letter could not be looked for")
            }
        }
    }
}

/// What is known about where to look.
struct Place {
    servers: SourceConfig,
    password: String,
    /// Wire name of Sent.
    sent: String,
    /// UIDs there that are our own doing and prove nothing.
    ours: Vec<u32>,
}

/// `None`: there is nowhere to look, or nothing to ask any more.
async fn look_once(shared: &Shared, letter: &Letter) -> remote::Result<Option<bool>> {
    let Some(place) = place(shared, letter).await.map_err(|e| remote::Error::temporary(e.to_string()))? else {
        return Ok(None);
    };
    let net = net_for(&shared.net, &place.servers)?;
    let login = Credentials::new(place.servers.incoming.username.clone(), place.password);
    let incoming = endpoint(&place.servers.incoming);
    let mut session = ImapSession::open(&net, &incoming, &login, place.servers.allow_plain).await?;
    session.examine(&place.sent).await?;
    let found = session.search_header("Message-ID", &letter.message_id).await?;
    session.logout().await;
    Ok(Some(found.iter().any(|uid| !place.ours.contains(uid))))
}

async fn place(shared: &Shared, letter: &Letter) -> store::Result<Option<Place>> {
    let mut r = shared.store.read().await?;
    let now = submissions::get(&mut r, letter.account, Some(&[letter.id])).await?.pop();
    let is_open = now.is_some_and(|l| l.stage == Stage::Uncertain);
    let (true, Some(source), true) = (is_open, letter.source, !letter.message_id.is_empty()) else { return Ok(None) };
    let Some(row) = sources::get(&mut r, letter.account, source).await? else { return Ok(None) };
    let Ok(servers) = serde_json::from_str::<SourceConfig>(&row.config) else { return Ok(None) };
    if servers.protocol != Protocol::Imap || !letter.message_id.is_ascii() {
        return Ok(None);
    }
    let folder = mailboxes::by_source_role(&mut r, letter.account, Some(source), Role::Sent).await?;
    let Some((id, sent)) = folder.and_then(|f| Some((f.id, f.remote_name?))) else { return Ok(None) };
    let mut ours = Vec::new();
    for email in emails::by_message_id(&mut r, letter.account, &letter.message_id).await? {
        // Only the letter's own Email was put there by us; another one with this id came from the provider.
        if email == letter.email {
            let placements = emails::placements(&mut r, letter.account, email).await?;
            ours.extend(placements.iter().filter(|p| p.mailbox == id).filter_map(|p| p.uid));
        }
    }
    let password = sources::password(&mut r, shared.store.vault(), letter.account, source).await?;
    Ok(Some(Place { servers, password, sent, ours }))
}

async fn settle(shared: &Shared, letter: &Letter) -> store::Result<()> {
    let mut tx = shared.store.write().await?;
    let Some(row) = submissions::get(&mut tx, letter.account, Some(&[letter.id])).await?.pop() else { return Ok(()) };
    let mut delivery: Delivery = serde_json::from_str(&row.delivery).unwrap_or_default();
    fate::assume_sent(&mut delivery);
    let update = Update {
        stage: Some(Stage::Sent),
        delivery: Some(serde_json::to_string(&delivery).unwrap_or_default()),
        failure: Some(None),
        ..Update::default()
    };
    if submissions::advance(&mut tx, letter.account, letter.id, Stage::Uncertain, &update).await? {
        succeed(&mut tx, &row).await?;
    }
    tx.commit().await
}
