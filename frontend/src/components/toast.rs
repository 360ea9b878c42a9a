//! Toast: what just happened, with its undo.

use leptos::prelude::*;

use super::Icon;
use crate::i18n;

/// One message; the list of them stands in a polite live region.
#[component]
pub fn ToastCard(
    /// What happened.
    text: String,
    /// What can be done: words and deed.
    offer: Option<(String, Callback<()>)>,
    /// Takes it away.
    on_close: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="toast">
            <span class="toast__text">{text}</span>
            {offer
                .map(|(words, deed)| {
                    view! {
                        <button
                            class="toast__act"
                            type="button"
                            data-testid="undo"
                            on:click=move |_| {
                                on_close.run(());
                                deed.run(());
                            }
                        >
                            {words}
                        </button>
                    }
                })}
            <button
                class="toast__close"
                type="button"
                aria-label=i18n::house::close()
                on:click=move |_| on_close.run(())
            >
                <Icon name="x" />
            </button>
        </div>
    }
}
