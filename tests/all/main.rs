//! The one integration test binary: every file of this folder is a module here (`cargo xtask tidy` asserts that).

mod bad_input;
mod clients;
mod crossing;
mod imap;
mod import;
mod kill_sending;
mod kit;
mod model;
mod pop3;
mod program;
mod send;
