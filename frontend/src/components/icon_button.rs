//! IconButton: an icon with a spoken label and a tooltip that names its key.

use leptos::prelude::*;

use super::Icon;

/// A button with an icon only. Events are given from outside (`on:click`).
#[component]
pub fn IconButton(
    /// The icon.
    #[prop(into)]
    icon: Signal<&'static str>,
    /// What it does, for screen readers and the tooltip.
    #[prop(into)]
    label: Signal<String>,
    /// Its key, as the tooltip shows it.
    #[prop(optional)]
    key: &'static str,
    /// `s`: for dense places.
    #[prop(optional)]
    size: &'static str,
    /// For a toggle: is it on?
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Cannot be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <button
            class="icon-button"
            type="button"
            data-size=(!size.is_empty()).then_some(size)
            data-tip=move || label.get()
            data-key=(!key.is_empty()).then_some(key)
            aria-label=move || label.get()
            aria-pressed=move || pressed.map(|on| if on.get() { "true" } else { "false" })
            disabled=move || disabled.get()
        >
            {move || view! { <Icon name=icon.get() /> }}
        </button>
    }
}
