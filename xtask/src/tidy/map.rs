//! ARCHITECTURE.md's map equals the tree.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{root, step::quiet};

/// Deeper folders belong to the one above them.
const DEPTH: usize = 4;

/// What is off, a line each.
pub fn problems() -> Result<Vec<String>> {
    let text = fs::read_to_string(root::repository().join("ARCHITECTURE.md"))?;
    let block = text.split("```map\n").nth(1).and_then(|rest| rest.split("```").next());
    let block = block.context("ARCHITECTURE.md has no ```map block")?;
    let listed: BTreeSet<&str> = block.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let tracked = quiet(Command::new("git").args(["ls-files"]).current_dir(root::repository()))?;
    let tree: BTreeSet<String> = tracked.lines().filter_map(folder).collect();
    let missing = tree.iter().filter(|folder| !listed.contains(folder.as_str()));
    let gone = listed.iter().filter(|folder| !tree.contains(**folder));
    Ok(missing
        .map(|folder| format!("ARCHITECTURE.md's map lacks {folder}"))
        .chain(gone.map(|folder| format!("ARCHITECTURE.md's map names {folder}, which holds no sources")))
        .collect())
}

/// The folder of a source file, as the map would name it.
fn folder(file: &str) -> Option<String> {
    let path = Path::new(file);
    let kind = path.extension()?.to_str()?;
    if !matches!(kind, "rs" | "css" | "mjs" | "py" | "sql" | "eml" | "html") {
        return None;
    }
    let parts: Vec<&str> = path.parent()?.iter().filter_map(|part| part.to_str()).collect();
    let depth = match *parts.first()? {
        "backend" => DEPTH,
        "tests" if parts.get(1) == Some(&"corpus") => 2,
        _ => DEPTH - 1,
    };
    // A module's own tests belong to it.
    let parts: Vec<&str> = parts
        .into_iter()
        .enumerate()
        .take_while(|(at, part)| *at == 0 || *part != "tests")
        .map(|(_, part)| part)
        .collect();
    let named = parts.iter().take(depth).copied().collect::<Vec<_>>().join("/");
    (!named.is_empty()).then_some(named)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_belongs_to_the_folder_that_the_map_names() {
        assert_eq!(folder("backend/web/src/jmap/email/get.rs").as_deref(), Some("backend/web/src/jmap"));
        assert_eq!(folder("frontend/src/pages/mail/row.rs").as_deref(), Some("frontend/src/pages"));
        assert_eq!(folder("tests/corpus/eml/a.eml").as_deref(), Some("tests/corpus"));
        assert_eq!(folder("README.md"), None);
    }
}
