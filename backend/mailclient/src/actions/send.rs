//! `EmailSubmission/set`: a letter goes to the outbox, is called back, or an open question about it is answered.
//! The state machine that drives SMTP is `outbox`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use shared::ids::{AccountId, EmailId, IdentityId, MailboxId, SubmissionId};
use store::{
    BlobName, Keywords, Store, WriteTx,
    blobs::Keep,
    emails, identities,
    submissions::{self, Stage, Submission},
    tasks,
};

use crate::{
    ActionError, FetchError,
    actions::{EmailUpdate, Patch, common, destroy as destroy_email, set_mailboxes, update_email},
    fate::{self, Delivery},
    task::HELD,
};

pub use crate::fate::DeliveryStatus;

/// `maxDelayedSend`: the longest hold, seconds (a year and some days).
pub const MAX_HOLD_S: u64 = 44_236_800;
/// At most so many recipients of one letter.
const RECIPIENTS_MAX: usize = 1_000;

/// A letter to send (RFC 8621 §7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubmission {
    /// Whose address it leaves from; decides the Source.
    pub identity: IdentityId,
    /// The Email to send.
    pub email: EmailId,
    /// The SMTP envelope; `None` takes it from the Email's own header fields (§7: sender, then all To, Cc and Bcc).
    pub envelope: Option<Envelope>,
    /// What happens to the Email when the letter leaves (`onSuccessUpdateEmail`): applied here at once,
    /// owed to the provider only after SMTP accepted, taken back on cancel.
    pub on_success_update: Option<EmailUpdate>,
    /// `onSuccessDestroyEmail`; takes effect when SMTP accepted.
    pub on_success_destroy: bool,
}

/// The SMTP envelope (RFC 8621 §7 Envelope).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// `MAIL FROM`; `email` may be empty for the null sender. `HOLDFOR` and `HOLDUNTIL` (RFC 4865) stand in its parameters.
    pub mail_from: EnvelopeAddress,
    /// `RCPT TO`.
    pub rcpt_to: Vec<EnvelopeAddress>,
}

/// An address of an envelope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeAddress {
    /// The address.
    pub email: String,
    /// ESMTP parameters.
    #[serde(default)]
    pub parameters: Option<BTreeMap<String, Option<String>>>,
}

/// What the client keeps of a letter beside its row (`submissions.notes`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Notes {
    /// Tasks that wait until SMTP accepted.
    pub held_tasks: Vec<i64>,
    /// Keywords before `on_success_update`.
    pub keywords_before: Option<BTreeSet<String>>,
    /// Mailboxes before `on_success_update`.
    pub mailboxes_before: Option<BTreeSet<MailboxId>>,
    /// `onSuccessDestroyEmail`.
    pub destroy: bool,
    /// The message itself is on its way to the server: a crash now leaves a question.
    pub message_begun: bool,
    /// Delivery reports that spoke of this letter, oldest first (`dsnBlobIds`).
    pub reports: Vec<EmailId>,
}

/// The delivery reports (RFC 3464) that spoke of a letter, oldest first: Emails of the same account.
pub fn reports(submission: &Submission) -> Vec<EmailId> {
    Notes::of(submission).reports
}

impl Notes {
    pub(crate) fn json(&self) -> String {
        json(self)
    }

    pub(crate) fn of(submission: &Submission) -> Self {
        serde_json::from_str(&submission.notes).unwrap_or_default()
    }
}

/// A letter whose bytes lie durably in the blob store, without Bcc; the first half, outside the transaction.
#[derive(Debug)]
pub struct PreparedLetter {
    letter: NewSubmission,
    envelope: Envelope,
    message_id: String,
    from: Vec<String>,
    blob: BlobName,
    hold_until: Option<i64>,
}

/// What a person answers when a letter got stuck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Refused: try the refused recipients again.
    Retry,
    /// Uncertain: send again though it may arrive twice.
    Resend,
    /// Uncertain: take it as sent.
    AssumeSent,
}

/// Who can get at the bytes of an Email ([`MailClient`](crate::MailClient)).
pub trait Bodies: Sync {
    /// Where the letter is laid down.
    fn store(&self) -> &Store;

    /// The whole message.
    fn whole(&self, account: AccountId, email: EmailId) -> impl Future<Output = Result<Arc<[u8]>, FetchError>> + Send;
}

