//! One letter's way through its stages, each step durable before the next begins.

use std::time::Duration;

use remote::{Class, Error};
use store::{
    sources,
    submissions::{self, Stage, Submission, Update},
};

use super::{
    Shared,
    attempt::{self, Outgoing},
    is_waiting,
    judge::{self, End, Heard, Verdict},
};
use crate::{
    actions::send::{self, Envelope, Notes},
    fate::{self, Delivery},
    link::back_off,
    settings::SourceConfig,
};

/// How often the outcome is written again when the store fails.
const WRITES: u32 = 5;

/// A letter and what was written down about it.
pub(super) type Letter = Submission;

/// What a dead process left in Sending: queued again when the message was not begun, else Uncertain. Gives the
/// uncertain ones, to be looked for.
pub(super) async fn recover(shared: &Shared) -> store::Result<Vec<Letter>> {
    let left = {
        let mut r = shared.store.read().await?;
        submissions::in_stage(&mut r, Stage::Sending).await?
    };
    let mut doubtful = Vec::new();
    for mut letter in left {
        let is_begun = Notes::of(&letter).message_begun;
        let (stage, failure) = if is_begun {
            let words =
                "Kinpost was interrupted while this letter was being handed over: it may or may not be on its way.";
            (Stage::Uncertain, Some(words.to_owned()))
        } else {
            (Stage::Queued, None)
        };
        let update =
            Update { stage: Some(stage), failure: Some(failure), next_try_at: Some(None), ..Update::default() };
        let mut tx = shared.store.write().await?;
        submissions::advance(&mut tx, letter.account, letter.id, Stage::Sending, &update).await?;
        tx.commit().await?;
        if is_begun {
            letter.stage = Stage::Uncertain;
            doubtful.push(letter);
        }
    }
    Ok(doubtful)
}

/// Sends a letter that is due. Gives it back when it became uncertain.
pub(super) async fn send(shared: &Shared, letter: Letter) -> Option<Letter> {
    deliver(shared, letter).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a letter's state could not be written");
        None
    })
}

async fn deliver(shared: &Shared, mut letter: Letter) -> store::Result<Option<Letter>> {
    if !is_waiting(letter.stage) || !claim(shared, &mut letter).await? {
        return Ok(None);
    }
    let mut delivery: Delivery = serde_json::from_str(&letter.delivery).unwrap_or_default();
    let mut heard = Heard::default();
    let end = attempt(shared, &mut letter, &delivery, &mut heard).await?;
    let verdict = judge::judge(&mut delivery, &heard, &end, store::now_ms().saturating_sub(letter.send_at));
    let class = match &end {
        End::Failed(error) => error.class,
        _ => Class::Temporary,
    };
    let why = match &end {
        // Its own words name the server, never a person.
        End::Failed(error) | End::Uncertain(error) => error.message.as_str(),
        _ => "",
    };
    tracing::info!(submission = %letter.id, stage = verdict.stage.as_str(), why, "a letter was tried");
    write_down(shared, &letter, &delivery, &verdict, class).await?;
    letter.stage = verdict.stage;
    Ok((verdict.stage == Stage::Uncertain).then_some(letter))
}

/// Held or Queued → Sending; `false` when it was cancelled in the meantime.
async fn claim(shared: &Shared, letter: &mut Letter) -> store::Result<bool> {
    let notes = Notes { message_begun: false, ..Notes::of(letter) };
    letter.notes = notes.json();
    letter.attempts = letter.attempts.saturating_add(1);
    let update = Update {
        stage: Some(Stage::Sending),
        notes: Some(letter.notes.clone()),
        attempts: Some(letter.attempts),
        next_try_at: Some(None),
        ..Update::default()
    };
    let mut tx = shared.store.write().await?;
    let is_ours = submissions::advance(&mut tx, letter.account, letter.id, letter.stage, &update).await?;
    tx.commit().await?;
    Ok(is_ours)
}

