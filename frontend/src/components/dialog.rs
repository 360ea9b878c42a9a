//! Dialog: the browser's own modal: focus stays inside and comes back, Esc closes, the page behind is inert.

use leptos::{html, prelude::*};

use super::{IconButton, fresh_id};
use crate::{browser, i18n};

/// A modal dialog that is open as long as it is drawn. Draw it under a `Show`.
#[component]
pub fn Dialog(
    /// Its title.
    #[prop(into)]
    title: String,
    /// `s`, `l`; else in between.
    #[prop(optional)]
    size: &'static str,
    /// Esc, the cross, or a press beside it.
    on_close: Callback<()>,
    /// What stands below the scrolling part, mostly buttons.
    #[prop(optional)]
    foot: Option<ViewFnOnce>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let title_id = fresh_id("dialog");
    let labelled = title_id.clone();
    Effect::new(move |_| {
        if let Some(dialog) = node.get() {
            browser::show_modal(&dialog);
        }
    });
    view! {
        <dialog
            class="dialog"
            node_ref=node
            data-size=(!size.is_empty()).then_some(size)
            aria-labelledby=labelled
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                on_close.run(());
            }
            on:mousedown=move |event| {
                if node.get_untracked().is_some_and(|dialog| browser::is_target(&event, &dialog)) {
                    on_close.run(());
                }
            }
        >
            <h2 class="dialog__title" id=title_id>{title}</h2>
            <div class="dialog__body">{children()}</div>
            {foot.map(|foot| view! { <div class="dialog__foot">{foot.run()}</div> })}
            // Last, so that the browser gives its first focus to what the dialog is about.
            <div class="dialog__close">
                <IconButton icon="x" label=i18n::house::close().to_owned() on:click=move |_| on_close.run(()) />
            </div>
        </dialog>
    }
}
