//! The message view document: one message as a page of its own, under its own policy, for a sandboxed frame. Layer two
//! of the defence; the HTML that goes in is already clean, and nothing here edits it.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use super::theme::Look;

/// The one script that runs here. It tells the height, the keys pressed and the pictures blocked, and nothing else; the
/// parent checks `event.source`.
const SCRIPT: &str = include_str!("frame.js");
const STYLE: &str = include_str!("frame.css");

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// A message: clean HTML.
    Message {
        /// From `mime::html`; goes in as it is.
        html: &'a str,
        /// It comes as HTML with a design of its own (against plain text).
        is_html: bool,
        /// Remote pictures that were blocked.
        blocked: usize,
        /// It was too long or too deep and is shown in part.
        is_cut: bool,
    },
    /// Words of ours instead of a message.
    Note(&'a str),
}

/// The whole document.
pub fn render(content: Content<'_>, look: Look) -> String {
    let (class, body, blocked, cut) = match content {
        Content::Message { html, is_html, blocked, is_cut } => {
            let class = match (is_html, look.is_card) {
                (false, _) => "text",
                (true, false) => "html",
                (true, true) => "html card",
            };
            (class, html.to_owned(), blocked, is_cut)
        }
        Content::Note(words) => ("note", format!("<p>{}</p>", escape(words)), 0, false),
    };
    let cut = if cut {
        "<p class=\"k-cut\">This message is too long to show whole. “Show original” has all of it.</p>"
    } else {
        ""
    };
    format!(
        "<!doctype html><html lang=\"und\" data-theme=\"{theme}\" data-blocked=\"{blocked}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\">\
         <title>Message</title><style>{STYLE}</style></head>\
         <body><main id=\"k-view\" class=\"{class}\" dir=\"auto\">{body}{cut}</main><script>{SCRIPT}</script></body></html>",
        theme = look.theme.name(),
    )
}

/// The policy of this document, as `Content-Security-Policy`. It sandboxes itself, so that opening the address directly
/// is as safe as the frame.
pub fn policy() -> String {
    format!(
        "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; default-src 'none'; script-src 'sha256-{}'; \
         style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
        STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()))
    )
}

/// Text as HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{super::theme::Theme, *};

    #[test]
    fn the_policy_allows_exactly_our_script() {
        let page = render(Content::Note("a & b"), Look { theme: Theme::Light, is_card: false });
        let script = page.split("<script>").nth(1).and_then(|s| s.split("</script>").next()).unwrap_or_default();
        let hash = STANDARD.encode(Sha256::digest(script.as_bytes()));
        let policy = policy();
        assert!(policy.contains(&format!("script-src 'sha256-{hash}';")), "{policy}");
        assert!(!policy.contains("allow-same-origin"));
        assert_eq!(page.matches("<script").count(), 1);
        assert!(page.contains("<p>a &amp; b</p>"));
    }

    #[test]
    fn the_message_goes_in_untouched_and_its_blocked_pictures_are_told() {
        let html = "<p style=\"color:red\">hi</p>";
        let content = Content::Message { html, is_html: true, blocked: 3, is_cut: false };
        let page = render(content, Look { theme: Theme::Dark, is_card: true });
        assert!(
            page.contains("<main id=\"k-view\" class=\"html card\" dir=\"auto\"><p style=\"color:red\">hi</p></main>"),
            "{page}"
        );
        assert!(page.contains("data-theme=\"dark\" data-blocked=\"3\""));
    }
}
