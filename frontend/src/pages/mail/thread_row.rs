//! One row of the list: who, when, what, its marks; on hover what to do with it.

use leptos::prelude::*;
use shared::{ids::ThreadId, wire::Role};

use super::ui::use_ui;
use crate::{
    browser,
    components::{Avatar, Icon, IconButton},
    i18n::{self, mail as t},
    route::Scope,
    state::{self, Act, LetterStage, RowText, RowView, State, use_state},
};

/// What a row of the present list says of a conversation.
fn text(state: State, thread: ThreadId) -> Option<RowText> {
    let slot = state.list.slots.with(|slots| slots.of(thread))?;
    let scope = state.list.key.with(|key| key.scope);
    let outgoing = match scope {
        Scope::Sent => true,
        Scope::Mailbox(id) => state
            .mail
            .mailboxes
            .with(|all| all.iter().any(|one| one.id == id && matches!(one.duty(), Some(Role::Sent)))),
        _ => false,
    };
    let hidden = state.mail.mailboxes.with(|mailboxes| state::hidden(mailboxes, scope));
    let talk = state.mail.talk(state.account(), thread);
    Some(state.mail.own.with(|own| {
        let words = [t::you(), t::you_later(), t::to_colon(), t::nobody()];
        let view = RowView { head: slot.email, hidden: &hidden, own, outgoing, words };
        talk.with(|talk| view.text(talk))
    }))
}

/// One row.
#[component]
pub fn ThreadRow(
    /// The conversation.
    thread: ThreadId,
    /// Where it stands.
    place: Memo<usize>,
    /// Where it is drawn, in pixels.
    top: Signal<f64>,
) -> impl IntoView {
    let state = use_state();
    let row = Memo::new(move |before: Option<&RowText>| text(state, thread).or(before.cloned()).unwrap_or_default());
    let is_open = move || state.place.route.with(|route| route.thread() == Some(thread));
    let is_here = move || state.list.cursor.with(|cursor| *cursor == Some(thread));
    let is_checked = Memo::new(move |_| state.list.checked.with(|checked| checked.contains(&thread)));
    let hue = move || {
        let slot = state.list.slots.with(|slots| slots.of(thread))?;
        let source =
            state.mail.talk(state.account(), thread).with(|talk| talk.email(slot.email).map(|email| email.source_id));
        state.mail.hue(source?)
    };
    let press = move |event: leptos::ev::MouseEvent| match browser::press_kind(&event) {
        (false, false) if !state.list.picking.get_untracked() => open(state, thread),
        (_, reach) => {
            event.prevent_default();
            state.list.cursor.set(Some(thread));
            state.list.tick(thread, reach);
        }
    };
    let tick = move |event: leptos::ev::MouseEvent| {
        event.stop_propagation();
        state.list.tick(thread, browser::press_kind(&event).1);
    };
    view! {
        <div
            class="thread-row"
            role="row"
            id=format!("row-{thread}")
            data-testid="thread-row"
            data-first=move || place.get() == 0
            data-unread=move || row.with(|row| row.unread)
            data-starred=move || row.with(|row| row.starred)
            data-checked=move || is_checked.get()
            data-here=is_here
            aria-selected=move || if is_open() || is_checked.get() { "true" } else { "false" }
            aria-rowindex=move || (place.get() + 1).to_string()
            style:top=move || format!("{}px", top.get())
            tabindex="-1"
            on:click=press
        >
            <div class="thread-row__cell" role="gridcell">
                <button
                    class="thread-row__pick"
                    type="button"
                    role="checkbox"
                    tabindex="-1"
                    aria-checked=move || if is_checked.get() { "true" } else { "false" }
                    aria-label=move || i18n::fill(t::pick(), &[&row.with(|row| row.names.clone())])
                    on:click=tick
                >
                    {move || {
                        let face = row.with(|row| row.face.clone());
                        view! { <Avatar name=face.name.unwrap_or_default() address=face.email /> }
                    }}
                    <span class="thread-row__check"><Icon name="check" /></span>
                </button>
            </div>
            <div class="thread-row__cell" role="gridcell">
                <div class="thread-row__line">
                    <div class="thread-row__who">
                        <span class="visually-hidden">{move || row.with(|row| row.unread).then(t::unread)}</span>
                        <span class="thread-row__names">{move || row.with(|row| row.names.clone())}</span>
                        {move || row.with(|row| row.draft.then(|| view! { <span class="thread-row__draft">{t::draft()}</span> }))}
                        {move || row.with(|row| (row.count > 1).then(|| view! { <span class="thread-row__count num">{row.count}</span> }))}
                    </div>
                    <RowDate row />
                </div>
                <div class="thread-row__line">
                    <What thread row />
                    <span class="thread-row__marks">
                        {move || row.with(|row| row.files.then(|| view! { <span role="img" aria-label=t::has_files()><Icon name="paperclip" /></span> }))}
                        {move || row.with(|row| row.starred.then(|| view! { <span class="thread-row__star" role="img" aria-label=t::starred()><Icon name="star" /></span> }))}
                        {move || hue().map(|hue| view! { <span class="dot" data-hue=hue.to_string()></span> })}
                    </span>
                </div>
            </div>
            <Hover thread row />
        </div>
    }
}

