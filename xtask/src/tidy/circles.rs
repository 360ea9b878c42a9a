//! No circles between a crate's top-level modules: who reads one need not read the other first.

use std::collections::{BTreeMap, BTreeSet};

use super::files::Source;

/// What is off, a line each.
pub fn problems(sources: &[Source]) -> Vec<String> {
    let mut crates: BTreeMap<&str, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for source in sources {
        let Some((name, inner)) = source.path.split_once("/src/") else { continue };
        let module = inner.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        let is_test = inner.ends_with("tests.rs") || inner.split('/').any(|folder| folder == "tests");
        if is_test || matches!(module.as_str(), "lib" | "main" | "app") {
            continue;
        }
        let uses = crates.entry(name).or_default().entry(module.clone()).or_default();
        uses.extend(named(&source.text).into_iter().filter(|other| *other != module));
    }
    crates.iter().flat_map(|(name, uses)| circles(name, uses)).collect()
}

/// The top-level modules that a text names by `crate::…`, its tests left out.
fn named(text: &str) -> BTreeSet<String> {
    let own = text.find("#[cfg(test)]").map_or(text, |at| &text[..at]);
    let mut found = BTreeSet::new();
    for piece in own.split("crate::").skip(1) {
        if let Some(group) = piece.strip_prefix('{') {
            found.extend(group_heads(group));
        } else {
            found.insert(word(piece));
        }
    }
    found
}

/// `a::{b, c}, d}` → a, d
fn group_heads(group: &str) -> Vec<String> {
    let (mut depth, mut heads, mut at_head) = (0, Vec::new(), true);
    for (index, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_head = true,
            _ if at_head && letter.is_alphabetic() => {
                heads.push(word(&group[index..]));
                at_head = false;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn circles(name: &str, uses: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut found = Vec::new();
    for start in uses.keys() {
        let mut path = vec![start.as_str()];
        if let Some(circle) = walk(start, start, uses, &mut path, &mut BTreeSet::new()) {
            // Each circle once: told from its first module in the alphabet.
            if circle.iter().all(|module| *module >= start.as_str()) {
                found.push(format!("{name}: a circle between modules: {} → {start}", circle.join(" → ")));
            }
        }
    }
    found
}

fn walk<'a>(
    start: &str,
    at: &str,
    uses: &'a BTreeMap<String, BTreeSet<String>>,
    path: &mut Vec<&'a str>,
    seen: &mut BTreeSet<String>,
) -> Option<Vec<&'a str>> {
    for next in uses.get(at)?.iter().filter_map(|next| uses.get_key_value(next).map(|(key, _)| key.as_str())) {
        if next == start {
            return Some(path.clone());
        }
        if seen.insert(next.to_owned()) {
            path.push(next);
            if let Some(circle) = walk(start, next, uses, path, seen) {
                return Some(circle);
            }
            path.pop();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_circle_is_named_once() {
        let sources = [
            source("x/src/a.rs", "use crate::{b::{One, Two}, c};"),
            source("x/src/b/mod.rs", "crate::c::go()"),
            source("x/src/c.rs", "use crate::a;"),
        ];
        let found = problems(&sources);
        assert!(!found.is_empty() && found.iter().all(|line| line.starts_with("x: a circle")), "{found:?}");
        assert_eq!(problems(&sources[..2]), Vec::<String>::new());
    }
}
