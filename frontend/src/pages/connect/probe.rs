//! What was tried with the servers, live: looking, incoming, outgoing, with the exact words of what failed.

use leptos::prelude::*;
use shared::wire::{Probe, Tested};

use super::inputs::{Inputs, protocol_words, way_words};
use crate::{
    components::Icon,
    i18n::{self, house as t},
};

/// How the trying stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Trying {
    /// Nothing was tried.
    Not,
    /// Servers are being looked for.
    Looking,
    /// Both ways are being tried.
    Testing,
    /// That is what came out.
    Done(Tested),
}

impl Trying {
    /// Is something under way?
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Looking | Self::Testing)
    }
}

fn seconds(ms: u64) -> String {
    i18n::fill(t::seconds_short(), &[&format!("{}.{}", ms / 1000, ms % 1000 / 100)])
}

fn step(name: &'static str, way: String, probe: Option<Option<&Probe>>) -> AnyView {
    let (state, icon, what, time) = match probe {
        // Under way.
        None => ("busy", "loader-circle", way, String::new()),
        Some(Some(probe)) if probe.ok => ("ok", "check", way, seconds(probe.ms)),
        Some(Some(probe)) => ("bad", "x", probe.detail.clone(), String::new()),
        // Not tried.
        Some(None) => ("", "minus", way, String::new()),
    };
    view! {
        <li class="probe__step" data-state=state>
            <Icon name=icon />
            <b>{name}</b>
            <span class="probe__what">{what}</span>
            <span class="probe__time num">{time}</span>
        </li>
    }
    .into_any()
}

/// The list of steps.
#[component]
pub fn ProbeList(trying: RwSignal<Trying>, inputs: Inputs) -> impl IntoView {
    let steps = move || {
        let form = inputs.form();
        let way_in = way_words(protocol_words(form.protocol), &form.in_host, &form.in_port, form.in_security);
        let way_out = way_words("SMTP", &form.out_host, &form.out_port, form.out_security);
        match trying.get() {
            Trying::Not => Vec::new(),
            Trying::Looking => {
                let domain =
                    form.email.rsplit_once('@').map(|(_, domain)| domain.trim().to_owned()).unwrap_or_default();
                vec![step(t::servers(), i18n::fill(t::looking_for(), &[&domain]), None)]
            }
            Trying::Testing => {
                let mut steps = vec![step(t::incoming(), way_in, None)];
                if form.sends {
                    steps.push(step(t::outgoing(), way_out, None));
                }
                steps
            }
            Trying::Done(tested) => {
                let mut steps = vec![step(t::incoming(), way_in, Some(Some(&tested.incoming)))];
                if form.sends {
                    steps.push(step(t::outgoing(), way_out, Some(tested.outgoing.as_ref())));
                }
                steps
            }
        }
    };
    view! {
        <div role="status" aria-live="polite">
            {move || {
                let steps = steps();
                (!steps.is_empty()).then(|| view! { <ul class="probe">{steps}</ul> })
            }}
        </div>
    }
}
