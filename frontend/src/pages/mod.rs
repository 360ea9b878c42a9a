//! The pages, one folder each. They read state and draw; they never talk to the server.

pub mod compose;
pub mod connect;
pub mod first_run;
pub mod login;
pub mod mail;
pub mod settings;
pub mod toasts;
