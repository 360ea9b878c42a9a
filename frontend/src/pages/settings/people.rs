//! People of the household, for administrators: add, change, give a new password, remove.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use shared::wire::{Member, NewMember, Patch};

use super::Head;
use crate::{
    components::{Avatar, Button, Check, Dialog, Field, FormError, Note},
    i18n::{self, house as t},
    pages::first_run::PASSWORD_MIN,
    state::{connect_form::is_address, household, use_state},
};

#[component]
pub fn People() -> impl IntoView {
    let state = use_state();
    let people = RwSignal::new(Vec::<Member>::new());
    let error = RwSignal::new(None::<String>);
    let open = RwSignal::new(None::<Open>);
    let load = move || {
        spawn_local(async move {
            match household::members(state).await {
                Ok(list) => people.set(list),
                Err(words) => error.set(Some(words)),
            }
        });
    };
    load();
    let close = Callback::new(move |()| open.set(None));
    let done = Callback::new(move |()| {
        open.set(None);
        load();
    });
    let me = move || state.house.member.with(|member| member.as_ref().map(|member| member.id));
    view! {
        <Head title=t::people() lead=t::people_settings_lead() />
        <FormError error=error />
        <section class="card">
            <For each=move || people.get() key=|member| (member.id, member.name.clone(), member.email.clone(), member.is_admin) let:member>
                {
                    let (edit, remove) = (member.clone(), member.clone());
                    let own = me() == Some(member.id);
                    view! {
                        <div class="card__row">
                            <span class="person">
                                <Avatar name=member.name.clone() address=member.email.clone() />
                                <span>
                                    <span class="clip">
                                        {member.name.clone()} " "
                                        {member.is_admin.then(|| view! { <span class="tag">{t::administrator()}</span> })}
                                    </span>
                                    <small class="clip">{member.email.clone()}</small>
                                </span>
                            </span>
                            <Button size="s" kind="quiet" icon="pencil" on:click=move |_| open.set(Some(Open::Edit(edit.clone())))>
                                {t::edit()}
                            </Button>
                            {(!own)
                                .then(|| {
                                    view! {
                                        <Button
                                            size="s"
                                            kind="quiet-danger"
                                            on:click=move |_| open.set(Some(Open::Remove(remove.clone())))
                                        >
                                            {t::remove()}
                                        </Button>
                                    }
                                })}
                        </div>
                    }
                }
            </For>
        </section>
        <Button icon="plus" on:click=move |_| open.set(Some(Open::Add)) attr:data-testid="people-add">
            {t::add_person()}
        </Button>
        {move || {
            open.get()
                .map(|open| match open {
                    Open::Add => {
                        view! {
                            <Dialog title=t::add_person() on_close=close>
                                <PersonForm on_done=done on_cancel=close />
                            </Dialog>
                        }
                            .into_any()
                    }
                    Open::Edit(member) => view! { <EditPerson member=member on_done=done on_cancel=close /> }.into_any(),
                    Open::Remove(member) => view! { <RemovePerson member=member on_done=done on_cancel=close /> }.into_any(),
                })
        }}
    }
}

#[derive(Clone)]
enum Open {
    Add,
    Edit(Member),
    Remove(Member),
}

/// The form of a new person; also used by the first run.
#[component]
pub fn PersonForm(
    /// The person is there.
    on_done: Callback<()>,
    /// Changed one's mind.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let state = use_state();
    let [name, email, password] = [(); 3].map(|()| RwSignal::new(String::new()));
    let [no_name, no_email, no_password] = [(); 3].map(|()| RwSignal::new(None::<String>));
    let is_admin = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let missing = |bad: bool, words: &'static str| bad.then(|| words.to_owned());
        no_name.set(missing(name.with_untracked(|text| text.trim().is_empty()), t::name_missing()));
        no_email.set(missing(!email.with_untracked(|text| is_address(text)), t::wrong_email()));
        no_password
            .set(missing(password.with_untracked(|text| text.chars().count() < PASSWORD_MIN), t::password_short()));
        if [no_name, no_email, no_password].iter().any(|error| error.with_untracked(Option::is_some)) {
            return;
        }
        busy.set(true);
        error.set(None);
        let member = NewMember {
            name: name.get_untracked().trim().to_owned(),
            email: email.get_untracked().trim().to_owned(),
            password: password.get_untracked(),
            is_admin: is_admin.get_untracked(),
        };
        spawn_local(async move {
            match household::add_member(state, member).await {
                Ok(()) => on_done.run(()),
                Err(words) => error.set(Some(words)),
            }
            busy.set(false);
        });
    };
    view! {
        <form on:submit=submit novalidate>
            <Field label=t::name().to_owned() value=name error=no_name testid="person-name" autofocus=true />
            <Field
                label=t::login_address().to_owned()
                value=email
                kind="email"
                error=no_email
                testid="person-email"
            />
            <Field
                label=t::first_password().to_owned()
                value=password
                kind="password"
                autocomplete="new-password"
                help=Signal::stored(Some(t::password_help().to_owned()))
                error=no_password
                testid="person-password"
            />
            <Check
                label=t::is_admin()
                help=t::is_admin_help()
                checked=is_admin
                on_change=Callback::new(move |on| is_admin.set(on))
            />
            <FormError error=error />
            <div class="first-run__acts">
                <Button kind="quiet" on:click=move |_| on_cancel.run(())>{t::cancel()}</Button>
                <Button kind="main" submit=true busy=busy attr:data-testid="person-submit">{t::add_person()}</Button>
            </div>
        </form>
    }
}

