//! The top-level terms of a search as chips that can be taken away.

use std::ops::Range;

use super::parse::{Field, Node, Term, parse};

/// One chip: an operator (not a bare word) at the top of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// As typed.
    pub text: String,
    /// Its octets in the search, the minus sign included.
    pub span: Range<usize>,
}

fn term_of(node: &Node) -> Option<(&Term, bool)> {
    match node {
        Node::Term(term) => Some((term, false)),
        Node::Not(inner) => match &**inner {
            Node::Term(term) => Some((term, true)),
            _ => None,
        },
        _ => None,
    }
}

/// The chips of a search, in order.
pub fn pieces(text: &str) -> Vec<Piece> {
    let nodes = match parse(text) {
        Node::And(nodes) => nodes,
        one => vec![one],
    };
    let mut all = Vec::new();
    for (term, negated) in nodes.iter().filter_map(term_of) {
        if term.field == Field::Text && !term.exact && !negated {
            continue;
        }
        let mut span = term.span.clone();
        if negated {
            let before = text.get(..span.start).unwrap_or_default().trim_end();
            span.start = before.strip_suffix('-').or(before.strip_suffix("NOT")).unwrap_or(before).len();
        }
        let shown = text.get(span.clone()).unwrap_or_default().to_owned();
        all.push(Piece { text: shown, span });
    }
    all
}

/// The search without one chip.
pub fn without(text: &str, piece: &Piece) -> String {
    let before = text.get(..piece.span.start).unwrap_or_default();
    let after = text.get(piece.span.end..).unwrap_or_default();
    format!("{} {}", before.trim_end(), after.trim_start()).trim().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn operators_are_chips_and_can_go() {
        let text = "summer from:anna -is:read \"old house\" NOT to:bob (a OR b)";
        let all = pieces(text);
        let shown: Vec<&str> = all.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(shown, ["from:anna", "-is:read", "\"old house\"", "NOT to:bob"]);
        assert_eq!(without(text, &all[0]), "summer -is:read \"old house\" NOT to:bob (a OR b)");
        assert_eq!(without(text, &all[1]), "summer from:anna \"old house\" NOT to:bob (a OR b)");
        assert_eq!(without("from:x", &pieces("from:x")[0]), "");
        assert!(pieces("plain words").is_empty());
    }
}
