//! The address bar and the back button.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// Path and query of the present page.
pub fn path() -> String {
    let Some(location) = web_sys::window().map(|window| window.location()) else { return "/".into() };
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

fn history() -> Option<web_sys::History> {
    web_sys::window()?.history().ok()
}

/// A new entry.
pub fn push(url: &str) {
    if let Some(history) = history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(url));
    }
}

/// The present entry anew.
pub fn replace(url: &str) {
    if let Some(history) = history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(url));
    }
}

/// Loads a document anew (after log-in and log-out: its boot block is another).
pub fn assign(url: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().assign(url);
    }
}

/// Calls with the new path whenever back or forward is pressed.
pub fn on_pop(mut call: impl FnMut(String) + 'static) {
    let closure = Closure::<dyn FnMut()>::new(move || call(path()));
    if let Some(window) = web_sys::window() {
        let _ = window.add_event_listener_with_callback("popstate", closure.as_ref().unchecked_ref());
    }
    // Lives as long as the page.
    closure.forget();
}
