//! Tabs: one choice of a few, side by side.

use leptos::prelude::*;

use super::{Icon, fresh_id};

/// A row of choices.
#[component]
pub fn Tabs(
    /// What is chosen, for screen readers.
    #[prop(into)]
    label: String,
    /// Value, icon (or nothing) and words of each.
    options: Vec<(&'static str, &'static str, String)>,
    /// The present one.
    #[prop(into)]
    value: Signal<String>,
    /// Another was chosen.
    on_change: Callback<&'static str>,
    /// As wide as there is room.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let group = fresh_id("tabs");
    view! {
        <div class="tabs" role="radiogroup" aria-label=label data-wide=wide>
            {options
                .into_iter()
                .map(|(one, icon, words)| {
                    view! {
                        <label class="tabs__tab">
                            <input
                                type="radio"
                                name=group.clone()
                                prop:checked=move || value.get() == one
                                on:change=move |_| on_change.run(one)
                            />
                            {(!icon.is_empty()).then(|| view! { <Icon name=icon /> })}
                            {words}
                        </label>
                    }
                })
                .collect_view()}
        </div>
    }
}
