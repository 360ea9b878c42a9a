//! Declarations: names from a list, values made of numbers, words and colours only. No functions but those of colours,
//! so no `url()`, `var()`, `expression()`; no positions, no screen-relative units.

use cssparser::{Parser, Token};

/// Declarations of one element.
const MAX_DECLARATIONS: usize = 80;
/// The largest number; anything beyond would make a frame of kilometres.
const MAX_NUMBER: f32 = 10_000.0;

/// Properties that may pass.
const PROPERTIES: &[&str] = &[
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-left-radius",
    "border-bottom-right-radius",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-spacing",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-left-radius",
    "border-top-right-radius",
    "border-top-style",
    "border-top-width",
    "border-width",
    "box-sizing",
    "caption-side",
    "clear",
    "color",
    "direction",
    "display",
    "empty-cells",
    "float",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style",
    "list-style-position",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-height",
    "min-width",
    "opacity",
    "overflow",
    "overflow-wrap",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "table-layout",
    "text-align",
    "text-decoration",
    "text-indent",
    "text-transform",
    "vertical-align",
    "visibility",
    "white-space",
    "width",
    "word-break",
    "word-spacing",
    "word-wrap",
];

/// Values of `display` that keep a letter in its flow.
const DISPLAYS: &[&str] = &[
    "block",
    "inline",
    "inline-block",
    "none",
    "list-item",
    "table",
    "inline-table",
    "table-row",
    "table-cell",
    "table-row-group",
    "table-header-group",
    "table-footer-group",
    "table-column",
    "table-column-group",
    "table-caption",
];

/// Units that do not depend on the window: a frame that grows with its content must not grow its content.
const UNITS: &[&str] = &["px", "em", "rem", "ex", "ch", "pt", "pc", "in", "cm", "mm", "q"];

/// Functions that may pass, all of colours.
const FUNCTIONS: &[&str] = &["rgb", "rgba", "hsl", "hsla"];

/// One declaration that may pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::html) struct Declaration {
    pub name: &'static str,
    pub value: String,
    pub important: bool,
}

/// The declarations of a `style` attribute that may pass, written anew.
pub(in crate::html) fn inline(style: &str) -> String {
    let mut list = Vec::new();
    declarations(&mut Parser::new(style), &mut list);
    merge(list)
}

/// Later declarations of a property replace earlier ones, important ones the others.
pub(in crate::html) fn merge(list: Vec<Declaration>) -> String {
    let mut kept: Vec<Declaration> = Vec::new();
    for declaration in list {
        if let Some(at) = kept.iter().position(|known| known.name == declaration.name) {
            if kept.get(at).is_some_and(|known| known.important && !declaration.important) {
                continue;
            }
            kept.remove(at);
        }
        kept.push(declaration);
    }
    let pieces: Vec<String> = kept.iter().take(MAX_DECLARATIONS).map(|d| format!("{}:{}", d.name, d.value)).collect();
    pieces.join(";")
}

/// Reads a declaration list; what may not pass is passed over.
pub(in crate::html) fn declarations(parser: &mut Parser<'_>, out: &mut Vec<Declaration>) {
    loop {
        let name = match parser.next() {
            Err(_) => return,
            Ok(Token::Semicolon) => continue,
            Ok(Token::Ident(name)) => name.to_ascii_lowercase(),
            Ok(_) => {
                skip(parser);
                continue;
            }
        };
        if parser.try_parse(|p| p.expect_colon().map_err(|_| ())).is_err() {
            skip(parser);
            continue;
        }
        if let Some(declaration) = declaration(&name, parser)
            && out.len() < MAX_DECLARATIONS
        {
            out.push(declaration);
        }
    }
}

/// To the end of this declaration.
fn skip(parser: &mut Parser<'_>) {
    while let Ok(token) = parser.next() {
        if matches!(token, Token::Semicolon) {
            return;
        }
    }
}

/// The value up to the semicolon, if name and value may pass.
fn declaration(name: &str, parser: &mut Parser<'_>) -> Option<Declaration> {
    let mut value = value(parser);
    // Of a background only the colour is taken: pictures are fetches.
    let name = if name == "background" {
        value.words.retain(|word| is_colour(word));
        value.words.truncate(1);
        value.strange = false;
        "background-color"
    } else {
        PROPERTIES.iter().find(|known| **known == name).copied()?
    };
    let text = value.words.join(" ").replace(" ,", ",");
    let fine = !text.is_empty()
        && !value.strange
        && (value.strings == 0 || matches!(name, "font" | "font-family"))
        && (name != "display" || DISPLAYS.contains(&text.as_str()))
        // A negative margin lays one thing over another.
        && !(name.starts_with("margin") && value.negative);
    fine.then_some(Declaration { name, value: text, important: value.important })
}

