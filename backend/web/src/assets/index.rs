//! The page of the app: its policy's script hashes, and the boot data put into it.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// Where the boot block goes.
const MARK: &str = "<!--boot-->";

/// `index.html` as Trunk left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    html: String,
    script_hashes: Vec<String>,
}

/// What is filled into the page for one visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<'a> {
    /// The boot JSON.
    pub boot: &'a str,
    /// `light`, `dark` or `auto`.
    pub theme: &'a str,
    /// `setup`, `login` or `member`.
    pub state: &'a str,
}

impl Index {
    /// Reads the inline scripts off the page.
    pub fn new(html: String) -> Self {
        let script_hashes = inline_scripts(&html).map(hash).collect();
        Self { html, script_hashes }
    }

    /// The page with its boot block. `<` is escaped in the JSON, so that no stranger's subject can close the block.
    pub fn fill(&self, page: &Page<'_>) -> String {
        let boot = page.boot.replace('<', "\\u003c");
        let block = format!("<script type=\"application/json\" id=\"boot\">{boot}</script>");
        let (before, after) = self
            .html
            .split_once(MARK)
            .or_else(|| self.html.split_once("</head>").map(|_| self.at_head_end()))
            .unwrap_or((&self.html, ""));
        let mut filled = String::with_capacity(self.html.len() + block.len());
        filled.push_str(&attributes(before, page));
        filled.push_str(&block);
        filled.push_str(after);
        filled
    }

    fn at_head_end(&self) -> (&str, &str) {
        let at = self.html.find("</head>").unwrap_or(self.html.len());
        self.html.split_at_checked(at).unwrap_or((&self.html, ""))
    }

    /// The app page's policy (`script-src` names the loader by its hash).
    pub fn policy(&self) -> String {
        let hashes: String = self.script_hashes.iter().map(|hash| format!(" 'sha256-{hash}'")).collect();
        format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{hashes}; style-src 'self'; img-src 'self' blob: data:; \
             connect-src 'self'; frame-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'"
        )
    }
}

/// The page says its theme and its state in the first bytes, so that the first paint is right before any script ran.
fn attributes(head: &str, page: &Page<'_>) -> String {
    head.replacen("data-theme=\"auto\"", &format!("data-theme=\"{}\"", page.theme), 1).replacen(
        "data-state=\"unknown\"",
        &format!("data-state=\"{}\"", page.state),
        1,
    )
}

fn hash(script: &str) -> String {
    STANDARD.encode(Sha256::digest(script.as_bytes()))
}

/// The contents of `<script>` elements that have no `src`. Our own build's page, so its spelling is known.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|piece| {
        let (open, rest) = piece.split_once('>')?;
        let (content, _) = rest.split_once("</script>")?;
        let is_code = !open.contains(" src=") && !open.contains("application/json");
        (is_code && !content.is_empty()).then_some(content)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = "<html data-theme=\"auto\" data-state=\"unknown\"><head><script type=\"module\">go()</script><!--boot--></head><body><script src=\"/a.js\"></script></body></html>";

    #[test]
    fn the_loader_is_named_by_its_hash() {
        let policy = Index::new(HTML.to_owned()).policy();
        let hash = STANDARD.encode(Sha256::digest(b"go()"));
        assert!(policy.contains(&format!("script-src 'self' 'wasm-unsafe-eval' 'sha256-{hash}';")), "{policy}");
        assert_eq!(policy.matches("sha256-").count(), 1);
        assert!(!policy.contains("unsafe-inline") && policy.contains("frame-ancestors 'none'"));
    }

    #[test]
    fn boot_data_cannot_close_its_block() {
        let page = Page { boot: r#"{"subject":"</script><script>alert(1)</script>"}"#, theme: "dark", state: "member" };
        let html = Index::new(HTML.to_owned()).fill(&page);
        assert!(
            html.contains(
                r#"id="boot">{"subject":"\u003c/script>\u003cscript>alert(1)\u003c/script>"}</script></head>"#
            ),
            "{html}"
        );
        assert!(html.starts_with("<html data-theme=\"dark\" data-state=\"member\">"), "{html}");
    }

    #[test]
    fn a_page_without_the_mark_gets_its_block_at_the_end_of_the_head() {
        let html = Index::new("<head><title>x</title></head><body></body>".to_owned()).fill(&Page {
            boot: "{}",
            theme: "auto",
            state: "login",
        });
        assert_eq!(
            html,
            "<head><title>x</title><script type=\"application/json\" id=\"boot\">{}</script></head><body></body>"
        );
    }
}
