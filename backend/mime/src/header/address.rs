//! Address lists (RFC 5322 §3.4 and §4.4), read as far as they can be (RFC 8621 §4.1.2.3 and §4.1.2.4).

use super::{
    Address, Group,
    encoded::{decode_words, nfc, unfolded, word_length},
};

/// Octets within one pair of angle brackets.
const MAX_ADDRESS: usize = 600;

/// Mailboxes and groups of one field.
const MAX_ADDRESSES: usize = 10_000;

/// The mailboxes of a field, groups dissolved.
pub(super) fn parse_list(raw: &[u8]) -> Vec<Address> {
    parse_groups(raw).into_iter().flat_map(|group| group.addresses).collect()
}

/// The mailboxes of a field by group; consecutive ones outside of groups stand in one unnamed group.
pub(crate) fn parse_groups(raw: &[u8]) -> Vec<Group> {
    let text = unfolded(raw);
    let mut list = List::default();
    for token in (Tokens { rest: &text }) {
        if list.count >= MAX_ADDRESSES {
            return list.groups;
        }
        list.take(token);
    }
    list.end_mailbox();
    list.groups
}

/// What an address list is made of.
#[derive(Debug, PartialEq)]
enum Token<'a> {
    Space,
    Word(&'a str),
    Quoted(String),
    Comment(String),
    Angle(&'a str),
    Comma,
    Colon,
    Semicolon,
}

/// Cuts a field into tokens; whatever is left open ends with the field.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// Takes `length` octets off the front.
    fn advance(&mut self, length: usize) -> &'a str {
        let (head, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        head
    }

    /// The inside of a quoted string or comment, the opening character already taken.
    fn enclosed(&mut self, open: Option<char>, close: char) -> String {
        let mut out = String::new();
        let mut depth = 1u32;
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => out.extend(chars.next().map(|(_, c)| c)),
                c if c == close => {
                    depth -= 1;
                    if depth == 0 {
                        self.advance(at + c.len_utf8());
                        return out;
                    }
                    out.push(c);
                }
                c => {
                    depth += u32::from(Some(c) == open);
                    out.push(c);
                }
            }
        }
        self.rest = "";
        out
    }

    /// The inside of `<…>`; quotes within may hold `>`.
    fn angle(&mut self) -> &'a str {
        let mut quoted = false;
        let mut escaped = false;
        let window = self.rest.get(..self.rest.floor_char_boundary(MAX_ADDRESS)).unwrap_or_default();
        for (at, c) in window.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = !quoted,
                '>' if !quoted => {
                    let inside = self.advance(at);
                    self.advance(1);
                    return inside;
                }
                _ => {}
            }
        }
        // Left open, perhaps by a stray quote: up to the next ">" or comma all the same.
        let end = window.find(['>', ',']).unwrap_or(window.len());
        let inside = self.advance(end);
        if self.rest.starts_with('>') {
            self.advance(1);
        }
        inside
    }

    /// The length of a word: up to white space or a special; a domain literal or encoded word is taken whole.
    fn word_end(&self) -> usize {
        if let Some(length) = word_length(self.rest) {
            return length;
        }
        let mut literal = false;
        for (at, c) in self.rest.char_indices() {
            match c {
                '[' => literal = true,
                ']' => literal = false,
                ':' if literal => {}
                ' ' | '\t' | ',' | ':' | ';' | '<' | '"' | '(' => return at,
                _ => {}
            }
        }
        self.rest.len()
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let first = self.rest.chars().next()?;
        Some(match first {
            ' ' | '\t' => {
                let end = self.rest.find(|c| !matches!(c, ' ' | '\t')).unwrap_or(self.rest.len());
                self.advance(end);
                Token::Space
            }
            ',' | ':' | ';' => {
                self.advance(1);
                match first {
                    ',' => Token::Comma,
                    ':' => Token::Colon,
                    _ => Token::Semicolon,
                }
            }
            '"' => {
                self.advance(1);
                Token::Quoted(self.enclosed(None, '"'))
            }
            '(' => {
                self.advance(1);
                Token::Comment(self.enclosed(Some('('), ')'))
            }
            '<' => {
                self.advance(1);
                Token::Angle(self.angle())
            }
            _ => {
                let end = self.word_end().max(first.len_utf8());
                Token::Word(self.advance(end))
            }
        })
    }
}

/// The list as it grows, and the mailbox that is being read.
#[derive(Default)]
struct List {
    groups: Vec<Group>,
    count: usize,
    in_group: bool,
    phrase: Phrase,
    angle: Option<String>,
    comment: Option<String>,
}

impl List {
    fn take(&mut self, token: Token<'_>) {
        match token {
            Token::Space => self.phrase.space(),
            // What follows an angle address before the comma is junk, comments excepted.
            Token::Word(word) if self.angle.is_none() => self.phrase.word(word),
            Token::Quoted(text) if self.angle.is_none() => self.phrase.quoted(text),
            Token::Word(_) | Token::Quoted(_) => {}
            Token::Comment(text) => {
                self.phrase.space();
                self.comment = Some(text);
            }
            Token::Angle(inside) => {
                // "<a@x><b@x>": two addresses without their comma.
                if self.angle.is_some() {
                    self.end_mailbox();
                }
                self.angle = Some(addr_spec(inside));
            }
            Token::Comma => self.end_mailbox(),
            Token::Colon => self.colon(),
            Token::Semicolon => {
                self.end_mailbox();
                self.in_group = false;
            }
        }
    }

