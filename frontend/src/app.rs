//! Mounts the app and maps each Route to its page.

use leptos::prelude::*;
use shared::wire::{Boot, Stage};

use crate::{
    browser,
    components::TooltipLayer,
    pages::{
        compose::ComposeDock, connect::ConnectPage, first_run::FirstRunPage, login::LoginPage, mail::MailPage,
        settings::SettingsPage, toasts::ToastList,
    },
    route::{Route, Section},
    state::{State, use_state},
};

/// Reads the boot block and mounts the app in place of the static shell.
pub fn mount() {
    let boot = browser::boot_block().and_then(|text| serde_json::from_str::<Boot>(&text).ok());
    let Some(boot) = boot else { return };
    if let Some(parent) = browser::mount_point() {
        mount_to(parent, move || {
            State::new(boot);
            view! { <App/> }
        })
        .forget();
    }
}

/// What is drawn.
#[derive(Clone, Copy, PartialEq)]
enum Page {
    FirstRun,
    Login,
    Settings(Section),
    Connect,
    Mail,
}

#[component]
fn App() -> impl IntoView {
    let state = use_state();
    if state.house.stage.get_untracked() == Stage::Member {
        state.start();
        state.compose_restore();
    }
    // A memo, so that going from one conversation to the next does not draw the whole page anew.
    let page = Memo::new(move |_| match (state.house.stage.get(), state.place.route.get()) {
        (Stage::Setup, _) | (Stage::Member, Route::Setup) => Page::FirstRun,
        (Stage::Login, _) => Page::Login,
        (Stage::Member, Route::Settings(section)) => Page::Settings(section),
        (Stage::Member, Route::Connect) => Page::Connect,
        (Stage::Member, _) => Page::Mail,
    });
    view! {
        {move || match page.get() {
            Page::FirstRun => view! { <FirstRunPage/> }.into_any(),
            Page::Login => view! { <LoginPage/> }.into_any(),
            Page::Settings(section) => view! { <SettingsPage section=section/> }.into_any(),
            Page::Connect => view! { <ConnectPage/> }.into_any(),
            Page::Mail => view! { <MailPage/> }.into_any(),
        }}
        <Show when=move || state.house.stage.get() == Stage::Member>
            <ComposeDock/>
        </Show>
        <ToastList/>
        <TooltipLayer/>
    }
}
