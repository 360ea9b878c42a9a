//! The window's surroundings: width, network, visibility, and words from message frames.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{HtmlIFrameElement, MessageEvent};

/// Below this width one pane is shown at a time.
const NARROW: &str = "(max-width: 760px)";

/// One pane at a time?
pub fn is_narrow() -> bool {
    web_sys::window().and_then(|w| w.match_media(NARROW).ok()?).is_some_and(|media| media.matches())
}

fn listen(target: &web_sys::EventTarget, name: &str, call: impl FnMut() + 'static) {
    let closure = Closure::<dyn FnMut()>::new(call);
    let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    // Lives as long as the page.
    closure.forget();
}

/// Calls when the number of panes changes.
pub fn on_width_change(call: impl Fn(bool) + 'static) {
    if let Some(media) = web_sys::window().and_then(|w| w.match_media(NARROW).ok()?) {
        listen(media.unchecked_ref(), "change", move || call(is_narrow()));
    }
}

/// Does the person's system ask for dark colours?
pub fn prefers_dark() -> bool {
    let media = web_sys::window().and_then(|w| w.match_media("(prefers-color-scheme: dark)").ok()?);
    media.is_some_and(|media| media.matches())
}

/// Writes panics to the console, in development builds.
#[cfg(debug_assertions)]
pub fn show_panics() {
    std::panic::set_hook(Box::new(|panic| web_sys::console::error_1(&panic.to_string().into())));
}

/// The browser's print dialog.
pub fn print() {
    if let Some(window) = web_sys::window() {
        let _ = window.print();
    }
}

/// Opens an address of our own in another tab, or downloads it.
pub fn open_tab(url: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.open_with_url_and_target_and_features(url, "_blank", "noopener");
    }
}

/// Does the browser believe that there is a network?
pub fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

/// Calls when the browser gains or loses the network.
pub fn on_online_change(call: impl Fn(bool) + Clone + 'static) {
    let Some(window) = web_sys::window() else { return };
    for name in ["online", "offline"] {
        let call = call.clone();
        listen(&window, name, move || call(is_online()));
    }
}

/// Calls when the page is looked at again.
pub fn on_visible(call: impl Fn() + 'static) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let looked_at = document.clone();
    listen(&document, "visibilitychange", move || {
        if !looked_at.hidden() {
            call();
        }
    });
}

/// What a message frame tells.
#[derive(Debug, Clone, PartialEq)]
pub enum FrameWord {
    /// Its height in CSS pixels.
    Height(f64),
    /// A key pressed inside it.
    Key(super::Key),
    /// How many remote images it holds back.
    Images(u32),
}

/// Calls for words from this very frame (the sender is checked; anything may post to a window). The result ends it.
pub fn on_frame_word(frame: HtmlIFrameElement, call: impl Fn(FrameWord) + 'static) -> impl FnOnce() {
    let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let source = event.source().map(JsValue::from);
        if source.is_some()
            && source == frame.content_window().map(JsValue::from)
            && let Some(word) = word(&event.data())
        {
            call(word);
        }
    });
    let window = web_sys::window();
    if let Some(window) = &window {
        let _ = window.add_event_listener_with_callback("message", closure.as_ref().unchecked_ref());
    }
    move || {
        if let Some(window) = window {
            let _ = window.remove_event_listener_with_callback("message", closure.as_ref().unchecked_ref());
        }
    }
}

fn word(data: &JsValue) -> Option<FrameWord> {
    if !data.is_object() {
        return None;
    }
    let field = |name: &str| Reflect::get(data, &name.into()).ok();
    let is = |name: &str| field(name).is_some_and(|value| value.is_truthy());
    if let Some(height) = field("h").and_then(|value| value.as_f64()) {
        return Some(FrameWord::Height(height.clamp(0.0, 200_000.0)));
    }
    if let Some(count) = field("images").and_then(|value| value.as_f64()) {
        return Some(FrameWord::Images(count.clamp(0.0, 100_000.0) as u32));
    }
    let name = field("k")?.as_string().filter(|name| name.len() <= 20)?;
    Some(FrameWord::Key(super::Key {
        name,
        command: is("ctrl") || is("meta"),
        shift: is("shift"),
        alt: is("alt"),
        in_field: false,
    }))
}
