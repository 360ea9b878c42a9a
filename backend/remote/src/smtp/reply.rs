//! Replies and what EHLO announces, read from the bytes that passed.

use serde::{Deserialize, Serialize};

use crate::error::printable;

/// Most lines of a reply that are looked at.
const MAX_LINES: usize = 100;

/// A server's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// Enhanced code (RFC 2034), e.g. `5.1.1`.
    pub enhanced: Option<String>,
    /// The text of all lines, joined by spaces, printable, without codes.
    pub text: String,
}

impl Reply {
    /// 2xx or 3xx.
    pub fn is_positive(&self) -> bool {
        (200..400).contains(&self.code)
    }

    /// 4xx: may be tried again.
    pub fn is_transient(&self) -> bool {
        (400..500).contains(&self.code)
    }

    /// `550 5.1.1` or `550`.
    pub fn shown_code(&self) -> String {
        match &self.enhanced {
            Some(enhanced) => format!("{} {enhanced}", self.code),
            None => self.code.to_string(),
        }
    }

    /// The first whole reply in `bytes` and the text of each of its lines; `None` when it is not whole or not a reply.
    pub(super) fn parse(bytes: &[u8]) -> Option<(Self, Vec<String>)> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = Vec::new();
        let mut first = None;
        for line in text.split_inclusive('\n') {
            let line = line.strip_suffix('\n')?.trim_end_matches('\r');
            let (digits, rest) = line.split_at_checked(3)?;
            let code: u16 = digits.parse().ok().filter(|c| (200..600).contains(c))?;
            if *first.get_or_insert(code) != code {
                return None;
            }
            if lines.len() < MAX_LINES {
                lines.push(rest.get(1..).unwrap_or_default().to_owned());
            }
            match rest.chars().next() {
                Some('-') => {}
                None | Some(' ') => return Some((Self::of(code, &lines), lines)),
                Some(_) => return None,
            }
        }
        None
    }

    fn of(code: u16, lines: &[String]) -> Self {
        let mut enhanced = None;
        let mut words = Vec::new();
        for line in lines {
            match line.split_once(' ').map_or((line.as_str(), ""), |(a, b)| (a, b)) {
                (word, rest) if is_enhanced(word) => {
                    enhanced.get_or_insert_with(|| word.to_owned());
                    words.push(rest);
                }
                _ => words.push(line),
            }
        }
        Self { code, enhanced, text: printable(&words.join(" "), 1_000) }
    }
}

/// `class.subject.detail` (RFC 3463 §2).
fn is_enhanced(word: &str) -> bool {
    let mut parts = word.split('.');
    let class = parts.next().is_some_and(|c| matches!(c, "2" | "4" | "5"));
    let rest: Vec<&str> = parts.collect();
    class && rest.len() == 2 && rest.iter().all(|p| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
}

/// What EHLO announced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    /// SIZE (RFC 1870): `Some(0)` = no fixed limit.
    pub size: Option<u64>,
    /// 8BITMIME (RFC 6152).
    pub eight_bit: bool,
    /// SMTPUTF8 (RFC 6531).
    pub smtp_utf8: bool,
    /// DSN (RFC 3461).
    pub dsn: bool,
    /// STARTTLS (RFC 3207).
    pub starttls: bool,
    /// AUTH mechanisms, upper case.
    pub auth: Vec<String>,
}

impl Extensions {
    /// From the lines of EHLO's answer; the first greets.
    pub(super) fn parse(lines: &[String]) -> Self {
        let mut out = Self::default();
        for line in lines.iter().skip(1) {
            let upper = line.to_ascii_uppercase();
            // "AUTH=PLAIN" is how some old servers say it.
            let mut words = upper.split([' ', '=']).filter(|w| !w.is_empty());
            match words.next() {
                Some("SIZE") => out.size = Some(words.next().and_then(|n| n.parse().ok()).unwrap_or(0)),
                Some("8BITMIME") => out.eight_bit = true,
                Some("SMTPUTF8") => out.smtp_utf8 = true,
                Some("DSN") => out.dsn = true,
                Some("STARTTLS") => out.starttls = true,
                Some("AUTH") => out.auth.extend(words.take(20).map(str::to_owned)),
                _ => {}
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn replies() {
        let (reply, _) =
            Reply::parse(b"550-5.1.1 The account\r\n550-5.1.1 does not exist\r\n550 5.1.1 gsmtp\r\n").unwrap();
        assert_eq!((reply.code, reply.enhanced.as_deref()), (550, Some("5.1.1")));
        assert_eq!(reply.text, "The account does not exist gsmtp");
        assert_eq!(Reply::parse(b"250\r\n").unwrap().0.text, "");
        for bad in [
            &b"250-a\r\n"[..],
            b"250 a",
            b"250-a\r\n251 b\r\n",
            b"abc\r\n",
            b"25\r\n",
            b"99 x\r\n",
            b"700 x\r\n",
            b"",
            b"250_x\r\n",
        ] {
            assert!(Reply::parse(bad).is_none());
        }
    }

    #[test]
    fn extensions() {
        let (_, lines) =
            Reply::parse(b"250-mx greets\r\n250-SIZE 1000\r\n250-8bitmime\r\n250-AUTH=LOGIN\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n").unwrap();
        let e = Extensions::parse(&lines);
        assert_eq!((e.size, e.eight_bit, e.starttls, e.smtp_utf8), (Some(1000), true, true, false));
        assert!(e.auth.contains(&"PLAIN".to_owned()));
    }
}
