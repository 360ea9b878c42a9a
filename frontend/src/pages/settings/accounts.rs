//! Mail accounts: how each is, in plain words, and what can be done with it.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ids::SourceId,
    wire::{CheckArgs, Protocol, Source, SourceState},
};

use super::Head;
use crate::{
    browser,
    components::{Button, Dialog, Empty, Field, FormError, Note, Progress},
    i18n::{self, house as t},
    pages::{
        connect::{HandForm, Inputs, KeepChoice, PlainConsent, ProbeList, Trying, protocol_words, way_words},
        first_run::count_words,
    },
    route::Route,
    state::{ask, connect, connect_form::ConnectForm, use_state},
};

/// The dot's colour and the words for a state.
fn state_words(source: &Source) -> (&'static str, String) {
    let time = || {
        source
            .last_checked_at
            .as_deref()
            .map(|at| browser::date_short(browser::parse_ms(at), t::yesterday()))
            .unwrap_or_default()
    };
    match source.state {
        SourceState::Fresh if source.last_checked_at.is_some() => ("good", i18n::fill(t::state_fresh(), &[&time()])),
        SourceState::Fresh => ("good", t::all_here().into()),
        SourceState::Checking => ("busy", t::state_checking().into()),
        SourceState::Syncing => ("busy", t::state_syncing().into()),
        SourceState::Waiting => ("wait", t::state_waiting().into()),
        SourceState::NeedsYou => ("bad", t::state_needs_you().into()),
        SourceState::Paused => ("", t::state_paused().into()),
        SourceState::Unknown => ("wait", t::state_unknown().into()),
    }
}

#[component]
pub fn Accounts() -> impl IntoView {
    let state = use_state();
    let sources = state.mail.sources;
    let add = move |_| state.place.go(Route::Connect);
    let editing = RwSignal::new(None::<SourceId>);
    let removing = RwSignal::new(None::<SourceId>);
    let ids = move || sources.with(|all| all.iter().map(|source| source.id).collect::<Vec<_>>());
    let find =
        move |id: Option<SourceId>| sources.with_untracked(|all| all.iter().find(|one| Some(one.id) == id).cloned());
    view! {
        <Head title=t::accounts() lead=t::accounts_lead() />
        <For each=ids key=|id| *id let:id>
            <Account id=id editing=editing removing=removing />
        </For>
        <Show
            when=move || sources.with(Vec::is_empty)
            fallback=move || {
                view! {
                    <Button icon="plus" on:click=add attr:data-testid="source-add">
                        {t::add_account()}
                    </Button>
                }
            }
        >
            <section class="card">
                <Empty icon="at-sign" title=t::no_accounts() text=t::no_accounts_text()>
                    <Button kind="main" icon="plus" on:click=add attr:data-testid="source-add">
                        {t::add_account()}
                    </Button>
                </Empty>
            </section>
        </Show>
        {move || find(editing.get()).map(|source| view! { <Edit source=source editing=editing /> })}
        {move || find(removing.get()).map(|source| view! { <Remove source=source removing=removing /> })}
    }
}

#[component]
fn Account(id: SourceId, editing: RwSignal<Option<SourceId>>, removing: RwSignal<Option<SourceId>>) -> impl IntoView {
    let state = use_state();
    let source = Memo::new(move |_| state.mail.sources.with(|all| all.iter().find(|source| source.id == id).cloned()));
    let paused = move || source.with(|source| source.as_ref().is_some_and(|source| source.paused));
    let run = move |act: Act| {
        spawn_local(async move {
            let result = match act {
                Act::Check => check(state.account(), id).await,
                Act::Pause(paused) => connect::pause(state, id, paused).await,
            };
            if let Err(words) = result {
                state.toasts.say(words);
            }
        });
    };
    let label = move || source.with(|source| source.as_ref().map(|source| source.label.clone()));
    view! {
        <section class="card" aria-label=label data-testid="source-card">
        {move || {
            source
                .get()
                .map(|source| {
                    let (kind, words) = state_words(&source);
                    let busy = source.progress.clone().filter(|_| source.state == SourceState::Syncing);
                    let way_in = &source.incoming;
                    let incoming = way_words(protocol_words(source.protocol), &way_in.host, &way_in.port.to_string(), way_in.security);
                    let outgoing = match &source.outgoing {
                        Some(out) => way_words("SMTP", &out.host, &out.port.to_string(), out.security),
                        None => t::no_outgoing().to_owned(),
                    };
                    let detail = source.state_detail.clone().filter(|_| matches!(kind, "wait" | "bad"));
                    let note = if kind == "bad" { "danger" } else { "warn" };
                    view! {
                            <div class="card__head">
                                <span class="dot" data-hue=source.hue.to_string()></span>
                                <div class="card__title">
                                    <span class="clip">{source.label.clone()}</span>
                                    {(source.label != source.email)
                                        .then(|| view! { <small class="clip">{source.email.clone()}</small> })}
                                </div>
                                <span class="state" data-kind=kind role="status">{words}</span>
                            </div>
                            <div class="card__body">
                                {detail.map(|words| view! { <div class="field"><Note kind=note>{words}</Note></div> })}
                                {busy
                                    .map(|progress| {
                                        let what = if progress.what.is_empty() { t::state_syncing().to_owned() } else { progress.what.clone() };
                                        view! {
                                            <div class="field">
                                                <Progress name=what count=count_words(&source) done=progress.done total=progress.total />
                                            </div>
                                        }
                                    })}
                                <dl class="facts">
                                    <dt>{t::incoming()}</dt>
                                    <dd>{incoming}</dd>
                                    <dt>{t::outgoing()}</dt>
                                    <dd>{outgoing}</dd>
                                    <dt>{t::user_name()}</dt>
                                    <dd>{way_in.username.clone()}</dd>
                                    {(source.protocol == Protocol::Pop3)
                                        .then(|| {
                                            view! {
                                                <dt>{t::on_the_server()}</dt>
                                                <dd>{keep_words(&source)}</dd>
                                            }
                                        })}
                                </dl>
                            </div>
                    }
                })
        }}
        <div class="card__foot">
            <Button size="s" icon="refresh-cw" disabled=Signal::derive(paused) on:click=move |_| run(Act::Check)>
                {t::check_now()}
            </Button>
            <Button size="s" kind="quiet" icon="pencil" on:click=move |_| editing.set(Some(id))>
                {t::edit()}
            </Button>
            <Button size="s" kind="quiet" on:click=move |_| run(Act::Pause(!paused()))>
                {move || if paused() { t::resume() } else { t::pause() }}
            </Button>
            <span data-end></span>
            <Button size="s" kind="quiet-danger" on:click=move |_| removing.set(Some(id))>
                {t::remove()}
            </Button>
        </div>
        </section>
    }
}

