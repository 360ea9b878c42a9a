//! Tooltip: one element for the whole page. Whatever carries `data-tip` (and `data-key`) gets it on hover and focus.

use leptos::{html, prelude::*};

use crate::browser;

/// Draw it once, in the root of the app.
#[component]
pub fn TooltipLayer() -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let words = RwSignal::new((String::new(), String::new()));
    Effect::new(move |_| {
        if let Some(panel) = node.get() {
            browser::on_tip(&panel, move |tip, key| words.set((tip, key)));
        }
    });
    view! {
        <div class="tooltip" node_ref=node popover="manual" aria-hidden="true">
            {move || words.with(|(tip, _)| tip.clone())}
            {move || words.with(|(_, key)| (!key.is_empty()).then(|| view! { <kbd>{key.clone()}</kbd> }))}
        </div>
    }
}
