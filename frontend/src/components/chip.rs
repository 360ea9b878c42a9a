//! Chip: a small filter that can be pressed, and a person among the recipients.

use leptos::prelude::*;

use super::{Avatar, Icon};
use crate::i18n;

/// A filter. Events are given from outside (`on:click`).
#[component]
pub fn Chip(
    /// Its word.
    #[prop(into)]
    label: String,
    /// Is it on?
    #[prop(into)]
    pressed: Signal<bool>,
) -> impl IntoView {
    view! {
        <button class="chip" type="button" aria-pressed=move || if pressed.get() { "true" } else { "false" }>
            {label}
        </button>
    }
}

/// A person among the recipients; Backspace, Delete or the cross take them out.
#[component]
pub fn WhoChip(
    /// Name; may be empty.
    name: String,
    /// Address, shown in full on hover.
    address: String,
    /// No address that mail could go to.
    wrong: bool,
    /// Takes it out.
    on_remove: Callback<()>,
) -> impl IntoView {
    let shown = if name.trim().is_empty() { address.clone() } else { name.clone() };
    let full = if name.trim().is_empty() { address.clone() } else { format!("{name} <{address}>") };
    let label = i18n::fill(i18n::house::remove_who(), &[&shown]);
    let keys = move |event: leptos::ev::KeyboardEvent| {
        if matches!(event.key().as_str(), "Backspace" | "Delete") {
            event.prevent_default();
            on_remove.run(());
        }
    };
    view! {
        <span class="chip" data-who data-wrong=wrong title=full tabindex="-1" on:keydown=keys>
            <Avatar name=name address=address size="xs" />
            <span class="clip" dir="auto">{shown}</span>
            <button class="chip__remove" type="button" aria-label=label on:click=move |_| on_remove.run(())>
                <Icon name="x" />
            </button>
        </span>
    }
}
