//! A virtual environment with the foreign JMAP client that the tests run against Kinpost.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::{
    root,
    step::{answers, quiet, step},
};

const JMAPC: &str = "jmapc==0.4.0";

/// The environment's interpreter.
pub fn interpreter() -> PathBuf {
    root::cache().join("python/bin/python")
}

/// Makes the environment where it is missing or does not work.
pub fn ensure() -> Result<()> {
    if answers(&interpreter(), &["-c", "import jmapc, sseclient"]).is_some() {
        return Ok(());
    }
    step(&format!("Installing {JMAPC} from PyPI"), || {
        let system = if PathBuf::from("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" };
        quiet(Command::new(system).args(["-m", "venv", "--clear"]).arg(root::cache().join("python")))?;
        quiet(Command::new(interpreter()).args(["-m", "pip", "install", "--quiet", JMAPC])).map(drop)
    })
}
