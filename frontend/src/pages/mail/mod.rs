//! The mail screen: mailboxes, list and reader; on a phone one of them at a time.

use leptos::prelude::*;

/// The mail screen.
#[component]
pub fn MailPage() -> impl IntoView {
    view! { <div class="mail"></div> }
}
