//! Keeps the screen true: the WebSocket says that something changed, `/changes` says what, and the list is asked anew.

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ids::{EmailId, MailboxId, ThreadId},
    wire::{
        Boot, ChangesArgs, ChangesResponse, Email, GetArgs, GetResponse, Identity, Mailbox, PushEnable, Source,
        StateChange, Thread,
    },
};

use super::State;
use crate::{
    api::{Answer, ApiError, Batch, CallId},
    browser::{self, Socket, SocketEvent},
    i18n::{self, mail as t},
};

/// More changes than this at once, and a fresh start is cheaper.
const CHANGES_MAX: u32 = 200;
/// First wait before connecting again, doubled up to the last.
const RETRY_FIRST_MS: i32 = 1_000;
/// The longest wait.
const RETRY_LAST_MS: i32 = 30_000;

/// What this page last knew of each type.
#[derive(Clone, Copy)]
pub struct Live {
    states: StoredValue<BTreeMap<&'static str, String>>,
    busy: StoredValue<bool>,
    again: StoredValue<bool>,
    wait_ms: StoredValue<i32>,
    /// The outbox may have changed.
    outbox_stale: StoredValue<bool>,
    socket: StoredValue<Option<Socket>, LocalStorage>,
    /// Said to screen readers when new mail comes.
    pub news: RwSignal<String>,
}

impl Live {
    /// From the boot block.
    pub fn new(boot: &Boot) -> Self {
        let mut states = BTreeMap::new();
        let mut note = |name, state: Option<&String>| {
            if let Some(state) = state.filter(|state| !state.is_empty()) {
                states.insert(name, state.clone());
            }
        };
        note("Mailbox", boot.mailboxes.as_ref().map(|got| &got.state));
        note("Source", boot.sources.as_ref().map(|got| &got.state));
        note("Identity", boot.identities.as_ref().map(|got| &got.state));
        note("Email", boot.list.as_ref().map(|list| &list.emails.state));
        Self {
            states: StoredValue::new(states),
            busy: StoredValue::new(false),
            again: StoredValue::new(false),
            wait_ms: StoredValue::new(RETRY_FIRST_MS),
            outbox_stale: StoredValue::new(true),
            socket: StoredValue::new_local(None),
            news: RwSignal::new(String::new()),
        }
    }

    fn state(&self, name: &str) -> Option<String> {
        self.states.with_value(|states| states.get(name).cloned())
    }

    /// Notes the state of a type.
    pub fn set(&self, name: &'static str, state: String) {
        self.states.update_value(|states| {
            states.insert(name, state);
        });
    }

    /// Our own `Email/set` took the state from `old` to `new`: when nothing lay between, there is nothing to ask.
    pub fn own_change(&self, old: Option<&str>, new: &str) {
        if old.is_some() && self.state("Email").as_deref() == old {
            self.set("Email", new.to_owned());
        }
    }

    /// Does a StateChange tell anything that is not known yet?
    fn is_news(&self, changed: &BTreeMap<String, String>) -> bool {
        const FOLLOWED: [&str; 5] = ["Mailbox", "Email", "Source", "Identity", "EmailSubmission"];
        changed
            .iter()
            .any(|(name, state)| FOLLOWED.contains(&name.as_str()) && self.state(name).as_ref() != Some(state))
    }
}

struct Questions {
    emails: Option<(CallId, CallId, CallId, CallId, CallId)>,
    fresh_email: Option<CallId>,
    mailboxes: Option<(CallId, CallId, CallId)>,
    all_mailboxes: Option<CallId>,
    sources: CallId,
    identities: CallId,
    page: super::load::Page,
}

impl State {
    /// Follows the server from now on.
    pub fn follow(&self) {
        let state = *self;
        state.connect();
        browser::on_online_change(move |online| {
            if online {
                state.try_now();
            } else {
                state.net.is_away();
            }
        });
        browser::on_visible(move || {
            if state.live.socket.with_value(Option::is_none) {
                state.try_now();
            }
        });
    }

    /// Connects at once instead of waiting.
    pub fn try_now(&self) {
        self.live.wait_ms.set_value(RETRY_FIRST_MS);
        self.catch_up();
        if self.live.socket.with_value(Option::is_none) {
            self.connect();
        }
    }

