//! First screen: the first person, who looks after the house.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use crate::{
    api::{self, ApiError},
    browser,
    components::{Button, Field, FormError},
    i18n::house as t,
    route::Route,
    state::{ask, connect_form::is_address, use_state},
};

/// Fewer characters are no password.
pub(crate) const PASSWORD_MIN: usize = 10;

fn words(error: ApiError) -> String {
    match error {
        ApiError::Method(problem) if problem.detail.is_none() && problem.r#type == "wrongCode" => {
            t::wrong_code().into()
        }
        other => ask::words(&other),
    }
}

#[component]
pub fn Person() -> impl IntoView {
    let house = use_state().house;
    let [code, name, email, password] = [(); 4].map(|()| RwSignal::new(String::new()));
    let [no_code, no_name, no_email, no_password] = [(); 4].map(|()| RwSignal::new(None::<String>));
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let missing = |bad: bool, words: &'static str| bad.then(|| words.to_owned());
        no_code.set(missing(house.needs_code && code.with_untracked(|text| text.trim().is_empty()), t::code_missing()));
        no_name.set(missing(name.with_untracked(|text| text.trim().is_empty()), t::name_missing()));
        no_email.set(missing(!email.with_untracked(|text| is_address(text)), t::wrong_email()));
        no_password
            .set(missing(password.with_untracked(|text| text.chars().count() < PASSWORD_MIN), t::password_short()));
        let wrong = [no_code, no_name, no_email, no_password].iter().any(|error| error.with_untracked(Option::is_some));
        if wrong || busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let code = code.get_untracked();
            let code = house.needs_code.then(|| code.trim());
            let (name, email) = (name.get_untracked(), email.get_untracked());
            match api::setup(code, name.trim(), email.trim(), &password.get_untracked()).await {
                // The next document's boot block knows who is here.
                Ok(()) => browser::assign(&Route::Setup.url()),
                Err(refusal) => {
                    busy.set(false);
                    error.set(Some(words(refusal)));
                }
            }
        });
    };
    view! {
        <form on:submit=submit novalidate>
            <h1 class="first-run__title" tabindex="-1">{t::welcome()}</h1>
            <p class="first-run__lead">{t::welcome_lead()}</p>
            {house
                .needs_code
                .then(|| {
                    view! {
                        <Field
                            label=t::setup_code().to_owned()
                            value=code
                            code=true
                            help=Signal::stored(Some(t::setup_code_help().to_owned()))
                            error=no_code
                            testid="setup-code"
                            autofocus=true
                        />
                    }
                })}
            <Field
                label=t::your_name().to_owned()
                value=name
                autocomplete="name"
                error=no_name
                testid="setup-name"
                autofocus=!house.needs_code
            />
            <Field
                label=t::email_address().to_owned()
                value=email
                kind="email"
                autocomplete="username"
                help=Signal::stored(Some(t::login_address_help().to_owned()))
                error=no_email
                testid="setup-email"
            />
            <Field
                label=t::password().to_owned()
                value=password
                kind="password"
                autocomplete="new-password"
                help=Signal::stored(Some(t::password_help().to_owned()))
                error=no_password
                testid="setup-password"
            />
            <FormError error=error />
            <div class="first-run__acts">
                <Button kind="main" size="l" submit=true busy=busy attr:data-testid="setup-submit">
                    {t::go_on()}
                </Button>
            </div>
        </form>
    }
}
