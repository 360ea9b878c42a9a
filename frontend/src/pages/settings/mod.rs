//! Settings: a side bar of its own, and one calm column of cards.

mod about;
mod accounts;
mod look;
mod people;
mod security;

use leptos::prelude::*;

pub use self::people::PersonForm;
use crate::{
    browser,
    components::{Button, Icon, IconButton},
    i18n::house as t,
    route::{Route, Section},
    state::use_state,
};

fn words(section: Section) -> (&'static str, &'static str) {
    match section {
        Section::Index => ("settings", t::settings()),
        Section::Accounts => ("at-sign", t::accounts()),
        Section::Look => ("palette", t::look()),
        Section::Security => ("key-round", t::security_section()),
        Section::People => ("users", t::people()),
        Section::About => ("info", t::about()),
    }
}

/// The page of one section; a phone shows the list of them first.
#[component]
pub fn SettingsPage(
    /// Which.
    section: Section,
) -> impl IntoView {
    let state = use_state();
    // A desk has room for the list and the first section.
    let shown = move || if section == Section::Index { Section::Accounts } else { section };
    let is_admin = move || state.house.member.with(|member| member.as_ref().is_some_and(|member| member.is_admin));
    let chosen = (section != Section::Index).then_some("");
    let item = move |one: Section| {
        let (icon, name) = words(one);
        let to = Route::Settings(one);
        let url = to.url();
        view! {
            <a
                class="side-bar__item"
                href=url
                aria-current=(shown() == one).then_some("page")
                on:click=move |event| {
                    if browser::is_plain_click(&event) {
                        event.prevent_default();
                        state.place.go(to.clone());
                    }
                }
            >
                <Icon name=icon />
                <span class="side-bar__name">{name}</span>
            </a>
        }
    };
    let back = move |event: leptos::ev::MouseEvent| {
        if browser::is_plain_click(&event) {
            event.prevent_default();
            state.place.go(Route::Home);
        }
    };
    view! {
        <div class="settings" data-section=chosen>
            <div class="settings__side">
                <a class="settings__back" href="/" on:click=back>
                    <Icon name="arrow-left" size="m" />
                    {t::back_to_mail()}
                </a>
                <nav class="settings__nav" aria-label=t::settings()>
                    {item(Section::Accounts)}
                    {item(Section::Look)}
                    {item(Section::Security)}
                    <span class="settings__group">{t::household()}</span>
                    <Show when=is_admin>{item(Section::People)}</Show>
                    {item(Section::About)}
                </nav>
                <Me />
            </div>
            <main class="settings__main" id="settings">
                <div class="settings__phone">
                    <Button
                        kind="quiet"
                        icon="arrow-left"
                        on:click=move |_| state.place.go(Route::Settings(Section::Index))
                    >
                        {t::settings()}
                    </Button>
                </div>
                <div class="settings__column">
                    {match shown() {
                        Section::Look => view! { <look::Look /> }.into_any(),
                        Section::Security => view! { <security::Security /> }.into_any(),
                        Section::People => view! { <people::People /> }.into_any(),
                        Section::About => view! { <about::About /> }.into_any(),
                        Section::Accounts | Section::Index => view! { <accounts::Accounts /> }.into_any(),
                    }}
                </div>
            </main>
        </div>
    }
}

/// Who is logged in, and the way out.
#[component]
fn Me() -> impl IntoView {
    use crate::{api, components::Avatar};
    let state = use_state();
    let member = move || state.house.member.get();
    let leave = move |_| {
        leptos::task::spawn_local(async move {
            match api::logout().await {
                Ok(()) => browser::assign("/"),
                Err(error) => state.toasts.say(crate::state::ask::words(&error)),
            }
        });
    };
    view! {
        <div class="settings__me">
            {move || {
                member()
                    .map(|member| {
                        let role = if member.is_admin { t::administrator() } else { t::member() };
                        view! {
                            <Avatar name=member.name.clone() address=member.email.clone() size="s" />
                            <span class="settings__who">
                                <span class="clip">{member.name}</span>
                                <small class="clip">{role}</small>
                            </span>
                        }
                    })
            }}
            <IconButton icon="log-out" label=t::log_out().to_owned() on:click=leave />
        </div>
    }
}

/// A section's title and what it is for.
#[component]
fn Head(title: &'static str, lead: &'static str) -> impl IntoView {
    view! {
        <h1 class="settings__title" tabindex="-1">{title}</h1>
        <p class="settings__lead">{lead}</p>
    }
}
