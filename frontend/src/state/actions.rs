//! What a person does to mail: shown at once, sent to the server, taken back with *Undo* or when the server refuses.

use std::collections::{BTreeMap, BTreeSet};

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ids::{AccountId, EmailId, MailboxId, ThreadId},
    wire::{Mailbox, NewMailbox, Nothing, Role, SetArgs, SetResponse},
};

use super::{
    State, ask,
    conversation::Conversation,
    plan::{self, Act, Step},
    slots::Slot,
};
use crate::{
    api::{ApiError, Batch},
    i18n::{self, mail as t},
    route::{Route, Scope},
};

/// What was done to one conversation.
#[derive(Debug, Clone)]
struct Deed {
    thread: ThreadId,
    steps: Vec<Step>,
    /// Its row and place, when it left the list.
    left: Option<(usize, Slot)>,
}

impl State {
    /// Does something to conversations (or to one message, with `only`), with *Undo*.
    pub fn act(&self, act: Act, threads: Vec<ThreadId>, only: Option<EmailId>) {
        let state = *self;
        let account = self.account();
        let partial: Vec<ThreadId> = threads.iter().copied().filter(|thread| !self.talk_is_whole(*thread)).collect();
        if partial.is_empty() {
            match self.act_now(act, &threads, only) {
                Ok(()) => return,
                Err(_) if act.role().is_none() => return,
                Err(_) => {}
            }
        }
        // Something has to be brought or made first.
        spawn_local(async move {
            if !partial.is_empty() && state.bring_threads(account, partial).await.is_err() {
                state.toasts.say(t::act_failed());
                return;
            }
            let mut outcome = state.act_now(act, &threads, only);
            for _ in 0..8 {
                let Err(email) = outcome else { break };
                if let Err(words) = state.make_target(act, email).await {
                    state.toasts.say(words);
                    return;
                }
                outcome = state.act_now(act, &threads, only);
            }
        });
    }

    fn talk_is_whole(&self, thread: ThreadId) -> bool {
        let talk = self.mail.known_talk(self.account(), thread);
        talk.is_some_and(|talk| talk.with_untracked(Conversation::is_whole))
    }

    /// `Err` names an Email whose mail account lacks the mailbox.
    fn act_now(&self, act: Act, threads: &[ThreadId], only: Option<EmailId>) -> Result<(), EmailId> {
        let scope = self.scope_now();
        let mut deeds = Vec::new();
        let mailboxes = self.mail.mailboxes.get_untracked();
        for thread in threads {
            let talk = self.mail.talk(self.account(), *thread).get_untracked();
            let slot = self.list.slots.with_untracked(|slots| slots.of(*thread));
            let head = slot.map(|slot| slot.email).or(talk.emails.last().map(|email| email.id));
            let Some(head) = head else { continue };
            let steps = plan::steps(&mailboxes, scope, act, &talk, head, only)?;
            if !steps.is_empty() {
                deeds.push(Deed { thread: *thread, steps, left: None });
            }
        }
        if deeds.is_empty() {
            return Ok(());
        }
        let next = act.moves().then(|| self.after_leaving(&deeds));
        for deed in &mut deeds {
            self.show(deed, act.moves());
        }
        if act.moves() {
            self.list.untick();
        }
        if let Some(next) = next {
            self.go_on(&deeds, next);
        }
        self.commit(deeds.clone());
        if let Some(words) = self.words(act, deeds.len(), only.is_some()) {
            let state = *self;
            let account = self.account();
            self.toasts.offer(words, t::undo(), move || state.take_back(account, &deeds));
        }
        Ok(())
    }

    fn words(&self, act: Act, count: usize, one_message: bool) -> Option<String> {
        let count = count as u64;
        let words = |one: &str, many: &str| Some(i18n::count(count, one, many));
        if one_message && act.moves() {
            return Some(match act {
                Act::Trash => t::message_trashed().into(),
                _ => t::message_moved().into(),
            });
        }
        match act {
            Act::Archive => words(t::archived_one(), t::archived_many()),
            Act::Trash => words(t::trashed_one(), t::trashed_many()),
            Act::Junk => words(t::junked_one(), t::junked_many()),
            Act::NotJunk => words(t::unjunked_one(), t::unjunked_many()),
            Act::Move(id) => {
                let name = self.mailbox_name(id);
                Some(i18n::fill(&i18n::count(count, t::moved_one(), t::moved_many()).replace("[]", "{}"), &[&name]))
            }
            Act::Star(_) | Act::Read(_) if count < 2 => None,
            Act::Star(true) => words(t::starred_many(), t::starred_many()),
            Act::Star(false) => words(t::unstarred_many(), t::unstarred_many()),
            Act::Read(true) => words(t::read_many(), t::read_many()),
            Act::Read(false) => words(t::unread_many(), t::unread_many()),
        }
    }

