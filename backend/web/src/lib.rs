//! The door: JMAP over HTTP and WebSocket, sessions, the message view, the frontend's assets.
//! Only `http` knows axum; everything below it takes `&Store`, `&Blobs` and plain values.

pub mod access;
pub mod assets;
pub mod blob;
pub mod boot;
pub mod http;
pub mod jmap;
pub mod limits;
pub mod metrics;
pub mod push;
pub mod urls;
pub mod view;

pub use self::http::{Door, Practice, router, serve};
