//! The allow-list: which elements may stand, which attributes, and what may be in them. Used when the tree is written
//! anew and once more by the last cleaning, so that each suffices alone.

use url::Url;

use super::css;

/// Before ids and classes of strangers, so that they cannot be taken for the page's own.
pub(super) const PREFIX: &str = "m-";

/// Elements that may stand.
pub(super) const TAGS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Elements that go with all that is in them. Others that may not stand go alone and leave their content.
pub(super) const DROPPED: &[&str] = &[
    "applet",
    "area",
    "audio",
    "base",
    "basefont",
    "bgsound",
    "canvas",
    "command",
    "datalist",
    "embed",
    "fencedframe",
    "frame",
    "frameset",
    "iframe",
    "input",
    "isindex",
    "keygen",
    "link",
    "map",
    "math",
    "meta",
    "meter",
    "noembed",
    "noframes",
    "object",
    "option",
    "optgroup",
    "output",
    "param",
    "portal",
    "progress",
    "script",
    "select",
    "source",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "track",
    "video",
];

/// Elements without content.
pub(super) const VOID: &[&str] = &["br", "col", "hr", "img", "wbr"];

/// Attributes that any element may have.
pub(super) const GENERIC: &[&str] = &[
    "align",
    "aria-hidden",
    "bgcolor",
    "class",
    "dir",
    "height",
    "hidden",
    "id",
    "lang",
    "role",
    "style",
    "title",
    "valign",
    "width",
];

/// Attributes of single elements.
pub(super) const SPECIAL: &[(&str, &[&str])] = &[
    ("a", &["href", "target", "rel"]),
    ("img", &["src", "alt", "border", "hspace", "vspace"]),
    ("font", &["color", "face", "size"]),
    ("table", &["border", "cellpadding", "cellspacing"]),
    ("td", &["colspan", "rowspan", "nowrap"]),
    ("th", &["colspan", "rowspan", "nowrap", "scope"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("ol", &["start", "type", "reversed"]),
    ("ul", &["type"]),
    ("li", &["value", "type"]),
    ("hr", &["size", "color", "noshade"]),
    ("br", &["clear"]),
    ("details", &["open"]),
];

/// What must stand on every link that leads out.
pub(super) const REL: &str = "noopener noreferrer";

/// An attribute's value as it may stand, or `None`. Pictures' `src` is not decided here.
pub(super) fn attribute(tag: &str, name: &str, value: &str) -> Option<String> {
    let known = GENERIC.contains(&name) || SPECIAL.iter().any(|(t, names)| *t == tag && names.contains(&name));
    if !known {
        return None;
    }
    let word = value.trim().to_ascii_lowercase();
    let one_of = |words: &[&str]| words.contains(&word.as_str()).then(|| word.clone());
    match name {
        "style" => Some(css::inline(value)).filter(|css| !css.is_empty()),
        "class" => classes(value),
        "id" => identifier(value),
        "href" => link(value),
        "target" => Some("_blank".to_owned()),
        "rel" => Some(REL.to_owned()),
        "title" | "alt" => Some(plain(value)),
        "align" | "valign" | "clear" => one_of(&[
            "left",
            "right",
            "center",
            "middle",
            "top",
            "bottom",
            "baseline",
            "justify",
            "all",
            "none",
            "absmiddle",
        ]),
        "dir" => one_of(&["ltr", "rtl", "auto"]),
        "lang" => {
            (!word.is_empty() && word.len() <= 35 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
                .then_some(word)
        }
        "role" => one_of(&["presentation", "none"]),
        "aria-hidden" => one_of(&["true", "false"]),
        "scope" => one_of(&["row", "col", "rowgroup", "colgroup"]),
        "type" => {
            let kind = value.trim();
            (["1", "a", "A", "i", "I", "disc", "circle", "square"].contains(&kind)).then(|| kind.to_owned())
        }
        "width" | "height" => length(&word),
        "border" | "cellpadding" | "cellspacing" | "hspace" | "vspace" => digits(word.trim_end_matches("px"), 3),
        "colspan" | "rowspan" | "span" => digits(&word, 3).filter(|n| n != "0"),
        "start" | "value" => match word.strip_prefix('-') {
            Some(rest) => digits(rest, 6).map(|n| format!("-{n}")),
            None => digits(&word, 6),
        },
        "size" => match word.chars().next() {
            Some(sign @ ('+' | '-')) => digits(word.get(1..)?, 1).map(|n| format!("{sign}{n}")),
            _ => digits(word.trim_end_matches("px"), 3),
        },
        "bgcolor" | "color" => colour(&word),
        "face" => {
            let face = value.trim();
            let fine = !face.is_empty()
                && face.len() <= 200
                && face.chars().all(|c| c.is_alphanumeric() || " ,-_".contains(c));
            fine.then(|| face.to_owned())
        }
        "nowrap" | "reversed" | "noshade" | "hidden" | "open" => Some(String::new()),
        _ => None,
    }
}

/// Text of a title or alt, without what turns directions.
fn plain(value: &str) -> String {
    value.chars().filter(|c| !c.is_control() && !matches!(c, '\u{202d}' | '\u{202e}')).take(1_000).collect()
}

fn digits(text: &str, most: usize) -> Option<String> {
    (!text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.to_owned())
}

/// Pixels or per cent.
fn length(word: &str) -> Option<String> {
    let (number, unit) = match word.strip_suffix('%') {
        Some(number) => (number, "%"),
        None => (word.trim_end_matches("px"), ""),
    };
    let whole = number.trim().split('.').next().unwrap_or_default();
    digits(whole, 4).map(|n| format!("{n}{unit}"))
}

/// A colour's name or hexadecimal digits.
fn colour(word: &str) -> Option<String> {
    let hex = word.trim_start_matches('#');
    if matches!(hex.len(), 3 | 6) && hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(format!("#{hex}"));
    }
    (word.len() <= 30 && word.bytes().all(|b| b.is_ascii_lowercase()) && !word.is_empty()).then(|| word.to_owned())
}

/// Every class behind the prefix.
fn classes(value: &str) -> Option<String> {
    let list: Vec<String> = value.split_ascii_whitespace().take(12).filter_map(identifier).collect();
    (!list.is_empty()).then(|| list.join(" "))
}

/// A name behind the prefix; one that has it keeps it.
fn identifier(value: &str) -> Option<String> {
    let value = value.trim();
    let fine = !value.is_empty()
        && value.len() <= 80
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    fine.then(|| if value.starts_with(PREFIX) { value.to_owned() } else { format!("{PREFIX}{value}") })
}

/// A link that leads out by http, https, mailto or tel; written as browsers read it.
pub(super) fn link(value: &str) -> Option<String> {
    if value.len() > 8_000 {
        return None;
    }
    let mut url = Url::parse(value.trim_matches(|c: char| c <= ' ')).ok()?;
    match url.scheme() {
        "http" | "https" => {
            // "https://bank.example@evil.test": the name before the "@" only deceives.
            url.set_username("").ok()?;
            url.set_password(None).ok()?;
            Some(url.into())
        }
        "mailto" | "tel" => Some(String::from(url)).filter(|url| !url.contains(char::is_control)),
        _ => None,
    }
}
