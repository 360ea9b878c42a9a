//! Log-in: one address, one password.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use crate::{
    api::{self, ApiError},
    browser,
    components::{Banner, Button, Field, FormError, Mark},
    i18n::{self, house as t},
    route::Route,
    state::{ask, use_state},
};

fn words(error: ApiError) -> String {
    match error {
        ApiError::Method(problem) if problem.r#type == "wrongLogin" => t::wrong_login().into(),
        ApiError::Method(problem) if problem.r#type == "tooMany" => {
            let seconds = problem.retry_after.unwrap_or(60);
            if seconds < 90 {
                i18n::count(u64::from(seconds), t::too_many_second(), t::too_many_seconds())
            } else {
                i18n::count(u64::from(seconds.div_ceil(60)), t::too_many_minute(), t::too_many_minutes())
            }
        }
        other => ask::words(&other),
    }
}

/// After a log-in the document is loaded anew: its boot block brings the first screen.
fn enter() {
    let path = browser::path();
    let home = matches!(Route::parse(&path), Route::Login | Route::Setup);
    browser::assign(if home { "/" } else { &path });
}

/// The log-in page.
#[component]
pub fn LoginPage() -> impl IntoView {
    let state = use_state();
    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (address, secret) = (email.get_untracked(), password.get_untracked());
        if address.trim().is_empty() || secret.is_empty() {
            return error.set(Some(t::login_incomplete().into()));
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::login(address.trim(), &secret).await {
                Ok(()) => enter(),
                Err(refusal) => {
                    busy.set(false);
                    password.set(String::new());
                    error.set(Some(words(refusal)));
                    browser::focus("[data-testid=login-password]");
                }
            }
        });
    };
    view! {
        <div class="first-run">
            {state.house.insecure.then(|| view! { <Banner icon="triangle-alert" text=t::insecure().to_owned() /> })}
            <main class="first-run__middle">
                <form class="first-run__card login__card" on:submit=submit novalidate>
                    <h1 class="login__mark">
                        <Mark />
                        "Kinpost"
                    </h1>
                    <Field
                        label=t::email_address().to_owned()
                        value=email
                        kind="email"
                        autocomplete="username"
                        testid="login-email"
                        autofocus=true
                    />
                    <Field
                        label=t::password().to_owned()
                        value=password
                        kind="password"
                        autocomplete="current-password"
                        testid="login-password"
                    />
                    <FormError error=error />
                    <Button kind="main" size="l" wide=true submit=true busy=busy attr:data-testid="login-submit">
                        {t::log_in()}
                    </Button>
                    <p class="first-run__small">{t::forgot()}</p>
                </form>
            </main>
        </div>
    }
}
