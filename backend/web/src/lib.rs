//! The door: JMAP over HTTP and WebSocket, sessions, the message view, the frontend's assets.
