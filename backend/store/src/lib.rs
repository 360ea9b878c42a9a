//! The database, its change log, search, secrets and blobs; knows no network.
//!
//! A reader sees one snapshot ([`Store::read`]); there is one writer at a time ([`Store::write`]), and what it changed is
//! announced by its commit alone ([`Store::events`]).

pub mod address_book;
pub mod app_passwords;
pub mod blobs;
pub mod changes;
mod counted;
pub mod emails;
mod error;
mod event;
pub mod household;
pub mod identities;
mod keywords;
pub mod lists;
pub mod mailboxes;
pub mod query;
pub mod secrets;
pub mod sessions;
mod settle;
pub mod sources;
pub mod store;
pub mod submissions;
pub mod tasks;
#[cfg(test)]
mod tests;
pub mod threads;
mod time;
pub mod uploads;
pub mod verify;
mod write;

pub use blobs::{BlobName, Blobs};
pub use error::{Error, Refusal, Result};
pub use event::{DataType, Event};
pub use keywords::{KEYWORD_MAX_LEN, KEYWORDS_MAX, Keywords};
pub use lists::{ListKey, Order};
pub use secrets::Vault;
pub use store::{Reader, Store};
pub use time::now_ms;
pub use verify::verify;
pub use write::WriteTx;
