//! The wasm target, Trunk and wasm-bindgen.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{
    root,
    step::{answers, quiet, step},
};

/// 0.22 needs a newer Rust than the workspace asks for.
const TRUNK: &str = "0.21.14";
/// The same as the `wasm-bindgen` crate in `frontend/Cargo.toml`.
const WASM_BINDGEN: &str = "0.2.130";

/// Installs what building the frontend needs of Rust's side.
pub fn ensure() -> Result<()> {
    if answers("cc".as_ref(), &["--version"]).is_none() {
        bail!("there is no C compiler: install one, on Debian by `sudo apt-get install build-essential`");
    }
    let have = answers("rustup".as_ref(), &["target", "list", "--installed"])
        .context("rustup is missing: get it from https://rustup.rs, it brings the wasm target")?;
    if !have.lines().any(|line| line == "wasm32-unknown-unknown") {
        step("Installing the wasm32 target", || {
            quiet(Command::new("rustup").args(["target", "add", "wasm32-unknown-unknown"])).map(drop)
        })?;
    }
    tool("trunk", TRUNK, true)?;
    // Without --locked: its lock file names a crate that the registry no longer has.
    tool("wasm-bindgen-cli", WASM_BINDGEN, false)
}

fn tool(package: &str, version: &str, locked: bool) -> Result<()> {
    let binary = root::cache().join("tools/bin").join(package.trim_end_matches("-cli"));
    if answers(&binary, &["--version"]).is_some_and(|said| said.split_whitespace().any(|word| word == version)) {
        return Ok(());
    }
    step(&format!("Installing {package} {version} (a few minutes, once)"), || {
        let mut cargo = Command::new("cargo");
        cargo.args(["install", package, "--version", version, "--force", "--root"]).arg(root::cache().join("tools"));
        if locked {
            cargo.arg("--locked");
        }
        // A build tool need not be fast, only soon there.
        cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1").env("CARGO_PROFILE_RELEASE_LTO", "off");
        cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        cargo.env("CARGO_TARGET_DIR", root::cache().join("tools/target"));
        quiet(&mut cargo)?;
        // The intermediate files are of no further use and large.
        let _ = std::fs::remove_dir_all(root::cache().join("tools/target"));
        Ok(())
    })
}
