//! The asking side: what a person typed becomes a MATCH expression that cannot be anything else.

use super::{Piece, fold, pieces};

/// Words and phrases of one question that are looked at.
const MAX_UNITS: usize = 32;

/// A word or a phrase.
struct Unit {
    pieces: Vec<Piece>,
    phrase: bool,
}

/// A safe FTS5 MATCH expression for what a person typed: every word must occur; `"…"` and `'…'` are phrases
/// (RFC 8621 §4.4.1, backslash escapes); with `prefix_last` the last word may be the beginning of one.
/// `columns` restricts (empty = all). `None` when nothing searchable is left.
pub fn query(text: &str, columns: &[&str], prefix_last: bool) -> Option<String> {
    let units = units(text);
    let last = units.len().checked_sub(1)?;
    let parts: Vec<String> =
        units.iter().enumerate().map(|(i, unit)| expression(unit, prefix_last && i == last)).collect();
    let all = parts.join(" AND ");
    let names: Vec<String> = columns
        .iter()
        .filter(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
        .map(|name| format!("\"{name}\""))
        .collect();
    if names.is_empty() { Some(all) } else { Some(format!("{{{}}} : ({all})", names.join(" "))) }
}

/// The words and phrases of a question, folded as [`fold`] folds, each as its words between spaces: what
/// SearchSnippet marks.
pub fn terms(text: &str) -> Vec<String> {
    units(text)
        .into_iter()
        .map(|unit| {
            let words: Vec<String> = unit
                .pieces
                .into_iter()
                .map(|piece| match piece {
                    Piece::Word(word) => fold(&word),
                    Piece::Dense(run) => fold(&run.into_iter().collect::<String>()),
                })
                .collect();
            words.join(" ")
        })
        .collect()
}

/// One unit as an FTS5 phrase. Inside the quotes stand only letters, digits, marks and spaces.
fn expression(unit: &Unit, prefix: bool) -> String {
    let mut tokens: Vec<String> = Vec::new();
    let mut star = false;
    let count = unit.pieces.len();
    for (i, piece) in unit.pieces.iter().enumerate() {
        let is_last = i + 1 == count;
        match piece {
            Piece::Word(word) => {
                tokens.push(word.clone());
                star = prefix && is_last && !unit.phrase;
            }
            Piece::Dense(run) => {
                tokens.extend(run.windows(2).map(|pair| pair.iter().collect::<String>()));
                // The run in the text may go on after what was asked; only in its middle is its end known.
                if run.len() == 1 || !is_last {
                    tokens.extend(run.last().map(char::to_string));
                }
                star = run.len() == 1 && is_last;
            }
        }
    }
    format!("\"{}\"{}", tokens.join(" "), if star { " *" } else { "" })
}

/// Cuts a question into units that have something to look for.
fn units(text: &str) -> Vec<Unit> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && found.len() < MAX_UNITS {
        let (content, phrase, next) = match phrase(rest) {
            Some((content, next)) => (content, true, next),
            None => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                let (word, next) = rest.split_at(end);
                (word.to_owned(), false, next)
            }
        };
        rest = next.trim_start();
        let pieces = pieces(&content);
        if !pieces.is_empty() {
            found.push(Unit { pieces, phrase });
        }
    }
    found
}

/// A phrase at the beginning: quoted by `"` or `'`, closed before white space or the end.
fn phrase(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut content = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => content.extend(chars.next().map(|(_, c)| c)),
            c if c == quote => {
                let next = text.get(at + 1..)?;
                if next.is_empty() || next.starts_with(char::is_whitespace) {
                    return Some((content, next));
                }
                content.push(c);
            }
            c => content.push(c),
        }
    }
    None
}
