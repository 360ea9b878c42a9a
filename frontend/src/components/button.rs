//! Button: words that do something. Further attributes and events are given from outside (`on:click`, `attr:data-testid`).

use leptos::prelude::*;

use super::Icon;

/// A button with words.
#[component]
pub fn Button(
    /// `main`, `plain` (default), `quiet`, `danger`, `quiet-danger`.
    #[prop(optional)]
    kind: &'static str,
    /// `s`, `l`; else in between.
    #[prop(optional)]
    size: &'static str,
    /// An icon before the words.
    #[prop(optional)]
    icon: &'static str,
    /// As wide as there is room.
    #[prop(optional)]
    wide: bool,
    /// Sends its form.
    #[prop(optional)]
    submit: bool,
    /// Works at the moment: it turns and cannot be pressed again.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Cannot be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Its words.
    children: Children,
) -> impl IntoView {
    view! {
        <button
            class="button"
            type=if submit { "submit" } else { "button" }
            data-kind=kind
            data-size=size
            data-wide=wide
            aria-busy=move || busy.get().then_some("true")
            disabled=move || disabled.get() || busy.get()
        >
            {(!icon.is_empty()).then(|| view! { <Icon name=icon size="m" /> })}
            {children()}
        </button>
    }
}
