//! What a person asks, one action a file and both halves together: `apply` (local rows, Task and Change in one
//! commit) and `perform` (what the provider is owed), its compensation and its tests.
//!
//! `web` calls only `apply` (and the `prepare` that must stand outside the transaction). An `apply` that returns an error has written nothing,
//! so that several may share one transaction and only the refused object is reported.

pub mod add_email;
mod common;
pub(crate) mod crossing;
pub mod destroy;
pub mod mailbox;
mod remote_side;
pub mod send;
pub mod set_keywords;
pub mod set_mailboxes;
pub mod update_email;

pub use update_email::{EmailUpdate, EmailUpdated, Patch};
