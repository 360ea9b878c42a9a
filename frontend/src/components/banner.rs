//! Banner: a state of a whole pane (offline, insecure), across its width.

use leptos::prelude::*;

use super::Icon;

/// A strip with an icon, words and perhaps one act.
#[component]
pub fn Banner(
    /// `warn` (default), `danger`, `info`.
    #[prop(optional)]
    kind: &'static str,
    /// The icon.
    icon: &'static str,
    /// What is so.
    #[prop(into)]
    text: Signal<String>,
    /// What can be done: words and deed.
    #[prop(optional)]
    act: Option<(String, Callback<()>)>,
) -> impl IntoView {
    view! {
        <div class="banner" data-kind=kind role="status">
            <Icon name=icon />
            <span>{move || text.get()}</span>
            {act.map(|(words, deed)| {
                view! {
                    <button class="banner__act" type="button" on:click=move |_| deed.run(())>
                        {words}
                    </button>
                }
            })}
        </div>
    }
}
