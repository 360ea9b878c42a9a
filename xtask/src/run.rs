//! `cargo xtask run` and `cargo xtask build`.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::{
    root,
    step::{run as run_shown, step},
    web,
};

/// Builds the one complete binary: release, with the frontend embedded and compressed.
pub fn build() -> Result<PathBuf> {
    web::build()?;
    step("Building kinpost (release)", || {
        run_shown(
            Command::new("cargo")
                .args(["build", "--release", "--package", "kinpost", "--quiet"])
                .current_dir(root::repository()),
        )
    })?;
    Ok(root::target().join("release/kinpost"))
}

/// Builds and starts the practice household.
pub fn run(arguments: &[String]) -> Result<()> {
    let binary = build()?;
    println!("▸ Starting the practice household");
    run_shown(Command::new(binary).arg("demo").args(arguments))
}
