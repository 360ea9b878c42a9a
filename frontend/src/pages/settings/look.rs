//! Appearance and keys: theme, density, time of undo, single keys. Each takes effect at once.

use leptos::{prelude::*, task::spawn_local};
use shared::wire::Settings;

use super::Head;
use crate::{
    components::{Switch, Tabs},
    i18n::{self, house as t},
    state::{household, use_state},
};

const UNDO: [(&str, u32); 5] = [("0", 0), ("5", 5), ("10", 10), ("20", 20), ("30", 30)];

#[component]
pub fn Look() -> impl IntoView {
    let state = use_state();
    let settings = state.house.settings;
    let save = move |change: Box<dyn FnOnce(&mut Settings)>| {
        spawn_local(async move {
            if let Err(words) = household::save_settings(state, change).await {
                state.toasts.say(words);
            }
        });
    };
    let undo = UNDO.map(|(name, seconds)| {
        (name, "", if seconds == 0 { t::off().to_owned() } else { i18n::fill(t::seconds_short(), &[name]) })
    });
    view! {
        <Head title=t::look() lead=t::look_lead() />
        <section class="card">
            <div class="card__row">
                <span>{t::theme()} <small>{t::theme_help()}</small></span>
                <Tabs
                    label=t::theme()
                    options=vec![
                        ("auto", "", t::theme_auto().to_owned()),
                        ("light", "", t::theme_light().to_owned()),
                        ("dark", "", t::theme_dark().to_owned()),
                    ]
                    value=Signal::derive(move || settings.with(|settings| settings.theme.clone()))
                    on_change=Callback::new(move |name: &'static str| {
                        save(Box::new(move |settings| settings.theme = name.into()));
                    })
                />
            </div>
            <div class="card__row">
                <span>{t::density()} <small>{t::density_help()}</small></span>
                <Tabs
                    label=t::density()
                    options=vec![
                        ("comfortable", "", t::comfortable().to_owned()),
                        ("compact", "", t::compact().to_owned()),
                    ]
                    value=Signal::derive(move || settings.with(|settings| settings.density.clone()))
                    on_change=Callback::new(move |name: &'static str| {
                        save(Box::new(move |settings| settings.density = name.into()));
                    })
                />
            </div>
        </section>
        <section class="card">
            <div class="card__row">
                <span>{t::undo_time()} <small>{t::undo_time_help()}</small></span>
                <Tabs
                    label=t::undo_time()
                    options=undo.to_vec()
                    value=Signal::derive(move || settings.with(|settings| settings.undo_seconds.to_string()))
                    on_change=Callback::new(move |name: &'static str| {
                        let seconds = name.parse().unwrap_or(10);
                        save(Box::new(move |settings| settings.undo_seconds = seconds));
                    })
                />
            </div>
            <div class="card__row">
                <Switch
                    label=t::single_keys()
                    help=t::single_keys_help()
                    checked=Signal::derive(move || settings.with(|settings| settings.single_keys))
                    on_change=Callback::new(move |on| save(Box::new(move |settings| settings.single_keys = on)))
                />
            </div>
        </section>
    }
}