    fn connect(&self) {
        let state = *self;
        let socket = Socket::open("/jmap/ws", "jmap", move |event| match event {
            SocketEvent::Open => {
                state.live.wait_ms.set_value(RETRY_FIRST_MS);
                let enable = PushEnable { kind: "WebSocketPushEnable", data_types: None };
                if let Ok(text) = serde_json::to_string(&enable) {
                    state.live.socket.with_value(|socket| socket.as_ref().map(|socket| socket.send(&text)));
                }
                // What happened while nobody listened.
                state.live.outbox_stale.set_value(true);
                state.catch_up();
            }
            SocketEvent::Text(text) => {
                let change = serde_json::from_str::<StateChange>(&text).ok();
                let changed = change.and_then(|change| change.changed.get(&state.account()).cloned());
                let Some(changed) = changed else { return };
                if changed
                    .get("EmailSubmission")
                    .is_some_and(|news| state.live.state("EmailSubmission").as_ref() != Some(news))
                {
                    state.live.outbox_stale.set_value(true);
                }
                if state.live.is_news(&changed) {
                    state.catch_up();
                }
            }
            SocketEvent::Closed => state.connect_later(),
        });
        let opened = socket.is_some();
        self.live.socket.set_value(socket);
        if !opened {
            self.connect_later();
        }
    }

    fn connect_later(&self) {
        let state = *self;
        state.live.socket.set_value(None);
        let wait = state.live.wait_ms.get_value();
        state.live.wait_ms.set_value((wait * 2).min(RETRY_LAST_MS));
        // Asking tells whether the network or only the socket is away, and catches up without one.
        if wait > RETRY_FIRST_MS {
            state.catch_up();
        }
        browser::after(wait, move || {
            if state.live.socket.with_value(Option::is_none) {
                state.connect();
            }
        });
    }

    /// Brings what changed; one at a time, and once more when something changed meanwhile.
    pub fn catch_up(&self) {
        let state = *self;
        if state.live.busy.get_value() {
            state.live.again.set_value(true);
            return;
        }
        state.live.busy.set_value(true);
        spawn_local(async move {
            loop {
                state.live.again.set_value(false);
                let outcome = state.catch_up_once().await;
                if outcome.is_err() || !state.live.again.get_value() {
                    break;
                }
            }
            state.live.busy.set_value(false);
        });
    }

    async fn catch_up_once(&self) -> Result<(), ApiError> {
        self.pay_owed().await?;
        let account = self.account();
        let mut batch = Batch::new();
        let questions = self.ask_changes(&mut batch);
        let answer = self.send(batch).await?;
        let mut whole = self.take_mailboxes(&answer, &questions)?;
        let sources: GetResponse<Source> = answer.take(questions.sources)?;
        self.live.set("Source", sources.state);
        if self.mail.sources.with_untracked(|known| *known != sources.list) {
            self.mail.sources.set(sources.list);
        }
        let identities: GetResponse<Identity> = answer.take(questions.identities)?;
        self.live.set("Identity", identities.state);
        if self.mail.identities.with_untracked(|known| *known != identities.list) {
            self.mail.identities.set(identities.list);
        }
        whole |= self.take_emails(&answer, &questions)?;
        if whole {
            self.start_afresh().await?;
        } else if let Some(slots) = self.take_page(&answer, &questions.page)? {
            self.bring_unknown(account, &slots).await?;
        }
        if self.live.outbox_stale.get_value() {
            self.live.outbox_stale.set_value(false);
            let followed = self.follow_outbox().await;
            self.live.outbox_stale.set_value(followed.is_err());
            followed?;
        }
        Ok(())
    }

    fn ask_changes(&self, batch: &mut Batch) -> Questions {
        let account = self.account();
        let since =
            |state: String| ChangesArgs { account_id: account, since_state: state, max_changes: Some(CHANGES_MAX) };
        let emails = self.live.state("Email").map(|state| {
            let changes = batch.call("Email/changes", &since(state));
            let some = |path| GetArgs::<EmailId>::found(account, changes.at(path));
            let updated = batch.call("Email/get", &some("/updated").with(Email::PROPERTIES));
            let created = batch.call("Email/get", &some("/created").with(&["id", "threadId"]));
            let ids = created.at("/list/*/threadId");
            let threads = batch.call("Thread/get", &GetArgs::<ThreadId>::found(account, ids));
            let emails = GetArgs::<EmailId>::found(account, threads.at("/list/*/emailIds")).with(Email::PROPERTIES);
            (changes, updated, created, threads, batch.call("Email/get", &emails))
        });
        let fresh_email =
            emails.is_none().then(|| batch.call("Email/get", &GetArgs::<EmailId>::some(account, vec![]).with(&["id"])));
        let mailboxes = self.live.state("Mailbox").map(|state| {
            let changes = batch.call("Mailbox/changes", &since(state));
            let some = |path| GetArgs::<MailboxId>::found(account, changes.at(path)).with(Mailbox::PROPERTIES);
            let updated = batch.call("Mailbox/get", &some("/updated"));
            (changes, updated, batch.call("Mailbox/get", &some("/created")))
        });
        let all = GetArgs::<MailboxId>::all(account).with(Mailbox::PROPERTIES);
        let all_mailboxes = mailboxes.is_none().then(|| batch.call("Mailbox/get", &all));
        let sources = batch.call("Source/get", &GetArgs::<String>::all(account));
        let identities = batch.call("Identity/get", &GetArgs::<String>::all(account));
        let seen = self.list.seen();
        let rows = seen.start.saturating_sub(15)..seen.end.max(seen.start + 30) + 15;
        let page = self.ask_page(batch, rows, true);
        Questions { emails, fresh_email, mailboxes, all_mailboxes, sources, identities, page }
    }

