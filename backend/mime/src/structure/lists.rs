//! The flat views of a tree: RFC 8621 §4.1.4's suggested algorithm, line by line.

use super::BodyPart;

/// The flat views of a tree (RFC 8621 §4.1.4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BodyLists<'a> {
    /// Parts to show, plain text preferred.
    pub text_body: Vec<&'a BodyPart>,
    /// Parts to show, HTML preferred.
    pub html_body: Vec<&'a BodyPart>,
    /// Parts to offer for download.
    pub attachments: Vec<&'a BodyPart>,
}

/// Flattens a tree by the algorithm of RFC 8621 §4.1.4.
pub fn body_lists(root: &BodyPart) -> BodyLists<'_> {
    let mut lists = BodyLists::default();
    parse_structure(std::slice::from_ref(root), "mixed", false, (true, true), &mut lists);
    lists
}

fn is_inline_media(r#type: &str) -> bool {
    ["image/", "audio/", "video/"].iter().any(|kind| r#type.starts_with(kind))
}

/// `open` says of (text, html) whether that list still takes parts here: the RFC's `textBody`/`htmlBody` being null.
fn parse_structure<'a>(
    parts: &'a [BodyPart],
    multipart: &str,
    in_alternative: bool,
    open: (bool, bool),
    lists: &mut BodyLists<'a>,
) {
    let (mut text, mut html) = open;
    let text_length = lists.text_body.len();
    let html_length = lists.html_body.len();
    for (index, part) in parts.iter().enumerate() {
        let kind = part.r#type.as_str();
        let media = is_inline_media(kind);
        let named = part.name.as_ref().is_some_and(|name| !name.is_empty());
        let is_inline = part.disposition.as_deref() != Some("attachment")
            && (kind == "text/plain" || kind == "text/html" || media)
            && (index == 0 || (multipart != "related" && (media || !named)));
        if let Some(children) = &part.sub_parts {
            let sub = kind.strip_prefix("multipart/").unwrap_or_default();
            parse_structure(children, sub, in_alternative || sub == "alternative", (text, html), lists);
        } else if !is_inline {
            lists.attachments.push(part);
        } else if multipart == "alternative" {
            match kind {
                // The RFC pushes without asking; a list that is closed here stays closed.
                "text/plain" if text => lists.text_body.push(part),
                "text/html" if html => lists.html_body.push(part),
                "text/plain" | "text/html" => {}
                _ => lists.attachments.push(part),
            }
        } else {
            if in_alternative {
                html &= kind != "text/plain";
                text &= kind != "text/html";
            }
            if text {
                lists.text_body.push(part);
            }
            if html {
                lists.html_body.push(part);
            }
            if (!text || !html) && media {
                lists.attachments.push(part);
            }
        }
    }
    if multipart == "alternative" && text && html {
        let found_text = lists.text_body.len() > text_length;
        let found_html = lists.html_body.len() > html_length;
        if !found_text && found_html {
            lists.text_body.extend_from_slice(lists.html_body.get(html_length..).unwrap_or_default());
        }
        if !found_html && found_text {
            lists.html_body.extend_from_slice(lists.text_body.get(text_length..).unwrap_or_default());
        }
    }
}

/// RFC 8621 §4.1.4 `hasAttachment`: an attachment that is not `inline`. Pictures embedded by their cid within a
/// `multipart/related` and signatures are no attachments to a person.
pub fn has_attachment(root: &BodyPart) -> bool {
    let embedded: Vec<&BodyPart> = root
        .walk()
        .into_iter()
        .filter(|node| node.r#type == "multipart/related")
        .flat_map(|node| node.sub_parts.iter().flatten())
        .filter(|part| {
            part.cid.is_some() && part.r#type.starts_with("image/") && part.disposition.as_deref() != Some("attachment")
        })
        .collect();
    body_lists(root).attachments.into_iter().any(|part| {
        let signature = matches!(
            part.r#type.as_str(),
            "application/pgp-signature" | "application/pkcs7-signature" | "application/x-pkcs7-signature"
        );
        part.disposition.as_deref() != Some("inline") && !signature && !embedded.iter().any(|e| std::ptr::eq(*e, part))
    })
}
