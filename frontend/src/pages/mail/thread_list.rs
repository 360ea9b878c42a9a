//! The list pane: search, filters or what to do with the ticked rows, and the rows themselves.

use leptos::prelude::*;
use shared::wire::{Role, Source, SourceState};

use super::{
    outbox::OutboxRows,
    rows::Rows,
    search_box::{SearchBox, SearchChips},
    ui::{Ask, use_ui},
};
use crate::{
    browser,
    components::{Avatar, Banner, Chip as ChipButton, IconButton, Progress},
    i18n::{self, mail as t},
    route::{Route, Scope, Section},
    state::{Act, Chip, State, use_state},
};

/// What the list is called.
pub fn title(state: State) -> String {
    if state.place.query().is_some() {
        return t::search().to_owned();
    }
    scope_name(state, state.place.scope())
}

/// What a list is called, search or not.
pub fn scope_name(state: State, scope: Scope) -> String {
    match scope {
        Scope::All => t::all_inboxes().to_owned(),
        Scope::Starred => t::starred().to_owned(),
        Scope::Drafts => t::drafts().to_owned(),
        Scope::Sent => t::sent().to_owned(),
        Scope::Outbox => t::outbox().to_owned(),
        Scope::Everything => t::all_mail().to_owned(),
        Scope::Mailbox(id) => state.mailbox_name(id),
    }
}

/// The list pane.
#[component]
pub fn ThreadList(
    /// What stands at its edge.
    children: Children,
) -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let picked = Memo::new(move |_| state.list.checked.with(|checked| checked.len()));
    let is_outbox = Memo::new(move |_| state.place.scope() == Scope::Outbox);
    view! {
        <section class="thread-list" data-testid="thread-list" aria-label=move || title(state) data-selecting=move || { state.list.picking.get() || picked.get() != 0 }>
            // A desk shows where one is in the side bar; a phone, and its select bar, need it said here.
            <Show when=move || { !state.place.narrow.get() || picked.get() != 0 || ui.searching.get() || state.place.query().is_some() }>
                <h1 class="visually-hidden">{move || title(state)}</h1>
            </Show>
            {move || {
                if picked.get() > 0 { view! { <SelectBar picked /> }.into_any() } else { view! { <ListBar /> }.into_any() }
            }}
            <Show when=move || !is_outbox.get() fallback=|| view! { <OutboxRows /> }>
                <SearchChips />
                <Filters />
                <Away />
                <Accounts />
                <Rows />
            </Show>
            {children()}
        </section>
    }
}

#[component]
fn ListBar() -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let unread = move || {
        let Scope::Mailbox(id) = state.place.scope() else {
            return if state.place.scope() == Scope::All { sum_inboxes(state) } else { 0 };
        };
        state.mail.mailboxes.with(|all| all.iter().find(|one| one.id == id).map_or(0, |one| one.unread_threads))
    };
    let searching = move || ui.searching.get() || state.place.query().is_some();
    view! {
        <div class="thread-list__bar" data-searching=searching>
            <Show when=move || state.place.narrow.get()>
                <h1 class="thread-list__title">
                    <span class="clip">{move || title(state)}</span>
                    {move || (unread() > 0).then(|| view! { <small class="num">{i18n::fill(t::unread_count(), &[&browser::number(unread())])}</small> })}
                </h1>
            </Show>
            <SearchBox />
            <IconButton
                icon="list-checks"
                label=t::select().to_owned()
                key="x"
                pressed=Signal::derive(move || state.list.picking.get())
                on:click=move |_| state.list.picking.update(|on| *on = !*on)
            />
            <a
                class="thread-list__me"
                href="/settings"
                on:click=move |event| {
                    event.prevent_default();
                    state.place.go(Route::Settings(Section::Index));
                }
            >
                {move || state.house.member.get().map(|member| view! { <Avatar name=member.name address=member.email /> })}
                <span class="visually-hidden">{t::settings()}</span>
            </a>
        </div>
    }
}

fn sum_inboxes(state: State) -> u64 {
    state
        .mail
        .mailboxes
        .with(|all| all.iter().filter(|one| one.duty() == Some(Role::Inbox)).map(|one| one.unread_threads).sum())
}

#[component]
fn Filters() -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let chip = move |chip: Chip, label: &'static str| {
        let pressed = Signal::derive(move || state.list.key.with(|key| key.chip == chip));
        view! { <ChipButton label pressed on:click=move |_| state.narrow(chip) /> }
    };
    let total = move || state.list.slots.with(|slots| slots.total).filter(|total| *total > 0);
    let empty = move || {
        let Scope::Mailbox(id) = state.place.scope() else { return None };
        let words = match (state.shows(Role::Trash), state.shows(Role::Junk)) {
            (true, _) => t::empty_trash(),
            (_, true) => t::empty_junk(),
            _ => return None,
        };
        total().map(|_| view! { <button class="link" type="button" on:click=move |_| ui.ask.set(Some(Ask::Empty(id)))>{words}</button> })
    };
    view! {
        <div class="thread-list__filters" role="group" aria-label=t::filters()>
            {chip(Chip::All, t::everything_short())}
            {chip(Chip::Unread, t::unread())}
            {chip(Chip::Starred, t::starred())}
            {chip(Chip::Files, t::files())}
            <span class="thread-list__total num">
                {move || total().map(|total| {
                    let number = browser::number(total as u64);
                    let spoken = i18n::count(total as u64, t::conversations_one(), t::conversations());
                    view! { <span aria-hidden="true">{number}</span><span class="visually-hidden">{spoken}</span> }
                })}
            </span>
            {empty}
        </div>
    }
}

