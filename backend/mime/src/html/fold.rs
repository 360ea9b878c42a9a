//! Finding quoted history on the tree and putting it into `<details class="m-quote">`.

use super::dom::{self, Data, Dom, Id, Step};
use crate::quote;

/// Classes that mailers give to what they quote.
const QUOTE_CLASSES: &[&str] =
    &["gmail_quote", "gmail_quote_container", "yahoo_quoted", "protonmail_quote", "moz-forward-container"];
/// Ids after which all is history.
const QUOTE_IDS: &[&str] =
    &["divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container", "OLK_SRC_BODY_SECTION"];
/// Words that begin the block of fields which Outlook puts above what it quotes.
const FROM: &[&str] =
    &["from:", "von:", "de:", "de :", "da:", "van:", "från:", "fra:", "od:", "от:", "发件人", "寄件者", "差出人"];

/// Elements that are looked at closely.
const MAX_TRIES: usize = 20;

/// What to fold: children of a node, from one on.
struct Range {
    parent: Id,
    from: usize,
    count: usize,
}

/// Folds the first quoted history that has new words before it; true when there was one.
pub(super) fn fold(dom: &mut Dom) -> bool {
    let Some(range) = find(dom) else { return false };
    let Some(details) = dom.wrap(range.parent, range.from, range.count, "details", &[("class", "m-quote")]) else {
        return false;
    };
    dom.prepend(details, "summary", "•••");
    true
}

fn find(dom: &Dom) -> Option<Range> {
    let mut found = None;
    let mut words_before = false;
    let mut tries = 0;
    dom.walk(|step| {
        let Step::Enter(id) = step else { return true };
        if found.is_some() {
            return false;
        }
        match dom.get(id).map(|node| &node.data) {
            Some(Data::Text(text)) => words_before |= !text.trim().is_empty(),
            Some(Data::Element { name, foreign, .. }) => {
                if *foreign || dom::is_silent(name) || is_folded(dom, id) {
                    return false;
                }
                if words_before && tries < MAX_TRIES && looks_quoted(dom, id, name) {
                    tries += 1;
                    found = candidate(dom, id, name);
                }
            }
            _ => {}
        }
        found.is_none()
    });
    found
}

fn is_folded(dom: &Dom, id: Id) -> bool {
    dom.name(id) == Some("details")
        && dom.attr(id, "class").is_some_and(|c| c.split_ascii_whitespace().any(|c| c == "m-quote"))
}

/// A first and cheap look.
fn looks_quoted(dom: &Dom, id: Id, name: &str) -> bool {
    name == "blockquote"
        || is_marked(dom, id)
        || is_onward(dom, id)
        || dom.attr(id, "style").is_some_and(|s| s.to_ascii_lowercase().contains("border-top"))
}

/// Is this element history?
fn candidate(dom: &Dom, id: Id, name: &str) -> Option<Range> {
    let onward = is_onward(dom, id) || (name == "div" && is_outlook_head(dom, id));
    let cited = name == "blockquote" && ends_letter(dom, id);
    if !(is_marked(dom, id) || onward || cited) {
        return None;
    }
    let first_line = dom.text_of(id, 200);
    if first_line.trim_start().lines().next().is_some_and(quote::is_forward_mark) {
        return None;
    }
    let (parent, index) = place(dom, if onward { outermost(dom, id) } else { id })?;
    let siblings = dom.children(parent).len();
    let from = with_attribution(dom, parent, index);
    // The introduction must not be all that was new.
    if from == 0 && !words_outside(dom, parent) {
        return None;
    }
    let count = if onward { siblings - from } else { index + 1 - from };
    Some(Range { parent, from, count })
}

fn is_marked(dom: &Dom, id: Id) -> bool {
    dom.attr(id, "class").is_some_and(|class| class.split_ascii_whitespace().any(|c| is_one_of(QUOTE_CLASSES, c)))
}

fn is_onward(dom: &Dom, id: Id) -> bool {
    dom.attr(id, "id").is_some_and(|name| is_one_of(QUOTE_IDS, name))
}

/// Cleaned once already, names stand behind the prefix.
fn is_one_of(list: &[&str], word: &str) -> bool {
    list.contains(&word) || word.strip_prefix("m-").is_some_and(|word| list.contains(&word))
}

fn place(dom: &Dom, id: Id) -> Option<(Id, usize)> {
    let parent = dom.parent(id)?;
    let index = dom.children(parent).iter().position(|child| *child == id)?;
    Some((parent, index))
}

/// Outlook: a line above, and then "From: …".
fn is_outlook_head(dom: &Dom, id: Id) -> bool {
    let style = dom.attr(id, "style").unwrap_or_default().to_ascii_lowercase();
    if !style.contains("border-top") {
        return false;
    }
    let text = dom.text_of(id, 300).trim_start().to_lowercase();
    FROM.iter().any(|word| text.starts_with(word))
}

/// The highest element that holds nothing but this one: what follows the history's head are its siblings.
fn outermost(dom: &Dom, id: Id) -> Id {
    let mut at = id;
    while let Some(parent) = dom.parent(at) {
        let alone = dom.children(parent).iter().all(|child| *child == at || is_blank(dom, *child));
        let stops = matches!(dom.name(parent), None | Some("body" | "html" | "td" | "th" | "li"));
        if !alone || stops {
            break;
        }
        at = parent;
    }
    at
}

fn is_blank(dom: &Dom, id: Id) -> bool {
    match dom.get(id).map(|node| &node.data) {
        Some(Data::Text(text)) => text.trim().is_empty(),
        Some(Data::Element { name, .. }) => {
            name == "br" || (name != "img" && name != "hr" && dom.text_of(id, 1).trim().is_empty())
        }
        _ => true,
    }
}

/// Nothing to read follows a blockquote.
fn ends_letter(dom: &Dom, id: Id) -> bool {
    let mut at = id;
    while let Some((parent, index)) = place(dom, at) {
        if dom.name(at) == Some("body") {
            return true;
        }
        if !dom.children(parent).iter().skip(index + 1).all(|child| is_blank(dom, *child)) {
            return false;
        }
        at = parent;
    }
    true
}

/// Where the introduction ("On … wrote:") before a quote begins.
fn with_attribution(dom: &Dom, parent: Id, index: usize) -> usize {
    let children = dom.children(parent);
    let mut text = String::new();
    for at in (0..index).rev().take(6) {
        let Some(child) = children.get(at) else { break };
        let piece = dom.text_of(*child, 500);
        text = format!("{piece} {text}");
        if text.trim().is_empty() {
            continue;
        }
        let named =
            dom.attr(*child, "class").is_some_and(|c| c.contains("moz-cite-prefix") || c.contains("gmail_attr"));
        if named || quote::is_attribution(&text.split_whitespace().collect::<Vec<_>>().join(" ")) {
            return at;
        }
        if text.len() > 400 {
            break;
        }
    }
    index
}

/// Are there words before this element in the document, outside of it?
fn words_outside(dom: &Dom, id: Id) -> bool {
    let mut at = id;
    while let Some((parent, index)) = place(dom, at) {
        if dom.children(parent).iter().take(index).any(|child| !is_blank(dom, *child)) {
            return true;
        }
        at = parent;
    }
    false
}
