//! Second screen: where the mail is.

use leptos::prelude::*;

use super::Step;
use crate::{
    components::Icon,
    i18n::{self, house as t},
    state::use_state,
};

#[component]
pub fn Ways(go: Callback<Step>) -> impl IntoView {
    let member = use_state().house.member.get_untracked();
    let name = member.map(|member| member.name).unwrap_or_default();
    let first = name.split_whitespace().next().unwrap_or_default().to_owned();
    let way = move |icon, title, text, step| {
        view! {
            <button class="ways__way" type="button" on:click=move |_| go.run(step) data-testid=if step == Step::Connect { "setup-connect" } else { "setup-later" }>
                <span>
                    <Icon name=icon />
                </span>
                <span>
                    <b>{title}</b>
                    <small>{text}</small>
                </span>
                <Icon name="chevron-right" />
            </button>
        }
    };
    view! {
        <h1 class="first-run__title" tabindex="-1">{i18n::fill(t::hello(), &[&first])}</h1>
        <p class="first-run__lead">{t::ways_lead()}</p>
        <div class="ways">
            {way("at-sign", t::way_connect(), t::way_connect_text(), Step::Connect)}
            {way("house", t::way_later(), t::way_later_text(), Step::People)}
        </div>
    }
}
