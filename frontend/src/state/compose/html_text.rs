//! The text of an HTML message, for quoting it. Nothing of it is ever put into the page: it goes into a text field.

/// Elements whose content is not text.
const SILENT: &[&str] = &["script", "style", "head", "title", "template", "noscript"];
/// Elements that begin and end a line.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "tr",
    "table",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "section",
    "article",
    "header",
    "footer",
    "hr",
];
/// A longer source is cut: a quote of that size helps nobody.
const LIMIT: usize = 400_000;

/// Tags go, blocks become lines, entities become characters.
pub fn html_text(html: &str) -> String {
    let mut out = Text { out: String::new() };
    let mut rest = html.get(..floor(html, LIMIT)).unwrap_or_default();
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        out.words(text);
        if let Some(after) = tag.strip_prefix("<!--") {
            rest = after.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let Some((tag, after)) = tag.get(1..).and_then(|tag| tag.split_once('>')) else {
            rest = "";
            break;
        };
        rest = after;
        let closes = tag.starts_with('/');
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        if SILENT.contains(&name.as_str()) && !closes {
            rest = skip_past_end(rest, &name);
        } else if name == "br" {
            out.out.push('\n');
        } else if name == "p" {
            out.line(2);
        } else if BLOCKS.contains(&name.as_str()) {
            out.line(1);
        } else if matches!(name.as_str(), "td" | "th") && closes {
            out.words(" ");
        }
    }
    out.words(rest);
    out.out.trim().to_owned()
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn skip_past_end<'a>(html: &'a str, name: &str) -> &'a str {
    let end = format!("</{name}");
    let found = html.as_bytes().windows(end.len()).position(|window| window.eq_ignore_ascii_case(end.as_bytes()));
    found.and_then(|at| html.get(at..)).and_then(|tail| tail.split_once('>')).map_or("", |(_, rest)| rest)
}

struct Text {
    out: String,
}

impl Text {
    /// Ends the line, and leaves `lines - 1` blank ones.
    fn line(&mut self, lines: usize) {
        while self.out.ends_with([' ', '\u{a0}']) {
            self.out.pop();
        }
        if self.out.is_empty() {
            return;
        }
        let have = self.out.chars().rev().take_while(|c| *c == '\n').count();
        for _ in have..lines {
            self.out.push('\n');
        }
    }

    /// Adds text, white space folded.
    fn words(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            let c = if c == '&' {
                match entity(rest) {
                    Some((decoded, after)) => {
                        rest = after;
                        decoded
                    }
                    None => c,
                }
            } else {
                c
            };
            if c.is_ascii_whitespace() {
                if !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
                    self.out.push(' ');
                }
            } else if c == '\u{a0}' {
                self.out.push(' ');
            } else if !matches!(c, '\u{200b}' | '\u{feff}' | '\u{200c}' | '\u{ad}') {
                self.out.push(c);
            }
        }
    }
}

fn entity(text: &str) -> Option<(char, &str)> {
    let (name, rest) = text.split_once(';')?;
    if name.len() > 10 {
        return None;
    }
    let code = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => u32::from(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => '\u{a0}',
            "ndash" => '–',
            "mdash" => '—',
            "hellip" => '…',
            "rsquo" => '’',
            "lsquo" => '‘',
            "ldquo" => '“',
            "rdquo" => '”',
            "euro" => '€',
            "auml" => 'ä',
            "ouml" => 'ö',
            "uuml" => 'ü',
            "Auml" => 'Ä',
            "Ouml" => 'Ö',
            "Uuml" => 'Ü',
            "szlig" => 'ß',
            "aring" => 'å',
            "Aring" => 'Å',
            "eacute" => 'é',
            "egrave" => 'è',
            "copy" => '©',
            "zwnj" => '\u{200c}',
            _ => return None,
        }),
    };
    Some((char::from_u32(code)?, rest))
}

#[cfg(test)]
mod tests {
    use super::html_text;

    #[test]
    fn blocks_become_lines_and_styles_vanish() {
        let html = "<html><head><style>p{color:red}</style></head><body><p>Dear&nbsp;Anna,</p>\n<p>one<br>two &amp; three</p><div>end</div></body>";
        assert_eq!(html_text(html), "Dear Anna,\n\none\ntwo & three\n\nend");
    }

    #[test]
    fn broken_html_never_panics_and_keeps_what_is_text() {
        assert_eq!(html_text("a < b"), "a");
        assert_eq!(html_text("x <!-- never closed"), "x");
        assert_eq!(html_text("<script>alert(1)"), "");
        assert_eq!(html_text("&bogus; &#xD800; &#65;"), "&bogus; &#xD800; A");
        assert_eq!(html_text("<SCRIPT>x</ScRiPt>ok"), "ok");
        assert_eq!(html_text(""), "");
    }

    #[test]
    fn a_huge_source_is_cut_at_a_character() {
        assert_eq!(html_text(&"å".repeat(300_000)).chars().count(), 200_000);
    }
}
