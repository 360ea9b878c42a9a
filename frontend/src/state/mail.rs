//! Mailboxes, mail accounts and the addresses to write from.

use leptos::prelude::*;
use shared::wire::{Boot, Identity, Mailbox, Source};

/// What the account holds.
#[derive(Clone, Copy)]
pub struct Mail {
    /// All mailboxes.
    pub mailboxes: RwSignal<Vec<Mailbox>>,
    /// All mail accounts, in their order.
    pub sources: RwSignal<Vec<Source>>,
    /// All addresses to write from.
    pub identities: RwSignal<Vec<Identity>>,
}

impl Mail {
    /// From the boot block.
    pub fn new(boot: &Boot) -> Self {
        Self {
            mailboxes: RwSignal::new(boot.mailboxes.as_ref().map(|got| got.list.clone()).unwrap_or_default()),
            sources: RwSignal::new(boot.sources.as_ref().map(|got| got.list.clone()).unwrap_or_default()),
            identities: RwSignal::new(boot.identities.as_ref().map(|got| got.list.clone()).unwrap_or_default()),
        }
    }
}
