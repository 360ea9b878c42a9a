//! Telling clients that something changed (RFC 8620 §7): one feed for both ways of listening, EventSource and WebSocket.

pub mod event_source;
mod feed;
mod mark;
pub mod websocket;

pub use self::{
    feed::{Feed, News, Wanted},
    mark::Mark,
};
