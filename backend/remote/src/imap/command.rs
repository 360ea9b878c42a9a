//! Commands as bytes. Strings go out quoted where that is safe, as literals otherwise; CR, LF and NUL never do.

use std::borrow::Cow;

use crate::{Error, Result};

/// A piece of a command: text goes out as it is, before a literal the server must be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(Vec<u8>),
    Literal(Cow<'a, [u8]>),
}

/// A command without its tag and line end.
#[derive(Clone, Debug)]
pub(super) struct Command<'a> {
    pub pieces: Vec<Piece<'a>>,
    /// What stands in logs and errors.
    pub name: &'static str,
}

impl<'a> Command<'a> {
    /// `words` are ours and safe.
    pub fn new(name: &'static str, words: &str) -> Self {
        Self { pieces: vec![Piece::Text(words.as_bytes().to_vec())], name }
    }

    /// Our own, safe words.
    #[must_use]
    pub fn words(mut self, words: &str) -> Self {
        if let Some(Piece::Text(text)) = self.pieces.last_mut() {
            text.extend_from_slice(words.as_bytes());
        } else {
            self.pieces.push(Piece::Text(words.as_bytes().to_vec()));
        }
        self
    }

    /// A space and an astring (RFC 3501 §9), for instance a folder's wire name.
    ///
    /// # Errors
    /// Permanent: it holds CR, LF or NUL.
    pub fn string(self, value: &str) -> Result<Self> {
        if value.bytes().any(|b| matches!(b, b'\r' | b'\n' | 0)) {
            return Err(Error::permanent("A name with a line break cannot be used on a mail server."));
        }
        if value.is_ascii() && value.len() < 1_000 {
            let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
            Ok(self.words(&format!(" \"{quoted}\"")))
        } else {
            Ok(self.words(" ").literal(Cow::Owned(value.as_bytes().to_vec())))
        }
    }

    /// A literal; the caller writes the space before it.
    #[must_use]
    pub fn literal(mut self, bytes: Cow<'a, [u8]>) -> Self {
        self.pieces.push(Piece::Literal(bytes));
        self
    }

    /// A space and a parenthesised list of flags.
    ///
    /// # Errors
    /// Permanent: one is not a flag (RFC 3501 §9 `flag`).
    pub fn flags(self, flags: &[&str]) -> Result<Self> {
        if let Some(bad) = flags.iter().find(|f| !is_flag(f)) {
            let bad = crate::error::printable(bad, 60);
            return Err(Error::permanent(format!("“{bad}” cannot be kept as a mark on a mail server.")));
        }
        Ok(self.words(&format!(" ({})", flags.join(" "))))
    }
}

/// `\Word` or an atom of printable ASCII without specials.
fn is_flag(flag: &str) -> bool {
    let atom = flag.strip_prefix('\\').unwrap_or(flag);
    !atom.is_empty()
        && atom.len() <= 200
        && atom
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\' | b']'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn text(command: &Command<'_>) -> String {
        command
            .pieces
            .iter()
            .map(|p| match p {
                Piece::Text(t) => String::from_utf8_lossy(t).into_owned(),
                Piece::Literal(l) => format!("{{{}}}", l.len()),
            })
            .collect()
    }

    #[test]
    fn strings_are_quoted_or_literal() {
        let quoted = Command::new("SELECT", "SELECT").string("a \"b\" \\c").unwrap();
        assert_eq!(text(&quoted), "SELECT \"a \\\"b\\\" \\\\c\"");
        assert_eq!(
            text(&Command::new("SELECT", "SELECT").string("Müll").unwrap().words(" (CONDSTORE)")),
            "SELECT {5} (CONDSTORE)"
        );
        for bad in ["a\r\nA2 DELETE x", "a\nb", "a\0"] {
            assert!(Command::new("SELECT", "SELECT").string(bad).is_err());
        }
    }

    #[test]
    fn only_flags_pass() {
        assert_eq!(text(&Command::new("STORE", "S").flags(&["\\Seen", "$Junk"]).unwrap()), "S (\\Seen $Junk)");
        for bad in ["", "\\", "a b", "a)", "\\*", "a\r\n", "ü", "\\\\Seen"] {
            assert!(Command::new("STORE", "S").flags(&[bad]).is_err(), "{bad}");
        }
    }
}
