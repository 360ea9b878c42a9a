//! One tokeniser for storing and for asking, made for FTS5 `unicode61 remove_diacritics 2`.

mod query;
mod snippet;

pub use query::{query, terms};
pub use snippet::snippet;

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, char::is_combining_mark, is_nfkc_quick};

/// Characters of a word that count; longer ones are cut, when storing as when asking.
const MAX_WORD: usize = 64;

/// A stretch of text between what does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A word, case and accents as they are.
    Word(String),
    /// A run of a script that writes without spaces.
    Dense(Vec<char>),
}

/// Text as the index column gets it: words kept (FTS5 folds case and accents), runs of Chinese, Japanese, Thai, Lao,
/// Khmer and Burmese as bigrams plus a final single character (so that one character is found as a prefix).
pub fn index(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Word(word) => push(&mut out, word.chars()),
            Piece::Dense(run) => {
                for pair in run.windows(2) {
                    push(&mut out, pair.iter().copied());
                }
                push(&mut out, run.last().copied().into_iter());
            }
        }
    }
    out
}

/// Lower case without diacritics, as the index compares.
pub fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).nfd().filter(|c| !is_combining_mark(*c)).collect()
}

fn push(out: &mut String, token: impl Iterator<Item = char>) {
    if !out.is_empty() {
        out.push(' ');
    }
    out.extend(token);
}

/// Cuts text into what counts.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let text = match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfkc().collect()),
    };
    let mut found: Vec<Piece> = Vec::new();
    let mut open = false;
    for c in text.chars() {
        match (class(c), found.last_mut().filter(|_| open)) {
            (Class::Gap, _) => open = false,
            (Class::Mark, Some(Piece::Word(word))) => word.push(c),
            (Class::Mark, _) => {}
            (Class::Letter, Some(Piece::Word(word))) => word.push(c),
            (Class::Letter, _) => {
                found.push(Piece::Word(c.to_string()));
                open = true;
            }
            (Class::Dense, Some(Piece::Dense(run))) => run.push(c),
            (Class::Dense, _) => {
                found.push(Piece::Dense(vec![c]));
                open = true;
            }
        }
    }
    for piece in &mut found {
        if let Piece::Word(word) = piece
            && let Some((at, _)) = word.char_indices().nth(MAX_WORD)
        {
            word.truncate(at);
        }
    }
    found
}

pub(crate) enum Class {
    Letter,
    Dense,
    Mark,
    Gap,
}

/// What a character is to the index. Marks are no letters to FTS5: within words it sees to them, in dense runs they are
/// dropped, lest it should cut there.
pub(crate) fn class(c: char) -> Class {
    if is_combining_mark(c) {
        return Class::Mark;
    }
    if !c.is_alphanumeric() {
        return Class::Gap;
    }
    match u32::from(c) {
        0x0e00..=0x0eff // Thai, Lao
        | 0x1000..=0x109f // Burmese
        | 0x1780..=0x17ff // Khmer
        | 0x3005..=0x3007 | 0x3021..=0x3029 | 0x3031..=0x3035 | 0x303b..=0x303c
        | 0x3040..=0x312f // Kana, Bopomofo
        | 0x31f0..=0x31ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff // Han
        | 0x20000..=0x3ffff => Class::Dense,
        _ => Class::Letter,
    }
}