/// Checks a letter and lays down durably the bytes that will leave (MIME as it was built, without Bcc). Safe to forget.
///
/// Errors: `invalidProperties`, `noRecipients`, `invalidRecipients`, `serverUnavailable`.
pub async fn prepare(
    client: &impl Bodies,
    account: AccountId,
    letter: NewSubmission,
) -> Result<PreparedLetter, ActionError> {
    let raw = client.whole(account, letter.email).await.map_err(|error| match error {
        FetchError::NotFound | FetchError::Gone => ActionError::invalid("emailId", "There is no such email."),
        FetchError::Unavailable(why) => ActionError::Unavailable(why),
        FetchError::Store(error) => error.into(),
    })?;
    let (header, found) = {
        let raw = raw.clone();
        tokio::task::spawn_blocking(move || {
            let parsed = mime::parse(&raw);
            (parsed.header, parsed.envelope)
        })
        .await
        .map_err(|_| store::Error::Worker)?
    };
    drop(header);
    let envelope = letter.envelope.clone().unwrap_or_else(|| envelope_of(&found));
    check_recipients(&envelope)?;
    let hold_until = hold(&envelope, store::now_ms())?;
    let from = found.from.unwrap_or_default().into_iter().map(|a| a.email.to_lowercase()).collect();
    let message_id = found.message_id.unwrap_or_default().into_iter().next().unwrap_or_default();
    let blob = client.store().blobs().put(&mime::without_bcc(&raw), Keep::Durable).await?;
    Ok(PreparedLetter { letter, envelope, message_id, from, blob, hold_until })
}

/// RFC 8621 §7: sender (else the first From), then To, Cc and Bcc without repetition.
fn envelope_of(found: &mime::Envelope) -> Envelope {
    let sender = found.sender.iter().chain(&found.from).flatten().next();
    let plain = |email: &str| EnvelopeAddress { email: email.to_owned(), parameters: None };
    let mut seen = BTreeSet::new();
    let recipients = [&found.to, &found.cc, &found.bcc].into_iter().flatten().flatten();
    Envelope {
        mail_from: sender.map(|a| plain(&a.email)).unwrap_or_default(),
        rcpt_to: recipients.filter(|a| seen.insert(a.email.to_lowercase())).map(|a| plain(&a.email)).collect(),
    }
}

fn check_recipients(envelope: &Envelope) -> Result<(), ActionError> {
    if envelope.rcpt_to.is_empty() {
        return Err(ActionError::NoRecipients);
    }
    if envelope.rcpt_to.len() > RECIPIENTS_MAX {
        return Err(ActionError::invalid("envelope", "A letter has at most 1,000 recipients."));
    }
    let wrong: Vec<String> =
        envelope.rcpt_to.iter().filter(|a| !is_address(&a.email)).map(|a| a.email.clone()).collect();
    if wrong.is_empty() { Ok(()) } else { Err(ActionError::InvalidRecipients(wrong)) }
}

fn is_address(address: &str) -> bool {
    let sound = |part: &str| {
        !part.is_empty() && !part.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ','))
    };
    address.len() <= 320 && address.rsplit_once('@').is_some_and(|(local, domain)| sound(local) && sound(domain))
}

/// RFC 4865 `HOLDFOR` (seconds) or `HOLDUNTIL` (a date): until when, ms.
fn hold(envelope: &Envelope, now: i64) -> Result<Option<i64>, ActionError> {
    let mut until = None;
    for (name, value) in envelope.mail_from.parameters.iter().flatten() {
        let wrong = || ActionError::invalid("envelope", "The hold is no number of seconds or date, or too far away.");
        let value = value.as_deref().unwrap_or_default();
        let at = match name.to_ascii_uppercase().as_str() {
            "HOLDFOR" => {
                let seconds: u64 = value.parse().map_err(|_| wrong())?;
                now.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000))
            }
            "HOLDUNTIL" => value.parse::<mime::Date>().map_err(|_| wrong())?.ms(),
            _ => continue,
        };
        if at > now.saturating_add(i64::try_from(MAX_HOLD_S).unwrap_or(i64::MAX).saturating_mul(1000)) {
            return Err(wrong());
        }
        until = Some(at);
    }
    Ok(until)
}

