//! The way from an address to a connected mail account.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use shared::wire::{Candidate, Discovered, Protocol, Tested};

use super::{
    hand::{HandForm, KeepChoice, PlainConsent},
    inputs::{Inputs, protocol_words, way_words},
    probe::{ProbeList, Trying},
};
use crate::{
    components::{Button, Field, FormError, Note},
    i18n::{self, house as t},
    state::{
        State, connect,
        connect_form::{ConnectForm, Wrong, is_address},
        use_state,
    },
};

/// Where we are.
#[derive(Debug, Clone, PartialEq)]
enum Phase {
    /// The address is typed.
    Address,
    /// Servers were found.
    Found(Discovered),
    /// Servers are typed.
    Hand,
}

#[derive(Clone, Copy)]
struct Flow {
    inputs: Inputs,
    phase: RwSignal<Phase>,
    trying: RwSignal<Trying>,
    error: RwSignal<Option<String>>,
    found_for: StoredValue<String>,
    state: State,
    on_done: Callback<()>,
}

/// From an address to a connected mail account.
#[component]
pub fn ConnectFlow(
    /// It is connected.
    on_done: Callback<()>,
    /// The address to begin with.
    #[prop(optional, into)]
    address: String,
    /// Words and deed of leaving it for later.
    #[prop(optional)]
    later: Option<(String, Callback<()>)>,
) -> impl IntoView {
    let flow = Flow {
        inputs: Inputs::new(&ConnectForm { email: address, ..ConnectForm::default() }),
        phase: RwSignal::new(Phase::Address),
        trying: RwSignal::new(Trying::Not),
        error: RwSignal::new(None),
        found_for: StoredValue::new(String::new()),
        state: use_state(),
        on_done,
    };
    let busy = Signal::derive(move || flow.trying.with(Trying::is_busy));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !busy.get_untracked() {
            flow.go_on();
        }
    };
    let is_address_phase = move || flow.phase.with(|phase| *phase == Phase::Address);
    let microsoft = move || flow.provider().as_deref() == Some("microsoft");
    view! {
        <form class="connect" on:submit=submit novalidate>
            <h1 class="first-run__title" tabindex="-1">{t::connect_title()}</h1>
            <p class="first-run__lead">{t::connect_lead()}</p>
            <Field
                label=t::email_address().to_owned()
                value=flow.inputs.email
                kind="email"
                autocomplete="email"
                testid="connect-email"
                autofocus=true
                error=flow.inputs.error(Wrong::Email)
            />
            {move || flow.phase.get().view(flow)}
            <Show when=move || !(is_address_phase() || microsoft() && flow.phase.with(|phase| *phase != Phase::Hand))>
                <Field
                    label=Signal::derive(move || flow.password_label())
                    value=flow.inputs.password
                    kind="password"
                    autocomplete="off"
                    testid="connect-password"
                    autofocus=true
                />
                <KeepChoice inputs=flow.inputs />
                <PlainConsent inputs=flow.inputs />
            </Show>
            <ProbeList trying=flow.trying inputs=flow.inputs />
            <FormError error=flow.error />
            <ReadOnlyOffer flow=flow />
            <div class="first-run__acts">
                <Acts flow=flow later=later.clone() />
                <Show when=move || !(microsoft() && flow.phase.with(|phase| matches!(phase, Phase::Found(_))))>
                    <Button kind="main" size="l" submit=true busy=busy attr:data-testid="connect-submit">
                        {move || flow.main_words()}
                    </Button>
                </Show>
            </div>
        </form>
    }
}

