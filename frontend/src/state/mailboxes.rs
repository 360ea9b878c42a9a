//! Mailboxes made, renamed, destroyed and emptied; mail accounts asked for new mail.

use leptos::{prelude::*, task::spawn_local};
use serde::Serialize;
use shared::{
    ids::{AccountId, MailboxId, SourceId},
    wire::{CheckArgs, Filter, Mailbox, NewMailbox, Nothing, Patch, QueryResponse, ResultReference, SetArgs},
};

use super::{State, ask};
use crate::{
    api::{ApiError, Batch},
    i18n::{self, mail as t},
};

/// Emails destroyed in one request.
const DESTROYED_MAX: u32 = 500;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct QueryArgs {
    account_id: AccountId,
    filter: Filter,
    limit: u32,
    calculate_total: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DestroyArgs {
    account_id: AccountId,
    #[serde(rename = "#destroy")]
    destroy: ResultReference,
}

impl State {
    /// Makes a mailbox; gives its id.
    pub async fn create_mailbox(&self, new: NewMailbox) -> Result<MailboxId, String> {
        let mut args: SetArgs<NewMailbox> = SetArgs::new(self.account());
        let (name, parent, source, role) = (new.name.clone(), new.parent_id, new.source_id, new.source_role);
        args.create.insert("new".into(), new);
        let response = ask::set("Mailbox/set", &args).await?;
        let id = response.created_id("new").and_then(|created| created.id.parse().ok());
        let id: MailboxId = id.ok_or_else(|| t::act_failed().to_owned())?;
        // The server's own word follows with the next change.
        self.mail.mailboxes.update(|all| {
            if !all.iter().any(|mailbox| mailbox.id == id) {
                all.push(Mailbox {
                    id,
                    name,
                    parent_id: parent,
                    role: None,
                    sort_order: 0,
                    total_emails: 0,
                    unread_emails: 0,
                    total_threads: 0,
                    unread_threads: 0,
                    my_rights: Default::default(),
                    source_id: source,
                    source_role: role,
                });
            }
        });
        self.catch_up();
        Ok(id)
    }

    /// Gives a mailbox another name.
    pub async fn rename_mailbox(&self, id: MailboxId, name: String) -> Result<(), String> {
        let mut args: SetArgs<Nothing> = SetArgs::new(self.account());
        args.update.insert(id.to_string(), Patch::default().set("name", name));
        let done = ask::set("Mailbox/set", &args).await.map(|_| ());
        self.catch_up();
        done
    }

    /// Destroys a mailbox and the mail that lies nowhere else.
    pub async fn destroy_mailbox(&self, id: MailboxId) -> Result<(), String> {
        let mut args: SetArgs<Nothing> = SetArgs::new(self.account());
        args.destroy.push(id.to_string());
        args.on_destroy_remove_emails = true;
        let done = ask::set("Mailbox/set", &args).await.map(|_| ());
        self.catch_up();
        done
    }

    /// Destroys all mail in a mailbox (Trash, Junk), some hundred at a time.
    pub fn empty_mailbox(&self, id: MailboxId) {
        let state = *self;
        spawn_local(async move {
            match state.empty_now(id).await {
                Ok(count) => state.toasts.say(i18n::count(count, t::emptied_one(), t::emptied_many())),
                Err(error) => state.toasts.say(ask::words(&error)),
            }
            state.list.bump();
            state.catch_up();
        });
    }

    async fn empty_now(&self, id: MailboxId) -> Result<u64, ApiError> {
        let account_id = self.account();
        let mut gone = 0;
        loop {
            let mut batch = Batch::new();
            let filter = Filter::in_any(&[id]);
            let args = QueryArgs { account_id, filter, limit: DESTROYED_MAX, calculate_total: true };
            let query = batch.call("Email/query", &args);
            let set = batch.call("Email/set", &DestroyArgs { account_id, destroy: query.at("/ids") });
            let answer = self.send(batch).await?;
            let found: QueryResponse = answer.take(query)?;
            answer.passed(set)?;
            gone += found.ids.len() as u64;
            if found.ids.is_empty() || found.total.unwrap_or(0) <= found.ids.len() as u64 {
                return Ok(gone);
            }
        }
    }

    /// Destroys Emails for good (from the trash).
    pub fn destroy(&self, threads: Vec<shared::ids::ThreadId>) {
        let state = *self;
        let account = self.account();
        let mailboxes = self.mail.mailboxes.get_untracked();
        let shown = super::folders::shown(&mailboxes, self.scope_now()).unwrap_or_default();
        let mut args: SetArgs<Nothing> = SetArgs::new(account);
        let mut ids = Vec::new();
        for thread in &threads {
            let talk = self.mail.talk(account, *thread).get_untracked();
            let here = talk.emails.iter().filter(|email| email.mailbox_ids.0.iter().any(|id| shown.contains(id)));
            ids.extend(here.map(|email| email.id));
            self.list.slots.update(|slots| {
                slots.remove(*thread);
            });
        }
        if self.place.open_thread().is_some_and(|open| threads.contains(&open)) {
            self.place.swap_thread(None);
        }
        self.list.untick();
        self.list.bump();
        args.destroy = ids.iter().map(ToString::to_string).collect();
        self.mail.forget(account, &ids);
        spawn_local(async move {
            match ask::set("Email/set", &args).await {
                Ok(_) => state.toasts.say(i18n::count(ids.len() as u64, t::emptied_one(), t::emptied_many())),
                Err(words) => state.toasts.say(words),
            }
            state.catch_up();
            state.refresh();
        });
    }

    /// *Check mail*, for one mail account or for all.
    pub fn check_mail(&self, source: Option<SourceId>) {
        let state = *self;
        spawn_local(async move {
            let args = CheckArgs { account_id: state.account(), ids: source.map(|id| vec![id]) };
            let mut batch = Batch::new();
            let call = batch.call("Source/check", &args);
            let done = match state.send(batch).await {
                Ok(answer) => answer.passed(call),
                Err(error) => Err(error),
            };
            match done {
                Ok(()) => state.catch_up(),
                Err(error) => state.toasts.say(ask::words(&error)),
            }
        });
    }
}
