//! Keeping a letter: in this browser within a second, in Drafts on the server within ten.

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use shared::{
    ids::{EmailId, MailboxId},
    wire::{
        Address, BodyValue, Identity, Mailbox, NewEmail, NewMailbox, NewTextPart, Role, SetArgs, SetResponse, TrueSet,
    },
};

use super::{
    State,
    letter::Letter,
    sheet::{Saved, Sheet},
};
use crate::{
    api::{ApiError, Batch},
    browser,
    i18n::house as t,
    state::ask,
};

/// After the last key.
const HERE_MS: i32 = 700;
/// After the first change that the server does not have.
const THERE_MS: i32 = 8_000;
/// A copy of another tab that was not touched for so long belongs to a tab that is gone.
pub(super) const ABANDONED_MS: f64 = 20_000.0;
/// How often an open letter says that it is open.
pub(super) const BEAT_MS: i32 = 8_000;

/// What the browser remembers of a letter.
#[derive(Serialize, Deserialize)]
pub(super) struct Copy {
    /// Which tab had it open.
    pub tab: String,
    /// When it was last said to be open, in milliseconds.
    pub seen: f64,
    /// Is the server behind?
    pub ahead: bool,
    /// The letter.
    pub letter: Letter,
}

/// Where the copies of this account are.
pub(super) fn prefix(state: State) -> String {
    format!("letter/{}/", state.account())
}

fn place(state: State, sheet: Sheet) -> String {
    prefix(state) + &sheet.name.get_value()
}

/// Plans both saves. The second is not put off by further typing.
pub(super) fn soon(state: State, sheet: Sheet) {
    let [here, there] = sheet.timers.get_value();
    here.cancel();
    let here = browser::after(HERE_MS, move || here_now(state, sheet));
    let there = if there.is_planned() {
        there
    } else {
        browser::after(THERE_MS, move || {
            forget_timer(sheet);
            spawn_local(async move {
                let _ = there_now(state, sheet).await;
            });
        })
    };
    sheet.timers.set_value([here, there]);
}

fn forget_timer(sheet: Sheet) {
    sheet.timers.update_value(|[_, there]| *there = browser::Timer::default());
}

/// Stops both.
pub(super) fn stop(sheet: Sheet) {
    let [here, there] = sheet.timers.get_value();
    here.cancel();
    there.cancel();
    sheet.timers.set_value(Default::default());
}

/// Writes the copy in this browser.
pub(super) fn here_now(state: State, sheet: Sheet) {
    let open = state.compose.sheets.with_untracked(|all| all.iter().any(|one| one.key == sheet.key));
    if !open || (sheet.edition.get_value() == 0 && sheet.draft.get_value().is_none()) {
        return;
    }
    let copy = Copy {
        tab: browser::tab_name(),
        seen: browser::now_ms(),
        ahead: sheet.edition.get_value() != sheet.kept.get_value(),
        letter: sheet.letter(),
    };
    if let Ok(text) = serde_json::to_string(&copy) {
        browser::remember(&place(state, sheet), Some(&text));
    }
}

/// Forgets the copy in this browser.
pub(super) fn forget_here(state: State, sheet: Sheet) {
    browser::remember(&place(state, sheet), None);
}

/// Puts the letter into Drafts, in place of its older edition. `Ok` also when nothing was to be done.
pub(super) async fn there_now(state: State, sheet: Sheet) -> Result<(), String> {
    let edition = sheet.edition.get_value();
    if edition == sheet.kept.get_value() && sheet.draft.get_value().is_some() {
        return Ok(());
    }
    // Two saves at once would each replace the same older edition and leave two.
    if sheet.saved.with_untracked(|saved| *saved == Saved::Saving) {
        return Err(t::still_saving().into());
    }
    sheet.saved.set(Saved::Saving);
    let letter = sheet.letter();
    match put(state, &letter, sheet.author(state)).await {
        Ok(id) => {
            sheet.draft.set_value(Some(id));
            sheet.kept.set_value(edition);
            let behind = sheet.edition.get_value() != edition;
            sheet.saved.set(if behind { Saved::Changed } else { Saved::At(browser::now_ms()) });
            if behind {
                soon(state, sheet);
            }
            here_now(state, sheet);
            Ok(())
        }
        Err(words) => {
            sheet.saved.set(Saved::Here(words.clone()));
            soon(state, sheet);
            Err(words)
        }
    }
}