#[component]
fn EditPerson(member: Member, on_done: Callback<()>, on_cancel: Callback<()>) -> impl IntoView {
    let state = use_state();
    let id = member.id.to_string();
    let name = RwSignal::new(member.name.clone());
    let email = RwSignal::new(member.email.clone());
    let password = RwSignal::new(String::new());
    let is_admin = RwSignal::new(member.is_admin);
    let error = RwSignal::new(None::<String>);
    let before = member.clone();
    let own = state.house.member.with_untracked(|me| me.as_ref().is_some_and(|me| me.id == member.id));
    let save = move |_| {
        let secret = password.get_untracked();
        if !secret.is_empty() && secret.chars().count() < PASSWORD_MIN {
            return error.set(Some(t::password_short().into()));
        }
        if !email.with_untracked(|text| is_address(text)) {
            return error.set(Some(t::wrong_email().into()));
        }
        let mut patch = Patch::default();
        if name.get_untracked().trim() != before.name {
            patch = patch.set("name", name.get_untracked().trim());
        }
        if email.get_untracked().trim() != before.email {
            patch = patch.set("email", email.get_untracked().trim());
        }
        if is_admin.get_untracked() != before.is_admin {
            patch = patch.set("isAdmin", is_admin.get_untracked());
        }
        if !secret.is_empty() {
            patch = patch.set("password", secret);
        }
        if patch == Patch::default() {
            return on_cancel.run(());
        }
        let id = id.clone();
        spawn_local(async move {
            match household::change_member(state, id, patch).await {
                Ok(()) => on_done.run(()),
                Err(words) => error.set(Some(words)),
            }
        });
    };
    let foot = move || {
        view! {
            <Button kind="quiet" on:click=move |_| on_cancel.run(())>{t::cancel()}</Button>
            <Button kind="main" on:click=save>{t::save()}</Button>
        }
    };
    view! {
        <Dialog title=i18n::fill(t::edit_person(), &[&member.name]) on_close=on_cancel foot=ViewFnOnce::from(foot)>
            <Field label=t::name().to_owned() value=name />
            <Field label=t::login_address().to_owned() value=email kind="email" />
            {(!own)
                .then(|| {
                    view! {
                        <Field
                            label=t::new_password().to_owned()
                            value=password
                            kind="password"
                            autocomplete="new-password"
                            help=Signal::stored(Some(t::keep_password().to_owned()))
                        />
                        <Check
                            label=t::is_admin()
                            help=t::is_admin_help()
                            checked=is_admin
                            on_change=Callback::new(move |on| is_admin.set(on))
                        />
                    }
                })}
            <FormError error=error />
        </Dialog>
    }
}

#[component]
fn RemovePerson(member: Member, on_done: Callback<()>, on_cancel: Callback<()>) -> impl IntoView {
    let state = use_state();
    let id = member.id.to_string();
    let error = RwSignal::new(None::<String>);
    let remove = move |_| {
        let id = id.clone();
        spawn_local(async move {
            match household::remove_member(state, id).await {
                Ok(()) => on_done.run(()),
                Err(words) => error.set(Some(words)),
            }
        });
    };
    let foot = move || {
        view! {
            <Button kind="quiet" on:click=move |_| on_cancel.run(())>{t::cancel()}</Button>
            <Button kind="danger" on:click=remove>{t::remove_person()}</Button>
        }
    };
    view! {
        <Dialog title=i18n::fill(t::remove_title(), &[&member.name]) on_close=on_cancel foot=ViewFnOnce::from(foot)>
            <p>{t::remove_person_text()}</p>
            <div class="dialog__note">
                <Note kind="warn">{t::remove_person_warning()}</Note>
            </div>
            <FormError error=error />
        </Dialog>
    }
}
