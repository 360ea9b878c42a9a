//! Sending: the letter is put into Drafts, then a submission is made that the server holds for the time of undo.

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ids::{EmailId, SubmissionId},
    wire::{
        ChangeArgs, Envelope, EnvelopeAddress, GetArgs, Identity, NewSubmission, Patch, PatchValue, Role, SetResponse,
        Submission, SubmissionFilter, SubmissionQueryArgs, SubmitArgs, UndoStatus,
    },
};

use super::{
    State, keep,
    letter::{Kind, Letter, promises_a_file},
    open,
    sheet::{FileState, Sheet},
};
use crate::{
    api::{ApiError, Batch},
    i18n::{self, house as t},
    state::{ask, connect_form::is_address},
};

/// Why a file did not get to the server.
pub(super) fn upload_words(status: u16) -> String {
    match status {
        0 => t::error_offline().into(),
        401 => t::error_logged_out().into(),
        413 => t::error_too_large().into(),
        status => i18n::fill(t::error_status(), &[&status.to_string()]),
    }
}

impl Sheet {
    /// Sends it, unless something is missing; then it says what.
    pub fn send(&self, state: State) {
        if self.sending.get_untracked() {
            return;
        }
        self.take_typed();
        if let Err(words) = self.check(state) {
            return self.error.set(Some(words));
        }
        if !self.asks_for_file.get_untracked() && promises_a_file(&self.letter()) && !self.has_files() {
            return self.asks_for_file.set(true);
        }
        self.error.set(None);
        self.sending.set(true);
        spawn_local(send(state, *self));
    }

    fn has_files(&self) -> bool {
        self.files.with_untracked(|files| !files.is_empty())
    }

    fn check(&self, state: State) -> Result<(), String> {
        let letter = self.letter();
        let recipients = letter.recipients();
        if self.author(state).is_none() {
            return Err(t::nobody_to_write_from().into());
        }
        if recipients.is_empty() {
            return Err(t::no_recipient().into());
        }
        if let Some(wrong) = recipients.iter().find(|one| !is_address(&one.email)) {
            return Err(i18n::fill(t::wrong_recipient(), &[&wrong.email]));
        }
        self.files.with_untracked(|files| {
            for file in files {
                match file.state.get_untracked() {
                    FileState::Sending(_) => return Err(t::wait_for_files().to_owned()),
                    FileState::Failed(_) => {
                        return Err(i18n::fill(t::file_is_missing(), &[&file.name.get_value()]));
                    }
                    FileState::There(_) => {}
                }
            }
            Ok(())
        })
    }
}

async fn send(state: State, sheet: Sheet) {
    let result = try_send(state, sheet).await;
    sheet.sending.set(false);
    match result {
        Ok(submission) => {
            let letter = sheet.letter();
            open::finish(state, sheet);
            offer_undo(state, submission, letter);
        }
        Err(words) => {
            sheet.error.set(Some(words));
            keep::here_now(state, sheet);
        }
    }
}

async fn try_send(state: State, sheet: Sheet) -> Result<SubmissionId, String> {
    keep::there_now(state, sheet).await?;
    let letter = sheet.letter();
    let author = sheet.author(state).ok_or_else(|| t::nobody_to_write_from().to_owned())?;
    let Some(email) = letter.draft else { return Err(t::error_broken().into()) };
    // The answer to an earlier try may have been lost on its way: then the letter is being sent already.
    if let Some(running) = running(state, email).await? {
        return Ok(running);
    }
    submit(state, &letter, &author, email).await
}

/// A submission of this very Email that was not stopped.
async fn running(state: State, email: EmailId) -> Result<Option<SubmissionId>, String> {
    let mut batch = Batch::new();
    let filter = SubmissionFilter { email_ids: vec![email.to_string()] };
    let query = batch.call("EmailSubmission/query", &SubmissionQueryArgs { account_id: state.account(), filter });
    let get = batch.call("EmailSubmission/get", &GetArgs::<SubmissionId>::found(state.account(), query.at("/ids")));
    let answer = batch.send().await.map_err(|error| ask::words(&error))?;
    answer.passed(query).map_err(|error| ask::words(&error))?;
    let found: shared::wire::GetResponse<Submission> = answer.take(get).map_err(|error| ask::words(&error))?;
    Ok(found.list.into_iter().find(|one| one.undo_status != UndoStatus::Canceled).map(|one| one.id))
}

