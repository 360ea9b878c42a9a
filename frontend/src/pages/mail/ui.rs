//! What only the mail screen knows: which dialog is open, how wide the list is.

use leptos::prelude::*;
use shared::ids::{EmailId, MailboxId, SourceId, ThreadId};

/// An open dialog.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// The keys.
    Help,
    /// Where to move these conversations (or one message).
    Move(Vec<ThreadId>, Option<EmailId>),
    /// A new mailbox in a mail account, perhaps below another.
    NewMailbox(Option<SourceId>, Option<MailboxId>),
    /// Another name.
    Rename(MailboxId),
    /// Really destroy a mailbox?
    Delete(MailboxId),
    /// Really empty it?
    Empty(MailboxId),
    /// Really delete these for ever?
    Destroy(Vec<ThreadId>),
}

/// What only the mail screen knows.
#[derive(Clone, Copy)]
pub struct Ui {
    /// The open dialog.
    pub ask: RwSignal<Option<Ask>>,
    /// The search box is open (a phone).
    pub searching: RwSignal<bool>,
    /// Steps through the messages of the open conversation (`n`, `p`).
    pub step: RwSignal<i64>,
}

impl Ui {
    /// Made by the mail page.
    pub fn new() -> Self {
        let ui = Self { ask: RwSignal::new(None), searching: RwSignal::new(false), step: RwSignal::new(0) };
        provide_context(ui);
        ui
    }
}

/// The mail screen's own state.
pub fn use_ui() -> Ui {
    expect_context()
}