    /// What a mailbox is called on the screen.
    pub fn mailbox_name(&self, id: MailboxId) -> String {
        let find = |list: &Vec<Mailbox>| list.iter().find(|one| one.id == id).map(name_of_mailbox);
        self.mail.mailboxes.with(find).unwrap_or_default()
    }

    /// Shows one deed: conversation, counts, list.
    fn show(&self, deed: &mut Deed, may_leave: bool) {
        let account = self.account();
        let before = self.mail.talk(account, deed.thread).get_untracked();
        let mut after = before.clone();
        for step in &deed.steps {
            if let Some(mut email) = after.email(step.email).cloned() {
                (email.mailbox_ids, email.keywords) = step.after.clone();
                after.put(email);
            }
        }
        self.mail.mailboxes.update(|mailboxes| plan::recount(mailboxes, &before, &after));
        let stays = self.mail.mailboxes.with_untracked(|mailboxes| plan::stays(mailboxes, self.scope_now(), &after));
        self.mail.set_talk(account, deed.thread, after);
        if may_leave && !stays {
            let slot = self.list.slots.with_untracked(|slots| slots.of(deed.thread));
            let place = self.list.slots.try_update(|slots| slots.remove(deed.thread)).flatten();
            deed.left = place.zip(slot);
        }
        self.list.bump();
    }

    /// The row that takes over when these leave: the next one, else the one before.
    fn after_leaving(&self, deeds: &[Deed]) -> Option<ThreadId> {
        let open = self.place.open_thread().or(self.list.cursor.get_untracked());
        let leaving = |thread: ThreadId| deeds.iter().any(|deed| deed.thread == thread);
        if !open.is_some_and(leaving) {
            return open;
        }
        self.list.slots.with_untracked(|slots| {
            let place = slots.place(open?)?;
            let below = (place + 1..place + 200).map_while(|place| slots.at(place));
            let above = (0..place).rev().map_while(|place| slots.at(place));
            below.chain(above).map(|slot| slot.thread).find(|thread| !leaving(*thread))
        })
    }

    /// Cursor and reader go on to the row that took over.
    fn go_on(&self, deeds: &[Deed], next: Option<ThreadId>) {
        let left = |thread: ThreadId| deeds.iter().any(|deed| deed.thread == thread && deed.left.is_some());
        if self.list.cursor.get_untracked().is_some_and(left) {
            self.list.cursor.set(next);
        }
        if self.place.open_thread().is_some_and(left) {
            match next.filter(|_| !self.place.narrow.get_untracked()) {
                Some(next) => self.place.swap_thread(Some(next)),
                None => self.place.swap_thread(None),
            }
        }
    }

    fn take_back(&self, account: AccountId, deeds: &[Deed]) {
        if self.account() != account {
            return;
        }
        let mut back = Vec::new();
        for deed in deeds.iter().rev() {
            let mut undo = Deed { steps: deed.steps.iter().map(Step::undo).collect(), ..deed.clone() };
            self.show(&mut undo, false);
            if let Some((place, slot)) = deed.left {
                self.list.slots.update(|slots| slots.insert(place, slot));
            }
            back.push(undo);
        }
        if let Some((place, slot)) = deeds.first().and_then(|deed| deed.left) {
            self.list.point(place, slot.thread);
        }
        self.commit(back);
    }

    /// Sends what was shown; what the server refuses is taken back.
    fn commit(&self, deeds: Vec<Deed>) {
        let state = *self;
        let account = self.account();
        let ids: Vec<EmailId> = deeds.iter().flat_map(|deed| deed.steps.iter().map(|step| step.email)).collect();
        self.mail.set_busy(ids.iter().copied(), true);
        self.list.begin_change();
        spawn_local(async move {
            let mut args: SetArgs<Nothing> = SetArgs::new(account);
            for step in deeds.iter().flat_map(|deed| &deed.steps) {
                args.update.insert(step.email.to_string(), step.patch());
            }
            let outcome = state.set_emails(&args).await;
            state.mail.set_busy(ids.iter().copied(), false);
            if state.list.end_change() {
                state.catch_up();
            }
            match outcome {
                Ok(refused) if refused.is_empty() => {}
                Ok(refused) => state.refused(account, deeds, &refused),
                Err(ApiError::Offline) => {
                    // Kept on the screen and sent as soon as the network is back.
                    state.mail.set_busy(ids.iter().copied(), true);
                    state.owed.update_value(|owed| owed.push(args.update));
                }
                Err(error) => {
                    let all: BTreeMap<String, String> =
                        ids.iter().map(|id| (id.to_string(), ask::words(&error))).collect();
                    state.refused(account, deeds, &all);
                }
            }
        });
    }

