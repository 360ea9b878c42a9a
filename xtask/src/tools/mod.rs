//! What a fresh machine lacks, installed at exact versions into the cache (or by Debian's packages for the test servers).

pub mod debian;
pub mod node;
pub mod python;
pub mod rust;

use std::{env, ffi::OsString};

use anyhow::{Context, Result};

use crate::root;

/// `PATH` with the cache's tools first, so that Trunk finds exactly the versions that were installed.
pub fn path() -> Result<OsString> {
    let mut folders = vec![root::cache().join("tools/bin"), root::cache().join("node/node_modules/.bin")];
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    env::join_paths(folders).context("PATH holds a folder with a colon in its name")
}
