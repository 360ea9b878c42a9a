//! Packages from npm: wasm-opt and the icons for the build, Playwright and foreign JMAP clients for the tests.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

use crate::{
    root,
    step::{answers, quiet, step},
};

/// What building the frontend needs.
const BUILD: &[(&str, &str)] = &[("binaryen", "132.0.0"), ("lucide-static", "1.62.0")];
/// What the tests need besides.
const TEST: &[(&str, &str)] =
    &[("playwright-core", "1.65.1"), ("axe-core", "4.14.1"), ("ws", "8.23.0"), ("jmap-jam", "0.13.1")];

/// The folder whose `node_modules` holds them.
pub fn folder() -> PathBuf {
    root::cache().join("node")
}

/// Installs what the build needs.
pub fn ensure_build() -> Result<()> {
    ensure("the build", BUILD)
}

/// Installs what the tests need.
pub fn ensure_test() -> Result<()> {
    ensure("the tests", TEST)
}

fn ensure(purpose: &str, packages: &[(&str, &str)]) -> Result<()> {
    let missing: Vec<String> = packages
        .iter()
        .filter(|(name, version)| installed(name).as_deref() != Some(version))
        .map(|(name, version)| format!("{name}@{version}"))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let node = answers("node".as_ref(), &["--version"]).context(
        "Node.js is missing: install version 20 or newer (https://nodejs.org, or your distribution's package)",
    )?;
    let major: u32 = node.trim_start_matches('v').split('.').next().and_then(|n| n.parse().ok()).unwrap_or(0);
    if major < 20 {
        bail!("Node.js {node} is too old: version 20 or newer is needed");
    }
    step(&format!("Installing {} from npm for {purpose}", missing.join(", ")), || {
        fs::create_dir_all(folder())?;
        let manifest = folder().join("package.json");
        if !manifest.exists() {
            fs::write(manifest, "{\"private\": true}\n")?;
        }
        quiet(
            Command::new("npm")
                .args(["install", "--no-audit", "--no-fund", "--save-exact"])
                .args(missing)
                .current_dir(folder()),
        )
        .map(drop)
    })
}

fn installed(name: &str) -> Option<String> {
    let manifest = fs::read(folder().join("node_modules").join(name).join("package.json")).ok()?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).ok()?;
    manifest.get("version")?.as_str().map(str::to_owned)
}
