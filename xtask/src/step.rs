//! One progress line a step, and running other programs so that a failure names the command and what to do.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail};

/// Does `work`, with a line before and the seconds behind.
pub fn step<T>(title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("▸ {title}");
    let start = Instant::now();
    let result = work().with_context(|| format!("in the step “{title}”"))?;
    println!("  ✓ {title} · {:.1} s", start.elapsed().as_secs_f32());
    Ok(result)
}

/// Runs a program with its output shown; an exit other than 0 is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    let status = command.status().with_context(|| format!("could not start `{shown}`"))?;
    if status.success() { Ok(()) } else { bail!("`{shown}` ended with {status}") }
}

/// Runs a program silently; what it printed appears only when it fails.
pub fn quiet(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("could not start `{shown}`"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let tail: Vec<&str> = said.lines().rev().take(40).collect();
    bail!("`{shown}` ended with {}:\n{}", output.status, tail.into_iter().rev().collect::<Vec<_>>().join("\n"))
}

/// Whether a program answers to `--version` (or whatever is asked) at all, and what it says.
pub fn answers(program: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn show(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}
