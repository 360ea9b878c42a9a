//! Switch: on or off, taking effect at once.

use leptos::prelude::*;

/// A switch with its words before it.
#[component]
pub fn Switch(
    /// What is switched.
    #[prop(into)]
    label: String,
    /// Below it.
    #[prop(optional, into)]
    help: String,
    /// Is it on?
    #[prop(into)]
    checked: Signal<bool>,
    /// It was switched.
    on_change: Callback<bool>,
) -> impl IntoView {
    view! {
        <label class="switch">
            <span class="switch__text">
                {label} {(!help.is_empty()).then(|| view! { <small>{help}</small> })}
            </span>
            <input
                class="switch__control"
                type="checkbox"
                role="switch"
                prop:checked=move || checked.get()
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
        </label>
    }
}
