//! Talks JMAP to the server: one batch of typed calls a request, no JSON trees.

mod batch;
mod door;

pub use batch::{Answer, ApiError, Batch, CallId};
pub use door::{login, logout, setup};
