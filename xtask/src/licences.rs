//! Licences and sources of every crate in the graph, from `cargo metadata`: permissive or MPL only, from the registry only.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{root, step::quiet};

/// Licences that a self-hosted program may carry without conditions on the family that runs it.
const GOOD: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Lower bounds that a security fix has set: crate and the first good version.
const BOUNDS: &[(&str, &str)] = &[("ammonia", "4.1.4"), ("h2", "0.4.16")];

/// What is wrong with the graph, a line each.
pub fn problems() -> Result<Vec<String>> {
    let said = quiet(
        Command::new("cargo").args(["metadata", "--format-version", "1", "--locked"]).current_dir(root::repository()),
    )?;
    let graph: Value = serde_json::from_str(&said)?;
    let packages = graph.get("packages").and_then(Value::as_array).context("cargo metadata lists no packages")?;
    let mut found = Vec::new();
    for package in packages {
        let field = |name: &str| package.get(name).and_then(Value::as_str).unwrap_or_default();
        let (name, version, source) = (field("name"), field("version"), field("source"));
        if source.is_empty() {
            continue;
        }
        if !source.starts_with("registry+") && !source.starts_with("sparse+") {
            found.push(format!("{name} {version} does not come from the registry"));
        }
        if !accepted(field("license")) {
            found.push(format!("{name} {version} has the licence “{}”", field("license")));
        }
        for (bound, least) in BOUNDS.iter().filter(|(bound, _)| *bound == name) {
            if numbers(version) < numbers(least) {
                found.push(format!("{bound} {version} is older than {least}"));
            }
        }
        if name == "aws-lc-sys" || name == "openssl-sys" {
            found.push(format!("{name} is in the graph: one TLS provider (ring) is enough"));
        }
    }
    Ok(found)
}

/// An SPDX expression with a way through it that uses good licences only.
fn accepted(expression: &str) -> bool {
    let flat = expression.replace(['(', ')'], " ").replace('/', " OR ");
    flat.split(" AND ").all(|all| all.split(" OR ").any(|one| good(one.trim())))
}

fn good(licence: &str) -> bool {
    let base = licence.split(" WITH ").next().unwrap_or_default().trim();
    GOOD.contains(&base)
}

fn numbers(version: &str) -> Vec<u64> {
    version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_expression_is_good_when_a_way_through_it_is() {
        for good in [
            "MIT",
            "MIT OR Apache-2.0",
            "MIT/Apache-2.0",
            "(MIT OR GPL-3.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(accepted(good), "{good}");
        }
        for bad in ["AGPL-3.0-only", "GPL-3.0", "", "MIT AND GPL-2.0"] {
            assert!(!accepted(bad), "{bad}");
        }
    }

    #[test]
    fn versions_compare_by_number() {
        assert!(numbers("4.1.10") > numbers("4.1.4"));
        assert!(numbers("0.4.15") < numbers("0.4.16"));
    }
}
