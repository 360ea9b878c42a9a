//! About: what this is, and under which licence.

use leptos::prelude::*;

use super::Head;
use crate::{
    components::Mark,
    i18n::{self, house as t},
};

#[component]
pub fn About() -> impl IntoView {
    view! {
        <Head title=t::about() lead=t::about_lead() />
        <section class="card">
            <div class="card__head">
                <Mark />
                <div class="card__title">
                    "Kinpost" <small>{i18n::fill(t::version(), &[env!("CARGO_PKG_VERSION")])}</small>
                </div>
            </div>
            <div class="card__body about__text">
                <p>{t::about_text()}</p>
                <p>{t::about_licence()}</p>
            </div>
        </section>
    }
}
