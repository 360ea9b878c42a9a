//! Quoted history: finding it in plain text. (In HTML the cleaner finds it on its tree.)

mod phrases;

pub use phrases::is_attribution;
pub(crate) use phrases::{is_forward_mark, is_header_block, is_original_mark};

/// A stretch of a plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Quoted history (with its "On … wrote:" line) rather than new words.
    pub quoted: bool,
    /// The lines as they are.
    pub text: &'a str,
}

/// Splits a text into new words and quoted history. Joined, the segments are the text.
pub fn fold(text: &str) -> Vec<Segment<'_>> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut quoted: Vec<bool> = lines.iter().map(|line| is_quote(line)).collect();
    mark_original(&lines, &mut quoted);
    mark_gaps(&lines, &mut quoted);
    mark_attributions(&lines, &mut quoted);
    let mut segments: Vec<Segment<'_>> = Vec::new();
    let (mut start, mut at) = (0, 0);
    for (i, line) in lines.iter().enumerate() {
        let this = quoted.get(i).copied().unwrap_or(false);
        at += line.len();
        if quoted.get(i + 1).copied() != Some(this) {
            segments.push(Segment { quoted: this, text: text.get(start..at).unwrap_or_default() });
            start = at;
        }
    }
    segments
}

/// The text without quoted history and signature; the whole text when nothing else would be left.
pub fn strip(text: &str) -> String {
    let mut out = String::new();
    for segment in fold(text).iter().filter(|segment| !segment.quoted) {
        out.push_str(before_signature(segment.text));
    }
    if out.trim().is_empty() { text.to_owned() } else { out }
}

/// Up to the line "-- " (RFC 3676 §4.3); some mailers drop its space.
fn before_signature(text: &str) -> &str {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if matches!(line.trim_end_matches(['\r', '\n']), "-- " | "--") {
            return text.get(..at).unwrap_or_default();
        }
        at += line.len();
    }
    text
}

fn is_quote(line: &str) -> bool {
    line.trim_start_matches(' ').starts_with('>') && !line.starts_with(">From ")
}

/// From "-----Original Message-----" (or its like) all is history, unless nothing new stands before it.
fn mark_original(lines: &[&str], quoted: &mut [bool]) {
    let begins = |i: usize, line: &str| {
        let next = lines.get(i + 1).copied().unwrap_or_default();
        let forwarded = lines.iter().take(i).rev().take(2).any(|line| is_forward_mark(line));
        is_original_mark(line, next) || (!forwarded && is_header_block(lines.get(i..).unwrap_or_default()))
    };
    let Some(mark) = lines.iter().enumerate().position(|(i, line)| begins(i, line)) else { return };
    let new_before = lines.iter().take(mark).any(|line| !line.trim().is_empty());
    if new_before {
        quoted.iter_mut().skip(mark).for_each(|flag| *flag = true);
    }
}

/// Empty lines between two quoted ones belong to the quote.
fn mark_gaps(lines: &[&str], quoted: &mut [bool]) {
    let mut last_quoted: Option<usize> = None;
    for i in 0..lines.len() {
        if quoted.get(i).copied().unwrap_or(false) {
            if let Some(last) = last_quoted {
                quoted.iter_mut().take(i).skip(last + 1).for_each(|flag| *flag = true);
            }
            last_quoted = Some(i);
        } else if lines.get(i).is_some_and(|line| !line.trim().is_empty()) {
            last_quoted = None;
        }
    }
}

/// The line (or the two or three, if it was wrapped) that introduces a quote belongs to it.
fn mark_attributions(lines: &[&str], quoted: &mut [bool]) {
    for i in 0..lines.len() {
        let begins = quoted.get(i).copied().unwrap_or(false)
            && !i.checked_sub(1).is_some_and(|p| quoted.get(p).copied().unwrap_or(false));
        if !begins {
            continue;
        }
        let Some(last) = (0..i).rev().find(|&k| lines.get(k).is_some_and(|line| !line.trim().is_empty())) else {
            continue;
        };
        if i - last > 3 {
            continue;
        }
        for first in (last.saturating_sub(2)..=last).rev() {
            let joined = lines
                .get(first..=last)
                .unwrap_or_default()
                .iter()
                .map(|line| line.trim())
                .collect::<Vec<_>>()
                .join(" ");
            if lines.get(first).is_none_or(|line| line.trim().is_empty()) {
                break;
            }
            if is_attribution(&joined) && phrases::begins_attribution(&joined) {
                quoted.iter_mut().take(i).skip(first).for_each(|flag| *flag = true);
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
    use super::*;

    fn shape(text: &str) -> Vec<(bool, &str)> {
        fold(text).into_iter().map(|s| (s.quoted, s.text)).collect()
    }

    #[test]
    fn quotes_are_found_with_their_introduction() {
        assert_eq!(
            shape("Yes.\n\nOn Monday Ann wrote:\n> a\n\n> b\n"),
            [(false, "Yes.\n\n"), (true, "On Monday Ann wrote:\n> a\n\n> b\n")]
        );
        assert_eq!(
            shape("Ja.\n\nAm 1.1.2026 um 10:00 schrieb Ann Beispiel\n<ann@example.com>:\n\n> a\nmehr\n"),
            [
                (false, "Ja.\n\n"),
                (true, "Am 1.1.2026 um 10:00 schrieb Ann Beispiel\n<ann@example.com>:\n\n> a\n"),
                (false, "mehr\n")
            ]
        );
        assert!(shape("Ok\n-----Original Message-----\nFrom: A\n\nold\n")[1].0);
        assert_eq!(shape("-----Original Message-----\nFrom: A\n"), [(false, "-----Original Message-----\nFrom: A\n")]);
        assert!(shape("Ok\n\nVon: A\nGesendet: heute\nAn: B\nBetreff: x\n\nold\n")[1].0);
        assert_eq!(shape("Fyi\n---------- Forwarded message ---------\nFrom: A\nDate: x\nTo: B\n").len(), 1);
        assert_eq!(shape(">From here on\n"), [(false, ">From here on\n")]);
        assert_eq!(shape(""), []);
    }

    #[test]
    fn segments_join_to_the_text() {
        let text = "a\r\n> b\r\n\r\nc\n-- \nd";
        assert_eq!(fold(text).iter().map(|s| s.text).collect::<String>(), text);
        assert_eq!(strip(text), "a\r\n\r\nc\n");
    }
}
