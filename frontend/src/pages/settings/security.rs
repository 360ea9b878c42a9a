//! Password, browsers that are logged in, and app passwords for other mail programs.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use shared::wire::{AppPassword, BrowserSession};

use super::Head;
use crate::{
    browser,
    components::{Button, Dialog, Field, FormError, Icon, IconButton, Note},
    i18n::{self, house as t},
    pages::first_run::PASSWORD_MIN,
    state::{household, use_state},
};

#[component]
pub fn Security() -> impl IntoView {
    view! {
        <Head title=t::security_section() lead=t::security_lead() />
        <PasswordCard />
        <SessionsCard />
        <AppPasswordsCard />
    }
}

#[component]
fn PasswordCard() -> impl IntoView {
    let state = use_state();
    let [old, new] = [(); 2].map(|()| RwSignal::new(String::new()));
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (before, after) = (old.get_untracked(), new.get_untracked());
        if before.is_empty() {
            return error.set(Some(t::password_missing().into()));
        }
        if after.chars().count() < PASSWORD_MIN {
            return error.set(Some(t::password_short().into()));
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match household::change_password(state, before, after).await {
                Ok(()) => {
                    old.set(String::new());
                    new.set(String::new());
                    state.toasts.say(t::password_changed());
                }
                Err(words) => error.set(Some(words)),
            }
            busy.set(false);
        });
    };
    view! {
        <section class="card">
            <div class="card__head">
                <h2 class="card__title">{t::change_password()}</h2>
            </div>
            <form class="card__body" on:submit=submit novalidate>
                <div class="field-row">
                    <Field
                        label=t::present_password().to_owned()
                        value=old
                        kind="password"
                        autocomplete="current-password"
                    />
                    <Field
                        label=t::new_password().to_owned()
                        value=new
                        kind="password"
                        autocomplete="new-password"
                        help=Signal::stored(Some(t::password_help().to_owned()))
                    />
                </div>
                <FormError error=error />
                <Button submit=true busy=busy>{t::change_password()}</Button>
            </form>
        </section>
    }
}