    /// One `Email/set`; gives what was refused and why.
    async fn set_emails(&self, args: &SetArgs<Nothing>) -> Result<BTreeMap<String, String>, ApiError> {
        let mut batch = Batch::new();
        let set = batch.call("Email/set", args);
        let response: SetResponse = self.send(batch).await?.take(set)?;
        self.live.own_change(response.old_state.as_deref(), &response.new_state);
        let refused = response.not_updated.into_iter().flatten();
        // What is no more needs no change.
        let refused = refused.filter(|(_, error)| error.r#type != "notFound");
        Ok(refused.map(|(id, error)| (id, ask::set_words(&error))).collect())
    }

    fn refused(&self, account: AccountId, deeds: Vec<Deed>, why: &BTreeMap<String, String>) {
        let hit: Vec<Deed> = deeds
            .into_iter()
            .map(|mut deed| {
                deed.steps.retain(|step| why.contains_key(&step.email.to_string()));
                deed
            })
            .filter(|deed| !deed.steps.is_empty())
            .collect();
        if self.account() == account {
            for deed in &hit {
                let mut undo = Deed { steps: deed.steps.iter().map(Step::undo).collect(), ..deed.clone() };
                self.show(&mut undo, false);
            }
        }
        if let Some(words) = why.values().next() {
            self.toasts.say(i18n::fill(t::act_refused(), &[words]));
        }
        self.refresh();
    }

    /// Sends what was kept while the network was away.
    pub async fn pay_owed(&self) -> Result<(), ApiError> {
        loop {
            let Some(update) = self.owed.with_value(|owed| owed.first().cloned()) else { return Ok(()) };
            let ids: Vec<EmailId> = update.keys().filter_map(|id| id.parse().ok()).collect();
            let mut args: SetArgs<Nothing> = SetArgs::new(self.account());
            args.update = update;
            let refused = match self.set_emails(&args).await {
                Err(ApiError::Offline) => return Err(ApiError::Offline),
                Err(error) => Some(ask::words(&error)),
                Ok(refused) => refused.into_values().next(),
            };
            self.mail.set_busy(ids.into_iter(), false);
            self.owed.update_value(|owed| {
                owed.remove(0);
            });
            if let Some(words) = refused {
                self.toasts.say(i18n::fill(t::act_refused(), &[&words]));
            }
        }
    }

    /// Makes the mailbox (archive, junk …) that the Email's mail account lacks.
    async fn make_target(&self, act: Act, email: EmailId) -> Result<(), String> {
        let source = self.mail.email(self.account(), email).and_then(|email| email.source_id);
        let role = act.role().unwrap_or(Role::Other);
        let parent = self.mail.mailboxes.with_untracked(|mailboxes| {
            let inbox = mailboxes.iter().find(|one| one.duty() == Some(Role::Inbox) && one.source_id == source);
            inbox.and_then(|inbox| inbox.parent_id)
        });
        let name = role_name(role).to_owned();
        let new = NewMailbox { name, parent_id: parent, source_id: source, source_role: Some(role) };
        self.create_mailbox(new).await.map(|_| ())
    }

    /// Marks one conversation read (or not) without a word.
    pub fn mark_read(&self, thread: ThreadId, read: bool) {
        self.act(Act::Read(read), vec![thread], None);
    }

    /// Archives (`e`), deletes (`#`) … what is meant: the ticked rows, the open conversation, the cursor's row.
    pub fn act_on_meant(&self, act: Act) {
        self.act(act, self.meant(), None);
    }

    /// What an act is about.
    pub fn meant(&self) -> Vec<ThreadId> {
        let ticked = self.list.checked.with_untracked(BTreeSet::clone);
        if !ticked.is_empty() {
            return ticked.into_iter().collect();
        }
        self.place.open_thread().map_or_else(|| self.list.meant(), |open| vec![open])
    }

    /// Does the list show what lies in the trash or in junk?
    pub fn shows(&self, role: Role) -> bool {
        let Scope::Mailbox(id) = self.place.scope() else { return false };
        self.mail.mailboxes.with(|list| list.iter().any(|one| one.id == id && one.duty() == Some(role)))
    }

    /// Opens a conversation from the list.
    pub fn open(&self, thread: ThreadId) {
        self.list.cursor.set(Some(thread));
        self.list.note_place(thread);
        let Route::Mail { scope, query, thread: open } = self.place.route.get_untracked() else {
            return self.place.go(Route::Mail { scope: self.scope_now(), thread: Some(thread), query: None });
        };
        let route = Route::Mail { scope, query, thread: Some(thread) };
        // On a desk, looking through a list is one step for the back button, not one a letter.
        if open.is_some() && !self.place.narrow.get_untracked() {
            self.place.replace(route)
        } else {
            self.place.go(route)
        }
    }
}

/// What a mailbox is called on the screen: duties have our words, so that *INBOX* is *Inbox*.
pub fn name_of_mailbox(mailbox: &Mailbox) -> String {
    match mailbox.duty() {
        Some(Role::Inbox) => t::inbox().to_owned(),
        _ => mailbox.name.clone(),
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Archive => t::archive(),
        Role::Junk => t::junk(),
        Role::Trash => t::trash(),
        Role::Drafts => t::drafts(),
        Role::Sent => t::sent(),
        _ => t::inbox(),
    }
}
