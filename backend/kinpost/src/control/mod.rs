//! The control socket `DIR/control.sock`: the command line acts through a running server, so that the change is on every
//! open screen at once. One JSON line asks, JSON lines answer. Only the data directory's owner can open it.

pub mod client;
pub mod server;

use std::path::{Path, PathBuf};

/// Octets of one line.
pub const MAX_LINE: u64 = 1_000_000;

/// Where the socket of a data directory is.
pub fn path(data: &Path) -> PathBuf {
    data.join("control.sock")
}
