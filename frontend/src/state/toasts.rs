//! Short messages at the edge, often with *Undo*.

use leptos::prelude::*;

use crate::browser;

/// How long a message without an offer stays.
const PLAIN_MS: i32 = 4_000;
/// How long an offer stays.
const OFFER_MS: i32 = 10_000;

/// One message.
#[derive(Clone)]
pub struct Toast {
    /// Names it.
    pub id: u32,
    /// What happened.
    pub text: String,
    /// What can be done: label and deed.
    pub offer: Option<(String, Callback<()>)>,
}

/// All that are shown, oldest first.
#[derive(Clone, Copy)]
pub struct Toasts {
    /// What is shown.
    pub list: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
    /// The root's: an offer outlives the page or dialog that made it.
    owner: StoredValue<Owner>,
}

impl Toasts {
    /// None.
    pub fn new() -> Self {
        let owner = StoredValue::new(Owner::current().unwrap_or_default());
        Self { list: RwSignal::new(Vec::new()), next: StoredValue::new(0), owner }
    }

    /// Says something.
    pub fn say(&self, text: impl Into<String>) {
        self.show(text.into(), None, PLAIN_MS);
    }

    /// Says something and offers something, mostly *Undo*; takes the place of an older offer.
    pub fn offer(&self, text: impl Into<String>, label: &str, deed: impl Fn() + Send + Sync + 'static) -> u32 {
        self.list.update(|list| list.retain(|toast| toast.offer.is_none()));
        self.show(text.into(), Some((label.to_owned(), self.lasting(deed))), OFFER_MS)
    }

    /// As [`Self::offer`] with its own time to stay.
    pub fn offer_for(
        &self,
        ms: i32,
        text: impl Into<String>,
        label: &str,
        deed: impl Fn() + Send + Sync + 'static,
    ) -> u32 {
        self.list.update(|list| list.retain(|toast| toast.offer.is_none()));
        self.show(text.into(), Some((label.to_owned(), self.lasting(deed))), ms)
    }

    /// Takes the newest offer (the key `z`); tells whether there was one.
    pub fn take_newest(&self) -> bool {
        let newest = self.list.with_untracked(|list| list.iter().rev().find(|toast| toast.offer.is_some()).cloned());
        let Some(Toast { id, offer: Some((_, deed)), .. }) = newest else { return false };
        self.dismiss(id);
        deed.run(());
        true
    }

    /// Takes one away.
    pub fn dismiss(&self, id: u32) {
        self.list.update(|list| list.retain(|toast| toast.id != id));
    }

    fn lasting(&self, deed: impl Fn() + Send + Sync + 'static) -> Callback<()> {
        self.owner.with_value(|owner| owner.with(|| Callback::new(move |()| deed())))
    }

    fn show(&self, text: String, offer: Option<(String, Callback<()>)>, ms: i32) -> u32 {
        let id = self.next.with_value(|next| *next);
        self.next.set_value(id.wrapping_add(1));
        self.list.update(|list| list.push(Toast { id, text, offer }));
        let toasts = *self;
        browser::after(ms, move || toasts.dismiss(id));
        id
    }
}
