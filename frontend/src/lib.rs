//! The browser's side: Leptos, rendered in the client. pages → state → api → shared; components → browser, i18n only.

mod api;
mod app;
mod browser;
mod components;
#[cfg(test)]
mod contrast;
mod i18n;
mod pages;
mod route;
mod state;

/// Mounts the app over the static shell of the first document.
pub fn start() {
    #[cfg(debug_assertions)]
    browser::show_panics();
    app::mount();
}
