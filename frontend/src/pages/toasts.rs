//! The short messages at the edge, in one polite live region.

use leptos::prelude::*;

use crate::{components::ToastCard, state::use_state};

/// All messages. Drawn once.
#[component]
pub fn ToastList() -> impl IntoView {
    let toasts = use_state().toasts;
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.list.get() key=|toast| toast.id let:toast>
                <ToastCard
                    text=toast.text
                    offer=toast.offer
                    on_close=Callback::new(move |()| toasts.dismiss(toast.id))
                />
            </For>
        </div>
    }
}
