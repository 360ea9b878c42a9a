//! Brings the rows of the list: a window at a time, and anew after every change.

use std::ops::Range;

use leptos::{prelude::*, task::spawn_local};
use serde::Deserialize;
use shared::{
    ids::{AccountId, EmailId, ThreadId},
    search,
    wire::{
        Email, EmailQueryArgs, Filter, GetArgs, GetResponse, NEWEST_FIRST, QueryResponse, Snippet, SnippetArgs, Thread,
    },
};

use super::{
    State, folders,
    list::ListKey,
    slots::{Slot, Slots},
};
use crate::{
    api::{Answer, ApiError, Batch, CallId},
    browser,
    route::Scope,
};

/// Rows asked for beyond each edge of the view.
const AHEAD: usize = 30;
/// Rows in one request.
const PAGE_MAX: usize = 100;
/// Emails in one request when a page of long conversations had too many.
const EMAILS_MAX: usize = 300;
/// Of a very long conversation, so many of the newest Emails are brought for its row.
const NEWEST_OF_LONG: usize = 10;
/// Of one that is opened, so many.
const NEWEST_OF_OPEN: usize = 500;

/// A page that was asked for.
pub struct Page {
    query: CallId,
    heads: CallId,
    epoch: u32,
    key: ListKey,
    fresh: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    id: EmailId,
    thread_id: ThreadId,
}

/// Takes any answer of the shape `{notFound…, list}` apart, a missing list counting as empty.
#[derive(Deserialize)]
struct Snippets {
    #[serde(default)]
    list: Vec<Snippet>,
}

impl State {
    /// The filter of a list.
    pub fn filter_of(&self, key: &ListKey) -> Filter {
        self.mail.mailboxes.with_untracked(|mailboxes| {
            let Some(text) = &key.query else { return folders::filter(mailboxes, key.scope, key.chip) };
            let by_name = |name: &str| folders::by_name(mailboxes, name);
            let within = folders::shown(mailboxes, key.scope);
            let hidden = folders::hidden(mailboxes, Scope::Everything);
            let world = search::World {
                now_ms: browser::now_ms() as i64,
                offset_min: browser::offset_min(),
                mailboxes: &by_name,
                hidden: &hidden,
                within: within.as_deref(),
            };
            folders::chipped(search::filter(&search::parse(text), &world), key.chip)
        })
    }

    /// Adds the question for a window of the present list to a batch.
    pub fn ask_page(&self, batch: &mut Batch, rows: Range<usize>, fresh: bool) -> Page {
        let key = self.list.key.get_untracked();
        let query = batch.call(
            "Email/query",
            &EmailQueryArgs {
                account_id: key.account,
                filter: Some(self.filter_of(&key)),
                sort: NEWEST_FIRST,
                position: Some(rows.start as i64),
                anchor: None,
                anchor_offset: None,
                limit: rows.len().clamp(1, PAGE_MAX) as u32,
                calculate_total: true,
                collapse_threads: true,
            },
        );
        let heads = batch
            .call("Email/get", &GetArgs::<EmailId>::found(key.account, query.at("/ids")).with(&["id", "threadId"]));
        Page { query, heads, epoch: self.list.epoch(), key, fresh }
    }

    /// Puts a window's answer into the list, unless the person or another change was faster. Gives the conversations
    /// that are in it; `None` = it came too late.
    pub fn take_page(&self, answer: &Answer, page: &Page) -> Result<Option<Vec<Slot>>, ApiError> {
        let query: QueryResponse = answer.take(page.query)?;
        let heads: GetResponse<Head> = answer.take(page.heads)?;
        if self.list.key.with_untracked(|key| *key != page.key) || !self.list.believes(page.epoch) {
            return Ok(None);
        }
        let find = |id: &EmailId| heads.list.iter().find(|head| head.id == *id);
        let slots: Vec<Slot> =
            query.ids.iter().filter_map(find).map(|head| Slot { email: head.id, thread: head.thread_id }).collect();
        let position = query.position as usize;
        let total = query.total.map_or(position + slots.len(), |total| total as usize);
        let mut next = self.list.slots.get_untracked();
        let drift = if page.fresh { drift(&next, self.list.seen(), position, &slots) } else { 0 };
        next.put(position, &slots, total, page.fresh);
        if self.list.slots.with_untracked(|now| *now != next) {
            self.list.slots.set(next);
        }
        if drift != 0 {
            self.list.drift.set(drift);
        }
        self.list.failed.set(None);
        self.tidy();
        Ok(Some(slots))
    }