async fn attempt(shared: &Shared, letter: &mut Letter, delivery: &Delivery, heard: &mut Heard) -> store::Result<End> {
    let Some((servers, password)) = way_out(shared, letter).await? else {
        let gone = "The mail account that this letter should leave by is gone. Send it from another address.";
        return Ok(End::Failed(Error::permanent(gone)));
    };
    let Some(message) = shared.store.blobs().get(&letter.blob).await? else {
        return Ok(End::Failed(Error::permanent("The text of this letter is lost. Write it again from Drafts.")));
    };
    let envelope: Envelope = serde_json::from_str(&letter.envelope).unwrap_or_default();
    let to = fate::pending(delivery);
    if to.is_empty() {
        return Ok(End::NobodyLeft);
    }
    let outgoing = Outgoing {
        servers: &servers,
        password: &password,
        from: &envelope.mail_from.email,
        to: &to,
        message: &message,
    };
    let session = match attempt::begin(&shared.net, &outgoing, heard).await {
        Ok(session) => session,
        Err(end) => return Ok(end),
    };
    // From here on a crash leaves a question: written down before the first byte goes.
    note_begun(shared, letter).await?;
    Ok(attempt::finish(session, &message).await)
}

async fn way_out(shared: &Shared, letter: &Letter) -> store::Result<Option<(SourceConfig, String)>> {
    let Some(source) = letter.source else { return Ok(None) };
    let mut r = shared.store.read().await?;
    let Some(row) = sources::get(&mut r, letter.account, source).await? else { return Ok(None) };
    let Ok(servers) = serde_json::from_str(&row.config) else { return Ok(None) };
    let password = sources::password(&mut r, shared.store.vault(), letter.account, source).await?;
    Ok(Some((servers, password)))
}

async fn note_begun(shared: &Shared, letter: &mut Letter) -> store::Result<()> {
    let notes = Notes { message_begun: true, ..Notes::of(letter) };
    letter.notes = notes.json();
    let update = Update { notes: Some(letter.notes.clone()), ..Update::default() };
    let mut tx = shared.store.write().await?;
    submissions::update(&mut tx, letter.account, letter.id, &update).await?;
    tx.commit().await
}

/// Writes the outcome; tried again while the store fails, because what SMTP did cannot be undone.
async fn write_down(
    shared: &Shared,
    letter: &Letter,
    delivery: &Delivery,
    verdict: &Verdict,
    class: Class,
) -> store::Result<()> {
    let mut tries = 0;
    loop {
        match write_once(shared, letter, delivery, verdict, class).await {
            Ok(()) => return Ok(()),
            Err(error) if tries + 1 >= WRITES => return Err(error),
            Err(error) => {
                tries += 1;
                tracing::warn!(%error, submission = %letter.id, "the outcome of a letter is written again");
                tokio::time::sleep(Duration::from_millis(200) * tries).await;
            }
        }
    }
}

async fn write_once(
    shared: &Shared,
    letter: &Letter,
    delivery: &Delivery,
    verdict: &Verdict,
    class: Class,
) -> store::Result<()> {
    let is_again = verdict.stage == Stage::Queued;
    let wait = back_off(&shared.config.retry, letter.attempts, class);
    let next = store::now_ms().saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
    let notes = Notes { message_begun: verdict.stage == Stage::Uncertain, ..Notes::of(letter) };
    let update = Update {
        stage: Some(verdict.stage),
        delivery: Some(serde_json::to_string(delivery).unwrap_or_default()),
        notes: Some(notes.json()),
        failure: Some(verdict.failure.clone()),
        next_try_at: Some(is_again.then_some(next)),
        ..Update::default()
    };
    let mut tx = shared.store.write().await?;
    if submissions::advance(&mut tx, letter.account, letter.id, Stage::Sending, &update).await? && verdict.is_taken {
        succeed(&mut tx, letter).await?;
    }
    tx.commit().await
}

/// The person's wishes for success; a wish that no longer fits must not lose the fact that the letter is out.
pub(super) async fn succeed(tx: &mut store::WriteTx, letter: &Letter) -> store::Result<()> {
    match send::succeeded(tx, letter).await {
        Ok(()) => Ok(()),
        Err(crate::ActionError::Store(error)) => Err(error),
        Err(error) => {
            tracing::warn!(%error, submission = %letter.id, "what should follow a letter no longer fits");
            Ok(())
        }
    }
}
