//! Where things are: the repository, the tools' cache, Cargo's target directory.

use std::{env, path::PathBuf};

/// The repository's top folder.
pub fn repository() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).unwrap_or(here)
}

/// Tools and test helpers that xtask installs, kept outside the repository so that a fresh clone finds them again:
/// `$KINPOST_CACHE`, else `$XDG_CACHE_HOME/kinpost`, else `~/.cache/kinpost`.
pub fn cache() -> PathBuf {
    if let Some(own) = env::var_os("KINPOST_CACHE") {
        return own.into();
    }
    if let Some(base) = env::var_os("XDG_CACHE_HOME") {
        return PathBuf::from(base).join("kinpost");
    }
    PathBuf::from(env::var_os("HOME").unwrap_or_else(|| "/tmp".into())).join(".cache/kinpost")
}

/// Cargo's target directory.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from)
}

/// The first frontend file: present means "built".
pub fn dist() -> PathBuf {
    repository().join("dist")
}
