//! A phone's bottom bar: five places for a thumb; in a message, what to do with it.

use leptos::prelude::*;
use shared::wire::Role;

use super::{reader, ui::use_ui};
use crate::{
    browser,
    components::Icon,
    i18n::{self, mail as t},
    route::{Route, Scope, Section},
    state::{How, use_state},
};

/// The bar.
#[component]
pub fn BottomBar() -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let open = Memo::new(move |_| state.place.route.with(|route| route.thread()));
    let unread = Memo::new(move |_| {
        state.mail.mailboxes.with(|all| {
            all.iter().filter(|one| one.duty() == Some(Role::Inbox)).map(|one| one.unread_threads).sum::<u64>()
        })
    });
    let searching = move || ui.searching.get() || state.place.query().is_some();
    let in_list = move || matches!(state.place.route.get(), Route::Mail { .. } | Route::Home);
    let home = move |_| {
        ui.searching.set(false);
        state.place.go(Route::list(state.place.home.get_untracked()));
    };
    let search = move |_| {
        if !untrack(in_list) {
            state.place.go(Route::list(state.place.home.get_untracked()));
        }
        ui.searching.set(true);
        browser::after(0, || browser::focus(".search-box input"));
    };
    let answer = move |how: How| {
        if let Some(id) = open.get_untracked().and_then(|thread| reader::answered(state, thread)) {
            state.compose_answer(id, how);
        }
    };
    let item = move |icon: &'static str, label: &'static str, how: How, main: bool| {
        view! {
            <button class="bottom-bar__item" type="button" aria-current=main.then_some("true") on:click=move |_| answer(how)>
                <Icon name=icon />
                {label}
            </button>
        }
    };
    view! {
        <nav class="bottom-bar" aria-label="Kinpost">
            {move || {
                if open.get().is_some() {
                    return view! {
                        {item("reply", t::reply(), How::Reply, false)}
                        {item("reply-all", t::reply_all(), How::ReplyAll, true)}
                        {item("forward", t::forward(), How::Forward, false)}
                    }
                    .into_any();
                }
                view! {
                    <button class="bottom-bar__item" type="button" aria-current=move || (in_list() && !searching() && state.place.scope() != Scope::Outbox).then_some("page") on:click=home>
                        <Icon name="inbox" />
                        {t::inbox()}
                        {move || (unread.get() > 0).then(|| view! {
                            <span class="bottom-bar__badge num" aria-hidden="true">{if unread.get() > 999 { "999+".to_owned() } else { unread.get().to_string() }}</span>
                            <span class="visually-hidden">{i18n::fill(t::unread_count(), &[&unread.get().to_string()])}</span>
                        })}
                    </button>
                    <button class="bottom-bar__item" type="button" aria-current=move || searching().then_some("page") on:click=search>
                        <Icon name="search" />
                        {t::search()}
                    </button>
                    <button class="bottom-bar__item" type="button" aria-label=t::new_message() data-testid="compose-open" on:click=move |_| state.compose_new()>
                        <span class="bottom-bar__pen"><Icon name="pen-line" /></span>
                    </button>
                    <button class="bottom-bar__item" type="button" aria-current=move || (state.place.route.get() == Route::Mailboxes).then_some("page") on:click=move |_| state.place.go(Route::Mailboxes)>
                        <Icon name="folder" />
                        {t::mailboxes()}
                    </button>
                    <button class="bottom-bar__item" type="button" on:click=move |_| state.place.go(Route::Settings(Section::Index))>
                        <Icon name="circle-user-round" />
                        {t::me()}
                    </button>
                }
                .into_any()
            }}
        </nav>
    }
}
