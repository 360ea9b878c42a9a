//! Marking what was found (RFC 8621 §5), on the same notion of words as the index.

use super::{Class, class, fold};

/// A word of the text, folded, and where it stands.
struct Spot {
    word: String,
    start: usize,
    end: usize,
    dense: bool,
}

/// Marks what a query found in `text` with `<mark>`, everything else HTML-escaped, at most `max` octets of output around
/// the first hit (RFC 8621 §5). `None` when nothing matches. `terms` as [`super::terms`] gives them.
pub fn snippet(text: &str, terms: &[String], max: usize) -> Option<String> {
    let spots = spots(text);
    let asked: Vec<Vec<Spot>> = terms.iter().map(|term| self::spots(term)).filter(|t| !t.is_empty()).collect();
    let mut hits: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while at < spots.len() {
        let length = asked.iter().filter(|term| matches(&spots, at, term)).map(Vec::len).max();
        if let (Some(length), Some(first)) = (length, spots.get(at)) {
            let end = spots.get(at + length - 1).map_or(first.end, |spot| spot.end);
            hits.push((first.start, end));
            at += length;
        } else {
            at += 1;
        }
    }
    let first = hits.first()?.0;
    Some(write(text, &hits, begin(text, first, max), max))
}

/// Does the term begin at this word? Its last word may be the beginning of the text's.
fn matches(spots: &[Spot], at: usize, term: &[Spot]) -> bool {
    term.iter().enumerate().all(|(i, asked)| {
        spots.get(at + i).is_some_and(|spot| {
            let prefix = i + 1 == term.len() && !asked.dense;
            spot.word == asked.word || (prefix && spot.word.starts_with(&asked.word))
        })
    })
}

/// The words of a text; in dense scripts every character is one.
fn spots(text: &str) -> Vec<Spot> {
    let mut found: Vec<Spot> = Vec::new();
    let mut open = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match class(c) {
            Class::Gap => open = false,
            Class::Mark => {
                if let Some(last) = found.last_mut().filter(|spot| spot.end == at) {
                    last.end = end;
                }
            }
            Class::Dense => {
                found.push(Spot { word: fold(c.encode_utf8(&mut [0; 4])), start: at, end, dense: true });
                open = false;
            }
            Class::Letter => match found.last_mut().filter(|_| open) {
                Some(last) => last.end = end,
                None => {
                    found.push(Spot { word: String::new(), start: at, end, dense: false });
                    open = true;
                }
            },
        }
    }
    for spot in &mut found {
        if spot.word.is_empty() {
            spot.word = fold(text.get(spot.start..spot.end).unwrap_or_default());
        }
    }
    found
}

/// Where to begin, so that the first hit has some words before it.
fn begin(text: &str, first: usize, max: usize) -> usize {
    if text.len() <= max {
        return 0;
    }
    let from = text.floor_char_boundary(first.saturating_sub(max / 4));
    let lead = text.get(from..first).unwrap_or_default();
    if from == 0 { 0 } else { lead.find(char::is_whitespace).map_or(from, |space| from + space + 1) }
}

/// The text from `at`, escaped and marked, while there is room.
fn write(text: &str, hits: &[(usize, usize)], at: usize, max: usize) -> String {
    let mut out = String::new();
    let mut marked = false;
    let mut space = false;
    for (i, c) in text.get(at..).unwrap_or_default().char_indices() {
        let here = at + i;
        let starts = hits.iter().any(|(start, _)| *start == here);
        let ends = hits.iter().any(|(_, end)| *end == here) && marked;
        let piece = match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            '\'' => "&#39;".to_owned(),
            c if c.is_whitespace() => {
                if space || out.is_empty() {
                    String::new()
                } else {
                    " ".to_owned()
                }
            }
            c if c.is_control() => String::new(),
            c => c.to_string(),
        };
        space = c.is_whitespace();
        // Room for this piece and for the tags that must close what is open.
        let tags = if starts || (marked && !ends) { "<mark></mark>".len() } else { 0 }
            + if ends { "</mark>".len() } else { 0 };
        if out.len() + piece.len() + tags > max {
            break;
        }
        if ends {
            out.push_str("</mark>");
            marked = false;
        }
        if starts {
            out.push_str("<mark>");
            marked = true;
        }
        out.push_str(&piece);
    }
    if marked {
        out.push_str("</mark>");
    }
    out
}
