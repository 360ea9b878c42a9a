//! Text → tree. Nothing is an error: what is no operator is a word, an unclosed quote or bracket ends with the text.

use std::ops::Range;

/// So many characters of a search are read; nobody types more.
const TEXT_MAX_LEN: usize = 1_000;
/// Brackets nest so deep at most; deeper ones are ignored.
const DEPTH_MAX: usize = 8;

/// Which field a term is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Any.
    Text,
    /// Author.
    From,
    /// Recipient.
    To,
    /// Copied recipient.
    Cc,
    /// Blind recipient.
    Bcc,
    /// Subject.
    Subject,
    /// Words of the message itself.
    Body,
    /// `attachment`, `star`.
    Has,
    /// Name of a file.
    Filename,
    /// At least so large.
    Larger,
    /// Smaller than that.
    Smaller,
    /// Came before that day.
    Before,
    /// Came on that day or later.
    After,
    /// Older than `3d`, `2w`, `5m`, `1y`.
    OlderThan,
    /// Younger than that.
    NewerThan,
    /// Lies in that mailbox; `anywhere` takes Junk and Trash in.
    In,
    /// `unread`, `read`, `starred`, `answered`, `draft`, `forwarded`.
    Is,
    /// Carries that keyword.
    Label,
}

const NAMES: [(&str, Field); 20] = [
    ("from", Field::From),
    ("to", Field::To),
    ("cc", Field::Cc),
    ("bcc", Field::Bcc),
    ("subject", Field::Subject),
    ("body", Field::Body),
    ("has", Field::Has),
    ("filename", Field::Filename),
    ("larger", Field::Larger),
    ("larger_than", Field::Larger),
    ("smaller", Field::Smaller),
    ("smaller_than", Field::Smaller),
    ("before", Field::Before),
    ("after", Field::After),
    ("since", Field::After),
    ("older_than", Field::OlderThan),
    ("newer_than", Field::NewerThan),
    ("in", Field::In),
    ("is", Field::Is),
    ("label", Field::Label),
];

/// One condition with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// About what.
    pub field: Field,
    /// What it must be, without quotes.
    pub value: String,
    /// It stood in quotes: these words in this order.
    pub exact: bool,
    /// Octets of the text it came from.
    pub span: Range<usize>,
}

/// A search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// All of them (an empty one holds always).
    And(Vec<Node>),
    /// Any of them.
    Or(Vec<Node>),
    /// Not that.
    Not(Box<Node>),
    /// One condition.
    Term(Term),
}

/// Reads a search.
pub fn parse(text: &str) -> Node {
    let end = text.char_indices().nth(TEXT_MAX_LEN).map_or(text.len(), |(at, _)| at);
    let mut reader = Reader { text: text.get(..end).unwrap_or_default(), at: 0 };
    let mut all = Vec::new();
    loop {
        match reader.any(0) {
            Node::And(empty) if empty.is_empty() => {}
            node => all.push(node),
        }
        // A stray closing bracket ends nothing.
        if !reader.eat(')') {
            break;
        }
    }
    one_or(all, Node::And)
}