/// Opens a conversation, or goes on with a lone draft.
pub fn open(state: State, thread: ThreadId) {
    let talk = state.mail.talk(state.account(), thread).get_untracked();
    if let [only] = talk.emails.as_slice()
        && talk.ids.len() == 1
        && only.keywords.says("$draft")
    {
        state.list.cursor.set(Some(thread));
        return state.compose_draft(only.id);
    }
    state.open(thread);
}

#[component]
fn RowDate(row: Memo<RowText>) -> impl IntoView {
    let state = use_state();
    let date = Memo::new(move |_| row.with(|row| row.date.clone()));
    move || {
        state.place.today.track();
        let ms = browser::parse_ms(&date.get());
        view! { <time class="thread-row__date num" title=browser::date_long(ms)>{browser::date_short(ms, t::yesterday())}</time> }
    }
}

/// Subject and first words, or where the searched words were found, or what became of a letter.
#[component]
fn What(thread: ThreadId, row: Memo<RowText>) -> impl IntoView {
    let state = use_state();
    let snippet = Memo::new(move |_| {
        let slot = state.list.slots.with(|slots| slots.of(thread))?;
        state.list.snippets.with(|all| all.iter().find(|one| one.email_id == slot.email).cloned())
    });
    let fate = Memo::new(move |_| {
        let talk = state.mail.talk(state.account(), thread);
        state.outbox.open.with(|open| {
            if open.is_empty() {
                return None;
            }
            let here = open.iter().filter(|letter| talk.with(|talk| talk.ids.contains(&letter.email_id)));
            here.map(|letter| state::letter_stage(letter, 0.0)).find_map(|stage| match stage {
                LetterStage::Refused(_) => Some((t::outbox_refused(), true)),
                LetterStage::Uncertain => Some((t::outbox_uncertain(), true)),
                LetterStage::Held(_) | LetterStage::Sending => Some((t::outbox_sending(), false)),
                _ => None,
            })
        })
    });
    view! {
        <div class="thread-row__what">
            <span class="thread-row__subject">
                {move || {
                    let found = snippet.get().and_then(|snippet| snippet.subject);
                    let plain = row.with(|row| row.subject.clone());
                    match found {
                        Some(found) => view! { <bdi>{marked(&found)}</bdi> }.into_any(),
                        None if plain.trim().is_empty() => t::no_subject().into_any(),
                        None => view! { <bdi title=plain.clone()>{plain.clone()}</bdi> }.into_any(),
                    }
                }}
            </span>
            <span class="thread-row__sep">"–"</span>
            {move || match fate.get() {
                Some((words, bad)) => view! { <span class="thread-row__fate" data-bad=bad data-wait=!bad>{words}</span> }.into_any(),
                None => {
                    let found = snippet.get().and_then(|snippet| snippet.preview);
                    view! {
                        <bdi class="thread-row__snippet">
                            {found.map_or_else(|| row.with(|row| row.snippet.clone()).into_any(), |found| marked(&found).into_any())}
                        </bdi>
                    }
                    .into_any()
                }
            }}
        </div>
    }
}

fn marked(snippet: &str) -> impl IntoView + use<> {
    state::marked(snippet)
        .into_iter()
        .map(|(text, found)| if found { view! { <mark>{text}</mark> }.into_any() } else { text.into_any() })
        .collect_view()
}

/// What a pointer may do with a row at once.
#[component]
fn Hover(thread: ThreadId, row: Memo<RowText>) -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let unread = move || row.with(|row| row.unread);
    let starred = move || row.with(|row| row.starred);
    let act = move |event: leptos::ev::MouseEvent, act: Act| {
        event.stop_propagation();
        state.act(act, vec![thread], None);
    };
    view! {
        <div class="thread-row__hover" role="gridcell">
            <IconButton size="s" icon="archive" label=t::archive().to_owned() key="e" attr:tabindex="-1" on:click=move |event| act(event, Act::Archive) />
            <IconButton
                size="s"
                icon="trash-2"
                label=t::delete().to_owned()
                key="#"
                attr:tabindex="-1"
                on:click=move |event| {
                    event.stop_propagation();
                    super::delete(state, ui, vec![thread]);
                }
            />
            <IconButton
                size="s"
                icon=Signal::derive(move || if unread() { "mail-open" } else { "mail" })
                label=Signal::derive(move || if unread() { t::mark_read() } else { t::mark_unread() }.to_owned())
                attr:tabindex="-1"
                on:click=move |event| act(event, Act::Read(untrack(unread)))
            />
            <IconButton
                size="s"
                icon="star"
                label=Signal::derive(move || if starred() { t::take_star() } else { t::star() }.to_owned())
                key="s"
                attr:tabindex="-1"
                on:click=move |event| act(event, Act::Star(!untrack(starred)))
            />
        </div>
    }
}
