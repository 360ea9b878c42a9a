//! html5ever compares every attribute of a tag with all before it. A tag of a million attributes would take minutes, so
//! none gets that far: a `<wbr>` is put in, which in text is nothing to see and in a tag is its end.

use std::borrow::Cow;

/// Separators between two ">" from which on one is put in; about as many attributes can a tag have.
const MAX_SEPARATORS: usize = 8_000;

/// The text with bounded tags; nearly always as it was.
pub(super) fn bounded(html: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let (mut count, mut copied) = (0, 0);
    for (at, byte) in html.bytes().enumerate() {
        match byte {
            b'>' => count = 0,
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/' | b'"' | b'\'' => {
                count += 1;
                if count >= MAX_SEPARATORS {
                    out.push_str(html.get(copied..at).unwrap_or_default());
                    out.push_str("<wbr>");
                    (count, copied) = (0, at);
                }
            }
            _ => {}
        }
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    out.push_str(html.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_beyond_reason_is_touched() {
        assert!(matches!(bounded("<p a b c>words and words</p>"), Cow::Borrowed(_)));
        let tag: String = (0..20_000).map(|i| format!("a{i} ")).collect();
        assert_eq!(bounded(&format!("<p {tag}>")).matches("<wbr>").count(), 2);
        let words = "wörd ".repeat(9_000);
        assert_eq!(bounded(&words).replace("<wbr>", ""), words);
    }
}