#[component]
fn Acts(flow: Flow, later: Option<(String, Callback<()>)>) -> impl IntoView {
    let is_hand = move || flow.phase.with(|phase| *phase == Phase::Hand);
    let by_hand = move |_| {
        flow.trying.set(Trying::Not);
        flow.error.set(None);
        let to_hand = !is_hand();
        flow.phase.set(if to_hand { Phase::Hand } else { Phase::Address });
    };
    let shows_later = move || flow.phase.with(|phase| *phase == Phase::Address);
    let later = StoredValue::new(later);
    view! {
        <span class="first-run__choices">
            <Button kind="quiet" on:click=by_hand attr:data-testid="connect-by-hand">
                {move || if is_hand() { t::find_servers() } else { t::by_hand() }}
            </Button>
            <Show when=move || shows_later() && later.with_value(Option::is_some)>
                {later
                    .get_value()
                    .map(|(words, deed)| {
                        view! {
                            <Button kind="quiet" on:click=move |_| deed.run(())>
                                {words}
                            </Button>
                        }
                    })}
            </Show>
        </span>
    }
}

/// Where receiving works and sending does not: connect for reading only.
#[component]
fn ReadOnlyOffer(flow: Flow) -> impl IntoView {
    let offers = move || {
        let failed = |tested: &Tested| tested.incoming.ok && tested.outgoing.as_ref().is_some_and(|out| !out.ok);
        flow.trying.with(|trying| matches!(trying, Trying::Done(tested) if failed(tested)))
    };
    view! {
        <Show when=offers>
            <p class="connect__offer">
                <Button
                    size="s"
                    on:click=move |_| {
                        flow.inputs.sends.set(false);
                        flow.connect();
                    }
                >
                    {t::connect_read_only()}
                </Button>
            </p>
        </Show>
    }
}

impl Phase {
    fn view(&self, flow: Flow) -> AnyView {
        match self {
            Self::Address => ().into_any(),
            Self::Hand => view! { <HandForm inputs=flow.inputs /> }.into_any(),
            Self::Found(found) => found_view(found, flow).into_any(),
        }
    }
}

fn found_view(found: &Discovered, flow: Flow) -> impl IntoView {
    let note = match found.provider.as_deref() {
        Some("google") => Some(google().into_any()),
        Some("microsoft") => Some(view! { <Note kind="warn"><p>{t::microsoft()}</p></Note> }.into_any()),
        _ => found.note.clone().map(|words| view! { <Note><p>{words}</p></Note> }.into_any()),
    };
    let connectable = found.provider.as_deref() != Some("microsoft");
    let candidates = if connectable { found.candidates.clone() } else { Vec::new() };
    let many = candidates.len() > 1;
    view! {
        {note.map(|note| view! { <div class="field">{note}</div> })}
        {(!candidates.is_empty())
            .then(|| {
                view! {
                    <div class="server-list" role=many.then_some("radiogroup") aria-label=t::servers()>
                        {candidates.into_iter().map(|one| candidate(one, many, flow)).collect_view()}
                    </div>
                }
            })}
    }
}

/// One way that was found; a choice where there are several.
fn candidate(one: Candidate, many: bool, flow: Flow) -> impl IntoView {
    let protocol = one.incoming.protocol.unwrap_or_default();
    let incoming =
        way_words(protocol_words(protocol), &one.incoming.host, &one.incoming.port.to_string(), one.incoming.security);
    let outgoing = match &one.outgoing {
        Some(out) => way_words("SMTP", &out.host, &out.port.to_string(), out.security),
        None => t::no_outgoing().to_owned(),
    };
    let (host, port) = (one.incoming.host.clone(), one.incoming.port.to_string());
    let is_chosen = move || flow.inputs.in_host.get() == host && flow.inputs.in_port.get() == port;
    let choose = move |_| {
        let email = flow.inputs.email.get_untracked();
        flow.inputs.fill(&ConnectForm::from_candidate(&email, &one));
        flow.inputs.keep_confirmed.set(false);
        flow.trying.set(Trying::Not);
    };
    view! {
        <label class="server-card">
            {many.then(|| view! { <input type="radio" name="candidate" prop:checked=is_chosen on:change=choose /> })}
            <span>
                <b>{incoming}</b>
                <small>{outgoing}</small>
            </span>
        </label>
    }
}

