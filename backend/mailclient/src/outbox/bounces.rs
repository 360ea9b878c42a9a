//! Delivery reports (RFC 3464): when one arrives it is tied to the letter that it speaks of, recipient by recipient.

use std::collections::BTreeSet;

use mime::dsn::{Action, Report};
use shared::ids::{AccountId, EmailId};
use store::{
    DataType, Store, changes, emails, household,
    submissions::{self, Update},
};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::{ReadWhole, Shared};
use crate::{
    FetchError,
    actions::send::Notes,
    fate::{DELIVERED, Delivery, QUEUED, REFUSED},
};

/// Changes looked at in one go.
const CHANGES_MAX: usize = 500;
/// A server gives up after days; what comes later than this is not looked for.
const LATEST_REPORT_MS: i64 = 30 * 86_400_000;
/// A report is short; a larger message is none.
const REPORT_MAX: u64 = 4 << 20;
/// Reports remembered of one letter; a flood says nothing more.
const REPORTS_MAX: usize = 100;

/// Watches what arrives until `stop`.
pub(super) async fn watch(shared: Shared, read: ReadWhole, stop: CancellationToken) {
    let mut news = shared.store.events();
    let mut waiting: BTreeSet<AccountId> = all_accounts(&shared.store).await.unwrap_or_default();
    loop {
        for account in std::mem::take(&mut waiting) {
            if let Err(error) = catch_up(&shared.store, &read, account, &stop).await {
                tracing::warn!(%error, "delivery reports could not be looked at");
            }
        }
        let event = tokio::select! {
            () = stop.cancelled() => return,
            event = news.recv() => event,
        };
        match event {
            Ok(event) => {
                let is_mail = event.changes.contains_key(&DataType::EmailDelivery);
                waiting.extend(event.account.filter(|_| is_mail));
            }
            Err(RecvError::Lagged(_)) => waiting = all_accounts(&shared.store).await.unwrap_or_default(),
            Err(RecvError::Closed) => return,
        }
    }
}

async fn all_accounts(store: &Store) -> store::Result<BTreeSet<AccountId>> {
    let mut r = store.read().await?;
    Ok(store::sources::household(&mut r).await?.into_iter().map(|s| s.account).collect())
}

/// Where the look at an account's mail stands; kept, so that a restart misses no report.
fn bookmark(account: AccountId) -> String {
    format!("bounces.{account}")
}

/// From now on, where nothing was looked at yet.
pub(super) async fn begin(store: &Store) -> store::Result<()> {
    for account in all_accounts(store).await? {
        let (known, now) = {
            let mut r = store.read().await?;
            let known = household::value(&mut r, &bookmark(account)).await?;
            (known, changes::state(&mut r, account, DataType::Email).await?)
        };
        if known.is_none() {
            set_bookmark(store, account, now).await?;
        }
    }
    Ok(())
}

async fn set_bookmark(store: &Store, account: AccountId, state: i64) -> store::Result<()> {
    let mut tx = store.write().await?;
    household::set_value(&mut tx, &bookmark(account), &state.to_string()).await?;
    tx.commit().await
}

async fn catch_up(store: &Store, read: &ReadWhole, account: AccountId, stop: &CancellationToken) -> store::Result<()> {
    loop {
        let (since, page, now) = {
            let mut r = store.read().await?;
            let now = changes::state(&mut r, account, DataType::Email).await?;
            let since: Option<i64> = household::value(&mut r, &bookmark(account)).await?.and_then(|v| v.parse().ok());
            let recent = submissions::Filter {
                after: Some(store::now_ms().saturating_sub(LATEST_REPORT_MS)),
                ..submissions::Filter::default()
            };
            // Without a letter of late there is nothing that a report could speak of.
            let page = if submissions::query(&mut r, account, &recent).await?.is_empty() {
                None
            } else {
                changes::since(&mut r, account, DataType::Email, since.unwrap_or(0), CHANGES_MAX).await?
            };
            (since, page, now)
        };
        // Nothing to look at, or the log no longer reaches back so far: from now on.
        let (created, upto, has_more) = match page {
            Some(page) => (page.created.into_iter().map(EmailId).collect(), page.new_state, page.has_more),
            None => (Vec::new(), now, false),
        };
        for email in reports_among(store, account, &created).await? {
            tie(store, read, account, email).await?;
        }
        if since != Some(upto) {
            set_bookmark(store, account, upto).await?;
        }
        if !has_more || stop.is_cancelled() {
            return Ok(());
        }
    }
}

/// Those that may be reports by their structure.
async fn reports_among(store: &Store, account: AccountId, ids: &[EmailId]) -> store::Result<Vec<EmailId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut r = store.read().await?;
    let small: BTreeSet<EmailId> =
        emails::get(&mut r, account, ids).await?.into_iter().filter(|e| e.size <= REPORT_MAX).map(|e| e.id).collect();
    let details = emails::details(&mut r, account, ids).await?;
    let is_report = |structure: &str| {
        serde_json::from_str::<mime::BodyPart>(structure).is_ok_and(|root| {
            root.r#type == "multipart/report" || root.walk().iter().any(|p| p.r#type == "message/delivery-status")
        })
    };
    Ok(details.into_iter().filter(|d| small.contains(&d.id) && is_report(&d.structure)).map(|d| d.id).collect())
}

