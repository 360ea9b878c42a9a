//! The control socket `DIR/control.sock`: the command line acts through a running server, so that the change is on every
//! open screen at once. One JSON line asks, JSON lines answer. Only the data directory's owner can open it.

pub mod client;
pub mod server;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Octets of one line.
pub const MAX_LINE: u64 = 1_000_000;

/// What a running act says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Line {
    /// For standard output.
    Out(String),
    /// How far it is; for a person who waits.
    Progress(String),
    /// It failed; a sentence.
    Failed(String),
    /// It is done.
    Done,
}

/// Where the socket of a data directory is.
pub fn path(data: &Path) -> PathBuf {
    data.join("control.sock")
}
