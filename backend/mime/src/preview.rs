//! The preview line (RFC 8621 §4.1.4): at most 256 characters of what the letter itself says.

/// Previews a plain text or HTML body: white space folded, quotes and signature passed over when anything else is left.
pub fn preview_from(text: &str, is_html: bool) -> String {
    let _ = (text, is_html);
    todo!()
}