async fn submit(state: State, letter: &Letter, author: &Identity, email: EmailId) -> Result<SubmissionId, String> {
    let sent = keep::folder(state, Some(author), Role::Sent, t::folder_sent()).await?;
    let drafts = state.mail.mailboxes.with_untracked(|all| keep::mailbox(all, Some(author), Role::Drafts));
    let mut patch = Patch::default().set(format!("mailboxIds/{sent}"), true).set("keywords/$draft", PatchValue::Null);
    if let Some(drafts) = drafts.filter(|drafts| *drafts != sent) {
        patch = patch.set(format!("mailboxIds/{drafts}"), PatchValue::Null);
    }
    let hold = state.house.settings.with_untracked(|settings| settings.undo_seconds);
    let parameters = (hold > 0).then(|| BTreeMap::from([("HOLDFOR".to_owned(), Some(hold.to_string()))]));
    let recipient = |email: &str| EnvelopeAddress { email: email.trim().to_owned(), parameters: None };
    let envelope = Envelope {
        mail_from: EnvelopeAddress { email: author.email.clone(), parameters },
        rcpt_to: letter.recipients().iter().map(|one| recipient(&one.email)).collect(),
    };
    let new = NewSubmission { identity_id: author.id, email_id: email.to_string(), envelope };
    let args = SubmitArgs {
        account_id: state.account(),
        create: BTreeMap::from([("send", new)]),
        on_success_update_email: BTreeMap::from([("#send", patch)]),
    };
    let mut batch = Batch::new();
    let call = batch.call("EmailSubmission/set", &args);
    if let (Some(origin), Some(keyword)) = (letter.origin, mark(letter.kind)) {
        let mut args = ChangeArgs::new(state.account());
        args.update.insert(origin.to_string(), Patch::default().set(format!("keywords/{keyword}"), true));
        batch.call("Email/set", &args);
    }
    let answer = batch.send().await.map_err(|error| {
        if error == ApiError::Offline {
            state.net.is_away();
        }
        ask::words(&error)
    })?;
    let response: SetResponse = answer.take(call).map_err(|error| ask::words(&error))?;
    if let Some(error) = response.first_error() {
        return Err(ask::set_words(error));
    }
    let id = response.created_id("send").and_then(|created| created.id.parse().ok());
    id.ok_or_else(|| t::error_broken().into())
}

/// What the answered message gets.
fn mark(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Reply => Some("$answered"),
        Kind::Forward => Some("$forwarded"),
        Kind::New => None,
    }
}

fn offer_undo(state: State, submission: SubmissionId, letter: Letter) {
    let hold = state.house.settings.with_untracked(|settings| settings.undo_seconds);
    if hold == 0 {
        return state.toasts.say(t::sent());
    }
    let ms = i32::try_from(hold).unwrap_or(30).saturating_mul(1_000);
    state.toasts.offer_for(ms, t::sending_soon(), t::undo(), move || {
        let letter = letter.clone();
        spawn_local(async move {
            match cancel(state, submission).await {
                Ok(()) => open::again(state, letter, false),
                Err(words) => state.toasts.say(words),
            }
        });
    });
}

/// Calls a letter back while the server holds it; its Email returns to Drafts.
async fn cancel(state: State, submission: SubmissionId) -> Result<(), String> {
    let mut args = ChangeArgs::new(state.account());
    args.update.insert(submission.to_string(), Patch::default().set("undoStatus", "canceled"));
    let response: SetResponse = ask::ask("EmailSubmission/set", &args).await?;
    match response.first_error() {
        Some(error) if error.r#type == "cannotUnsend" => Err(t::cannot_unsend().into()),
        Some(error) => Err(ask::set_words(error)),
        None => Ok(()),
    }
}