fn one_or(mut nodes: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Node {
    match (nodes.len(), nodes.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            nodes.push(last);
            join(nodes)
        }
        (_, None) => Node::And(nodes),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn eat(&mut self, wanted: char) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// `a b OR c d`: OR binds the terms beside it, as in Gmail: `a AND (b OR c) AND d`.
    fn any(&mut self, depth: usize) -> Node {
        let mut all: Vec<Node> = Vec::new();
        let mut join_next = false;
        loop {
            self.skip_space();
            let rest = self.rest();
            if rest.is_empty() || rest.starts_with(')') {
                return one_or(all, Node::And);
            }
            if word_of(rest) == "OR" {
                self.at += 2;
                join_next = !all.is_empty();
                continue;
            }
            if word_of(rest) == "AND" {
                self.at += 3;
                continue;
            }
            let Some(node) = self.one(depth) else { continue };
            match (join_next, all.pop()) {
                (true, Some(Node::Or(mut either))) => {
                    either.push(node);
                    all.push(Node::Or(either));
                }
                (true, Some(before)) => all.push(Node::Or(vec![before, node])),
                (false, Some(before)) => all.extend([before, node]),
                (_, None) => all.push(node),
            }
            join_next = false;
        }
    }

    fn one(&mut self, depth: usize) -> Option<Node> {
        if self.rest().starts_with('-') {
            self.at += 1;
            if self.rest().starts_with(|c: char| c.is_whitespace() || c == ')') || self.rest().is_empty() {
                return None;
            }
            return self.one(depth).map(|node| Node::Not(Box::new(node)));
        }
        if word_of(self.rest()) == "NOT" {
            self.at += 3;
            self.skip_space();
            return self.one(depth).map(|node| Node::Not(Box::new(node)));
        }
        if self.rest().starts_with('(') {
            self.at += 1;
            if depth >= DEPTH_MAX {
                return None;
            }
            let inner = self.any(depth + 1);
            self.eat(')');
            return (inner != Node::And(Vec::new())).then_some(inner);
        }
        self.term()
    }

    fn term(&mut self) -> Option<Node> {
        let start = self.at;
        let mut field = Field::Text;
        if let Some((name, after)) = self.rest().split_once(':')
            && let Some((_, found)) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            let length = name.len() + 1;
            // `from: anna` is what people type.
            let gap = after.len() - after.trim_start().len();
            field = *found;
            self.at += length + gap;
        }
        let (value, exact) = self.value();
        if value.is_empty() {
            // `from:` while it is being typed, or a bracket or quote of its own: nothing to ask for.
            if self.at == start {
                self.at += self.rest().chars().next().map_or(0, char::len_utf8);
            }
            return None;
        }
        Some(Node::Term(Term { field, value, exact, span: start..self.at }))
    }

    fn value(&mut self) -> (String, bool) {
        let rest = self.rest();
        if let Some(inside) = rest.strip_prefix('"') {
            let (value, length) = match inside.split_once('"') {
                Some((value, _)) => (value, value.len() + 2),
                None => (inside, inside.len() + 1),
            };
            let value = value.trim().to_owned();
            self.at += length;
            return (value, true);
        }
        let word =
            rest.split(|c: char| c.is_whitespace() || c == '(' || c == ')' || c == '"').next().unwrap_or_default();
        let word = word.to_owned();
        self.at += word.len();
        (word, false)
    }
}

fn word_of(text: &str) -> &str {
    text.split(|c: char| c.is_whitespace() || c == '(' || c == ')').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(node: &Node) -> String {
        let list = |nodes: &[Node]| nodes.iter().map(show).collect::<Vec<_>>().join(" ");
        match node {
            Node::And(all) => format!("&({})", list(all)),
            Node::Or(all) => format!("|({})", list(all)),
            Node::Not(one) => format!("!{}", show(one)),
            Node::Term(term) => {
                let quote = if term.exact { "\"" } else { "" };
                format!("{:?}={quote}{}{quote}", term.field, term.value)
            }
        }
    }

    fn reads(text: &str, tree: &str) {
        assert_eq!(show(&parse(text)), tree, "{text:?}");
    }

    #[test]
    fn words_phrases_and_operators() {
        reads("", "&()");
        reads("  ", "&()");
        reads("hello", "Text=hello");
        reads("hello world", "&(Text=hello Text=world)");
        reads("\"exact phrase\" x", "&(Text=\"exact phrase\" Text=x)");
        reads("from:anna subject:\"bar 14\"", "&(From=anna Subject=\"bar 14\")");
        reads("FROM: anna", "From=anna");
        reads("has:attachment larger:2M is:unread", "&(Has=attachment Larger=2M Is=unread)");
        reads("http://x.example/a", "Text=http://x.example/a");
        reads("re:hello", "Text=re:hello");
    }

    #[test]
    fn not_or_and_brackets() {
        reads("a -b", "&(Text=a !Text=b)");
        reads("-from:bob", "!From=bob");
        reads("NOT is:read", "!Is=read");
        reads("a OR b", "|(Text=a Text=b)");
        reads("x a OR b OR c y", "&(Text=x |(Text=a Text=b Text=c) Text=y)");
        reads("(a b) OR c", "|(&(Text=a Text=b) Text=c)");
        reads("-(a OR b) c", "&(!|(Text=a Text=b) Text=c)");
        reads("a AND b", "&(Text=a Text=b)");
        reads("or and not", "&(Text=or Text=and Text=not)");
        reads("e-mail - -", "Text=e-mail");
    }

    #[test]
    fn what_is_half_typed_or_broken_is_no_error() {
        reads("from:", "&()");
        reads("a from:", "Text=a");
        reads("\"open quote", "Text=\"open quote\"");
        reads("(a OR", "Text=a");
        reads("a ) b", "&(Text=a Text=b)");
        reads("OR OR a", "Text=a");
        reads("\"\" () -", "&()");
        reads("日本語 -\"来週の 授業\"", "&(Text=日本語 !Text=\"来週の 授業\")");
        let deep = "(".repeat(400) + "a";
        reads(&deep, "Text=a");
        parse(&"é(-\"".repeat(4_000));
    }
}