    /// The view shows these rows: asks for what is missing round them, one request at a time.
    pub fn see(&self, rows: Range<usize>) {
        self.list.set_seen(rows.clone());
        if self.list.is_loading() {
            return;
        }
        let wide = rows.start.saturating_sub(AHEAD)..rows.end + AHEAD;
        // Only what is in sight is urgent; its surroundings come along with it.
        let urgent = self.list.slots.with_untracked(|slots| slots.missing(rows, PAGE_MAX).is_some());
        let near = self.list.slots.with_untracked(|slots| slots.missing(wide, PAGE_MAX));
        if let Some(range) = near.filter(|range| urgent || range.len() >= AHEAD / 2 || self.list.is_small()) {
            self.bring(range, false);
        }
    }

    /// Asks anew for what is in view.
    pub fn refresh(&self) {
        let seen = self.list.seen();
        let rows = seen.start.saturating_sub(AHEAD / 2)..seen.end.max(seen.start + AHEAD) + AHEAD / 2;
        self.bring(rows, true);
    }

    fn bring(&self, rows: Range<usize>, fresh: bool) {
        let state = *self;
        state.list.set_loading(true);
        spawn_local(async move {
            let epoch = state.list.epoch();
            let outcome = state.bring_now(rows, fresh).await;
            let current = state.list.epoch() == epoch;
            if current {
                state.list.set_loading(false);
            }
            match outcome {
                // The view may have moved on meanwhile.
                Ok(()) => state.see(state.list.seen()),
                Err(error) if current && state.list.slots.with_untracked(|slots| slots.total.is_none()) => {
                    state.list.failed.set(Some(super::ask::words(&error)));
                }
                Err(_) => {}
            }
        });
    }

    async fn bring_now(&self, rows: Range<usize>, fresh: bool) -> Result<(), ApiError> {
        let mut batch = Batch::new();
        let page = self.ask_page(&mut batch, rows, fresh);
        let account = page.key.account;
        let threads = batch.call("Thread/get", &GetArgs::<ThreadId>::found(account, page.heads.at("/list/*/threadId")));
        let emails = GetArgs::<EmailId>::found(account, threads.at("/list/*/emailIds")).with(Email::PROPERTIES);
        let emails = batch.call("Email/get", &emails);
        let answer = self.send(batch).await?;
        let threads: GetResponse<Thread> = answer.take(threads)?;
        match answer.take::<GetResponse<Email>>(emails) {
            Ok(got) => self.mail.learn(account, threads.list, got.list),
            Err(error) if error.is("requestTooLarge") => self.bring_long(account, threads.list).await?,
            Err(error) => return Err(error),
        }
        if let Some(slots) = self.take_page(&answer, &page)? {
            self.bring_snippets(&page.key, &slots).await?;
        }
        Ok(())
    }

    /// Long conversations: the newest Emails of each, in several requests.
    async fn bring_long(&self, account: AccountId, threads: Vec<Thread>) -> Result<(), ApiError> {
        let most = if threads.len() > 1 { NEWEST_OF_LONG } else { NEWEST_OF_OPEN };
        let newest = |thread: &Thread| {
            let skip = thread.email_ids.len().saturating_sub(most);
            thread.email_ids.iter().skip(skip).copied().collect::<Vec<_>>()
        };
        let wanted: Vec<EmailId> = threads.iter().flat_map(newest).collect();
        let mut emails = Vec::new();
        for some in wanted.chunks(EMAILS_MAX) {
            let mut batch = Batch::new();
            let get = batch.call("Email/get", &GetArgs::some(account, some.to_vec()).with(Email::PROPERTIES));
            emails.extend(self.send(batch).await?.take::<GetResponse<Email>>(get)?.list);
        }
        self.mail.learn(account, threads, emails);
        Ok(())
    }

