//! The door: JMAP over HTTP and WebSocket, sessions, the message view, the frontend's assets.
//! Only `http` knows axum; everything below it takes `&Store`, `&Blobs` and plain values.

pub mod access;
pub mod jmap;
pub mod limits;
pub mod urls;
