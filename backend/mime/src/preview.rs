//! The preview line (RFC 8621 §4.1.4): at most 256 characters of what the letter itself says.

use crate::{html, quote};

/// Characters of a preview (RFC 8621 §4.1.4).
const MAX_CHARS: usize = 256;
/// Octets of a body that are looked at.
const MAX_INPUT: usize = 256 * 1024;

/// Previews a plain text or HTML body: white space folded, quotes and signature passed over when anything else is left.
pub fn preview_from(text: &str, is_html: bool) -> String {
    let text = text.get(..text.floor_char_boundary(MAX_INPUT)).unwrap_or_default();
    if is_html { fold(&quote::strip(&html::to_text(text))) } else { fold(&quote::strip(text)) }
}

/// One line without what cannot be seen: newsletters pad their first line with invisible characters.
fn fold(text: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            gap = !out.is_empty();
            continue;
        }
        if invisible(c) {
            continue;
        }
        let needed = 1 + usize::from(gap);
        if length + needed > MAX_CHARS {
            break;
        }
        if gap {
            out.push(' ');
            gap = false;
        }
        out.push(c);
        length += needed;
    }
    out
}

/// Characters without a shape, and those that turn the direction of what follows the preview.
fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fffc}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
    use super::*;

    #[test]
    fn previews_say_what_the_letter_says() {
        assert_eq!(
            preview_from("  Hi Ann,\r\n\r\n see  you\u{200b} there.\r\n-- \r\nBob", false),
            "Hi Ann, see you there."
        );
        assert_eq!(preview_from("Yes!\n\nOn Mon, 1 Jan 2026 Ann <a@x> wrote:\n> Dinner?\n", false), "Yes!");
        assert_eq!(preview_from("> only a quote\n", false), "> only a quote");
        assert_eq!(preview_from("<style>p{}</style><p>Hello <b>you</b></p><p>there", true), "Hello you there");
        assert_eq!(preview_from(&"é".repeat(400), false).chars().count(), 256);
        assert_eq!(preview_from("\u{202e}gnp.exe", false), "gnp.exe");
        assert_eq!(preview_from("", true), "");
    }
}
