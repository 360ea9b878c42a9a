//! `cargo xtask test`: everything that guards main, step by step, and `cargo xtask soak`, the long rounds of the same.

use std::{process::Command, time::Instant};

use anyhow::Result;

use crate::{
    root,
    step::{run, step},
    tidy, tools, web,
};

/// A step: its name, and what it does.
type Step = (&'static str, fn() -> Result<()>);

const STEPS: &[Step] = &[
    ("tidy", || tidy::tidy(false)),
    ("format", || run(cargo().args(["fmt", "--all", "--check"]))),
    ("frontend", web::build),
    ("lints", lints),
    ("program", || run(cargo().args(["build", "--quiet", "--package", "kinpost"]))),
    ("unit and integration tests", unit),
    ("frontend tests", || run(cargo().args(["test", "--quiet", "--package", "frontend", "--lib"]))),
    ("browser tests", browser),
];

/// Installs what is missing and runs all steps, or those whose name contains `only`.
pub fn test(only: Option<&str>) -> Result<()> {
    let start = Instant::now();
    step("Looking after the tools", || {
        tools::rust::ensure()?;
        tools::node::ensure_build()?;
        tools::node::ensure_test()?;
        tools::debian::ensure()?;
        tools::python::ensure()
    })?;
    let chosen: Vec<&Step> = STEPS.iter().filter(|(name, _)| only.is_none_or(|word| name.contains(word))).collect();
    for (name, work) in &chosen {
        step(name, work)?;
    }
    println!("All of {} steps passed in {:.0} s", chosen.len(), start.elapsed().as_secs_f32());
    Ok(())
}

/// The long rounds: the same tests with the number of rounds in the environment.
pub fn soak(rounds: u32) -> Result<()> {
    tools::debian::ensure()?;
    step("soak", || {
        run(with_kit(cargo().args(["test", "--quiet", "--package", "tests"]))?
            .env("KINPOST_ROUNDS", rounds.to_string()))
    })
}

fn lints() -> Result<()> {
    run(cargo().args([
        "clippy",
        "--quiet",
        "--workspace",
        "--exclude",
        "frontend",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    run(cargo().args([
        "clippy",
        "--quiet",
        "--package",
        "frontend",
        "--target",
        "wasm32-unknown-unknown",
        "--",
        "-D",
        "warnings",
    ]))
}

fn unit() -> Result<()> {
    run(with_kit(cargo().args(["test", "--workspace", "--exclude", "frontend", "--no-fail-fast"]))?)
}

fn browser() -> Result<()> {
    run(with_kit(Command::new("node").args(["--test", "--test-concurrency=1"]).args(browser_tests()?))?)
}

/// `tests/browser/*.test.mjs`, all of them: none can be forgotten.
fn browser_tests() -> Result<Vec<std::path::PathBuf>> {
    let folder = root::repository().join("tests/browser");
    Ok(web::files(&folder)?.into_iter().filter(|file| file.to_string_lossy().ends_with(".test.mjs")).collect())
}

fn cargo() -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root::repository());
    cargo
}

/// Tells a test where the program and the helpers are.
fn with_kit(command: &mut Command) -> Result<&mut Command> {
    let modules = tools::node::folder().join("node_modules");
    Ok(command
        .current_dir(root::repository())
        .env("KINPOST_BIN", root::target().join("debug/kinpost"))
        .env("KINPOST_NODE_MODULES", modules)
        .env("KINPOST_PYTHON", tools::python::interpreter())
        .env("PATH", tools::path()?))
}
