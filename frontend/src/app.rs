//! Mounts the app and maps each Route to its page.

use leptos::prelude::*;
use shared::wire::{Boot, Stage};

use crate::{
    browser,
    pages::mail::MailPage,
    route::Route,
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

#[component]
fn App() -> impl IntoView {
    let state = use_state();
    move || match (state.house.stage.get(), state.place.route.get()) {
        (Stage::Setup | Stage::Login, _) => ().into_any(),
        (Stage::Member, Route::Settings(_section)) => ().into_any(),
        (Stage::Member, _) => view! { <MailPage/> }.into_any(),
    }
}
