//! A SearchSnippet (RFC 8621 §5) taken apart: text with `<mark>` round what was found, everything else escaped. Pure.

/// Pieces of text, `true` = found.
pub fn marked(snippet: &str) -> Vec<(String, bool)> {
    let mut out = Vec::new();
    let mut rest = snippet;
    while let Some((before, after)) = rest.split_once("<mark>") {
        let (inside, tail) = after.split_once("</mark>").unwrap_or((after, ""));
        out.push((plain(before), false));
        out.push((plain(inside), true));
        rest = tail;
    }
    out.push((plain(rest), false));
    out.retain(|(text, _)| !text.is_empty());
    out
}

/// Undoes the escaping of the five characters; `&amp;` last, so that nothing is undone twice.
fn plain(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&apos;", "'")];
    let mut out = text.to_owned();
    for (escaped, character) in pairs {
        out = out.replace(escaped, character);
    }
    out.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn marks_and_escapes_come_apart() {
        let show = |text: &str| {
            let pieces = marked(text).into_iter();
            pieces.map(|(text, found)| if found { format!("[{text}]") } else { text }).collect::<String>()
        };
        assert_eq!(show("the <mark>summer</mark> house"), "the [summer] house");
        assert_eq!(show("a &lt;b&gt; &amp;lt; <mark>x&amp;y</mark>"), "a <b> &lt; [x&y]");
        assert_eq!(show("<mark>open"), "[open]");
        assert_eq!(show(""), "");
        assert_eq!(show("</mark>odd"), "</mark>odd");
    }
}
