//! Select: one of several, by the browser's own list.

use leptos::prelude::*;

use super::{Icon, fresh_id};

/// A list to choose from. Without `label` give `spoken`.
#[component]
pub fn Select(
    /// Shown above it.
    #[prop(optional, into)]
    label: String,
    /// Said by screen readers where no label is shown.
    #[prop(optional, into)]
    spoken: String,
    /// Value and words of each.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// The present one.
    #[prop(into)]
    value: Signal<String>,
    /// Another was chosen.
    on_change: Callback<String>,
) -> impl IntoView {
    let id = fresh_id("select");
    let plain = label.is_empty();
    let control = view! {
        <span class="select" data-size=plain.then_some("s")>
            <select
                class="field__control"
                id=id.clone()
                aria-label=plain.then_some(spoken)
                prop:value=move || value.get()
                on:change=move |event| on_change.run(event_target_value(&event))
            >
                {move || {
                    let present = value.get();
                    options
                        .get()
                        .into_iter()
                        .map(|(value, words)| {
                            let selected = value == present;
                            view! { <option value=value selected=selected>{words}</option> }
                        })
                        .collect_view()
                }}
            </select>
            <Icon name="chevron-down" />
        </span>
    };
    if plain {
        control.into_any()
    } else {
        view! {
            <div class="field">
                <label class="field__label" for=id>{label}</label>
                {control}
            </div>
        }
        .into_any()
    }
}
