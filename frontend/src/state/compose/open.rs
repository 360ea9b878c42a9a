//! Opening letters: new ones, answers, drafts, and those of before a reload; closing and discarding them.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ids::EmailId,
    wire::{ChangeArgs, Email, EmailDetail, EmailText, GetArgs, GetResponse, Identity},
};

use super::{
    How, State, answer as make, keep,
    letter::Letter,
    sheet::{Saved, Sheet, Size},
};
use crate::{
    api::{ApiError, Batch},
    browser,
    i18n::{self, house as t},
    state::ask,
};

/// More text than this is not quoted.
const QUOTE_OCTETS: u32 = 200_000;

/// Opens a sheet; on a narrow screen the others shrink.
fn show(state: State, name: String, letter: Letter) -> Sheet {
    let open = state.compose.sheets;
    let key = open.with_untracked(|all| all.iter().map(|sheet| sheet.key + 1).max().unwrap_or(0));
    // Signals made in an event handler belong to what is drawn there; a letter must outlive it.
    let sheet = state.compose.owner.get_value().with(|| Sheet::new(key, name, letter));
    open.with_untracked(|all| {
        for other in all {
            if state.place.narrow.get_untracked() || other.size.get_untracked() == Size::Max {
                other.size.set(Size::Min);
            }
        }
    });
    open.update(|all| all.push(sheet));
    beat(state, sheet);
    sheet
}

/// An open letter says now and then that it is open, so that no other tab opens it too.
fn beat(state: State, sheet: Sheet) {
    browser::after(keep::BEAT_MS, move || {
        if state.compose.sheets.with_untracked(|all| all.iter().any(|one| one.key == sheet.key)) {
            keep::here_now(state, sheet);
            beat(state, sheet);
        }
    });
}

/// A new letter, perhaps to somebody.
pub(super) fn new(state: State, letter: Letter) {
    let first = state.mail.identities.with_untracked(|all| all.first().cloned());
    let letter = Letter {
        identity: first.as_ref().map(|identity| identity.id),
        body: make::new_body(first.as_ref().map(|identity| identity.text_signature.as_str()).unwrap_or_default()),
        ..letter
    };
    show(state, browser::fresh_name(), letter);
}

async fn read(state: State, id: EmailId) -> Result<(Email, EmailDetail, String), String> {
    let account = state.account();
    let mut batch = Batch::new();
    let row = batch.call("Email/get", &GetArgs::some(account, vec![id]).with(Email::PROPERTIES));
    let detail = batch.call("Email/get", &GetArgs::some(account, vec![id]).with(EmailDetail::PROPERTIES));
    let text = GetArgs {
        fetch_text_body_values: true,
        max_body_value_bytes: QUOTE_OCTETS,
        ..GetArgs::some(account, vec![id]).with(EmailText::PROPERTIES)
    };
    let text = batch.call("Email/get", &text);
    let answer = batch.send().await.map_err(|error| ask::words(&error))?;
    fn one<T>(got: Result<GetResponse<T>, ApiError>) -> Result<T, String> {
        got.map_err(|error| ask::words(&error))?.list.pop().ok_or_else(|| t::error_gone().into())
    }
    let text: EmailText = one(answer.take(text))?;
    Ok((one(answer.take(row))?, one(answer.take(detail))?, make::plain_text(&text)))
}

fn names(detail: &EmailDetail) -> String {
    let from = detail.from.as_deref().unwrap_or_default();
    let shown = |one: &shared::wire::Address| match one.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} <{}>", one.email),
        None => one.email.clone(),
    };
    from.iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// Answers a message or passes it on.
pub(super) async fn answer(state: State, id: EmailId, how: How) {
    let (row, detail, text) = match read(state, id).await {
        Ok(read) => read,
        Err(words) => return state.toasts.say(words),
    };
    let sent = browser::parse_ms(detail.sent_at.as_deref().unwrap_or(&row.received_at));
    let date = browser::date_long(sent);
    let intro = i18n::fill(t::quote_intro(), &[&date, &names(&detail)]);
    let words = make::Words {
        intro: &intro,
        forwarded: t::forwarded(),
        heads: [t::from(), t::date(), t::subject(), t::to(), t::cc()],
        date: &date,
    };
    let own = state.mail.identities.get_untracked();
    let fallback: Option<&Identity> = own.iter().find(|one| one.source_id.is_some() && one.source_id == row.source_id);
    let letter = make::answer(how, &detail, &text, &own, fallback, words);
    show(state, browser::fresh_name(), letter);
}

