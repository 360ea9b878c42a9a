//! From raw bytes to the tree: boundaries (RFC 2046 §5.1), counted as IMAP servers count them.

use std::ops::Range;

use super::BodyPart;
use crate::{HeaderBlock, body::transfer, header};

/// Levels of multiparts.
const MAX_DEPTH: usize = 50;
/// Nodes of a tree.
const MAX_PARTS: usize = 1_000;
/// Octets that are searched for boundaries, all levels together.
const MAX_SEARCH: usize = 400_000_000;

/// What is left of the limits.
struct Left {
    parts: usize,
    search: usize,
}

/// A node and where it lies in the message.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Its properties (`sub_parts` empty until [`Node::into_part`]).
    pub part: BodyPart,
    /// Its header block.
    pub header: Range<usize>,
    /// Its body as it stands.
    pub body: Range<usize>,
    children: Option<Vec<Node>>,
}

impl Node {
    /// The tree of a message.
    pub fn parse(raw: &[u8]) -> Self {
        let mut left = Left { parts: MAX_PARTS, search: MAX_SEARCH };
        let mut root = entity(raw, 0..raw.len(), "text/plain", 0, &mut left);
        match &mut root.children {
            None => root.part.section = Some("1".to_owned()),
            Some(children) => number(children, ""),
        }
        root
    }

    /// The leaf of a section number.
    pub fn find(&self, section: &str) -> Option<&Node> {
        self.walk().into_iter().find(|node| node.part.section.as_deref() == Some(section))
    }

    /// This node and all below, depth first, in message order.
    pub fn walk(&self) -> Vec<&Node> {
        let mut found = Vec::new();
        let mut left = vec![self];
        while let Some(node) = left.pop() {
            found.push(node);
            left.extend(node.children.iter().flatten().rev());
        }
        found
    }

    /// The bare tree.
    pub fn into_part(self) -> BodyPart {
        let mut part = self.part;
        part.sub_parts = self.children.map(|children| children.into_iter().map(Node::into_part).collect());
        part
    }
}

fn number(children: &mut [Node], prefix: &str) {
    for (index, child) in children.iter_mut().enumerate() {
        let own = format!("{prefix}{}", index + 1);
        match &mut child.children {
            None => child.part.section = Some(own),
            Some(below) => number(below, &format!("{own}.")),
        }
    }
}

/// One entity: header, then a leaf's content or a multipart's children.
fn entity(raw: &[u8], range: Range<usize>, implicit: &str, depth: usize, left: &mut Left) -> Node {
    left.parts = left.parts.saturating_sub(1);
    let (header_end, body) = header::split(raw.get(range.clone()).unwrap_or_default());
    let header = range.start..range.start + header_end;
    let body = range.start + body..range.end;
    let block = HeaderBlock::parse(raw.get(header.clone()).unwrap_or_default());
    let (mut part, content) = BodyPart::from_header(&block, implicit);
    let mut children = None;
    if let Some(subtype) = part.r#type.strip_prefix("multipart/") {
        let implicit = if subtype == "digest" { "message/rfc822" } else { "text/plain" };
        // Beyond the limits what is there is offered as it is.
        let within = depth < MAX_DEPTH && left.search >= body.len();
        left.search = left.search.saturating_sub(body.len());
        let boundary = content.token("boundary").filter(|_| within);
        let ranges = boundary.map(|b| split(raw, body.clone(), &b, left.parts)).unwrap_or_default();
        if ranges.is_empty() {
            // No boundary, or none found: what is there is shown as text.
            part.r#type = if within { "text/plain" } else { "application/octet-stream" }.to_owned();
            part.charset = within.then(|| "us-ascii".to_owned());
        } else {
            let mut nodes = Vec::new();
            for range in ranges {
                if left.parts == 0 {
                    break;
                }
                nodes.push(entity(raw, range, implicit, depth + 1, left));
            }
            children = Some(nodes);
            part.charset = None;
        }
    }
    if children.is_none() {
        part.size = transfer::decoded_len(raw.get(body.clone()).unwrap_or_default(), part.encoding.as_deref());
    }
    Node { part, header, body, children }
}

/// The ranges between the delimiter lines of a boundary; preamble and epilogue are left out. The line break before a
/// delimiter belongs to the delimiter.
fn split(raw: &[u8], body: Range<usize>, boundary: &str, most: usize) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    let text = raw.get(body.clone()).unwrap_or_default();
    let first = text.starts_with(b"--").then_some(0);
    for at in first.into_iter().chain(memchr::memmem::find_iter(text, b"\n--").map(|at| at + 1)) {
        if ranges.len() >= most {
            return ranges;
        }
        let rest = text.get(at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |p| p + 1);
        let Some(last) = delimiter(rest.get(..length).unwrap_or_default(), boundary.as_bytes()) else { continue };
        let at = body.start + at;
        if let Some(start) = open.take() {
            ranges.push(start..before_break(raw, start, at));
        }
        if last {
            return ranges;
        }
        open = Some((at + length).min(body.end));
    }
    if let Some(start) = open {
        ranges.push(start..body.end);
    }
    ranges
}

/// Is the line a delimiter, and if so the last one?
fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?.trim_ascii_end();
    match rest {
        [] => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

/// The end of a part whose next delimiter begins at `at`.
fn before_break(raw: &[u8], start: usize, at: usize) -> usize {
    let end = match raw.get(start..at) {
        Some([.., b'\r', b'\n']) => at - 2,
        Some([.., b'\n']) => at - 1,
        _ => at,
    };
    end.max(start)
}
