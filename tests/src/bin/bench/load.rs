//! The first load in Chromium: bytes over the wire, time to a readable inbox, throttled and not, and the second visit.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;
use tests::kinpost::{Kinpost, PASSWORD};

use crate::table::Table;

/// Runs `tests/browser/bench.mjs` and takes its figures.
pub fn measure(table: &mut Table, kinpost: &Kinpost) -> Result<()> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/browser/bench.mjs");
    let output = Command::new("node")
        .arg(script)
        .args([&kinpost.url(), "many@home.test", PASSWORD])
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("node is missing")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let figures: Value = serde_json::from_str(said.trim()).with_context(|| format!("bench.mjs said {said}"))?;
    let number = |name: &str| figures[name].as_f64().unwrap_or(f64::NAN);
    let bytes = number("bytes");
    table.judged(
        "first load, bytes over the wire",
        format!("{:.1} kB in {} requests", bytes / 1000., figures["requests"]),
        "≤ 220 kB",
        bytes <= 220_000.,
    );
    for (name, what, budget) in [
        ("fast", "readable inbox, unthrottled", 500.),
        ("slow", "readable inbox, 4× CPU, 1.6 Mbit/s, 150 ms", 2_500.),
        ("again", "second visit, same phone", 1_000.),
    ] {
        table.judged(what, format!("{:.0} ms", number(name)), &format!("≤ {budget} ms"), number(name) <= budget);
    }
    Ok(())
}
