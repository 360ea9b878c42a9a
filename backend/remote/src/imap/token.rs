//! A small tokeniser for the responses we read ourselves (LIST, STATUS, SEARCH): atoms, strings, lists.

/// One token; strings lose their quotes and escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    Atom(Vec<u8>),
    Text(Vec<u8>),
}

impl Token {
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Atom(b) | Self::Text(b) => Some(String::from_utf8_lossy(b).into_owned()),
            Self::Open | Self::Close => None,
        }
    }

    pub fn is_nil(&self) -> bool {
        matches!(self, Self::Atom(a) if a.eq_ignore_ascii_case(b"NIL"))
    }
}

/// Reads tokens until the end of the response.
pub(super) struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub fn new(response: &'a [u8]) -> Self {
        Self { rest: response }
    }

    fn quoted(&mut self) -> Option<Token> {
        let mut text = Vec::new();
        let mut at = 0;
        loop {
            match self.rest.get(at)? {
                b'"' => break,
                b'\\' => {
                    text.push(*self.rest.get(at + 1)?);
                    at += 2;
                }
                b'\r' | b'\n' => return None,
                &other => {
                    text.push(other);
                    at += 1;
                }
            }
        }
        self.rest = self.rest.get(at + 1..)?;
        Some(Token::Text(text))
    }

    fn literal(&mut self) -> Option<Token> {
        let end = self.rest.iter().position(|&b| b == b'\n')?;
        let digits: String =
            self.rest.get(..end)?.iter().filter(|b| b.is_ascii_digit()).map(|&b| char::from(b)).collect();
        let length: usize = digits.parse().ok()?;
        let start = end + 1;
        let bytes = self.rest.get(start..start.checked_add(length)?)?;
        self.rest = self.rest.get(start + length..)?;
        Some(Token::Text(bytes.to_vec()))
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let (&first, rest) = self.rest.split_first()?;
            match first {
                b' ' | b'\r' | b'\n' => self.rest = rest,
                b'(' => {
                    self.rest = rest;
                    return Some(Token::Open);
                }
                b')' => {
                    self.rest = rest;
                    return Some(Token::Close);
                }
                b'"' => {
                    self.rest = rest;
                    return self.quoted();
                }
                b'{' => {
                    self.rest = rest;
                    return self.literal();
                }
                _ => {
                    let length = self
                        .rest
                        .iter()
                        .position(|b| matches!(b, b' ' | b'\r' | b'\n' | b'(' | b')' | b'"'))
                        .unwrap_or(self.rest.len());
                    let (atom, rest) = self.rest.split_at_checked(length)?;
                    self.rest = rest;
                    return Some(Token::Atom(atom.to_vec()));
                }
            }
        }
    }
}

/// How deep parentheses nest outside quoted strings and literals, and how many octets stand outside literals: a parser
/// that recurses or starts over must not see more than it can take.
pub(super) fn measure(response: &[u8]) -> (usize, usize) {
    let (mut now, mut most, mut text) = (0_usize, 0_usize, 0_usize);
    let mut quoted = false;
    let mut rest = response;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        text += 1;
        match first {
            b'\\' if quoted => rest = rest.get(1..).unwrap_or_default(),
            b'"' => quoted = !quoted,
            b'(' if !quoted => {
                now += 1;
                most = most.max(now);
            }
            b')' if !quoted => now = now.saturating_sub(1),
            b'{' if !quoted => {
                let end = rest.iter().take(24).position(|&b| b == b'\n');
                let digits = end.and_then(|e| rest.get(..e)).and_then(|d| std::str::from_utf8(d).ok());
                let length = digits.and_then(|d| d.trim_end().trim_end_matches(['}', '+']).parse::<usize>().ok());
                if let (Some(end), Some(length)) = (end, length) {
                    rest = rest.get((end + 1).saturating_add(length)..).unwrap_or_default();
                }
            }
            _ => {}
        }
    }
    (most, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_a_list() {
        let tokens: Vec<Token> =
            Tokens::new(b"(\\HasNoChildren) \"\\\\\" \"a \\\"b\\\"\" {3}\r\nx y NIL\r\n").collect();
        let text = |t: &str| Token::Text(t.as_bytes().to_vec());
        assert_eq!(
            tokens,
            [
                Token::Open,
                Token::Atom(b"\\HasNoChildren".to_vec()),
                Token::Close,
                text("\\"),
                text("a \"b\""),
                text("x y"),
                Token::Atom(b"NIL".to_vec()),
            ]
        );
    }

    #[test]
    fn broken_input_ends_the_tokens() {
        for bytes in [&b"\"abc"[..], b"{5}\r\nab", b"{x}\r\n", b"\"a\\", b"{99999999999999999999999}\r\n"] {
            assert_eq!(Tokens::new(bytes).count(), 0);
        }
        assert_eq!(measure(b"((a) \"((\\\"((\" (((b))) {5}\r\n((((( )").0, 4);
    }
}
