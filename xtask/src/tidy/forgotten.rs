//! Test files that no test binary includes, and CSS classes that no Rust file names.

use std::{collections::BTreeSet, fs};

use anyhow::Result;

use super::files::rust_sources;
use crate::{root, web};

/// Rust files under `tests/` that no `mod` line names, a line each.
pub fn problems() -> Result<Vec<String>> {
    let sources = rust_sources()?;
    let declared: BTreeSet<String> = sources
        .iter()
        .filter(|source| source.path.starts_with("tests/"))
        .flat_map(|source| source.text.lines().filter_map(declared).collect::<Vec<_>>())
        .collect();
    Ok(sources
        .iter()
        .filter(|source| source.path.starts_with("tests/"))
        .filter_map(|source| {
            let stem = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
            let name = stem.rsplit('/').next().unwrap_or_default();
            let root = matches!(name, "lib" | "main" | "all") || source.path.contains("/bin/");
            (!root && !declared.contains(name))
                .then(|| format!("{} is in no test binary: add `mod {name};`", source.path))
        })
        .collect())
}

fn declared(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub ");
    Some(line.strip_prefix("mod ")?.strip_suffix(';')?.to_owned())
}

/// Classes in `style/` that the frontend, the message view and the page never name.
pub fn unused_classes() -> Result<Vec<String>> {
    let top = root::repository();
    let mut users = fs::read_to_string(top.join("index.html")).unwrap_or_default();
    for source in
        rust_sources()?.iter().filter(|s| s.path.starts_with("frontend/") || s.path.starts_with("backend/web/"))
    {
        users.push_str(&source.text);
    }
    let mut unused = Vec::new();
    for file in web::files(&top.join("style"))?.into_iter().filter(|file| file.extension().is_some_and(|e| e == "css"))
    {
        for class in classes(&fs::read_to_string(&file)?) {
            if !users.contains(&class) {
                let name = file.strip_prefix(&top).unwrap_or(&file).display().to_string();
                unused.push(format!("{name}: nobody uses .{class}"));
            }
        }
    }
    Ok(unused)
}

fn classes(sheet: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for piece in sheet.split('.').skip(1) {
        let name: String = piece.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect();
        if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.len() > 2 {
            found.insert(name);
        }
    }
    found
}
