//! One worker a Source: what the provider holds comes here, what the provider is owed goes there.
//!
//! A worker is three tasks over at most three connections: the sync loop (which idles on the Inbox), the one that performs
//! owed Tasks, and the one that fetches bodies a person waits for. A panic ends none but itself and is restarted.

mod fetch;
mod folders;
mod imap;
mod index;
mod owed;
mod plan;
mod pop3;
mod roles;
mod supervisor;
mod take;
mod visit;

pub(crate) use fetch::FetchRequest;
pub(crate) use supervisor::Supervisor;
