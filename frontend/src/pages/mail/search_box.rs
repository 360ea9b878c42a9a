//! The search box: one line with operators, shown as chips; in all mail or in this mailbox.

use leptos::{html, prelude::*};
use shared::search;

use super::ui::use_ui;
use crate::{
    browser,
    components::{Chip as ChipButton, Icon, IconButton, Menu},
    i18n::{self, mail as t},
    route::{Route, Scope},
    state::{State, use_state},
};

/// Search while typing starts this long after the last key.
const PAUSE_MS: i32 = 140;

/// Shows what was searched, or leaves the search when nothing is.
fn go(state: State, text: &str, keep_place: bool) {
    let text = text.trim();
    let now = state.place.query_now();
    if now.as_deref().unwrap_or_default() == text {
        return;
    }
    if text.is_empty() {
        return state.place.go(Route::list(state.place.last_scope()));
    }
    let scope = if now.is_some() || keep_place { state.scope_now() } else { Scope::Everything };
    let route = Route::Mail { scope, thread: None, query: Some(text.to_owned()) };
    // One entry for the back button, however many keys it took.
    if now.is_some() { state.place.replace(route) } else { state.place.go(route) }
}

/// The box.
#[component]
pub fn SearchBox() -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let node = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(untrack(|| state.place.query()).unwrap_or_default());
    let timer = StoredValue::new(browser::Timer::default());
    // Back and forward, chips taken away.
    Effect::new(move |_| {
        let query = state.place.query().unwrap_or_default();
        if query != typed.get_untracked().trim() {
            typed.set(query);
        }
    });
    Effect::new(move |_| {
        if ui.searching.get()
            && let Some(input) = node.get()
        {
            let _ = input.focus();
        }
    });
    let changed = move |event| {
        typed.set(event_target_value(&event));
        timer.get_value().cancel();
        timer.set_value(browser::after(PAUSE_MS, move || go(state, &typed.get_untracked(), false)));
    };
    let keyed = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            timer.get_value().cancel();
            go(state, &typed.get_untracked(), false);
            state.list.point_first();
            browser::focus(".thread-list__rows");
        }
        "ArrowDown" => {
            event.prevent_default();
            browser::focus(".thread-list__rows");
        }
        "Escape" => {
            event.stop_propagation();
            leave(state);
            typed.set(String::new());
            ui.searching.set(false);
            browser::blur();
        }
        _ => {}
    };
    let clear = move |_| {
        timer.get_value().cancel();
        typed.set(String::new());
        leave(state);
        ui.searching.set(false);
    };
    view! {
        <div class="search-box" role="search">
            <Icon name="search" />
            <input
                node_ref=node
                type="search"
                data-testid="search"
                enterkeyhint="search"
                autocomplete="off"
                spellcheck="false"
                placeholder=t::search_all()
                aria-label=t::search_all()
                prop:value=move || typed.get()
                on:input=changed
                on:keydown=keyed
            />
            {move || {
                if typed.with(|typed| typed.is_empty()) && !ui.searching.get() {
                    view! { <kbd aria-hidden="true">"/"</kbd> }.into_any()
                } else {
                    view! {
                        <Menu icon="info" size="s" label=t::search_help()><Help /></Menu>
                        <IconButton icon="x" size="s" label=t::clear_search().to_owned() on:click=clear />
                    }
                    .into_any()
                }
            }}
        </div>
    }
}

fn leave(state: State) {
    if state.place.query_now().is_some() {
        state.place.go(Route::list(state.place.last_scope()));
    }
}

#[component]
fn Help() -> impl IntoView {
    let rows = [
        ("from:anna", t::help_from()),
        ("to:erik", t::help_to()),
        ("subject:invoice", t::help_subject()),
        ("\"summer house\"", t::help_phrase()),
        ("has:attachment", t::help_has()),
        ("is:unread", t::help_is()),
        ("in:archive", t::help_in()),
        ("before:2024", t::help_dates()),
        ("older_than:3d", t::help_age()),
        ("larger:2M", t::help_size()),
        ("-words", t::help_not()),
    ];
    view! {
        <div class="search-box__help" role="none">
            <dl>{rows.map(|(term, words)| view! { <dt>{term}</dt><dd>{words}</dd> }).collect_view()}</dl>
        </div>
    }
}

/// Where it is searched, and the operators that can be taken away.
#[component]
pub fn SearchChips() -> impl IntoView {
    let state = use_state();
    let query = Memo::new(move |_| state.place.query());
    move || {
        let text = query.get()?;
        let here = state.place.last_scope();
        let place = move |scope: Scope, label: String| {
            let pressed = Signal::derive(move || state.place.scope() == scope);
            let route = Route::Mail { scope, thread: None, query: untrack(|| query.get()) };
            view! { <ChipButton label pressed on:click=move |_| state.place.replace(route.clone()) /> }
        };
        let name = super::thread_list::scope_name(state, here);
        let chips = search::pieces(&text)
            .into_iter()
            .map(|piece| {
                let rest = search::without(&text, &piece);
                let label = i18n::fill(t::remove_condition(), &[&piece.text]);
                view! {
                    <span class="chip" data-who>
                        <span class="clip">{piece.text}</span>
                        <button class="chip__remove" type="button" aria-label=label on:click=move |_| go(state, &rest, true)>
                            <Icon name="x" />
                        </button>
                    </span>
                }
            })
            .collect_view();
        Some(view! {
            <div class="search-box__chips" role="group" aria-label=t::search_in()>
                {place(Scope::Everything, t::all_mail().to_owned())}
                {(!matches!(here, Scope::Everything | Scope::Outbox | Scope::Starred)).then(|| place(here, name))}
                {chips}
            </div>
        })
    }
}
