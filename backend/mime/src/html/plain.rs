//! Plain text as safe HTML: escaped, with links and folded quotes.

use super::policy;
use crate::quote;

/// Levels of quotes that are shown as such.
const MAX_LEVEL: usize = 10;
/// Quotes that stand between new words are folded from this length on; shorter ones are what is being answered.
const LONG_QUOTE: usize = 12;
/// Octets of text that are shown.
const MAX_TEXT: usize = 1024 * 1024;

/// Plain text as safe HTML: escaped, links found, quotes folded when asked (already clean, same classes as
/// [`super::clean`]). White space is kept by `white-space: pre-wrap`.
pub fn text_to_html(text: &str, fold_quotes: bool) -> String {
    let text =
        text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or_default().replace("\r\n", "\n").replace('\r', "\n");
    let segments = quote::fold(&text);
    let mut out = String::with_capacity(text.len() * 5 / 4 + 64);
    out.push_str(OPEN);
    let has_new = segments.iter().any(|segment| !segment.quoted && !segment.text.trim().is_empty());
    for (i, segment) in segments.iter().enumerate() {
        if !segment.quoted {
            write_lines(segment.text, &mut out);
            continue;
        }
        let rest = segments.get(i + 1..).unwrap_or_default();
        let trailing =
            rest.iter().all(|s| s.quoted || s.text.trim().is_empty() || s.text.trim_start().starts_with("-- \n"));
        let folds = fold_quotes && has_new && (trailing || segment.text.lines().count() >= LONG_QUOTE);
        if folds {
            out.push_str(FOLD_OPEN);
        }
        write_quoted(segment.text, &mut out);
        if folds {
            out.push_str(FOLD_CLOSE);
        }
    }
    out.push_str("</div>");
    out
}

/// The same without any look at quotes: what cleaning falls back on. Cleaned once more it stays as it is.
pub(super) fn unquoted(text: &str) -> String {
    let mut out = String::from(OPEN);
    write_lines(text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or_default(), &mut out);
    out.push_str("</div>");
    out
}

const OPEN: &str = "<div style=\"white-space:pre-wrap\" class=\"m-text\">";
const FOLD_OPEN: &str = "<details class=\"m-quote\"><summary>•••</summary>";
const FOLD_CLOSE: &str = "</details>";

/// Quoted lines as nested blockquotes by their number of ">".
fn write_quoted(text: &str, out: &mut String) {
    let mut open = 0;
    let mut group = String::new();
    for line in text.split_inclusive('\n') {
        let (level, rest) = level(line);
        if level != open {
            write_lines(&std::mem::take(&mut group), out);
            while open > level {
                out.push_str("</blockquote>");
                open -= 1;
            }
            while open < level {
                out.push_str("<blockquote>");
                open += 1;
            }
        }
        group.push_str(rest);
    }
    write_lines(&group, out);
    for _ in 0..open {
        out.push_str("</blockquote>");
    }
}

/// How often a line is quoted, and what it says.
fn level(line: &str) -> (usize, &str) {
    let mut rest = line;
    let mut level = 0;
    while level < MAX_LEVEL {
        match rest.trim_start_matches(' ').strip_prefix('>') {
            Some(next) => rest = next,
            None => break,
        }
        level += 1;
    }
    (level, if level > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest })
}

fn write_lines(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((start, end, href)) = next_link(rest) {
        escape(rest.get(..start).unwrap_or_default(), out);
        out.push_str("<a href=\"");
        escape_attribute(&href, out);
        out.push_str("\" target=\"_blank\" rel=\"noopener noreferrer\">");
        escape(rest.get(start..end).unwrap_or_default(), out);
        out.push_str("</a>");
        rest = rest.get(end..).unwrap_or_default();
    }
    escape(rest, out);
}

/// The next address in a text: where it begins, where it ends, and where it leads.
fn next_link(text: &str) -> Option<(usize, usize, String)> {
    let mut from = 0;
    while let Some(offset) = text.get(from..).and_then(|rest| rest.find(['h', 'H', 'w', 'W', '@', 'm', 'M'])) {
        let at = from + offset;
        let rest = text.get(at..).unwrap_or_default();
        let before = text.get(..at).and_then(|b| b.chars().next_back());
        let free = before.is_none_or(|c| !c.is_alphanumeric());
        if rest.starts_with('@') {
            if let Some(found) = address(text, at) {
                return Some(found);
            }
        } else if free && let Some(end) = url_end(rest) {
            let shown = rest.get(..end).unwrap_or_default();
            let href = if starts_ignoring_case(shown, "www.") { format!("https://{shown}") } else { shown.to_owned() };
            if let Some(href) = policy::link(&href) {
                return Some((at, at + end, href));
            }
        }
        from = at + 1;
    }
    None
}

fn starts_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// The length of a web address at the beginning; closing punctuation is left out.
fn url_end(text: &str) -> Option<usize> {
    let prefix = ["https://", "http://", "www.", "mailto:"].into_iter().find(|p| starts_ignoring_case(text, p))?;
    let stop = |c: char| c.is_whitespace() || c.is_control() || "<>\"`{}|\\^「」『』【】。，、；：！？".contains(c);
    let window = text.get(..text.floor_char_boundary(2_000))?;
    let mut end = window.find(stop).unwrap_or(window.len());
    for _ in 0..20 {
        let shown = text.get(..end)?;
        let last = shown.chars().next_back()?;
        let unbalanced =
            |open: char, close: char| last == close && shown.matches(close).count() > shown.matches(open).count();
        if !".,;:!?'*_".contains(last) && !unbalanced('(', ')') && !unbalanced('[', ']') {
            break;
        }
        end -= last.len_utf8();
    }
    (end > prefix.len() + 2).then_some(end)
}

/// A mail address around its "@".
fn address(text: &str, at: usize) -> Option<(usize, usize, String)> {
    let local = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let before = text.get(..at)?;
    let start = before.char_indices().rev().take_while(|(_, c)| local(*c)).last()?.0;
    let after = text.get(at + 1..)?;
    let domain_end = after.find(|c: char| !(c.is_ascii_alphanumeric() || ".-".contains(c))).unwrap_or(after.len());
    let domain = after.get(..domain_end)?.trim_end_matches(['.', '-']);
    let name = text.get(start..at)?.trim_start_matches(['.', '-', '%', '+']);
    let start = at - name.len();
    let fine = domain.contains('.')
        && !domain.starts_with(['.', '-'])
        && !domain.contains("..")
        && domain.len() < 254
        && !name.is_empty()
        && name.len() <= 64;
    let href = policy::link(&format!("mailto:{name}@{domain}")).filter(|_| fine)?;
    Some((start, at + 1 + domain.len(), href))
}

/// Escapes text as the serialiser of HTML does, so that cleaning it once more changes nothing.
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            // Direction overrides and controls, which no document may hold.
            '\u{202d}' | '\u{202e}' => {}
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            c => out.push(c),
        }
    }
}

/// The same for the inside of a quoted attribute.
pub(super) fn escape_attribute(value: &str, out: &mut String) {
    let mut escaped = String::new();
    escape(value, &mut escaped);
    out.push_str(&escaped.replace('"', "&quot;"));
}
