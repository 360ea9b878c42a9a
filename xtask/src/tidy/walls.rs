//! The dependency table of ARCHITECTURE.md, checked against the manifests.

use std::fs;

use anyhow::{Context, Result};

use super::files::crate_sources;

/// Crate, and which of ours it may name among its dependencies.
const TABLE: &[(&str, &[&str])] = &[
    ("mime", &[]),
    ("shared", &[]),
    ("disk", &[]),
    ("store", &["mime", "disk", "shared"]),
    ("remote", &["mime"]),
    ("mailclient", &["store", "remote", "mime", "shared"]),
    ("web", &["shared", "mailclient", "store", "mime"]),
    ("frontend", &["shared"]),
    ("kinpost", &["disk", "mailclient", "mime", "remote", "shared", "store", "web"]),
];

const OURS: &[&str] =
    &["disk", "frontend", "kinpost", "mailclient", "mailserver", "mime", "remote", "shared", "store", "web"];

/// What is off, a line each.
pub fn problems() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (name, allowed) in TABLE {
        let manifest = crate_sources(name).with_file_name("Cargo.toml");
        let manifest: toml::Table =
            fs::read_to_string(&manifest).with_context(|| format!("{} is missing", manifest.display()))?.parse()?;
        let mut named = Vec::new();
        dependencies(&manifest, &mut named);
        for other in named.iter().filter(|other| OURS.contains(&other.as_str())) {
            if !allowed.contains(&other.as_str()) {
                found.push(format!(
                    "the wall between {name} and {other} is broken: {name} may depend on {allowed:?} only"
                ));
            }
        }
    }
    Ok(found)
}

/// The names in every `[dependencies]`-like table but the development one, also below `[target.…]`.
fn dependencies(table: &toml::Table, named: &mut Vec<String>) {
    for (key, value) in table {
        let Some(inner) = value.as_table() else { continue };
        match key.as_str() {
            "dependencies" | "build-dependencies" => named.extend(inner.keys().cloned()),
            "target" => inner.values().filter_map(toml::Value::as_table).for_each(|inner| dependencies(inner, named)),
            _ => {}
        }
    }
}