#[derive(Default)]
struct Value {
    words: Vec<String>,
    strings: usize,
    important: bool,
    negative: bool,
    /// Something stood there that may not pass.
    strange: bool,
}

/// Reads one value and its semicolon.
fn value(parser: &mut Parser<'_>) -> Value {
    let mut value = Value::default();
    let mut bang = false;
    while let Ok(token) = parser.next().cloned() {
        if matches!(token, Token::Semicolon) {
            break;
        }
        if bang {
            value.important = matches!(&token, Token::Ident(word) if word.eq_ignore_ascii_case("important"));
            value.strange |= !value.important;
            bang = false;
            continue;
        }
        let text = match &token {
            Token::Delim('!') => {
                bang = true;
                continue;
            }
            Token::Function(name) => function(name, parser),
            token => word(token, &mut value),
        };
        match text.filter(|_| value.words.len() < 40) {
            Some(text) => value.words.push(text),
            None => value.strange = true,
        }
    }
    value.strange |= bang;
    value
}

/// One token as it may pass.
fn word(token: &Token<'_>, value: &mut Value) -> Option<String> {
    match token {
        Token::Ident(word) => {
            let fine = word.len() <= 40 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            fine.then(|| word.to_string())
        }
        Token::Hash(hex) | Token::IDHash(hex) => {
            let fine = matches!(hex.len(), 3 | 4 | 6 | 8) && hex.bytes().all(|b| b.is_ascii_hexdigit());
            fine.then(|| format!("#{}", hex.to_ascii_lowercase()))
        }
        Token::QuotedString(text) => {
            value.strings += 1;
            let fine = text.len() <= 100 && text.chars().all(|c| c.is_alphanumeric() || " -_.".contains(c));
            fine.then(|| format!("'{text}'"))
        }
        Token::Number { value: number, .. } => {
            value.negative |= *number < 0.0;
            figure(*number)
        }
        Token::Percentage { unit_value, .. } => {
            value.negative |= *unit_value < 0.0;
            figure(unit_value * 100.0).map(|n| format!("{n}%"))
        }
        Token::Dimension { value: number, unit, .. } => {
            value.negative |= *number < 0.0;
            let unit = unit.to_ascii_lowercase();
            UNITS.contains(&unit.as_str()).then(|| figure(*number).map(|n| format!("{n}{unit}"))).flatten()
        }
        Token::Comma => Some(",".to_owned()),
        Token::Delim('/') => Some("/".to_owned()),
        _ => None,
    }
}

/// A colour function and its numbers.
fn function(name: &str, parser: &mut Parser<'_>) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let allowed = FUNCTIONS.contains(&name.as_str());
    let inside = parser.parse_nested_block(|inner| -> Result<Option<String>, cssparser::ParseError<()>> {
        let mut ignored = Value::default();
        let mut words = Vec::new();
        let mut fine = allowed;
        while let Ok(token) = inner.next() {
            let numeric =
                matches!(token, Token::Number { .. } | Token::Percentage { .. } | Token::Comma | Token::Delim('/'));
            match word(token, &mut ignored).filter(|_| numeric && words.len() < 12) {
                Some(text) => words.push(text),
                None => fine = false,
            }
        }
        Ok(fine.then(|| words.join(" ").replace(" ,", ",")))
    });
    inside.ok().flatten().map(|inside| format!("{name}({inside})"))
}

/// A number without exponent, at most four decimals, of a sane size.
fn figure(number: f32) -> Option<String> {
    if !number.is_finite() || number.abs() > MAX_NUMBER {
        return None;
    }
    let text = format!("{number:.4}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    Some(if matches!(short, "-0" | "") { "0".to_owned() } else { short.to_owned() })
}

/// Is it a colour? Words that `background` knows in other meanings are none.
pub(in crate::html) fn is_colour(word: &str) -> bool {
    const OTHER: &[&str] = &[
        "none",
        "repeat",
        "no-repeat",
        "repeat-x",
        "repeat-y",
        "space",
        "round",
        "fixed",
        "scroll",
        "local",
        "top",
        "bottom",
        "left",
        "right",
        "center",
        "cover",
        "contain",
        "auto",
        "border-box",
        "padding-box",
        "content-box",
        "initial",
        "inherit",
        "unset",
        "revert",
    ];
    let lower = word.to_ascii_lowercase();
    lower.starts_with('#')
        || lower.ends_with(')')
        || (lower.len() >= 3 && lower.bytes().all(|b| b.is_ascii_alphabetic()) && !OTHER.contains(&lower.as_str()))
}