    /// Brings those of these conversations that are not known yet.
    pub async fn bring_unknown(&self, account: AccountId, slots: &[Slot]) -> Result<(), ApiError> {
        let unknown = |slot: &&Slot| {
            let talk = self.mail.known_talk(account, slot.thread);
            talk.is_none_or(|talk| talk.with_untracked(|talk| talk.email(slot.email).is_none()))
        };
        let ids: Vec<ThreadId> = slots.iter().filter(unknown).map(|slot| slot.thread).collect();
        if ids.is_empty() { Ok(()) } else { self.bring_threads(account, ids).await }
    }

    /// Brings whole conversations.
    pub async fn bring_threads(&self, account: AccountId, ids: Vec<ThreadId>) -> Result<(), ApiError> {
        let mut batch = Batch::new();
        let threads = batch.call("Thread/get", &GetArgs::some(account, ids));
        let emails = GetArgs::<EmailId>::found(account, threads.at("/list/*/emailIds")).with(Email::PROPERTIES);
        let emails = batch.call("Email/get", &emails);
        let answer = self.send(batch).await?;
        let threads: GetResponse<Thread> = answer.take(threads)?;
        match answer.take::<GetResponse<Email>>(emails) {
            Ok(got) => self.mail.learn(account, threads.list, got.list),
            Err(error) if error.is("requestTooLarge") => self.bring_long(account, threads.list).await?,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn bring_snippets(&self, key: &ListKey, slots: &[Slot]) -> Result<(), ApiError> {
        if key.query.is_none() || slots.is_empty() {
            return Ok(());
        }
        let mut batch = Batch::new();
        let email_ids = slots.iter().map(|slot| slot.email).collect();
        let args = SnippetArgs { account_id: key.account, filter: self.filter_of(key), email_ids };
        let get = batch.call("SearchSnippet/get", &args);
        let got: Snippets = self.send(batch).await?.take(get)?;
        if self.list.key.with_untracked(|now| now == key) {
            self.list.snippets.update(|all| {
                all.retain(|old| !got.list.iter().any(|new| new.email_id == old.email_id));
                all.extend(got.list);
            });
        }
        Ok(())
    }

    /// Forgets conversations that nothing on the screen needs.
    fn tidy(&self) {
        let open = self.place.open_thread();
        let slots = self.list.slots.get_untracked();
        self.mail.prune(|thread| Some(thread) == open || slots.place(thread).is_some());
    }
}

/// By how many rows the first row in view was moved by what came in above it.
fn drift(old: &Slots, seen: Range<usize>, position: usize, page: &[Slot]) -> i64 {
    if seen.start == 0 {
        return 0;
    }
    // The first row in view that is still there tells.
    for place in seen {
        let Some(slot) = old.at(place) else { continue };
        if let Some(offset) = page.iter().position(|one| one.thread == slot.thread) {
            return (position + offset) as i64 - place as i64;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_rows_above_are_noticed() {
        let slot = |id: i64| Slot { email: EmailId(id), thread: ThreadId(id) };
        let mut old = Slots::default();
        old.put(0, &(0..50).map(slot).collect::<Vec<_>>(), 50, true);
        let page: Vec<Slot> = [90, 91].into_iter().chain(0..48).map(slot).collect();
        assert_eq!(drift(&old, 10..20, 0, &page), 2);
        assert_eq!(drift(&old, 0..20, 0, &page), 0, "at the top new rows are simply shown");
        let page: Vec<Slot> = (6..40).map(slot).collect();
        assert_eq!(drift(&old, 10..20, 5, &page), -1);
        assert_eq!(drift(&old, 10..20, 0, &[slot(99)]), 0);
    }
}