async fn tie(store: &Store, read: &ReadWhole, account: AccountId, email: EmailId) -> store::Result<()> {
    let raw = match read(account, email).await {
        Ok(raw) => raw,
        Err(FetchError::Store(error)) => return Err(error),
        Err(error) => {
            tracing::info!(%error, %email, "a delivery report could not be read");
            return Ok(());
        }
    };
    let report = tokio::task::spawn_blocking(move || mime::dsn::parse(&raw)).await.ok().flatten();
    let Some((report, id)) = report.and_then(|r| r.message_id.clone().map(|id| (r, id))) else { return Ok(()) };
    let mut tx = store.write().await?;
    let Some(letter) = submissions::by_message_id(&mut tx, account, &id).await? else { return Ok(()) };
    let mut delivery: Delivery = serde_json::from_str(&letter.delivery).unwrap_or_default();
    let mut notes = Notes::of(&letter);
    let is_new = notes.reports.len() < REPORTS_MAX && !notes.reports.contains(&email);
    if is_new {
        notes.reports.push(email);
    }
    let mut update = Update { notes: Some(notes.json()), ..Update::default() };
    let has_changed = apply(&mut delivery, &report);
    if has_changed {
        update.delivery = Some(serde_json::to_string(&delivery).unwrap_or_default());
        update.failure = Some(words(&report).or(letter.failure));
    }
    if is_new || has_changed {
        submissions::update(&mut tx, account, letter.id, &update).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Takes over each recipient's fate; whether anything changed. Only recipients of the letter count: a report is mail
/// from a stranger.
fn apply(delivery: &mut Delivery, report: &Report) -> bool {
    let mut has_changed = false;
    for recipient in &report.recipients {
        let named = [Some(recipient.address.as_str()), recipient.original.as_deref()];
        let status = delivery
            .iter_mut()
            .find(|(address, _)| named.iter().flatten().any(|name| name.eq_ignore_ascii_case(address)))
            .map(|(_, status)| status);
        let fate = match recipient.action {
            Action::Failed => REFUSED,
            Action::Delivered => DELIVERED,
            // Not over yet, or out of sight.
            Action::Delayed | Action::Relayed | Action::Expanded => continue,
        };
        let Some(status) = status.filter(|s| s.delivered != fate && s.delivered != QUEUED) else { continue };
        fate.clone_into(&mut status.delivered);
        if let Some(reply) = recipient.diagnostic.as_ref().or(recipient.status.as_ref()) {
            status.smtp_reply.clone_from(reply);
        }
        has_changed = true;
    }
    has_changed
}

fn words(report: &Report) -> Option<String> {
    let failed: Vec<String> = report
        .recipients
        .iter()
        .filter(|r| r.action == Action::Failed)
        .take(20)
        .map(|r| {
            format!(
                "{} did not get it: {}",
                r.address,
                r.diagnostic.as_deref().or(r.status.as_deref()).unwrap_or("no reason given")
            )
        })
        .collect();
    (!failed.is_empty()).then(|| failed.join("\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use mime::dsn::Recipient;

    use super::*;
    use crate::fate::DeliveryStatus;

    fn report(address: &str, action: Action) -> Report {
        let recipient = Recipient {
            address: address.into(),
            original: None,
            action,
            status: Some("5.1.1".into()),
            diagnostic: Some("550 no such person".into()),
            remote_mta: None,
        };
        Report { message_id: Some("x@y".into()), recipients: vec![recipient], ..Report::default() }
    }

    fn handed_on(address: &str) -> Delivery {
        [(address.to_owned(), DeliveryStatus { delivered: "unknown".into(), ..DeliveryStatus::default() })].into()
    }

    #[test]
    fn a_failure_reaches_its_recipient_only() {
        let mut d = handed_on("anna@example.org");
        assert!(apply(&mut d, &report("Anna@Example.org", Action::Failed)));
        assert_eq!(
            (d["anna@example.org"].delivered.as_str(), d["anna@example.org"].smtp_reply.as_str()),
            ("no", "550 no such person")
        );
        // Told again it changes nothing.
        assert!(!apply(&mut d, &report("anna@example.org", Action::Failed)));
        assert!(!apply(&mut d, &report("stranger@example.org", Action::Failed)));
        assert!(words(&report("a@b", Action::Failed)).unwrap().contains("a@b did not get it"));
    }

    #[test]
    fn a_delay_is_no_fate_and_a_letter_still_here_has_none() {
        let mut d = handed_on("a@b");
        assert!(!apply(&mut d, &report("a@b", Action::Delayed)));
        d.get_mut("a@b").unwrap().delivered = "queued".into();
        assert!(!apply(&mut d, &report("a@b", Action::Delivered)));
    }
}