/// Puts a prepared letter into the outbox. Without a hold in the envelope it leaves at once.
///
/// Errors: `invalidProperties`, `forbiddenFrom`, `forbiddenMailFrom`.
pub async fn apply(tx: &mut WriteTx, account: AccountId, letter: PreparedLetter) -> Result<SubmissionId, ActionError> {
    let row = match common::email(tx, account, letter.letter.email).await {
        Err(ActionError::NotFound) => return Err(ActionError::invalid("emailId", "There is no such email.")),
        other => other?,
    };
    let identity = identities::get(tx, account, letter.letter.identity)
        .await?
        .ok_or_else(|| ActionError::invalid("identityId", "There is no such identity."))?;
    let own: BTreeSet<String> =
        identities::all(tx, account).await?.into_iter().map(|i| i.data.email.to_lowercase()).collect();
    let sender = letter.envelope.mail_from.email.to_lowercase();
    if !sender.is_empty() && !own.contains(&sender) {
        return Err(ActionError::ForbiddenMailFrom);
    }
    if letter.from.is_empty() || letter.from.iter().any(|from| !own.contains(from)) {
        return Err(ActionError::ForbiddenFrom);
    }
    let Some(source) = identity.source else {
        return Err(ActionError::invalid("identityId", "Connect a mail account first: this address has no way out."));
    };
    let now = store::now_ms();
    let notes = on_success(tx, account, &letter.letter, &row).await?;
    let delivery: BTreeMap<&str, DeliveryStatus> =
        letter.envelope.rcpt_to.iter().map(|a| (a.email.as_str(), DeliveryStatus::default())).collect();
    let new = submissions::NewSubmission {
        identity: identity.id,
        email: row.id,
        thread: row.thread,
        source: Some(source),
        envelope: json(&letter.envelope),
        send_at: letter.hold_until.unwrap_or(now).max(now),
        stage: if letter.hold_until.is_some_and(|at| at > now) { Stage::Held } else { Stage::Queued },
        blob: letter.blob,
        message_id: letter.message_id,
        notes: json(&notes),
        delivery: json(&delivery),
    };
    Ok(submissions::create(tx, account, &new).await?)
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned())
}

/// The local half of `onSuccess…`, and what is needed to take it back.
async fn on_success(
    tx: &mut WriteTx,
    account: AccountId,
    letter: &NewSubmission,
    row: &emails::Email,
) -> Result<Notes, ActionError> {
    let mut notes = Notes { destroy: letter.on_success_destroy, ..Notes::default() };
    if let Some(update) = &letter.on_success_update {
        notes.keywords_before = update.keywords.is_some().then(|| common::set_of(&row.keywords));
        notes.mailboxes_before = update.mailboxes.is_some().then(|| row.mailboxes.iter().copied().collect());
        let (_, tasks) = update_email::apply_at(tx, account, letter.email, update, HELD).await?;
        notes.held_tasks = tasks;
    }
    Ok(notes)
}

/// Calls a letter back (`undoStatus: canceled`): only while it is held. What `on_success_update` did is undone.
pub async fn cancel(tx: &mut WriteTx, account: AccountId, submission: SubmissionId) -> Result<(), ActionError> {
    let row = letter_of(tx, account, submission).await?;
    let update = submissions::Update { stage: Some(Stage::Canceled), ..submissions::Update::default() };
    if !submissions::advance(tx, account, submission, Stage::Held, &update).await? {
        return Err(ActionError::CannotUnsend);
    }
    let notes = Notes::of(&row);
    tasks::done(tx, &notes.held_tasks).await?;
    let Ok(email) = common::email(tx, account, row.email).await else { return Ok(()) };
    if let Some(before) = notes.keywords_before {
        let keywords: Keywords = before.iter().collect();
        emails::set_keywords(tx, account, &[(email.id, keywords)]).await?;
    }
    if let Some(before) = notes.mailboxes_before {
        take_back(tx, account, &email, before).await?;
    }
    Ok(())
}

/// Puts the Email back where it was; the provider heard nothing of the move.
async fn take_back(
    tx: &mut WriteTx,
    account: AccountId,
    email: &emails::Email,
    before: BTreeSet<MailboxId>,
) -> Result<(), ActionError> {
    let Ok(plan) = set_mailboxes::plan(tx, account, email, &Patch::Replace(before)).await else {
        return Ok(());
    };
    set_mailboxes::write(tx, account, plan, 0).await?;
    Ok(())
}

/// Takes over a person's decision about a refused or an uncertain letter.
pub async fn decide(
    tx: &mut WriteTx,
    account: AccountId,
    submission: SubmissionId,
    decision: Decision,
) -> Result<(), ActionError> {
    let row = letter_of(tx, account, submission).await?;
    let from = match decision {
        Decision::Retry => Stage::Refused,
        Decision::Resend | Decision::AssumeSent => Stage::Uncertain,
    };
    let stage = if decision == Decision::AssumeSent { Stage::Sent } else { Stage::Queued };
    let mut delivery: Delivery = serde_json::from_str(&row.delivery).unwrap_or_default();
    match decision {
        Decision::Retry => fate::try_again(&mut delivery),
        Decision::AssumeSent => fate::assume_sent(&mut delivery),
        Decision::Resend => {}
    }
    let update = submissions::Update {
        stage: Some(stage),
        delivery: Some(json(&delivery)),
        failure: Some(None),
        attempts: Some(0),
        next_try_at: Some(None),
        ..submissions::Update::default()
    };
    if !submissions::advance(tx, account, submission, from, &update).await? {
        return Err(ActionError::invalid("decision", "This letter does not wait for that decision."));
    }
    if stage == Stage::Sent {
        succeeded(tx, &row).await?;
    }
    Ok(())
}

