//! What the app knows: small stores of signals, and pure reducers beside them that are tested on the host.

mod house;
mod mail;
mod net;
mod place;
mod toasts;

use leptos::prelude::*;
use shared::{ids::AccountId, wire::Boot};

pub use self::{
    house::House,
    mail::Mail,
    net::Net,
    place::Place,
    toasts::{Toast, Toasts},
};

/// All stores; `Copy`, made once under the root owner, so that nothing in it is ever disposed.
#[derive(Clone, Copy)]
pub struct State {
    /// Who is here and how they like it.
    pub house: House,
    /// Mailboxes, mail accounts, Emails, conversations.
    pub mail: Mail,
    /// The network.
    pub net: Net,
    /// Where we are.
    pub place: Place,
    /// Short messages with undo.
    pub toasts: Toasts,
}

impl State {
    /// From the first document's block.
    pub fn new(boot: Boot) -> Self {
        let state = Self {
            mail: Mail::new(&boot),
            house: House::new(boot),
            net: Net::new(),
            place: Place::new(),
            toasts: Toasts::new(),
        };
        provide_context(state);
        state
    }

    /// The account that is read.
    pub fn account(&self) -> AccountId {
        self.house.account.get_untracked()
    }
}

/// The state, anywhere below the app.
pub fn use_state() -> State {
    expect_context()
}
