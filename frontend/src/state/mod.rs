//! What the app knows: small stores of signals, and pure reducers beside them that are tested on the host.

mod actions;
pub mod ask;
pub mod compose;
pub mod connect;
pub mod connect_form;
mod conversation;
mod folders;
mod house;
pub mod household;
mod list;
mod live;
mod load;
mod mail;
mod mailboxes;
mod marked;
mod net;
mod outbox;
mod place;
mod plan;
mod reader;
mod scroll;
mod slots;
mod toasts;

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::{
    ids::AccountId,
    wire::{Boot, Patch, Session},
};

pub use self::{
    actions::name_of_mailbox,
    compose::{Compose, How},
    conversation::{Conversation, RowText, RowView, name_of},
    folders::{Chip, Group, Leaf, groups, hidden, target, with_duty},
    house::House,
    list::{List, ListKey},
    live::Live,
    mail::Mail,
    marked::marked,
    net::Net,
    outbox::{Outbox, Stage as LetterStage, stage as letter_stage},
    place::Place,
    plan::Act,
    scroll::Scroll,
    slots::Slot,
    toasts::Toasts,
};
use crate::{
    api::{Answer, ApiError, Batch},
    browser,
    route::{Route, Scope},
};

/// All stores; `Copy`, made once under the root owner, so that nothing in it is ever disposed.
#[derive(Clone, Copy)]
pub struct State {
    /// Letters being written.
    pub compose: Compose,
    /// Who is here and how they like it.
    pub house: House,
    /// The list on the screen.
    pub list: List,
    /// What keeps the screen true.
    pub live: Live,
    /// Mailboxes, mail accounts, Emails, conversations.
    pub mail: Mail,
    /// The network.
    pub net: Net,
    /// Letters on their way.
    pub outbox: Outbox,
    /// Where we are.
    pub place: Place,
    /// Short messages with undo.
    pub toasts: Toasts,
    /// Changes that wait for the network.
    owed: StoredValue<Vec<BTreeMap<String, Patch>>>,
}

impl State {
    /// From the first document's block.
    pub fn new(boot: Boot) -> Self {
        let mail = Mail::new(&boot);
        let account = boot.session.as_ref().and_then(Session::mail_account).unwrap_or(AccountId(0));
        let home = home(&boot);
        let place = Place::new(home);
        if let Some(list) = boot.list.clone() {
            mail.learn(account, list.threads.map(|got| got.list).unwrap_or_default(), list.emails.list);
        }
        let state = Self {
            compose: Compose::new(),
            list: List::new(&boot, account, untrack(|| place.scope())),
            live: Live::new(&boot),
            mail,
            house: House::new(boot),
            net: Net::new(),
            outbox: Outbox::new(),
            place,
            toasts: Toasts::new(),
            owed: StoredValue::new(Vec::new()),
        };
        provide_context(state);
        state
    }

    /// The account that is read.
    pub fn account(&self) -> AccountId {
        self.house.account.get_untracked()
    }

    /// Which mail is shown, without following it.
    pub fn scope_now(&self) -> Scope {
        untrack(|| self.place.scope())
    }

    /// Keeps the list with the address bar, and the screen with the server. Once, for a logged-in member.
    pub fn start(&self) {
        let state = *self;
        let chip = Memo::new(move |_| state.list.key.with(|key| key.chip));
        Effect::new(move |before: Option<()>| {
            if !matches!(state.place.route.get(), Route::Mail { .. } | Route::Home) {
                return;
            }
            let (scope, query) = (state.place.scope(), state.place.query());
            let same = state.list.key.with_untracked(|key| key.scope == scope && key.query == query);
            let chip = if same { chip.get_untracked() } else { Chip::All };
            let account = state.house.account.get();
            let other = state.list.show(ListKey { account, scope, chip, query });
            if before.is_some() && other || state.list.slots.with_untracked(|slots| slots.total.is_none()) {
                state.refresh();
            }
        });
        // After the first paint.
        browser::after(0, move || state.follow());
    }

    /// Narrows the list by a chip.
    pub fn narrow(&self, chip: Chip) {
        let key = ListKey { chip, ..self.list.key.get_untracked() };
        if self.list.show(key) {
            self.refresh();
        }
    }

    /// Sends a batch and notes what that says of the network and the log-in.
    pub async fn send(&self, batch: Batch) -> Result<Answer, ApiError> {
        let outcome = batch.send().await;
        match &outcome {
            Ok(_) => self.net.is_back(),
            Err(ApiError::Offline) => self.net.is_away(),
            Err(ApiError::LoggedOut) => self.house.stage.set(shared::wire::Stage::Login),
            Err(_) => {}
        }
        outcome
    }
}

/// The list that `/` shows: all inboxes when there are several, else the one inbox.
fn home(boot: &Boot) -> Scope {
    let mailboxes = boot.mailboxes.as_ref().map(|got| got.list.as_slice()).unwrap_or_default();
    match with_duty(mailboxes, shared::wire::Role::Inbox).as_slice() {
        [only] => Scope::Mailbox(*only),
        _ => Scope::All,
    }
}

/// The state, anywhere below the app.
pub fn use_state() -> State {
    expect_context()
}
