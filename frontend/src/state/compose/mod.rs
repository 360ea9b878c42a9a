//! Letters being written: each open one is a `Sheet` of signals; saving, sending and restoring stand in their own files.

mod answer;
mod html_text;
mod keep;
mod letter;
mod open;
mod send;
mod sheet;

pub use self::{
    answer::How,
    letter::{Kind, Letter, read_addresses},
    sheet::{File, FileState, Saved, Sheet, Size},
};

use leptos::prelude::*;
use shared::wire::{Address, ContactArgs, Contacts};

use super::{State, ask};

/// All open letters, in the order of their opening.
#[derive(Clone, Copy)]
pub struct Compose {
    /// The open ones.
    pub sheets: RwSignal<Vec<Sheet>>,
    /// The root's, which outlives every page.
    owner: StoredValue<Owner>,
}

impl Compose {
    /// None yet; [`restore`](open::restore) brings back those of before a reload.
    pub fn new() -> Self {
        let owner = Owner::current().unwrap_or_default();
        Self { sheets: RwSignal::new(Vec::new()), owner: StoredValue::new(owner) }
    }
}

/// The composer's acts, on the whole state because they speak to the server.
impl State {
    /// A new, empty letter.
    pub fn compose_new(self) {
        open::new(self, Letter::default());
    }

    /// An answer to a message, or passing it on.
    pub fn compose_answer(self, email: shared::ids::EmailId, how: How) {
        leptos::task::spawn_local(open::answer(self, email, how));
    }

    /// Goes on writing a draft.
    pub fn compose_draft(self, email: shared::ids::EmailId) {
        leptos::task::spawn_local(open::draft(self, email));
    }

    /// Brings back what was being written before a reload or a crash.
    pub fn compose_restore(self) {
        open::restore(self);
    }
}

/// Addresses of past mail that fit what was typed, best first.
pub async fn complete(state: State, text: String) -> Vec<Address> {
    let args = ContactArgs { account_id: state.account(), text, limit: 8 };
    ask::ask::<Contacts>("Contact/query", &args).await.map(|found| found.list).unwrap_or_default()
}
