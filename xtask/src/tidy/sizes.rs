//! A ratchet on length: a file over 600 lines or a function over 120 fails, unless it is recorded, and what is recorded may
//! not grow.

use std::{collections::BTreeMap, fs};

use anyhow::Result;

use super::files::Source;
use crate::root;

const FILE_MAX_LINES: usize = 600;
const FUNCTION_MAX_LINES: usize = 120;
const RECORD: &str = "xtask/ratchet.txt";

/// What is off, a line each; prints the largest files and functions.
pub fn problems(sources: &[Source], record: bool) -> Result<Vec<String>> {
    let mut lengths: Vec<(usize, usize, String)> = Vec::new();
    for source in sources {
        let own = without_tests(&source.text);
        lengths.push((own.lines().count(), FILE_MAX_LINES, source.path.clone()));
        for (name, lines) in functions(own) {
            lengths.push((lines, FUNCTION_MAX_LINES, format!("{}#{name}", source.path)));
        }
    }
    lengths.sort_by(|a, b| b.cmp(a));
    let largest = |limit: usize| lengths.iter().filter(move |l| l.1 == limit).take(5);
    println!("  largest files: {}", shown(largest(FILE_MAX_LINES)));
    println!("  largest functions: {}", shown(largest(FUNCTION_MAX_LINES)));
    let path = root::repository().join(RECORD);
    let over: Vec<_> = lengths.iter().filter(|(lines, limit, _)| lines > limit).collect();
    if record {
        let text: String = over.iter().map(|(lines, _, what)| format!("{lines} {what}\n")).collect();
        fs::write(path, text)?;
        return Ok(Vec::new());
    }
    let recorded = fs::read_to_string(path).unwrap_or_default();
    let recorded: BTreeMap<&str, usize> = recorded
        .lines()
        .filter_map(|line| line.split_once(' ').and_then(|(n, what)| Some((what, n.parse().ok()?))))
        .collect();
    Ok(over
        .into_iter()
        .filter(|(lines, _, what)| recorded.get(what.as_str()).is_none_or(|kept| lines > kept))
        .map(|(lines, limit, what)| format!("{what} has {lines} lines, the limit is {limit}"))
        .collect())
}

fn shown<'a>(largest: impl Iterator<Item = &'a (usize, usize, String)>) -> String {
    largest.map(|(lines, _, what)| format!("{what} {lines}")).collect::<Vec<_>>().join(", ")
}

/// The part of a file before its own test module.
fn without_tests(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod tests {").map_or(text, |at| &text[..at])
}

/// Name and length of every function, found by its closing brace at the same indentation (rustfmt keeps that true).
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let body = line.trim_start();
        let indent = line.len() - body.len();
        let Some(name) = name(body) else { continue };
        let close = format!("{}}}", " ".repeat(indent));
        if let Some(length) = lines.iter().skip(at).position(|l| **l == close) {
            found.push((name, length + 1));
        }
    }
    found
}

fn name(line: &str) -> Option<String> {
    let words = ["pub(crate) ", "pub(super) ", "pub ", "const ", "async "];
    let mut rest = line;
    while let Some(next) = words.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = next;
    }
    let rest = rest.strip_prefix("fn ")?;
    Some(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_function_is_measured_to_its_own_brace() {
        let text = "impl A {\n    pub async fn one() {\n        if x {\n        }\n    }\n}\nfn two() {\n}\n";
        assert_eq!(functions(text), [("one".to_owned(), 4), ("two".to_owned(), 2)]);
    }

    #[test]
    fn the_test_module_does_not_count() {
        assert_eq!(without_tests("fn a() {}\n#[cfg(test)]\nmod tests {\n}\n"), "fn a() {}\n");
    }
}