fn google() -> impl IntoView {
    view! {
        <Note>
            <p><b>{t::google_title()}</b></p>
            <ol>
                <li>{t::google_one()}</li>
                <li>
                    {t::google_two()} " "
                    <a class="link" href="https://myaccount.google.com/apppasswords" target="_blank" rel="noopener noreferrer">
                        "myaccount.google.com/apppasswords"
                    </a>
                </li>
                <li>{t::google_three()}</li>
            </ol>
        </Note>
    }
}

impl Flow {
    fn provider(&self) -> Option<String> {
        self.phase.with(|phase| match phase {
            Phase::Found(found) => found.provider.clone(),
            _ => None,
        })
    }

    fn password_label(&self) -> String {
        if self.provider().as_deref() == Some("google") { t::app_password() } else { t::mail_password() }.to_owned()
    }

    fn main_words(&self) -> &'static str {
        let failed = self.trying.with(|trying| matches!(trying, Trying::Done(_)));
        match self.phase.get() {
            Phase::Address => t::go_on(),
            _ if self.trying.with(Trying::is_busy) => t::testing(),
            _ if failed => t::try_again(),
            _ => t::connect(),
        }
    }

    fn go_on(self) {
        self.error.set(None);
        self.inputs.wrong.set(Vec::new());
        match self.phase.get_untracked() {
            Phase::Address => self.look(),
            Phase::Found(found) => {
                // Another address was typed meanwhile: other servers.
                let wanted = self.inputs.email.get_untracked();
                if found.candidates.is_empty() || self.found_for.get_value() != wanted.trim() {
                    self.look();
                } else {
                    self.connect();
                }
            }
            Phase::Hand => self.connect(),
        }
    }

    fn look(self) {
        let address = self.inputs.email.get_untracked().trim().to_owned();
        if !is_address(&address) {
            return self.inputs.wrong.set(vec![Wrong::Email]);
        }
        self.trying.set(Trying::Looking);
        let state = self.state;
        spawn_local(async move {
            let found = connect::discover(state, address.clone()).await;
            self.trying.set(Trying::Not);
            match found {
                Ok(found) => {
                    self.found_for.set_value(address.clone());
                    match found.candidates.first() {
                        Some(best) => self.inputs.fill(&ConnectForm::from_candidate(&address, best)),
                        None if found.provider.is_none() => {
                            self.error.set(Some(found.note.unwrap_or_else(|| nothing_found(&address))));
                            return self.phase.set(Phase::Hand);
                        }
                        None => {}
                    }
                    self.inputs.keep_confirmed.set(false);
                    self.phase.set(Phase::Found(found));
                }
                Err(words) => self.error.set(Some(words)),
            }
        });
    }

    fn connect(self) {
        let source = match self.inputs.form().read() {
            Ok(source) => source,
            Err(wrong) => {
                if wrong.contains(&Wrong::Plain) {
                    self.error.set(Some(t::wrong_plain().into()));
                }
                return self.inputs.wrong.set(wrong);
            }
        };
        let password = self.inputs.password.get_untracked();
        if password.is_empty() {
            return self.error.set(Some(t::password_missing().into()));
        }
        if source.protocol == Protocol::Pop3 && !self.inputs.keep_confirmed.get_untracked() {
            return self.error.set(Some(t::keep_missing().into()));
        }
        self.trying.set(Trying::Testing);
        self.error.set(None);
        let state = self.state;
        spawn_local(async move {
            let tested = match connect::test(state, source.clone(), password.clone()).await {
                Ok(tested) => tested,
                Err(words) => {
                    self.trying.set(Trying::Not);
                    return self.error.set(Some(words));
                }
            };
            let good = tested.incoming.ok && tested.outgoing.as_ref().is_none_or(|out| out.ok);
            self.trying.set(Trying::Done(tested));
            if !good {
                return;
            }
            let source = shared::wire::NewSource { password: Some(password), ..source };
            match connect::create(state, source).await {
                Ok(_) => self.on_done.run(()),
                Err(words) => self.error.set(Some(words)),
            }
        });
    }
}

fn nothing_found(address: &str) -> String {
    let domain = address.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
    i18n::fill(t::nothing_found(), &[domain])
}
