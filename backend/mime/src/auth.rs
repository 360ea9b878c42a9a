//! Authentication-Results (RFC 8601): the words a reader may see about a sender.

use crate::{HeaderBlock, header::text_form};

/// Verdicts of one field that are looked at.
const MAX_VERDICTS: usize = 50;

/// One method's verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// "spf", "dkim", "dmarc", …
    pub method: String,
    /// "pass", "fail", "none", …
    pub result: String,
    /// The domain it was about, where told (header.d, header.from, smtp.mailfrom).
    pub domain: Option<String>,
}

/// The verdicts of the topmost Authentication-Results field. Only trust it when the given server wrote it:
/// `server` (its authserv-id) `None` takes the topmost whoever wrote it.
pub fn verdicts(header: &HeaderBlock, server: Option<&str>) -> Vec<Verdict> {
    let Some(field) = header.all("Authentication-Results").next() else { return Vec::new() };
    let text = without_comments(&text_form(field.value));
    let mut pieces = text.split(';');
    let writer = pieces.next().and_then(|id| id.split_whitespace().next()).unwrap_or_default();
    if server.is_some_and(|name| !name.eq_ignore_ascii_case(writer)) {
        return Vec::new();
    }
    pieces.take(MAX_VERDICTS).filter_map(verdict).collect()
}

/// `method[/version]=result [ptype.property=value]…`
fn verdict(piece: &str) -> Option<Verdict> {
    let mut words = piece.split_whitespace();
    let (method, result) = words.next()?.split_once('=')?;
    let method = method.split('/').next().unwrap_or_default().to_ascii_lowercase();
    let mut domain = None;
    for (name, value) in words.filter_map(|word| word.split_once('=')) {
        let value = value.trim_matches('"');
        if matches!(name, "header.d" | "header.i" | "header.from" | "smtp.mailfrom" | "smtp.mail") && domain.is_none() {
            domain = value.rsplit('@').next().filter(|d| !d.is_empty()).map(str::to_ascii_lowercase);
        }
    }
    (!method.is_empty() && !result.is_empty()).then(|| Verdict { method, result: result.to_ascii_lowercase(), domain })
}

fn without_comments(text: &str) -> String {
    let mut depth = 0u32;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
    use super::*;

    #[test]
    fn the_topmost_field_speaks() {
        let header = HeaderBlock::parse(
            b"Authentication-Results: mx.example.com;\r\n dkim=pass (2048-bit; ok) header.d=Shop.test header.s=x;\r\n\
\x20spf=softfail smtp.mailfrom=news@shop.test; dmarc=none\r\nAuthentication-Results: evil; dkim=pass header.d=bank.test\r\n\r\n",
        );
        let found = verdicts(&header, Some("MX.example.com"));
        let short: Vec<_> = found.iter().map(|v| (v.method.as_str(), v.result.as_str(), v.domain.as_deref())).collect();
        assert_eq!(
            short,
            [("dkim", "pass", Some("shop.test")), ("spf", "softfail", Some("shop.test")), ("dmarc", "none", None)]
        );
        assert!(verdicts(&header, Some("evil")).is_empty());
        assert_eq!(verdicts(&header, None).len(), 3);
    }
}
