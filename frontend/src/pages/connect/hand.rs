//! Servers by hand: host, port, security and user name of the way in and the way out, what POP3 leaves on the server, and
//! the consent to an unprotected line.

use leptos::prelude::*;
use shared::wire::{Protocol, Security};

use super::inputs::Inputs;
use crate::{
    components::{Check, Field, Note, Select, Switch, Tabs},
    i18n::{self, house as t},
    state::connect_form::Wrong,
};

fn securities() -> Vec<(String, String)> {
    vec![
        ("tls".into(), "TLS".into()),
        ("starttls".into(), "STARTTLS".into()),
        ("plain".into(), t::security_plain().into()),
    ]
}

fn name_of(security: Security) -> String {
    match security {
        Security::Tls => "tls",
        Security::Starttls => "starttls",
        Security::Plain => "plain",
    }
    .to_owned()
}

fn security_of(name: &str) -> Security {
    match name {
        "starttls" => Security::Starttls,
        "plain" => Security::Plain,
        _ => Security::Tls,
    }
}

/// Both ways by hand.
#[component]
pub fn HandForm(inputs: Inputs) -> impl IntoView {
    let options = Signal::stored(securities());
    let protocol =
        Signal::derive(move || if inputs.protocol.get() == Protocol::Pop3 { "pop3" } else { "imap" }.to_owned());
    view! {
        <fieldset class="field-group">
            <legend class="field-group__title">{t::incoming_mail()}</legend>
            <div class="field">
                <Tabs
                    label=t::protocol()
                    wide=true
                    options=vec![("imap", "", "IMAP".to_owned()), ("pop3", "", "POP3".to_owned())]
                    value=protocol
                    on_change=Callback::new(move |name| {
                        let protocol = if name == "pop3" { Protocol::Pop3 } else { Protocol::Imap };
                        inputs.change(|form| form.set_incoming(protocol, form.in_security));
                    })
                />
            </div>
            <div class="field-row" data-cols="host">
                <Field
                    label=t::server().to_owned()
                    value=inputs.in_host
                    error=inputs.error(Wrong::InHost)
                    testid="connect-in-host"
                    kind="url"
                    placeholder="imap.example.org".to_owned()
                />
                <Field
                    label=t::port().to_owned()
                    value=inputs.in_port
                    error=inputs.error(Wrong::InPort)
                    testid="connect-in-port"
                    kind="number"
                />
                <Select
                    label=t::security()
                    options=options
                    value=Signal::derive(move || name_of(inputs.in_security.get()))
                    on_change=Callback::new(move |name: String| {
                        inputs.change(|form| form.set_incoming(form.protocol, security_of(&name)));
                    })
                />
            </div>
            <Field
                label=t::user_name().to_owned()
                value=inputs.username
                placeholder=inputs.email
                testid="connect-user"
                help=Signal::stored(Some(t::user_name_help().to_owned()))
            />
        </fieldset>
        <fieldset class="field-group">
            <legend class="field-group__title">{t::outgoing_mail()}</legend>
            <Switch
                label=t::sends()
                checked=inputs.sends
                on_change=Callback::new(move |on| inputs.sends.set(on))
            />
            <Show when=move || inputs.sends.get()>
                <div class="field-row" data-cols="host">
                    <Field
                        label=t::server_smtp().to_owned()
                        value=inputs.out_host
                        error=inputs.error(Wrong::OutHost)
                        testid="connect-out-host"
                        kind="url"
                        placeholder="smtp.example.org".to_owned()
                    />
                    <Field
                        label=t::port().to_owned()
                        value=inputs.out_port
                        error=inputs.error(Wrong::OutPort)
                        testid="connect-out-port"
                        kind="number"
                    />
                    <Select
                        label=t::security()
                        options=options
                        value=Signal::derive(move || name_of(inputs.out_security.get()))
                        on_change=Callback::new(move |name: String| {
                            inputs.change(|form| form.set_out_security(security_of(&name)));
                        })
                    />
                </div>
            </Show>
        </fieldset>
    }
}

/// What POP3 leaves on the server: shown, chosen and confirmed before anything is connected.
#[component]
pub fn KeepChoice(inputs: Inputs) -> impl IntoView {
    let choice = move |value: &'static str, words: String, help: &'static str| {
        view! {
            <label class="check">
                <input
                    type="radio"
                    name="pop3-keep"
                    prop:checked=move || inputs.keep.get() == value
                    on:change=move |_| {
                        inputs.keep.set(value);
                        inputs.keep_confirmed.set(false);
                    }
                />
                <span>{words} <small>{help}</small></span>
            </label>
        }
    };
    let confirm = move || match inputs.keep.get() {
        "leave" => t::keep_leave_confirm().to_owned(),
        "days" => i18n::fill(t::keep_days_confirm(), &[inputs.days.get().trim()]),
        _ => t::keep_delete_confirm().to_owned(),
    };
    view! {
        <Show when=move || inputs.protocol.get() == Protocol::Pop3>
            <fieldset class="field-group" data-testid="connect-keep">
                <legend class="field-group__title">{t::keep_title()}</legend>
                {choice("delete", t::keep_delete().to_owned(), t::keep_delete_help())}
                {choice("days", t::keep_days().to_owned(), t::keep_days_help())}
                <Show when=move || inputs.keep.get() == "days">
                    <div class="field-group__inset">
                        <Field label=t::days().to_owned() value=inputs.days kind="number" />
                    </div>
                </Show>
                {choice("leave", t::keep_leave().to_owned(), t::keep_leave_help())}
                <div class="field-group__confirm">
                    {move || {
                        view! {
                            <Check
                                label=confirm()
                                checked=inputs.keep_confirmed
                                on_change=Callback::new(move |on| inputs.keep_confirmed.set(on))
                            />
                        }
                    }}
                </div>
            </fieldset>
        </Show>
    }
}

/// Consent to an unprotected line; shown only where one was chosen.
#[component]
pub fn PlainConsent(inputs: Inputs) -> impl IntoView {
    view! {
        <Show when=move || inputs.is_plain()>
            <div class="field">
                <Note kind="warn">
                    <p>{t::plain_warning()}</p>
                    <Check
                        label=t::plain_consent()
                        checked=inputs.allow_plain
                        on_change=Callback::new(move |on| inputs.allow_plain.set(on))
                    />
                </Note>
            </div>
        </Show>
    }
}
