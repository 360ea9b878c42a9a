//! What an open conversation needs: all its Emails, and the details of those that lie open.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ids::{EmailId, ThreadId},
    wire::{EmailDetail, GetArgs, GetResponse},
};

use super::{State, conversation::Conversation};
use crate::api::{ApiError, Batch};

impl State {
    /// Sees to it that a conversation is whole. `gone` is called when it does not exist (any more).
    pub fn want_thread(&self, thread: ThreadId, gone: impl Fn() + 'static) {
        let state = *self;
        let account = self.account();
        let talk = self.mail.talk(account, thread);
        if talk.with_untracked(Conversation::is_whole) {
            return;
        }
        spawn_local(async move {
            match state.bring_threads(account, vec![thread]).await {
                Ok(()) if talk.with_untracked(|talk| talk.emails.is_empty()) => gone(),
                Err(error) if error != ApiError::Offline => gone(),
                _ => {}
            }
        });
    }

    /// Sees to it that the details of these Emails are here.
    pub fn want_details(&self, ids: Vec<EmailId>) {
        let state = *self;
        let account = self.account();
        let unknown: Vec<EmailId> =
            ids.into_iter().filter(|id| self.mail.detail(account, *id).with_untracked(Option::is_none)).collect();
        if unknown.is_empty() {
            return;
        }
        spawn_local(async move {
            let mut batch = Batch::new();
            let get = batch.call("Email/get", &GetArgs::some(account, unknown).with(EmailDetail::PROPERTIES));
            let Ok(answer) = state.send(batch).await else { return };
            let Ok(got) = answer.take::<GetResponse<EmailDetail>>(get) else { return };
            for detail in got.list {
                state.mail.detail(account, detail.id).set(Some(detail));
            }
        });
    }
}
