//! Note: what the reader should know about what stands beside it.

use leptos::prelude::*;

use super::Icon;

/// A quiet box with an icon.
#[component]
pub fn Note(
    /// `info` (default), `good`, `warn`, `danger`.
    #[prop(optional)]
    kind: &'static str,
    /// What it says, and what can be done (`.note__acts`).
    children: Children,
) -> impl IntoView {
    let icon = match kind {
        "good" => "circle-check",
        "warn" => "triangle-alert",
        "danger" => "circle-alert",
        _ => "info",
    };
    view! {
        <div class="note" data-kind=kind>
            <Icon name=icon />
            <div>{children()}</div>
        </div>
    }
}
