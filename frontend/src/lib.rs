//! The browser's side: Leptos, rendered in the client.