    fn colon(&mut self) {
        let opens = !self.in_group && self.angle.is_none() && !self.phrase.is_empty() && !self.phrase.has_at();
        if !opens {
            self.phrase.word(":");
            return;
        }
        let name = std::mem::take(&mut self.phrase).display_name();
        self.comment = None;
        self.count += 1;
        self.groups.push(Group { name: Some(name.unwrap_or_default()), addresses: Vec::new() });
        self.in_group = true;
    }

    fn end_mailbox(&mut self) {
        let phrase = std::mem::take(&mut self.phrase);
        let comment = self.comment.take().map(|c| nfc(decode_words(c.trim()))).filter(|c| !c.is_empty());
        let address = match self.angle.take() {
            Some(email) => {
                let name = phrase.display_name().or(comment);
                (!email.is_empty() || name.is_some()).then_some(Address { name, email })
            }
            None => phrase.bare(comment),
        };
        let Some(address) = address else { return };
        self.count += 1;
        let open = self.groups.last_mut().filter(|group| self.in_group || group.name.is_none());
        match open {
            Some(group) => group.addresses.push(address),
            None => self.groups.push(Group { name: None, addresses: vec![address] }),
        }
    }
}

/// Words and quoted strings before an angle address, or an address without brackets.
#[derive(Default)]
struct Phrase {
    pieces: Vec<Piece>,
    gap: bool,
}

struct Piece {
    text: String,
    quoted: bool,
    /// White space stands before it.
    gap: bool,
}

impl Phrase {
    fn space(&mut self) {
        self.gap = true;
    }

    fn push(&mut self, text: String, quoted: bool) {
        let gap = std::mem::take(&mut self.gap);
        self.pieces.push(Piece { text, quoted, gap });
    }

    fn word(&mut self, word: &str) {
        self.push(word.to_owned(), false);
    }

    fn quoted(&mut self, text: String) {
        self.push(text, true);
    }

    fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    fn has_at(&self) -> bool {
        self.pieces.iter().any(|piece| !piece.quoted && piece.text.contains('@'))
    }

    /// The display name: runs of words decoded together, quoted strings as they are.
    fn display_name(&self) -> Option<String> {
        let mut out = String::new();
        let mut words = String::new();
        for piece in &self.pieces {
            let gap = if piece.gap && !(out.is_empty() && words.is_empty()) { " " } else { "" };
            if piece.quoted {
                out.push_str(&decode_words(&std::mem::take(&mut words)));
                out.push_str(gap);
                out.push_str(&piece.text);
            } else {
                words.push_str(gap);
                words.push_str(&piece.text);
            }
        }
        out.push_str(&decode_words(&words));
        let name = nfc(out.trim().to_owned());
        (!name.is_empty()).then_some(name)
    }

    /// An address without angle brackets. Before the piece that holds the "@", what is set off by white space is a name
    /// ("John john@x.org"); dots and "@" may be set off too (RFC 5322 §4.4).
    fn bare(self, comment: Option<String>) -> Option<Address> {
        if self.pieces.is_empty() {
            return None;
        }
        if !self.has_at() {
            let email = self.display_name().unwrap_or_default();
            return (!email.is_empty()).then_some(Address { name: comment, email });
        }
        let at = self.pieces.iter().position(|p| !p.quoted && p.text.contains('@')).unwrap_or(0);
        let mut begin = at;
        while let (Some(piece), Some(before)) =
            (self.pieces.get(begin), begin.checked_sub(1).and_then(|b| self.pieces.get(b)))
        {
            let glued = !piece.gap
                || (!piece.quoted && piece.text.starts_with(['@', '.']))
                || (!before.quoted && before.text.ends_with('.'));
            if !glued {
                break;
            }
            begin -= 1;
        }
        let mut pieces = self.pieces;
        let spec = pieces.split_off(begin);
        let name = Phrase { pieces, gap: false }.display_name().or(comment);
        let mut email = String::new();
        for piece in &spec {
            let ends_open = email.ends_with(['@', '.']) || email.is_empty() || piece.text.starts_with(['@', '.']);
            if piece.gap && !ends_open {
                email.push(' ');
            }
            if piece.quoted {
                email.push_str(&quote(&piece.text));
            } else {
                email.push_str(&piece.text);
            }
        }
        Some(Address { name, email })
    }
}

/// A quoted local part keeps its quotes.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// The inside of angle brackets without route (RFC 5322 §4.4), comments and white space outside of quotes.
fn addr_spec(inside: &str) -> String {
    let mut out = String::with_capacity(inside.len());
    let (mut quoted, mut comment) = (false, 0u32);
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped = chars.next();
                if comment == 0 {
                    out.push(c);
                    out.extend(escaped);
                }
            }
            '"' if comment == 0 => {
                quoted = !quoted;
                out.push(c);
            }
            '(' if !quoted => comment += 1,
            ')' if !quoted => comment = comment.saturating_sub(1),
            _ if comment > 0 => {}
            ' ' | '\t' if !quoted => {}
            c => out.push(c),
        }
    }
    match out.split_once(':') {
        Some((route, spec)) if route.starts_with('@') => spec.to_owned(),
        _ => out,
    }
}
