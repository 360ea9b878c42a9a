//! Telling clients that something changed (RFC 8620 §7): one feed for both ways of listening, EventSource and WebSocket.

mod feed;
mod mark;
pub mod event_source;
pub mod websocket;

pub use self::{
    feed::{Feed, News, Wanted},
    mark::Mark,
};
