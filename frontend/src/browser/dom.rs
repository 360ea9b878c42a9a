//! The document: boot block, title, theme, focus.

use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement};

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The text of the first document's data block.
pub fn boot_block() -> Option<String> {
    document()?.get_element_by_id("boot")?.text_content()
}

/// Removes the static shell and gives the element to mount into.
pub fn mount_point() -> Option<HtmlElement> {
    let document = document()?;
    if let Some(shell) = document.get_element_by_id("shell") {
        shell.remove();
    }
    document.body()
}

/// The window's title.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// `auto`, `light` or `dark` on the root element.
pub fn set_theme(theme: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        let _ = root.set_attribute("data-theme", theme);
    }
}

fn find(selector: &str) -> Option<HtmlElement> {
    document()?.query_selector(selector).ok()??.dyn_into().ok()
}

/// Focuses the first match.
pub fn focus(selector: &str) {
    if let Some(element) = find(selector) {
        let _ = element.focus();
    }
}

/// Focuses a field and marks its text, so that typing replaces it.
pub fn focus_and_mark(selector: &str) {
    if let Some(field) = find(selector).and_then(|element| element.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        let _ = field.focus();
        field.select();
    }
}

/// Takes the focus away from a field.
pub fn blur() {
    let active = document().and_then(|document| document.active_element());
    if let Some(element) = active.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.blur();
    }
}

/// Is a dialog or a menu open, which has the keys to itself?
pub fn is_floating() -> bool {
    find("dialog[open], .popover:popover-open").is_some()
}

/// Does the focus lie inside a match?
pub fn has_focus_in(selector: &str) -> bool {
    let active = document().and_then(|document| document.active_element());
    active.is_some_and(|element| element.closest(selector).is_ok_and(|found| found.is_some()))
}
