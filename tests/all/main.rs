//! The one integration test binary: every file of this folder is a module here (`cargo xtask tidy` asserts that).

mod bad_input;
mod clients;
mod imap;
mod kit;
mod pop3;
mod send;
