//! The session cookie. `__Host-` where browsers take `Secure` cookies; another name on a plain line, so that the one can
//! never be mistaken for the other.

use http::{HeaderMap, HeaderValue, header};

use super::place::Line;

const SECURE_NAME: &str = "__Host-kinpost";
const PLAIN_NAME: &str = "kinpost";
/// How long a browser keeps it; the store's own expiry counts from the last use.
const MAX_AGE_S: u32 = 90 * 24 * 3600;
/// Longest token that is looked at.
const MAX_TOKEN: usize = 128;

fn name(line: Line) -> Option<&'static str> {
    match line {
        Line::Secure => Some(SECURE_NAME),
        Line::PlainAllowed => Some(PLAIN_NAME),
        Line::PlainRefused => None,
    }
}

/// The token of the cookie that is valid on this line.
pub fn read(line: Line, headers: &HeaderMap) -> Option<&str> {
    let name = name(line)?;
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    let mut values = pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(n, _)| *n == name).map(|(_, v)| v);
    values.find(|token| !token.is_empty() && token.len() <= MAX_TOKEN)
}

/// `Set-Cookie` for a fresh session; none on a line where nobody logs in.
pub fn set(line: Line, token: &str) -> Option<HeaderValue> {
    build(line, token, MAX_AGE_S)
}

/// `Set-Cookie` that takes the cookie away.
pub fn clear(line: Line) -> Option<HeaderValue> {
    build(line, "", 0)
}

fn build(line: Line, token: &str, max_age_s: u32) -> Option<HeaderValue> {
    let secure = if line == Line::Secure { "; Secure" } else { "" };
    let text = format!("{}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}", name(line)?);
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn cookies(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, text.parse().unwrap())])
    }

    #[test]
    fn each_line_knows_its_own_name_only() {
        let both = cookies("kinpost=plain; other=1; __Host-kinpost=sealed");
        assert_eq!(read(Line::Secure, &both), Some("sealed"));
        assert_eq!(read(Line::PlainAllowed, &both), Some("plain"));
        assert_eq!(read(Line::PlainRefused, &both), None);
        assert_eq!(read(Line::Secure, &cookies("kinpost=plain")), None);
    }

    #[test]
    fn the_cookie_is_locked_down() {
        let text = set(Line::Secure, "t0ken").unwrap().to_str().unwrap().to_owned();
        for part in ["__Host-kinpost=t0ken", "Path=/", "HttpOnly", "SameSite=Strict", "Secure"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("Domain"));
        let plain = set(Line::PlainAllowed, "t").unwrap().to_str().unwrap().to_owned();
        assert!(plain.starts_with("kinpost=t;") && !plain.contains("Secure"));
        assert_eq!(set(Line::PlainRefused, "t"), None);
    }
}
