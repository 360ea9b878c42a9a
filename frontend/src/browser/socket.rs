//! A WebSocket that reports what happens to it.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{MessageEvent, WebSocket};

/// What happened to a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketEvent {
    /// It is open.
    Open,
    /// A text came.
    Text(String),
    /// It closed or never opened.
    Closed,
}

/// An open or opening WebSocket.
#[derive(Debug, Clone)]
pub struct Socket(WebSocket);

impl Socket {
    /// Opens one at a path of this origin; `None` when the browser refuses outright.
    pub fn open(path: &str, protocol: &str, call: impl Fn(SocketEvent) + Clone + 'static) -> Option<Self> {
        let location = web_sys::window()?.location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        let url = format!("{scheme}://{}{path}", location.host().ok()?);
        let socket = WebSocket::new_with_str(&url, protocol).ok()?;
        let opened = call.clone();
        let open = Closure::<dyn FnMut()>::new(move || opened(SocketEvent::Open));
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        let closed = call.clone();
        let close = Closure::<dyn FnMut()>::new(move || closed(SocketEvent::Closed));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                call(SocketEvent::Text(text));
            }
        });
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        // A few bytes a connection; connections are few.
        open.forget();
        close.forget();
        message.forget();
        Some(Self(socket))
    }

    /// Sends a text; a socket that is not open drops it.
    pub fn send(&self, text: &str) {
        let _ = self.0.send_with_str(text);
    }
}
