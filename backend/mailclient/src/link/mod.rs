//! The link to one Source that syncing and performing share: context, flags, bodies, why a round of work ended.

mod bodies;
mod context;
mod flags;

pub(crate) use bodies::{BODY_MAX, Failure, cut, keep_durably, locate, whole};
pub use context::Progress;
pub(crate) use context::{Context, back_off, endpoint, net_for};
pub(crate) use flags::{Keepable, flag, keywords, take as take_flags};

use crate::Task;

/// Why a round of work ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The server, or the way to it.
    #[error(transparent)]
    Remote(#[from] remote::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The worker shall end.
    #[error("stopped")]
    Stopped,
}

/// A Task with its number and how often it was tried.
#[derive(Debug, Clone)]
pub(crate) struct Owed {
    pub id: i64,
    pub attempts: u32,
    pub task: Task,
}