/// Goes on with a draft; one that is open already comes to the front.
pub(super) async fn draft(state: State, id: EmailId) {
    let open =
        state.compose.sheets.with_untracked(|all| all.iter().find(|one| one.draft.get_value() == Some(id)).copied());
    if let Some(sheet) = open {
        return sheet.size.set(Size::Normal);
    }
    match read(state, id).await {
        Ok((row, detail, text)) => {
            let own = state.mail.identities.get_untracked();
            let letter = Letter {
                identity: make::identity_for(&EmailDetail { to: None, cc: None, bcc: None, ..detail.clone() }, &own)
                    .map(|identity| identity.id),
                files: make::files(&detail.attachments),
                to: detail.to.unwrap_or_default(),
                cc: detail.cc.unwrap_or_default(),
                bcc: detail.bcc.unwrap_or_default(),
                subject: detail.subject.unwrap_or_default(),
                body: text,
                in_reply_to: detail.in_reply_to.unwrap_or_default(),
                references: detail.references.unwrap_or_default(),
                // What left already (and came back) is written anew: the sent copy stays.
                draft: row.keywords.says("$draft").then_some(id),
                ..Letter::default()
            };
            show(state, browser::fresh_name(), letter);
        }
        Err(words) => state.toasts.say(words),
    }
}

/// Brings back what this tab, or a tab that is gone, had open.
pub(super) fn restore(state: State) {
    let prefix = keep::prefix(state);
    let tab = browser::tab_name();
    for place in browser::remembered(&prefix) {
        let copy = browser::recall(&place).and_then(|text| serde_json::from_str::<keep::Copy>(&text).ok());
        let Some(copy) = copy else {
            browser::remember(&place, None);
            continue;
        };
        if copy.tab != tab && browser::now_ms() - copy.seen < keep::ABANDONED_MS {
            continue;
        }
        let name = place.strip_prefix(&prefix).unwrap_or_default().to_owned();
        let sheet = show(state, name, copy.letter);
        if copy.ahead {
            sheet.touch(state);
        }
        keep::here_now(state, sheet);
    }
}

fn take_away(state: State, sheet: Sheet) {
    keep::stop(sheet);
    keep::forget_here(state, sheet);
    state.compose.sheets.update(|all| all.retain(|one| one.key != sheet.key));
}

/// Takes the sheet off the desk after sending.
pub(super) fn finish(state: State, sheet: Sheet) {
    take_away(state, sheet);
}

/// Opens a letter again whose sending or discarding was undone.
pub(super) fn again(state: State, letter: Letter, changed: bool) {
    let sheet = show(state, browser::fresh_name(), letter);
    if changed {
        sheet.touch(state);
    }
}

impl Sheet {
    fn is_blank(&self, state: State) -> bool {
        let signature = self.author(state).map(|author| author.text_signature).unwrap_or_default();
        self.letter().is_blank(&signature)
    }

    /// Keeps it in Drafts and closes it; an untouched one just goes. What cannot be kept stays open.
    pub fn close(&self, state: State) {
        let sheet = *self;
        self.take_typed();
        let untouched = self.edition.get_value() == 0;
        if untouched || (self.is_blank(state) && self.draft.get_value().is_none()) {
            return take_away(state, sheet);
        }
        spawn_local(async move {
            match keep::there_now(state, sheet).await {
                Ok(()) => {
                    take_away(state, sheet);
                    state.toasts.say(t::saved_in_drafts());
                }
                Err(words) => sheet.error.set(Some(words)),
            }
        });
    }

    /// Keeps it in Drafts now.
    pub fn save(&self, state: State) {
        let sheet = *self;
        self.take_typed();
        keep::here_now(state, sheet);
        spawn_local(async move {
            if let Err(words) = keep::there_now(state, sheet).await
                && sheet.saved.with_untracked(|saved| *saved != Saved::Saving)
            {
                sheet.error.set(Some(words));
            }
        });
    }

    /// Throws it away, with the offer to take that back.
    pub fn discard(&self, state: State) {
        let sheet = *self;
        let blank = self.is_blank(state);
        let letter = Letter { draft: None, ..self.letter() };
        let draft = self.draft.get_value();
        take_away(state, sheet);
        if let Some(id) = draft {
            spawn_local(async move {
                let mut args = ChangeArgs::new(state.account());
                args.destroy.push(id.to_string());
                if let Err(words) = ask::set("Email/set", &args).await {
                    state.toasts.say(words);
                }
            });
        }
        if !blank {
            state.toasts.offer(t::discarded(), t::undo(), move || again(state, letter.clone(), true));
        }
    }
}
