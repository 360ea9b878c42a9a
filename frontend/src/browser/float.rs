//! What floats: modal dialogs, popovers and the one tooltip. Places them beside what opened them, inside the window.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, EventTarget, HtmlDialogElement, HtmlElement};

/// Room kept to the window's edges, in px.
const EDGE: f64 = 8.0;
/// Room between a popover and what opened it, in px.
const GAP: f64 = 4.0;
/// How long a pointer rests before the tooltip comes.
const TIP_MS: i32 = 450;

/// Opens a modal dialog.
pub fn show_modal(dialog: &HtmlDialogElement) {
    if !dialog.open() {
        let _ = dialog.show_modal();
    }
}

/// Did the event happen on this very element, not on something inside (the backdrop of a dialog)?
pub fn is_target(event: &Event, element: &Element) -> bool {
    event.target().is_some_and(|target| &target == AsRef::<EventTarget>::as_ref(element))
}

/// Is a popover's `toggle` event one of opening?
pub fn toggles_open(event: &Event) -> bool {
    Reflect::get(event, &"newState".into()).ok().and_then(|state| state.as_string()).as_deref() == Some("open")
}

/// Closes a popover; one that is closed or has left the page stays as it is.
pub fn hide_popover(element: &HtmlElement) {
    let _ = element.hide_popover();
}

fn window_size() -> (f64, f64) {
    let Some(root) = web_sys::window().and_then(|w| w.document()).and_then(|d| d.document_element()) else {
        return (0.0, 0.0);
    };
    (f64::from(root.client_width()), f64::from(root.client_height()))
}

fn is_rtl() -> bool {
    web_sys::window()
        .and_then(|window| window.document()?.document_element())
        .is_some_and(|root| root.get_attribute("dir").as_deref() == Some("rtl"))
}

fn put(panel: &HtmlElement, left: f64, top: f64) {
    let style = panel.style();
    let _ = style.set_property("left", &format!("{left:.0}px"));
    let _ = style.set_property("top", &format!("{top:.0}px"));
}

/// Puts an open popover below its button, or above where there is more room, ends aligned.
pub fn place_beside(button: &HtmlElement, panel: &HtmlElement) {
    let (width, height) = window_size();
    let from = button.get_bounding_client_rect();
    let size = panel.get_bounding_client_rect();
    let fits_start = from.left() + size.width() <= width - EDGE;
    let left = if is_rtl() || !fits_start { from.right() - size.width() } else { from.left() };
    let below = from.bottom() + GAP;
    let top = if below + size.height() <= height - EDGE { below } else { from.top() - GAP - size.height() };
    put(panel, left.min(width - EDGE - size.width()).max(EDGE), top.max(EDGE));
}

/// Moves the focus among the buttons and links of a panel: 0 = first, 1 = next, -1 = one before.
pub fn focus_step(panel: &HtmlElement, step: i32) {
    let Ok(found) = panel.query_selector_all("button:not([disabled]), a[href]") else { return };
    let count = found.length();
    let active = web_sys::window().and_then(|window| window.document()?.active_element());
    let present = (0..count).find(|index| {
        found
            .item(*index)
            .and_then(|node| node.dyn_into::<Element>().ok())
            .is_some_and(|node| Some(&node) == active.as_ref())
    });
    let next = match (present, step) {
        (_, 0) | (None, _) => 0,
        (Some(at), 1) => {
            if at + 1 == count {
                0
            } else {
                at + 1
            }
        }
        (Some(at), _) => {
            if at == 0 {
                count.saturating_sub(1)
            } else {
                at - 1
            }
        }
    };
    if let Some(node) = found.item(next).and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let _ = node.focus();
    }
}

/// Shows `panel` for whatever carries `data-tip` under the pointer or the keyboard's focus; `words(tip, key)` fills it.
pub fn on_tip(panel: &HtmlElement, words: impl Fn(String, String) + Clone + 'static) {
    use std::{cell::Cell, rc::Rc};
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let waiting = Rc::new(Cell::new(super::Timer::default()));
    let hide = {
        let (panel, waiting) = (panel.clone(), Rc::clone(&waiting));
        move || {
            waiting.get().cancel();
            hide_popover(&panel);
        }
    };
    let show = {
        let (panel, hide) = (panel.clone(), hide.clone());
        move |element: HtmlElement, wait: i32| {
            hide();
            let (panel, words) = (panel.clone(), words.clone());
            waiting.set(super::after(wait, move || {
                let tip = element.get_attribute("data-tip").filter(|tip| !tip.is_empty() && element.is_connected());
                let Some(tip) = tip else { return };
                words(tip, element.get_attribute("data-key").unwrap_or_default());
                let _ = panel.show_popover();
                // The words are drawn in a microtask; measure after it.
                super::after(0, move || place_tip(&element, &panel));
            }));
        }
    };
    let listen = |name: &str, call: Box<dyn FnMut(Event)>| {
        let closure = Closure::<dyn FnMut(Event)>::new(call);
        let _ = document.add_event_listener_with_callback_and_bool(name, closure.as_ref().unchecked_ref(), true);
        // Lives as long as the page.
        closure.forget();
    };
    for name in ["pointerover", "focusin"] {
        let (show, hide) = (show.clone(), hide.clone());
        let wait = if name == "focusin" { 0 } else { TIP_MS };
        listen(
            name,
            Box::new(move |event| {
                let touch = Reflect::get(&event, &"pointerType".into()).is_ok_and(|kind| kind == "touch");
                let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
                let tipped = target.and_then(|target| target.closest("[data-tip]").ok()?);
                let by_keys = |element: &HtmlElement| wait > 0 || element.matches(":focus-visible").unwrap_or(false);
                match tipped.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
                    Some(element) if !touch && by_keys(&element) => show(element, wait),
                    _ => hide(),
                }
            }),
        );
    }
    for name in ["pointerdown", "focusout", "scroll", "keydown"] {
        let hide = hide.clone();
        listen(name, Box::new(move |_| hide()));
    }
}

fn place_tip(element: &HtmlElement, panel: &HtmlElement) {
    let (width, height) = window_size();
    let from = element.get_bounding_client_rect();
    let size = panel.get_bounding_client_rect();
    let left = from.left() + (from.width() - size.width()) / 2.0;
    let below = from.bottom() + GAP + 2.0;
    let top = if below + size.height() <= height - EDGE { below } else { from.top() - GAP - 2.0 - size.height() };
    put(panel, left.min(width - EDGE - size.width()).max(EDGE), top);
}

/// Focuses a text field with the cursor before its first character, scrolled to the top.
pub fn focus_start(field: &web_sys::HtmlTextAreaElement) {
    let _ = field.set_selection_range(0, 0);
    let _ = field.focus();
    field.set_scroll_top(0);
}

/// A click that a link should follow inside the app: no modifier, main button.
pub fn is_plain_click(event: &web_sys::MouseEvent) -> bool {
    event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}

/// Puts a text on the clipboard, where the browser allows it.
pub fn copy(text: &str) {
    if let Some(window) = web_sys::window()
        && window.is_secure_context()
    {
        let _ = window.navigator().clipboard().write_text(text);
    }
}
