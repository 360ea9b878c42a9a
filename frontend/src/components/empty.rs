//! Empty: nothing here, said kindly, with what to do next.

use leptos::prelude::*;

use super::Icon;

/// An icon, a title, a line, and perhaps a button.
#[component]
pub fn Empty(
    /// The icon.
    icon: &'static str,
    /// What is so.
    #[prop(into)]
    title: String,
    /// What to do.
    #[prop(optional, into)]
    text: String,
    /// A button, keys …
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon />
            <p class="empty__title">{title}</p>
            {(!text.is_empty()).then(|| view! { <p class="empty__text">{text}</p> })}
            {children.map(|children| children())}
        </div>
    }
}
