//! Quoted history: finding it in plain text. (In HTML the cleaner finds it on its tree.)

/// A stretch of a plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Quoted history (with its "On … wrote:" line) rather than new words.
    pub quoted: bool,
    /// The lines as they are.
    pub text: &'a str,
}

/// Splits a text into new words and quoted history. Joined, the segments are the text.
pub fn fold(text: &str) -> Vec<Segment<'_>> {
    let _ = text;
    todo!()
}

/// The text without quoted history and signature; the whole text when nothing else would be left.
pub fn strip(text: &str) -> String {
    let _ = text;
    todo!()
}

/// Is this line one that introduces a quote ("On … wrote:", in several languages)?
pub fn is_attribution(line: &str) -> bool {
    let _ = line;
    todo!()
}
