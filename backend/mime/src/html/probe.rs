//! A second opinion for tests: looks at cleaned HTML with a plain parse and names whatever may not stand.

use super::dom::{Data, Dom, Step};

/// Attributes that are the only ones to stand; kept apart from the policy, so that a slip there is seen here.
const ATTRIBUTES: &[&str] = &[
    "align",
    "alt",
    "aria-hidden",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "class",
    "clear",
    "color",
    "colspan",
    "dir",
    "face",
    "height",
    "hidden",
    "href",
    "hspace",
    "id",
    "lang",
    "noshade",
    "nowrap",
    "open",
    "rel",
    "reversed",
    "role",
    "rowspan",
    "scope",
    "size",
    "span",
    "src",
    "start",
    "style",
    "target",
    "title",
    "type",
    "valign",
    "value",
    "vspace",
    "width",
];

/// Elements that may never stand.
const NEVER: &[&str] = &[
    "script",
    "style",
    "svg",
    "math",
    "form",
    "input",
    "button",
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "base",
    "meta",
    "link",
    "template",
    "noscript",
    "video",
    "audio",
    "source",
    "track",
    "picture",
    "area",
    "map",
    "textarea",
    "select",
    "dialog",
    "portal",
    "title",
    "xmp",
    "plaintext",
    "noembed",
    "noframes",
    "canvas",
    "marquee",
    "image",
];

/// What is wrong with it.
pub(crate) fn probe(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let Some(dom) = Dom::parse(html) else { return vec!["too deep".to_owned()] };
    dom.walk(|step| {
        let Step::Enter(id) = step else { return true };
        if let Some(Data::Element { name, attrs, foreign }) = dom.get(id).map(|node| &node.data) {
            if *foreign || NEVER.contains(&name.as_str()) {
                found.push(format!("<{name}>"));
            }
            for (attr, value) in attrs {
                found.extend(fault(name, attr, value));
            }
        }
        true
    });
    found
}

fn fault(tag: &str, attr: &str, value: &str) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    let wrong = match attr {
        "href" => {
            tag != "a" || !["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| value.starts_with(scheme))
        }
        "src" => tag != "img" || !value.starts_with("/view/"),
        "target" => value != "_blank",
        "rel" => value != "noopener noreferrer",
        "id" | "class" => value.split(' ').any(|word| !word.starts_with("m-")),
        "style" => [
            "url(",
            "@",
            "var(",
            "expression(",
            "\\",
            "/*",
            "position:f",
            "position:s",
            "position:a",
            "image-set",
            "import",
            "--",
            "behavior:",
            "binding:",
            "0vh",
            "0vw",
            "calc(",
            "attr(",
        ]
        .iter()
        .any(|bad| lower.contains(bad)),
        attr => !ATTRIBUTES.contains(&attr),
    };
    wrong.then(|| format!("<{tag} {attr}=\"{value}\">"))
}