/// What may be done with the ticked rows.
#[component]
fn SelectBar(picked: Memo<usize>) -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let all_read = move || {
        let account = state.account();
        state.list.checked.with(|checked| {
            checked.iter().all(|thread| {
                state
                    .mail
                    .known_talk(account, *thread)
                    .is_none_or(|talk| talk.with(|talk| talk.emails.iter().all(|email| email.keywords.says("$seen"))))
            })
        })
    };
    let act = move |act| state.act_on_meant(act);
    let in_trash = move || state.shows(Role::Trash);
    let in_junk = move || state.shows(Role::Junk);
    view! {
        <div class="thread-list__actions" role="toolbar" aria-label=t::conversation_actions()>
            <IconButton icon="x" label=t::select_none().to_owned() on:click=move |_| state.list.untick() />
            <b class="num">
                {move || {
                    let count = browser::number(picked.get() as u64);
                    if state.place.narrow.get() { count } else { i18n::fill(t::count_selected(), &[&count]) }
                }}
            </b>
            <IconButton icon="archive" label=t::archive().to_owned() key="e" on:click=move |_| act(Act::Archive) />
            <IconButton
                icon="trash-2"
                label=Signal::derive(move || if in_trash() { t::delete_for_ever() } else { t::delete() }.to_owned())
                key="#"
                on:click=move |_| super::delete(state, ui, state.meant())
            />
            <IconButton
                icon=Signal::derive(move || if in_junk() { "shield-check" } else { "shield-alert" })
                label=Signal::derive(move || if in_junk() { t::not_junk() } else { t::junk() }.to_owned())
                key="!"
                on:click=move |_| act(if untrack(in_junk) { Act::NotJunk } else { Act::Junk })
            />
            <IconButton
                icon=Signal::derive(move || if all_read() { "mail" } else { "mail-open" })
                label=Signal::derive(move || if all_read() { t::mark_unread() } else { t::mark_read() }.to_owned())
                on:click=move |_| act(Act::Read(!untrack(all_read)))
            />
            <Show when=move || !state.place.narrow.get()>
                <IconButton icon="star" label=t::star().to_owned() key="s" on:click=move |_| act(Act::Star(true)) />
            </Show>
            <IconButton
                icon="folder-input"
                label=t::move_to().to_owned()
                key="v"
                on:click=move |_| ui.ask.set(Some(Ask::Move(state.meant(), None)))
            />
        </div>
    }
}

/// A mail account that needs a person, or brings much at the moment: said above the list that it fills.
#[component]
fn Accounts() -> impl IntoView {
    let state = use_state();
    let shown = Memo::new(move |_| {
        let scope = state.place.scope();
        let only = match scope {
            Scope::Mailbox(id) => {
                let find = |all: &Vec<shared::wire::Mailbox>| {
                    all.iter().find(|one| one.id == id).and_then(|one| one.source_id)
                };
                Some(state.mail.mailboxes.with(find))
            }
            _ => None,
        };
        let wanted = |source: &&Source| {
            only.is_none_or(|only| only == Some(source.id))
                && (source.state == SourceState::NeedsYou
                    || source.progress.as_ref().is_some_and(|progress| progress.total > 0))
        };
        state.mail.sources.with(|all| all.iter().filter(wanted).cloned().collect::<Vec<_>>())
    });
    move || {
        shown
            .get()
            .into_iter()
            .map(|source| match source.progress.filter(|_| source.state != SourceState::NeedsYou) {
                Some(progress) => {
                    let count = i18n::fill(
                        t::source_progress(),
                        &[&browser::number(progress.done), &browser::number(progress.total)],
                    );
                    let what = if progress.what.is_empty() { t::syncing().to_owned() } else { progress.what };
                    view! {
                        <div class="thread-list__progress">
                            <Progress
                                name=Signal::stored(format!("{} · {what}", source.label))
                                count=Signal::stored(count)
                                done=Signal::stored(progress.done)
                                total=Signal::stored(progress.total)
                            />
                        </div>
                    }
                    .into_any()
                }
                None => {
                    let detail = source.state_detail.unwrap_or_else(|| t::needs_you().to_owned());
                    let text = Signal::stored(format!("{}: {detail}", source.label));
                    let act = (
                        t::settings().to_owned(),
                        Callback::new(move |()| state.place.go(Route::Settings(Section::Accounts))),
                    );
                    view! { <Banner icon="triangle-alert" text act /> }.into_any()
                }
            })
            .collect_view()
    }
}

/// The network is away.
#[component]
fn Away() -> impl IntoView {
    let state = use_state();
    move || {
        state.net.offline_since.get().map(|since| {
            let text = Signal::stored(i18n::fill(t::offline(), &[&browser::time_of_day(since)]));
            let act = (t::try_now().to_owned(), Callback::new(move |()| state.try_now()));
            view! { <Banner icon="wifi-off" text act /> }
        })
    }
}
