//! Time: now, timers, and UTCDate ↔ milliseconds.

use js_sys::Date;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// Milliseconds since 1970, UTC.
pub fn now_ms() -> f64 {
    Date::now()
}

/// A UTCDate or Date (RFC 8620 §1.4) in milliseconds; `NaN` when it is none.
pub fn parse_ms(date: &str) -> f64 {
    Date::parse(date)
}

/// The local midnight that began today, in milliseconds.
pub fn today_start() -> f64 {
    at_local(now_ms())
}

/// The local midnight before the given instant, in milliseconds.
pub fn at_local(ms: f64) -> f64 {
    let date = Date::new(&JsValue::from_f64(ms));
    date.set_hours(0);
    date.set_minutes(0);
    date.set_seconds(0);
    date.set_milliseconds(0);
    date.get_time()
}

/// Minutes that local time is ahead of UTC.
pub fn offset_min() -> i64 {
    -Date::new_0().get_timezone_offset() as i64
}

/// A pending call; dropping it does not stop it, `cancel` does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timer(Option<i32>);

impl Timer {
    /// Was it ever set? It does not know whether it has run.
    pub fn is_planned(self) -> bool {
        self.0.is_some()
    }

    /// Stops it if it has not run.
    pub fn cancel(self) {
        if let (Some(id), Some(window)) = (self.0, web_sys::window()) {
            window.clear_timeout_with_handle(id);
        }
    }
}

/// Calls once after so many milliseconds.
pub fn after(ms: i32, call: impl FnOnce() + 'static) -> Timer {
    let call = Closure::once_into_js(call);
    let id = web_sys::window()
        .and_then(|window| window.set_timeout_with_callback_and_timeout_and_arguments_0(call.unchecked_ref(), ms).ok());
    Timer(id)
}
