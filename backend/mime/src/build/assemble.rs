//! How text, HTML and files of a letter are put together into one tree.

use super::draft::{DraftContent, DraftPart};

/// The pieces of a letter.
pub(super) struct Bodies {
    pub text: Option<DraftPart>,
    pub html: Option<DraftPart>,
    pub attachments: Vec<DraftPart>,
}

/// `mixed( alternative( text, related( html, embedded… ) ), attached… )`, each level only where it is needed.
pub(super) fn assemble(bodies: Bodies) -> DraftPart {
    let has_html = bodies.html.is_some();
    let is_embedded =
        |part: &DraftPart| has_html && part.cid.is_some() && part.disposition.as_deref() != Some("attachment");
    let (embedded, attached): (Vec<_>, Vec<_>) = bodies.attachments.into_iter().partition(is_embedded);
    let html = bodies.html.map(|html| together("related", html, embedded));
    let body = match (bodies.text, html) {
        (Some(text), Some(html)) => Some(together("alternative", text, vec![html])),
        (text, html) => text.or(html),
    };
    match body {
        Some(body) => together("mixed", body, attached),
        // Files alone: still a multipart, so that the first file is no letter.
        None if attached.is_empty() => DraftPart::text("text/plain", String::new()),
        None => multipart("mixed", attached),
    }
}

fn together(subtype: &str, first: DraftPart, rest: Vec<DraftPart>) -> DraftPart {
    if rest.is_empty() {
        return first;
    }
    let mut parts = vec![first];
    parts.extend(rest);
    multipart(subtype, parts)
}

fn multipart(subtype: &str, parts: Vec<DraftPart>) -> DraftPart {
    DraftPart { r#type: format!("multipart/{subtype}"), content: DraftContent::Parts(parts), ..DraftPart::default() }
}
