//! `cargo xtask bench`: starts the measuring program of the test kit in release and prints its table.

use std::process::Command;

use anyhow::Result;

use crate::{
    root, run,
    step::{run as run_shown, step},
    tools,
};

/// Measures everything, or the parts whose name contains `only`, with `large` messages in the large mailbox.
pub fn bench(large: u32, only: Option<&str>) -> Result<()> {
    tools::debian::ensure()?;
    tools::node::ensure_test()?;
    let binary = run::build()?;
    step("Building the bench (release)", || {
        run_shown(Command::new("cargo").args(["build", "--release", "--quiet", "--package", "tests", "--bin", "bench"]))
    })?;
    let mut bench = Command::new(root::target().join("release/bench"));
    bench.arg("--large").arg(large.to_string()).env("KINPOST_BIN", binary);
    bench.env("NODE_PATH", tools::node::folder().join("node_modules")).env("PATH", tools::path()?);
    if let Some(only) = only {
        bench.arg("--only").arg(only);
    }
    run_shown(&mut bench)
}
