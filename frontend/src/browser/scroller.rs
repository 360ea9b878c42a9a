//! Scrolling boxes: where they are, how large they are, and when that changes.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{HtmlElement, MouseEvent, PointerEvent, ResizeObserver};

/// Pixels from the top.
pub fn scroll_top(element: &HtmlElement) -> f64 {
    f64::from(element.scroll_top())
}

/// Scrolls to so many pixels from the top.
pub fn set_scroll_top(element: &HtmlElement, top: f64) {
    element.set_scroll_top(top.round() as i32);
}

/// Scrolls the first match by a share of its view.
pub fn scroll_by_views(selector: &str, views: f64) {
    let found = web_sys::window().and_then(|window| window.document()?.query_selector(selector).ok()?);
    if let Some(element) = found {
        element.set_scroll_top(element.scroll_top() + (f64::from(element.client_height()) * views) as i32);
    }
}

/// Height in pixels of what is visible of it; 0 when it is not shown.
pub fn view_height(element: &HtmlElement) -> f64 {
    f64::from(element.client_height())
}

/// Calls at once and whenever the element's size changes. Lives as long as the page: for elements that do.
pub fn on_resize(element: &HtmlElement, call: impl Fn() + 'static) {
    let closure = Closure::<dyn FnMut()>::new(call);
    if let Ok(observer) = ResizeObserver::new(closure.as_ref().unchecked_ref()) {
        observer.observe(element);
    }
    closure.forget();
}

/// Is the press meant to add to a selection (Ctrl, Cmd) or to reach (Shift)?
pub fn press_kind(event: &MouseEvent) -> (bool, bool) {
    (event.ctrl_key() || event.meta_key(), event.shift_key())
}

/// Follows a pointer that drags a divider: calls with each horizontal place until it is let go.
pub fn drag(event: &PointerEvent, call: impl Fn(f64) + 'static) {
    let Some(handle) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return };
    let _ = handle.set_pointer_capture(event.pointer_id());
    let moved = Closure::<dyn FnMut(PointerEvent)>::new(move |event: PointerEvent| call(f64::from(event.client_x())));
    handle.set_onpointermove(Some(moved.as_ref().unchecked_ref()));
    moved.forget();
    let held = handle.clone();
    let ended = Closure::once_into_js(move |_: JsValue| held.set_onpointermove(None));
    handle.set_onpointerup(Some(ended.unchecked_ref()));
}
