//! Connecting a mail account: find its servers, try them, save. Used by the first run, by *Add mail account* and by *Edit*.

mod find;
mod hand;
mod inputs;
mod probe;

use leptos::prelude::*;

pub use self::{
    find::ConnectFlow,
    hand::{HandForm, KeepChoice, PlainConsent},
    inputs::{Inputs, protocol_words, way_words},
    probe::{ProbeList, Trying},
};
use crate::{
    components::IconButton,
    i18n::house as t,
    route::{Route, Section},
    state::use_state,
};

/// *Add mail account* as a page of its own.
#[component]
pub fn ConnectPage() -> impl IntoView {
    let state = use_state();
    let back = move || state.place.go(Route::Settings(Section::Accounts));
    view! {
        <div class="first-run">
            <main class="first-run__middle">
                <div class="first-run__card">
                    <div class="first-run__top">
                        <IconButton icon="arrow-left" label=t::back().to_owned() on:click=move |_| back() />
                    </div>
                    <ConnectFlow on_done=Callback::new(move |()| back()) />
                </div>
            </main>
        </div>
    }
}
