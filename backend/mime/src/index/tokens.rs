//! One tokeniser for storing and for asking, made for FTS5 `unicode61 remove_diacritics 2`.

/// Text as the index column gets it: words kept, Chinese, Japanese, Korean Han, Thai, Lao, Khmer and Burmese runs as
/// bigrams plus a final single character (so that one character finds as a prefix).
pub fn index(text: &str) -> String {
    let _ = text;
    todo!()
}

/// A safe FTS5 MATCH expression for what a person typed: every word must occur; `"…"` and `'…'` are phrases
/// (RFC 8621 §4.4.1, backslash escapes); with `prefix_last` the last word may be the beginning of one.
/// `columns` restricts (empty = all). `None` when nothing searchable is left.
pub fn query(text: &str, columns: &[&str], prefix_last: bool) -> Option<String> {
    let _ = (text, columns, prefix_last);
    todo!()
}

/// The words and phrases of a query, folded as [`fold`] folds: what SearchSnippet marks.
pub fn terms(text: &str) -> Vec<String> {
    let _ = text;
    todo!()
}

/// Lower case without diacritics, as the index compares.
pub fn fold(text: &str) -> String {
    let _ = text;
    todo!()
}

/// Marks what a query found in `text` with `<mark>`, everything else HTML-escaped, at most `max` octets of output around
/// the first hit (RFC 8621 §5). `None` when nothing matches.
pub fn snippet(text: &str, terms: &[String], max: usize) -> Option<String> {
    let _ = (text, terms, max);
    todo!()
}
