//! Letters on their way out: held, sending, refused, uncertain; and what became of those that left.

use leptos::{prelude::*, task::spawn_local};
use serde::Serialize;
use shared::{
    ids::{AccountId, EmailId, SubmissionId},
    wire::{Delivered, Email, GetArgs, GetResponse, Nothing, Patch, SetArgs, Submission, UndoStatus},
};

use super::{State, ask};
use crate::{
    api::{ApiError, Batch},
    browser,
    i18n::mail as t,
};

/// So many of the newest submissions are followed.
const FOLLOWED: u32 = 50;

/// Where a letter is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Waits until then (milliseconds); can be stopped.
    Held(f64),
    /// Being sent.
    Sending,
    /// Could not leave or was refused by some: the server's words.
    Refused(String),
    /// Nobody knows whether it was taken; the person decides.
    Uncertain,
    /// Gone.
    Sent,
    /// Stopped.
    Canceled,
}

/// Where a letter is, from what the server says. `send_at` in milliseconds.
pub fn stage(letter: &Submission, send_at: f64) -> Stage {
    if letter.uncertain {
        return Stage::Uncertain;
    }
    if letter.undo_status == UndoStatus::Canceled {
        return Stage::Canceled;
    }
    if let Some(words) = &letter.failure {
        return Stage::Refused(words.clone());
    }
    if letter.undo_status == UndoStatus::Pending {
        return Stage::Held(send_at);
    }
    let mut fates = letter.delivery_status.iter().flat_map(|all| all.values());
    if fates.clone().any(|fate| fate.delivered == Delivered::Queued) {
        return Stage::Sending;
    }
    match fates.find(|fate| fate.delivered == Delivered::No) {
        Some(refused) => Stage::Refused(refused.smtp_reply.clone()),
        None => Stage::Sent,
    }
}

/// The followed letters.
#[derive(Clone, Copy)]
pub struct Outbox {
    /// Newest first.
    pub letters: RwSignal<Vec<Submission>>,
    /// Those that a person may want to know of.
    pub open: Memo<Vec<Submission>>,
}

impl Outbox {
    /// None known yet.
    pub fn new() -> Self {
        let letters = RwSignal::new(Vec::<Submission>::new());
        let open = Memo::new(move |_| {
            let wanted = |letter: &&Submission| !matches!(stage(letter, 0.0), Stage::Sent | Stage::Canceled);
            letters.with(|all| all.iter().filter(wanted).cloned().collect())
        });
        Self { letters, open }
    }

    /// The newest submission of an Email.
    pub fn of(&self, email: EmailId) -> Option<Submission> {
        let best =
            |all: &Vec<Submission>| all.iter().filter(|one| one.email_id == email).max_by_key(|one| one.id).cloned();
        self.letters.with(best)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct QueryArgs {
    account_id: AccountId,
    sort: [Sort; 1],
    limit: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sort {
    property: &'static str,
    is_ascending: bool,
}

impl State {
    /// Brings the newest submissions and the letters they are about.
    pub async fn follow_outbox(&self) -> Result<(), ApiError> {
        let account = self.account();
        let mut batch = Batch::new();
        let sort = [Sort { property: "sentAt", is_ascending: false }];
        let query = batch.call("EmailSubmission/query", &QueryArgs { account_id: account, sort, limit: FOLLOWED });
        let get = batch.call("EmailSubmission/get", &GetArgs::<SubmissionId>::found(account, query.at("/ids")));
        let got: GetResponse<Submission> = self.send(batch).await?.take(get)?;
        let mut letters = got.list;
        letters.sort_by_key(|letter| std::cmp::Reverse(letter.id));
        let unknown: Vec<EmailId> = letters
            .iter()
            .filter(|letter| !matches!(stage(letter, 0.0), Stage::Sent | Stage::Canceled))
            .map(|letter| letter.email_id)
            .filter(|id| self.mail.email(account, *id).is_none())
            .collect();
        if !unknown.is_empty() {
            let mut batch = Batch::new();
            let get = batch.call("Email/get", &GetArgs::some(account, unknown).with(Email::PROPERTIES));
            let got: GetResponse<Email> = self.send(batch).await?.take(get)?;
            self.mail.learn(account, vec![], got.list);
        }
        self.live.set("EmailSubmission", got.state);
        if self.outbox.letters.with_untracked(|known| *known != letters) {
            self.outbox.letters.set(letters);
        }
        Ok(())
    }

    /// Answers the question of a letter (`decision`).
    pub fn decide(&self, letter: SubmissionId, decision: &'static str) {
        let state = *self;
        spawn_local(async move {
            state.set_submission(letter, "decision", decision).await;
        });
    }

    /// Stops a held letter and goes on writing it.
    pub fn stop_and_edit(&self, letter: SubmissionId, email: EmailId) {
        let state = *self;
        spawn_local(async move {
            if state.set_submission(letter, "undoStatus", "canceled").await {
                state.toasts.say(t::sending_stopped());
                state.compose_draft(email);
            }
        });
    }

    /// Takes a refused letter off the outbox; the letter itself stays where it is.
    pub fn forget_letter(&self, letter: SubmissionId) {
        let state = *self;
        spawn_local(async move {
            let mut args: SetArgs<Nothing> = SetArgs::new(state.account());
            args.destroy.push(letter.to_string());
            match ask::set("EmailSubmission/set", &args).await {
                Ok(_) => state.outbox.letters.update(|all| all.retain(|one| one.id != letter)),
                Err(words) => state.toasts.say(words),
            }
        });
    }

    async fn set_submission(&self, letter: SubmissionId, property: &'static str, value: &'static str) -> bool {
        let mut args: SetArgs<Nothing> = SetArgs::new(self.account());
        args.update.insert(letter.to_string(), Patch::default().set(property, value));
        let done = ask::set("EmailSubmission/set", &args).await;
        if let Err(words) = &done {
            self.toasts.say(words.clone());
        }
        // The next change tells what became of it; the outbox need not wait for that.
        let _ = self.follow_outbox().await;
        self.catch_up();
        done.is_ok()
    }

    /// When a letter leaves, in milliseconds.
    pub fn leaves_at(letter: &Submission) -> f64 {
        browser::parse_ms(&letter.send_at)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn letter(more: &str) -> Submission {
        let json = format!(r#"{{"id":"s1","identityId":"i1","emailId":"e1","sendAt":"2026-11-24T10:00:00Z"{more}}}"#);
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn each_stage_is_known_by_what_the_server_says() {
        let of = |more: &str| stage(&letter(more), 7.0);
        assert_eq!(of(r#","undoStatus":"pending""#), Stage::Held(7.0));
        assert_eq!(of(r#","undoStatus":"canceled""#), Stage::Canceled);
        assert_eq!(of(r#","undoStatus":"final","uncertain":true"#), Stage::Uncertain);
        assert_eq!(of(r#","undoStatus":"final","failure":"no""#), Stage::Refused("no".into()));
        let fates = |one: &str, two: &str| {
            of(&format!(
                r#","undoStatus":"final","deliveryStatus":{{"a@x":{{"smtpReply":"250","delivered":"{one}"}},"b@x":{{"smtpReply":"550 no","delivered":"{two}"}}}}"#
            ))
        };
        assert_eq!(fates("queued", "no"), Stage::Sending);
        assert_eq!(fates("yes", "no"), Stage::Refused("550 no".into()));
        assert_eq!(fates("unknown", "yes"), Stage::Sent);
    }
}
