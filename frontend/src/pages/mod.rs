//! The pages, one folder each. They read state and draw; they never talk to the server.

pub mod mail;