/// `Chromium on Linux`: the few names that help to know one's own browsers again.
fn agent_words(agent: &str) -> String {
    let find = |names: &[(&'static str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let program = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => i18n::fill(t::program_on(), &[program, system]),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => t::some_browser().into(),
        (None, None) => agent.chars().take(60).collect(),
    }
}

fn date(text: &str) -> String {
    browser::date_short(browser::parse_ms(text), t::yesterday())
}

fn used_words(created: &str, used: Option<&str>) -> String {
    let since = i18n::fill(t::since(), &[&date(created)]);
    match used {
        Some(used) => format!("{since} · {}", i18n::fill(t::last_used(), &[&date(used)])),
        None => format!("{since} · {}", t::never_used()),
    }
}

#[component]
fn SessionsCard() -> impl IntoView {
    let state = use_state();
    let list = RwSignal::new(Vec::<BrowserSession>::new());
    let error = RwSignal::new(None::<String>);
    let load = move || {
        spawn_local(async move {
            match household::sessions(state).await {
                Ok(mut found) => {
                    found.sort_by_key(|session| !session.is_current);
                    list.set(found);
                }
                Err(words) => error.set(Some(words)),
            }
        });
    };
    load();
    let end = move |id: String| {
        spawn_local(async move {
            match household::end_session(state, id).await {
                Ok(()) => load(),
                Err(words) => error.set(Some(words)),
            }
        });
    };
    view! {
        <section class="card">
            <div class="card__head">
                <h2 class="card__title">{t::sessions()} <small>{t::sessions_lead()}</small></h2>
            </div>
            <For each=move || list.get() key=|session| session.id.clone() let:session>
                {
                    let id = session.id.clone();
                    view! {
                        <div class="card__row">
                            <span>
                                {agent_words(&session.user_agent)}
                                <small>{used_words(&session.created_at, session.last_used_at.as_deref())}</small>
                            </span>
                            {if session.is_current {
                                view! { <span class="state" data-kind="good">{t::this_browser()}</span> }.into_any()
                            } else {
                                view! {
                                    <Button size="s" kind="quiet-danger" on:click=move |_| end(id.clone())>
                                        {t::log_out()}
                                    </Button>
                                }
                                    .into_any()
                            }}
                        </div>
                    }
                }
            </For>
            <FormError error=error />
        </section>
    }
}

#[component]
fn AppPasswordsCard() -> impl IntoView {
    let state = use_state();
    let list = RwSignal::new(Vec::<AppPassword>::new());
    let error = RwSignal::new(None::<String>);
    let making = RwSignal::new(false);
    let load = move || {
        spawn_local(async move {
            match household::app_passwords(state).await {
                Ok(found) => list.set(found),
                Err(words) => error.set(Some(words)),
            }
        });
    };
    load();
    let remove = move |id: String| {
        spawn_local(async move {
            match household::remove_app_password(state, id).await {
                Ok(()) => load(),
                Err(words) => error.set(Some(words)),
            }
        });
    };
    let close = Callback::new(move |()| {
        making.set(false);
        load();
    });
    view! {
        <section class="card">
            <div class="card__head">
                <h2 class="card__title">{t::app_passwords()} <small>{t::app_passwords_lead()}</small></h2>
                <Button size="s" icon="plus" on:click=move |_| making.set(true) attr:data-testid="app-password-add">
                    {t::new_one()}
                </Button>
            </div>
            <For each=move || list.get() key=|one| one.id.clone() let:one>
                {
                    let id = one.id.clone();
                    view! {
                        <div class="card__row">
                            <span>
                                {one.label.clone()}
                                <small>{used_words(&one.created_at, one.last_used_at.as_deref())}</small>
                            </span>
                            <Button size="s" kind="quiet-danger" on:click=move |_| remove(id.clone())>
                                {t::remove()}
                            </Button>
                        </div>
                    }
                }
            </For>
            <FormError error=error />
        </section>
        <Show when=move || making.get()>
            <NewAppPassword on_close=close />
        </Show>
    }
}

#[component]
fn NewAppPassword(on_close: Callback<()>) -> impl IntoView {
    let state = use_state();
    let label = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let secret = RwSignal::new(None::<String>);
    let copied = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let name = label.get_untracked().trim().to_owned();
        if name.is_empty() {
            return error.set(Some(t::label_missing().into()));
        }
        spawn_local(async move {
            match household::add_app_password(state, name).await {
                Ok(text) => secret.set(Some(text)),
                Err(words) => error.set(Some(words)),
            }
        });
    };
    let copy = move |_| {
        if let Some(text) = secret.get_untracked() {
            browser::copy(&text);
            copied.set(true);
        }
    };
    view! {
        <Dialog title=t::new_app_password() on_close=on_close>
            {move || match secret.get() {
                None => {
                    view! {
                        <form on:submit=submit novalidate>
                            <Field
                                label=t::app_password_label().to_owned()
                                value=label
                                autofocus=true
                                testid="app-password-label"
                                help=Signal::stored(Some(t::app_password_label_help().to_owned()))
                            />
                            <FormError error=error />
                            <div class="first-run__acts">
                                <Button kind="main" submit=true attr:data-testid="app-password-create">
                                    {t::create()}
                                </Button>
                            </div>
                        </form>
                    }
                        .into_any()
                }
                Some(text) => {
                    view! {
                        <p>{t::secret_text()}</p>
                        <div class="secret">
                            <code data-testid="app-password-secret">{text}</code>
                            <IconButton
                                icon=Signal::derive(move || if copied.get() { "check" } else { "copy" })
                                label=Signal::derive(move || if copied.get() { t::copied() } else { t::copy() }.to_owned())
                                on:click=copy
                            />
                        </div>
                        <Note>
                            {i18n::fill(
                                t::secret_user(),
                                &[
                                    &state
                                        .house
                                        .member
                                        .with_untracked(|member| {
                                            member.as_ref().map(|member| member.email.clone()).unwrap_or_default()
                                        }),
                                ],
                            )}
                        </Note>
                        <div class="first-run__acts">
                            <Button kind="main" on:click=move |_| on_close.run(())>
                                <Icon name="check" size="m" />
                                {t::secret_kept()}
                            </Button>
                        </div>
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
}
