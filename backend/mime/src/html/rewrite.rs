//! The first pass: the tree written anew by the allow-list, styles applied, pictures signed, quotes folded. What it
//! writes goes through the last cleaning, which changes nothing of it but trusts nothing of it either.

use std::collections::HashSet;

use super::{
    CleanOptions,
    css::{self, Declaration, Sheet, Subject},
    dom::{Data, Dom, Id, Step},
    fold, plain, policy,
};

/// What the first pass wrote and found.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub html: String,
    /// Addresses of pictures that the signer gave.
    pub signed: HashSet<String>,
    pub blocked: usize,
    pub cids: Vec<String>,
    pub folded: bool,
}

/// Writes the tree.
pub(super) fn rewrite(mut dom: Dom, options: &CleanOptions<'_>) -> Draft {
    let folded = options.fold_quotes && fold::fold(&mut dom);
    let mut writer = Writer {
        dom: &dom,
        options,
        sheet: sheet(&dom),
        above: Vec::new(),
        body: false,
        out: Draft { folded, ..Draft::default() },
    };
    dom.walk(|step| match step {
        Step::Enter(id) => writer.enter(id),
        Step::Leave(id) => {
            writer.leave(id);
            true
        }
    });
    writer.out
}

/// All style elements of the document.
fn sheet(dom: &Dom) -> Sheet {
    let mut sheet = Sheet::default();
    dom.walk(|step| {
        let Step::Enter(id) = step else { return true };
        if dom.name(id) == Some("style") {
            for child in dom.children(id) {
                if let Some(Data::Text(css)) = dom.get(*child).map(|node| &node.data) {
                    sheet.add(css);
                }
            }
            return false;
        }
        true
    });
    sheet
}

struct Writer<'a> {
    dom: &'a Dom,
    options: &'a CleanOptions<'a>,
    sheet: Sheet,
    /// The elements that stand around, as selectors see them.
    above: Vec<Subject>,
    /// The body was written as a division, still to be closed.
    body: bool,
    out: Draft,
}

impl Writer<'_> {
    /// Writes a node's beginning; false when it goes with all that is in it.
    fn enter(&mut self, id: Id) -> bool {
        let (name, attrs) = match self.dom.get(id).map(|node| &node.data) {
            Some(Data::Text(text)) => {
                plain::escape(text, &mut self.out.html);
                return false;
            }
            // Only the document itself has children that count.
            Some(Data::Other) => return id == 0,
            Some(Data::Element { foreign: true, .. }) | None => return false,
            Some(Data::Element { name, attrs, .. }) => (name.as_str(), attrs.as_slice()),
        };
        if policy::DROPPED.contains(&name) {
            return false;
        }
        let subject = subject(name, attrs);
        let style = self.style(&subject, attrs);
        self.above.push(subject);
        match name {
            "body" => self.body(id, attrs, style),
            "img" => self.image(attrs, &style),
            name if policy::TAGS.contains(&name) => self.open(name, attrs, &style, &[]),
            _ => {}
        }
        true
    }

    fn leave(&mut self, id: Id) {
        let Some(name) = self.dom.name(id) else { return };
        self.above.pop();
        if name == "body" {
            if std::mem::take(&mut self.body) {
                self.out.html.push_str("</div>");
            }
        } else if policy::TAGS.contains(&name) && !policy::VOID.contains(&name) {
            self.out.html.push_str("</");
            self.out.html.push_str(name);
            self.out.html.push('>');
        }
    }

    /// The style of an element: what the sheets say, and then its own.
    fn style(&mut self, subject: &Subject, attrs: &[(String, String)]) -> Vec<Declaration> {
        let mut list = if self.sheet.is_empty() { Vec::new() } else { self.sheet.apply(subject, &self.above) };
        if let Some((_, own)) = attrs.iter().find(|(name, _)| name == "style") {
            css::declarations(&mut cssparser::Parser::new(own), &mut list);
        }
        list
    }

    /// The body becomes a division, so that its colours stay.
    fn body(&mut self, id: Id, attrs: &[(String, String)], mut style: Vec<Declaration>) {
        let old = [("bgcolor", "background-color"), ("text", "color")];
        for (attr, property) in old {
            let value = attrs
                .iter()
                .find(|(name, _)| name == attr)
                .and_then(|(_, value)| policy::attribute("font", "color", value));
            if let Some(value) = value.filter(|value| css::is_colour(value)) {
                style.insert(0, Declaration { name: property, value, important: false });
            }
        }
        let mut found = vec![("style", css::merge(style))];
        for name in ["dir", "lang", "class", "align"] {
            let own = attrs.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
            // Language and direction are often said of the whole document.
            let whole = self
                .dom
                .parent(id)
                .and_then(|html| self.dom.attr(html, name))
                .filter(|_| matches!(name, "dir" | "lang"));
            let value = own.or(whole).and_then(|value| policy::attribute("div", name, value));
            found.push((name, value.unwrap_or_default()));
        }
        found.retain(|(_, value)| !value.is_empty());
        self.body = !found.is_empty();
        if self.body {
            self.out.html.push_str("<div");
            found.iter().for_each(|(name, value)| self.force(name, value));
            self.out.html.push('>');
        }
    }

    /// Writes `<name …>` with the attributes that may stand.
    fn open(&mut self, name: &str, attrs: &[(String, String)], style: &[Declaration], extra: &[(&str, &str)]) {
        self.out.html.push('<');
        self.out.html.push_str(name);
        let style = css::merge(style.to_vec());
        if !style.is_empty() {
            self.force("style", &style);
        }
        let mut leads_out = false;
        for (attr, value) in attrs {
            let handled =
                matches!(attr.as_str(), "style" | "src" | "target" | "rel") || extra.iter().any(|(n, _)| n == attr);
            let Some(value) = policy::attribute(name, attr, value).filter(|_| !handled) else { continue };
            leads_out |= attr == "href";
            self.force(attr, &value);
        }
        for (attr, value) in extra {
            self.force(attr, value);
        }
        if leads_out {
            self.force("target", "_blank");
            self.force("rel", policy::REL);
        }
        self.out.html.push('>');
    }

    fn image(&mut self, attrs: &[(String, String)], style: &[Declaration]) {
        let get = |wanted: &str| attrs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        let class = get("class").unwrap_or_default();
        let was_blocked = class.split_ascii_whitespace().any(|c| c == BLOCKED);
        match source(get("src").unwrap_or_default(), self.options) {
            Source::Signed(url) => {
                self.open("img", attrs, style, &[("src", &url)]);
                self.out.signed.insert(url);
            }
            Source::Inline(cid, url) => {
                self.open("img", attrs, style, &[("src", &url)]);
                self.out.signed.insert(url);
                if !self.out.cids.contains(&cid) {
                    self.out.cids.push(cid);
                }
            }
            // A picture of a pixel tells its sender that the letter was opened, and tells the reader nothing.
            Source::Remote(_) if is_pixel(get("width"), get("height")) => {}
            Source::Remote(url) => match self.options.links.remote(&url) {
                Some(signed) => {
                    self.open("img", attrs, style, &[("src", &signed)]);
                    self.out.signed.insert(signed);
                }
                None => {
                    self.out.blocked += 1;
                    let class = policy::attribute("img", "class", class)
                        .map_or(BLOCKED.to_owned(), |c| format!("{BLOCKED} {c}"));
                    self.open("img", attrs, style, &[("class", &class)]);
                }
            },
            Source::None if was_blocked || get("alt").is_some_and(|alt| !alt.trim().is_empty()) => {
                self.open("img", attrs, style, &[])
            }
            Source::None => {}
        }
    }

    fn force(&mut self, name: &str, value: &str) {
        self.out.html.push(' ');
        self.out.html.push_str(name);
        self.out.html.push_str("=\"");
        plain::escape_attribute(value, &mut self.out.html);
        self.out.html.push('"');
    }
}

