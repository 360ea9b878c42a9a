//! MessageIds and URLs forms (RFC 8621 §4.1.2.5 and §4.1.2.7): lists in angle brackets.

use super::encoded::unfolded;

/// The msg-ids of a field without brackets, comments and white space; `None` when there is none to find. Words between
/// the ids, which obsolete In-Reply-To fields have (RFC 5322 §4.5.4), are passed over.
pub(crate) fn message_ids(raw: &[u8]) -> Option<Vec<String>> {
    let found = bracketed(&unfolded(raw));
    (!found.is_empty()).then_some(found)
}

/// The URLs of a List-* field (RFC 2369 §2); `None` when there is none.
pub(crate) fn urls(raw: &[u8]) -> Option<Vec<String>> {
    message_ids(raw)
}

/// What stands in angle brackets outside of comments and quotes, white space within dropped.
fn bracketed(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    let mut comment = 0u32;
    let mut quoted = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if let Some(id) = &mut open {
            match c {
                '>' => found.extend(open.take().filter(|id| !id.is_empty())),
                '<' => id.clear(),
                c if c.is_whitespace() => {}
                c => id.push(c),
            }
            continue;
        }
        match c {
            '\\' if comment > 0 || quoted => {
                chars.next();
            }
            '"' if comment == 0 => quoted = !quoted,
            '(' if !quoted => comment += 1,
            ')' if !quoted => comment = comment.saturating_sub(1),
            '<' if comment == 0 && !quoted => open = Some(String::new()),
            _ => {}
        }
    }
    found
}
