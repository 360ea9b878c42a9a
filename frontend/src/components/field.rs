//! Field: label, input, help and error text tied together; Check: a box to tick; FormError: why a form was refused.

use leptos::prelude::*;

use super::{Icon, IconButton, fresh_id};
use crate::i18n;

/// One line of text.
#[component]
pub fn Field(
    /// Shown above it.
    #[prop(into)]
    label: Signal<String>,
    /// What is typed.
    value: RwSignal<String>,
    /// `text` (default), `email`, `password` (with an eye), `number`, `url`.
    #[prop(default = "text")]
    kind: &'static str,
    /// For password managers: `username`, `current-password` …
    #[prop(optional)]
    autocomplete: &'static str,
    /// Below it, while there is no error.
    #[prop(optional, into)]
    help: Signal<Option<String>>,
    /// Below it, in place of the help.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// For robots.
    #[prop(optional)]
    testid: &'static str,
    /// Takes the focus when it appears.
    #[prop(optional)]
    autofocus: bool,
    /// A code: fixed width.
    #[prop(optional)]
    code: bool,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    /// Shown while it is empty.
    #[prop(optional, into)]
    placeholder: Signal<String>,
) -> impl IntoView {
    let id = fresh_id("field");
    let below = format!("{id}-below");
    let described = below.clone();
    let shown = RwSignal::new(false);
    let secret = kind == "password";
    let kind_now = move || if secret && shown.get() { "text" } else { kind };
    let node = NodeRef::<leptos::html::Input>::new();
    if autofocus {
        Effect::new(move |_| {
            if let Some(input) = node.get() {
                let _ = input.focus();
            }
        });
    }
    let peek = move || if shown.get() { i18n::house::hide_password() } else { i18n::house::show_password() }.to_owned();
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>
                {move || label.get()}
                {optional.then(|| view! { <small>" "{i18n::house::optional()}</small> })}
            </label>
            <div class="field__box" data-peek=secret>
                <input
                    class="field__control"
                    id=id
                    node_ref=node
                    type=kind_now
                    name=(!autocomplete.is_empty()).then_some(autocomplete)
                    autocomplete=if autocomplete.is_empty() { "off" } else { autocomplete }
                    inputmode=(kind == "number").then_some("numeric")
                    autocapitalize=(kind != "text").then_some("none")
                    spellcheck="false"
                    data-code=code
                    data-testid=(!testid.is_empty()).then_some(testid)
                    placeholder=move || Some(placeholder.get()).filter(|text| !text.is_empty())
                    aria-invalid=move || error.get().is_some().then_some("true")
                    aria-describedby=move || (error.get().is_some() || help.get().is_some()).then(|| described.clone())
                    prop:value=move || value.get()
                    on:input=move |event| value.set(event_target_value(&event))
                />
                {secret
                    .then(|| {
                        view! {
                            <span class="field__peek">
                                <IconButton
                                    icon=Signal::derive(move || if shown.get() { "eye-off" } else { "eye" })
                                    label=Signal::derive(peek)
                                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                                />
                            </span>
                        }
                    })}
            </div>
            {move || {
                let id = below.clone();
                match (error.get(), help.get()) {
                    (Some(words), _) => {
                        view! {
                            <p class="field__error" id=id role="alert">
                                <Icon name="circle-alert" />
                                {words}
                            </p>
                        }
                            .into_any()
                    }
                    (None, Some(words)) => view! { <p class="field__help" id=id>{words}</p> }.into_any(),
                    (None, None) => ().into_any(),
                }
            }}
        </div>
    }
}

/// A box to tick.
#[component]
pub fn Check(
    /// What is agreed to.
    #[prop(into)]
    label: String,
    /// Below it.
    #[prop(optional, into)]
    help: String,
    /// Is it ticked?
    #[prop(into)]
    checked: Signal<bool>,
    /// It was ticked or not.
    on_change: Callback<bool>,
) -> impl IntoView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                prop:checked=move || checked.get()
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <span>
                {label} {(!help.is_empty()).then(|| view! { <small>{help}</small> })}
            </span>
        </label>
    }
}

/// Why a form was refused, above its buttons; spoken at once.
#[component]
pub fn FormError(
    /// In plain words; `None` = nothing is wrong.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div role="alert">
            {move || {
                error
                    .get()
                    .map(|words| {
                        view! {
                            <p class="form-error">
                                <Icon name="circle-alert" />
                                <span>{words}</span>
                            </p>
                        }
                    })
            }}
        </div>
    }
}