/// Makes the draft's new edition and takes the older one away: JMAP Emails never change (RFC 8621 §4).
async fn put(state: State, letter: &Letter, author: Option<Identity>) -> Result<EmailId, String> {
    let drafts = drafts(state, author.as_ref()).await?;
    let from =
        author.map(|author| Address { name: Some(author.name).filter(|name| !name.is_empty()), email: author.email });
    let mut args = SetArgs::<NewEmail>::new(state.account());
    args.create.insert("letter".into(), email(letter, from, drafts));
    args.destroy.extend(letter.draft.map(|id| id.to_string()));
    let mut batch = Batch::new();
    let call = batch.call("Email/set", &args);
    let answer = batch.send().await.map_err(|error| {
        if error == ApiError::Offline {
            state.net.is_away();
        }
        ask::words(&error)
    })?;
    let response: SetResponse = answer.take(call).map_err(|error| ask::words(&error))?;
    // An older edition that is gone already is no failure.
    if let Some(error) = response.not_created.as_ref().and_then(|errors| errors.get("letter")) {
        return Err(ask::set_words(error));
    }
    let id = response.created_id("letter").and_then(|created| created.id.parse().ok());
    id.ok_or_else(|| t::error_broken().into())
}

fn email(letter: &Letter, from: Option<Address>, drafts: MailboxId) -> NewEmail {
    let people = |list: &[Address]| list.iter().filter(|one| one.email.contains('@')).cloned().collect::<Vec<_>>();
    NewEmail {
        mailbox_ids: [drafts].into_iter().collect(),
        keywords: ["$draft".to_owned(), "$seen".to_owned()].into_iter().collect::<TrueSet<String>>(),
        from: from.into_iter().collect(),
        to: people(&letter.to),
        cc: people(&letter.cc),
        bcc: people(&letter.bcc),
        subject: letter.subject.replace(['\r', '\n'], " "),
        in_reply_to: letter.in_reply_to.clone(),
        references: letter.references.clone(),
        body_values: BTreeMap::from([("1", BodyValue { value: letter.body.clone(), is_truncated: false })]),
        text_body: [NewTextPart { part_id: "1", r#type: "text/plain" }],
        attachments: letter.files.iter().map(|file| file.file.clone()).collect(),
    }
}

/// The mailbox with a role in an address's own mail account, else in the whole.
pub(super) fn mailbox(all: &[Mailbox], author: Option<&Identity>, role: Role) -> Option<MailboxId> {
    let own = author.and_then(|author| author.source_id);
    let in_own = all.iter().find(|one| own.is_some() && one.source_id == own && one.duty() == Some(role));
    let anywhere = || all.iter().find(|one| one.role == Some(role));
    let local = || all.iter().find(|one| one.source_id.is_none() && one.duty() == Some(role));
    in_own.or_else(anywhere).or_else(local).map(|one| one.id)
}

/// The Drafts of an address; made where there is none.
async fn drafts(state: State, author: Option<&Identity>) -> Result<MailboxId, String> {
    folder(state, author, Role::Drafts, t::folder_drafts()).await
}

/// The mailbox with a role; made where there is none.
pub(super) async fn folder(
    state: State,
    author: Option<&Identity>,
    role: Role,
    name: &str,
) -> Result<MailboxId, String> {
    if let Some(id) = state.mail.mailboxes.with_untracked(|all| mailbox(all, author, role)) {
        return Ok(id);
    }
    let mut args = SetArgs::<NewMailbox>::new(state.account());
    let source_id = author.and_then(|author| author.source_id);
    let new = NewMailbox { name: name.into(), parent_id: None, source_id, source_role: Some(role) };
    args.create.insert("new".into(), new);
    let response = ask::set("Mailbox/set", &args).await?;
    let id = response.created_id("new").and_then(|created| created.id.parse().ok());
    id.ok_or_else(|| t::error_broken().into())
}
