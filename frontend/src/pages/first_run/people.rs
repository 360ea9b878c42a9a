//! Fourth screen: who else lives here.

use leptos::{prelude::*, task::spawn_local};
use shared::wire::Member;

use super::Step;
use crate::{
    components::{Avatar, Button, FormError},
    i18n::house as t,
    pages::settings::PersonForm,
    state::{household, use_state},
};

#[component]
pub fn People(go: Callback<Step>) -> impl IntoView {
    let state = use_state();
    let people = RwSignal::new(Vec::<Member>::new());
    let error = RwSignal::new(None::<String>);
    let adding = RwSignal::new(false);
    let load = move || {
        spawn_local(async move {
            match household::members(state).await {
                Ok(list) => people.set(list),
                Err(words) => error.set(Some(words)),
            }
        });
    };
    load();
    let added = Callback::new(move |()| {
        adding.set(false);
        load();
    });
    view! {
        <h1 class="first-run__title" tabindex="-1">{t::people_title()}</h1>
        <p class="first-run__lead">{t::people_lead()}</p>
        <ul class="people-list">
            <For each=move || people.get() key=|member| member.id let:member>
                <li>
                    <Avatar name=member.name.clone() address=member.email.clone() />
                    <span>
                        <b class="clip">{member.name}</b>
                        <small class="clip">{member.email}</small>
                    </span>
                    {member.is_admin.then(|| view! { <span class="tag">{t::administrator()}</span> })}
                </li>
            </For>
        </ul>
        <FormError error=error />
        <Show
            when=move || adding.get()
            fallback=move || {
                view! {
                    <Button icon="plus" on:click=move |_| adding.set(true) attr:data-testid="people-add">
                        {t::add_person()}
                    </Button>
                    <div class="first-run__acts">
                        <Button
                            kind="main"
                            size="l"
                            on:click=move |_| go.run(Step::Done)
                            attr:data-testid="setup-people-done"
                        >
                            {t::go_on()}
                        </Button>
                    </div>
                }
            }
        >
            <PersonForm on_done=added on_cancel=Callback::new(move |()| adding.set(false)) />
        </Show>
    }
}