/// The class of pictures that were blocked: the view draws a place for them.
const BLOCKED: &str = "m-blocked";

/// Where a picture would come from.
enum Source {
    Signed(String),
    Inline(String, String),
    Remote(String),
    None,
}

fn source(src: &str, options: &CleanOptions<'_>) -> Source {
    // As browsers do: white space around, tabs and line breaks within are dropped.
    let src: String =
        src.trim_matches(|c: char| c <= ' ').chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    if src.is_empty() || src.len() > 8_000 {
        return Source::None;
    }
    if options.links.own(&src) {
        return Source::Signed(src);
    }
    let scheme = src.split(':').next().unwrap_or_default().to_ascii_lowercase();
    if scheme == "cid" {
        let id = percent_decoded(src.get(4..).unwrap_or_default());
        let id = id.trim().trim_start_matches('<').trim_end_matches('>').to_owned();
        return options.links.cid(&id).map_or(Source::None, |url| Source::Inline(id, url));
    }
    let absolute = if src.starts_with("//") { format!("https:{src}") } else { src };
    match url::Url::parse(&absolute) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Source::Remote(url.into()),
        _ => Source::None,
    }
}

fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let hex = (byte == b'%')
            .then(|| bytes.clone().take(2).map(|b| char::from(b).to_digit(16)).collect::<Option<Vec<u32>>>())
            .flatten();
        match hex.as_deref() {
            Some([high, low]) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                bytes.nth(1);
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn is_pixel(width: Option<&str>, height: Option<&str>) -> bool {
    let tiny = |size: Option<&str>| size.is_some_and(|s| matches!(s.trim().trim_end_matches("px"), "0" | "1" | "2"));
    tiny(width) && tiny(height)
}

fn subject(name: &str, attrs: &[(String, String)]) -> Subject {
    let get = |wanted: &str| attrs.iter().find(|(n, _)| n == wanted).map(|(_, value)| value.to_ascii_lowercase());
    Subject {
        tag: name.to_owned(),
        id: get("id"),
        classes: get("class")
            .map(|c| c.split_ascii_whitespace().take(20).map(str::to_owned).collect())
            .unwrap_or_default(),
    }
}
