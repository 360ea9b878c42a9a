//! Every Rust file opens with `//!`, holds no unfinished work and speaks of no machine.

use std::{fs, path::PathBuf};

use anyhow::Result;

use crate::{root, web};

/// A Rust file of ours: its path from the repository's top, and its text.
pub struct Source {
    pub path: String,
    pub text: String,
}

/// All Rust files of the workspace.
pub fn rust_sources() -> Result<Vec<Source>> {
    let top = root::repository();
    let mut found = Vec::new();
    for folder in ["shared", "frontend", "backend", "tests", "xtask"] {
        for file in web::files(&top.join(folder))? {
            let path = file.strip_prefix(&top).unwrap_or(&file).to_string_lossy().into_owned();
            if path.ends_with(".rs") && !path.contains("/target/") && !path.contains("node_modules") {
                found.push(Source { path, text: fs::read_to_string(&file)? });
            }
        }
    }
    Ok(found)
}

/// What is off, a line each.
pub fn problems(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for Source { path, text } in sources {
        if !text.trim_start().starts_with("//!") {
            found.push(format!("{path} does not open with //!"));
        }
        for (number, line) in text.lines().enumerate() {
            let unfinished = ["todo!(", "unimplemented!(", "#[ignore"].iter().any(|word| line.contains(word));
            let mark = ["TODO", "FIXME", "HACK"].iter().any(|word| line.contains(word));
            if (unfinished || mark) && !path.starts_with("xtask/") {
                found.push(format!("{path}:{}: unfinished: {}", number + 1, line.trim()));
            }
        }
    }
    found
}

/// The folder of a crate's sources.
pub fn crate_sources(name: &str) -> PathBuf {
    let top = root::repository();
    let backend = top.join("backend").join(name);
    if backend.exists() { backend.join("src") } else { top.join(name).join("src") }
}