/// Forgets a letter whose `undoStatus` is final or canceled (`EmailSubmission/set destroy`).
pub async fn destroy(tx: &mut WriteTx, account: AccountId, submission: SubmissionId) -> Result<(), ActionError> {
    let row = letter_of(tx, account, submission).await?;
    if matches!(row.stage, Stage::Held | Stage::Queued | Stage::Sending | Stage::Uncertain) {
        return Err(ActionError::Forbidden("This letter is still on its way.".into()));
    }
    submissions::destroy(tx, account, &[submission]).await?;
    Ok(())
}

/// SMTP accepted the letter (or a person takes it as sent): the held remote half of `onSuccess…` is owed now.
/// In the same transaction that says so.
pub(crate) async fn succeeded(tx: &mut WriteTx, submission: &Submission) -> Result<(), ActionError> {
    let notes = Notes::of(submission);
    for id in notes.held_tasks {
        let Some(kept) = tasks::get(tx, id).await? else { continue };
        let task = tasks::NewTask {
            kind: kept.kind,
            payload: kept.payload,
            email: kept.email,
            mailbox: kept.mailbox,
            priority: kept.priority,
            not_before: 0,
        };
        tasks::done(tx, &[id]).await?;
        tasks::enqueue(tx, kept.account, kept.source, &task).await?;
    }
    if notes.destroy {
        match destroy_email::apply(tx, submission.account, submission.email).await {
            Ok(()) | Err(ActionError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn letter_of(tx: &mut WriteTx, account: AccountId, id: SubmissionId) -> Result<Submission, ActionError> {
    submissions::get(tx, account, Some(&[id])).await?.pop().ok_or(ActionError::NotFound)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn address(email: &str) -> mime::Address {
        mime::Address { name: None, email: email.into() }
    }

    fn with_parameter(name: &str, value: &str) -> Envelope {
        let parameters = Some([(name.to_owned(), Some(value.to_owned()))].into());
        Envelope { mail_from: EnvelopeAddress { email: "me@example.org".into(), parameters }, rcpt_to: Vec::new() }
    }

    #[test]
    fn one_envelope_with_all_recipients_once() {
        let found = mime::Envelope {
            from: Some(vec![address("me@example.org")]),
            to: Some(vec![address("a@x.org"), address("b@x.org")]),
            cc: Some(vec![address("A@x.org")]),
            bcc: Some(vec![address("c@x.org")]),
            ..mime::Envelope::default()
        };
        let envelope = envelope_of(&found);
        assert_eq!(envelope.mail_from.email, "me@example.org");
        let to: Vec<&str> = envelope.rcpt_to.iter().map(|a| a.email.as_str()).collect();
        assert_eq!(to, ["a@x.org", "b@x.org", "c@x.org"]);
    }

    #[test]
    fn recipients_are_checked() {
        let mut envelope = Envelope::default();
        assert!(matches!(check_recipients(&envelope), Err(ActionError::NoRecipients)));
        for email in ["a@x.org", "nobody", "a@", "a b@x.org", "a@x.org\r\nRCPT", "ü@exämple.org"] {
            envelope.rcpt_to.push(EnvelopeAddress { email: email.into(), parameters: None });
        }
        let Err(ActionError::InvalidRecipients(wrong)) = check_recipients(&envelope) else {
            unreachable!("accepted");
        };
        assert_eq!(wrong, ["nobody", "a@", "a b@x.org", "a@x.org\r\nRCPT"]);
    }

    #[test]
    fn a_hold_is_seconds_or_a_date_within_the_limit() {
        assert_eq!(hold(&with_parameter("HOLDFOR", "10"), 1_000).unwrap(), Some(11_000));
        assert_eq!(hold(&with_parameter("holdfor", "0"), 1_000).unwrap(), Some(1_000));
        assert_eq!(hold(&with_parameter("SIZE", "10"), 1_000).unwrap(), None);
        assert!(hold(&with_parameter("HOLDFOR", "soon"), 0).is_err());
        assert!(hold(&with_parameter("HOLDFOR", "99999999999"), 0).is_err());
    }
}