    /// `true` = too much changed to follow.
    fn take_mailboxes(&self, answer: &Answer, questions: &Questions) -> Result<bool, ApiError> {
        if let Some(all) = questions.all_mailboxes {
            let got: GetResponse<Mailbox> = answer.take(all)?;
            self.live.set("Mailbox", got.state);
            self.mail.mailboxes.set(got.list);
            return Ok(false);
        }
        let Some((changes, updated, created)) = questions.mailboxes else { return Ok(false) };
        let changes: ChangesResponse<MailboxId> = match answer.take(changes) {
            Err(error) if error.is("cannotCalculateChanges") => return Ok(true),
            other => other?,
        };
        let mut news: Vec<Mailbox> = answer.take::<GetResponse<Mailbox>>(updated)?.list;
        news.extend(answer.take::<GetResponse<Mailbox>>(created)?.list);
        if !news.is_empty() || !changes.destroyed.is_empty() {
            self.mail.mailboxes.update(|all| {
                all.retain(|old| !changes.destroyed.contains(&old.id) && !news.iter().any(|new| new.id == old.id));
                all.extend(news);
            });
        }
        if changes.has_more_changes {
            self.live.again.set_value(true);
        }
        self.live.set("Mailbox", changes.new_state);
        Ok(false)
    }

    /// `true` = too much changed to follow.
    fn take_emails(&self, answer: &Answer, questions: &Questions) -> Result<bool, ApiError> {
        let account = self.account();
        if let Some(fresh) = questions.fresh_email {
            self.live.set("Email", answer.take::<GetResponse<serde::de::IgnoredAny>>(fresh)?.state);
            return Ok(false);
        }
        let Some((changes, updated, created, threads, emails)) = questions.emails else { return Ok(false) };
        let changes: ChangesResponse<EmailId> = match answer.take(changes) {
            Err(error) if error.is("cannotCalculateChanges") => return Ok(true),
            other => other?,
        };
        if changes.has_more_changes {
            return Ok(true);
        }
        answer.passed(created)?;
        let mut news: Vec<Email> = answer.take::<GetResponse<Email>>(updated)?.list;
        news.retain(|email| self.mail.known_talk(account, email.thread_id).is_some());
        match answer.take::<GetResponse<Email>>(emails) {
            Ok(got) => {
                self.tell(&changes.created, &got.list);
                news.extend(got.list);
            }
            Err(error) if error.is("requestTooLarge") => return Ok(true),
            Err(error) => return Err(error),
        }
        self.mail.learn(account, answer.take::<GetResponse<Thread>>(threads)?.list, news);
        self.mail.forget(account, &changes.destroyed);
        self.live.set("Email", changes.new_state);
        Ok(false)
    }

    /// Says to screen readers what new mail came.
    fn tell(&self, created: &[EmailId], emails: &[Email]) {
        let own = self.mail.own.get_untracked();
        let is_news = |email: &&Email| {
            let mine = email.from.iter().flatten().any(|from| own.contains(&from.email.to_lowercase()));
            created.contains(&email.id) && !mine && !email.keywords.says("$seen")
        };
        let news: Vec<&Email> = emails.iter().filter(is_news).collect();
        let words = match news.as_slice() {
            [] => return,
            [one] => {
                let from = one.from.iter().flatten().next();
                let name = from.map(|from| super::conversation::name_of(from, false)).unwrap_or_default();
                i18n::fill(t::news_one(), &[&name, one.subject.as_deref().unwrap_or_default()])
            }
            many => i18n::count(many.len() as u64, t::news_many(), t::news_many()),
        };
        self.live.news.set(words);
    }

    /// Too much changed: asks for everything on the screen anew.
    async fn start_afresh(&self) -> Result<(), ApiError> {
        let account = self.account();
        self.list.forget_kept();
        let mut batch = Batch::new();
        let mailboxes = batch.call("Mailbox/get", &GetArgs::<MailboxId>::all(account).with(Mailbox::PROPERTIES));
        let email = batch.call("Email/get", &GetArgs::<EmailId>::some(account, vec![]).with(&["id"]));
        let answer = self.send(batch).await?;
        let got: GetResponse<Mailbox> = answer.take(mailboxes)?;
        self.live.set("Mailbox", got.state);
        self.mail.mailboxes.set(got.list);
        self.live.set("Email", answer.take::<GetResponse<serde::de::IgnoredAny>>(email)?.state);
        self.list.bump();
        self.refresh();
        if let Some(open) = self.place.open_thread() {
            self.bring_threads(account, vec![open]).await?;
        }
        Ok(())
    }
}