#[derive(Clone, Copy)]
enum Act {
    Check,
    Pause(bool),
}

async fn check(account_id: shared::ids::AccountId, id: SourceId) -> Result<(), String> {
    ask::ask::<Nothing>("Source/check", &CheckArgs { account_id, ids: Some(vec![id]) }).await.map(|_| ())
}

/// An answer that is not read.
#[derive(serde::Deserialize)]
struct Nothing {}

fn keep_words(source: &Source) -> String {
    use shared::wire::Pop3Keep;
    match source.pop3_keep {
        Pop3Keep::Delete => t::keep_delete().into(),
        Pop3Keep::Leave => t::keep_leave().into(),
        Pop3Keep::Days(days) => i18n::count(u64::from(days), t::keep_one_day(), t::keep_n_days()),
    }
}

#[component]
fn Edit(source: Source, editing: RwSignal<Option<SourceId>>) -> impl IntoView {
    let state = use_state();
    let id = source.id;
    let inputs = Inputs::new(&ConnectForm::from_source(&source));
    // What is there was confirmed when it was connected; another choice asks again.
    inputs.keep_confirmed.set(true);
    let trying = RwSignal::new(Trying::Not);
    let error = RwSignal::new(None::<String>);
    let busy = Signal::derive(move || trying.with(Trying::is_busy));
    let save = move |_| {
        let source = match inputs.form().read() {
            Ok(source) => source,
            Err(wrong) => return inputs.wrong.set(wrong),
        };
        if source.protocol == Protocol::Pop3 && !inputs.keep_confirmed.get_untracked() {
            return error.set(Some(t::keep_missing().into()));
        }
        inputs.wrong.set(Vec::new());
        error.set(None);
        let password = inputs.password.get_untracked();
        spawn_local(async move {
            let mut source = source;
            if !password.is_empty() {
                trying.set(Trying::Testing);
                match connect::test(state, source.clone(), password.clone()).await {
                    Ok(tested) => {
                        let good = tested.incoming.ok && tested.outgoing.as_ref().is_none_or(|out| out.ok);
                        trying.set(Trying::Done(tested));
                        if !good {
                            return;
                        }
                    }
                    Err(words) => {
                        trying.set(Trying::Not);
                        return error.set(Some(words));
                    }
                }
                source.password = Some(password);
            }
            match connect::change(state, id, source).await {
                Ok(()) => editing.set(None),
                Err(words) => error.set(Some(words)),
            }
        });
    };
    let foot = move || {
        view! {
            <Button kind="quiet" on:click=move |_| editing.set(None)>{t::cancel()}</Button>
            <Button kind="main" busy=busy on:click=save>{t::save()}</Button>
        }
    };
    view! {
        <Dialog
            title=i18n::fill(t::edit_account(), &[&source.email])
            size="l"
            on_close=Callback::new(move |()| editing.set(None))
            foot=ViewFnOnce::from(foot)
        >
            <Field label=t::account_name().to_owned() value=inputs.label />
            <HandForm inputs=inputs />
            <Field
                label=t::new_password().to_owned()
                value=inputs.password
                kind="password"
                autocomplete="off"
                help=Signal::stored(Some(t::keep_password().to_owned()))
            />
            <KeepChoice inputs=inputs />
            <PlainConsent inputs=inputs />
            <ProbeList trying=trying inputs=inputs />
            <FormError error=error />
        </Dialog>
    }
}

#[component]
fn Remove(source: Source, removing: RwSignal<Option<SourceId>>) -> impl IntoView {
    let state = use_state();
    let id = source.id;
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let remove = move |_| {
        busy.set(true);
        spawn_local(async move {
            match connect::remove(state, id).await {
                Ok(()) => removing.set(None),
                Err(words) => {
                    busy.set(false);
                    error.set(Some(words));
                }
            }
        });
    };
    let only_here = source.protocol == Protocol::Pop3;
    let foot = move || {
        view! {
            <Button kind="quiet" on:click=move |_| removing.set(None)>{t::cancel()}</Button>
            <Button kind="danger" busy=busy on:click=remove attr:data-testid="source-remove-confirm">{t::remove_account()}</Button>
        }
    };
    view! {
        <Dialog
            title=i18n::fill(t::remove_title(), &[&source.label])
            on_close=Callback::new(move |()| removing.set(None))
            foot=ViewFnOnce::from(foot)
        >
            <p>{t::remove_text()}</p>
            {only_here.then(|| view! { <div class="dialog__note"><Note kind="warn">{t::remove_pop3()}</Note></div> })}
            <FormError error=error />
        </Dialog>
    }
}
