//! Keys pressed anywhere in the page.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, KeyboardEvent};

/// One key press.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Key {
    /// As `KeyboardEvent.key`.
    pub name: String,
    /// Ctrl, or Cmd on a Mac.
    pub command: bool,
    /// Shift.
    pub shift: bool,
    /// Alt.
    pub alt: bool,
    /// Pressed while text is being written.
    pub in_field: bool,
}

fn read(event: &KeyboardEvent) -> Key {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let in_field = target.is_some_and(|element| {
        let tag = element.tag_name();
        let kind = element.get_attribute("type").unwrap_or_default();
        let box_or_button = ["checkbox", "radio", "button", "submit", "range"].contains(&kind.as_str());
        matches!(tag.as_str(), "TEXTAREA" | "SELECT")
            || (tag == "INPUT" && !box_or_button)
            || element.closest("[contenteditable]").is_ok_and(|found| found.is_some())
    });
    Key {
        name: event.key(),
        command: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
        alt: event.alt_key(),
        in_field,
    }
}

/// Calls for each key press that nobody handled; `true` means it was used and the browser should do nothing with it.
pub fn on_key(mut call: impl FnMut(Key) -> bool + 'static) {
    let closure = Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        if !event.default_prevented() && !event.is_composing() && call(read(&event)) {
            event.prevent_default();
        }
    });
    if let Some(window) = web_sys::window() {
        let _ = window.add_event_listener_with_callback("keydown", closure.as_ref().unchecked_ref());
    }
    // Lives as long as the page.
    closure.forget();
}
