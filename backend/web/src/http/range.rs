//! One byte range of a download (RFC 9110 §14); several at once are answered whole, which the RFC allows.

use std::ops::Range;

use http::{HeaderMap, header};

/// What part of a file is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// All of it.
    Whole,
    /// These octets; never empty, never beyond the end.
    Part(Range<usize>),
    /// A range that begins beyond the end.
    Outside,
}

/// Reads `Range`. Anything malformed is ignored, as RFC 9110 §14.2 says.
pub fn span(headers: &HeaderMap, length: usize) -> Span {
    // Without a validator of ours, If-Range cannot match: the whole file is right.
    if headers.contains_key(header::IF_RANGE) {
        return Span::Whole;
    }
    let asked = headers.get(header::RANGE).and_then(|v| v.to_str().ok()).and_then(|v| v.trim().strip_prefix("bytes="));
    let Some((first, last)) = asked.filter(|v| !v.contains(',')).and_then(|v| v.split_once('-')) else {
        return Span::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let range = match (number(first), number(last)) {
        (Some(start), Some(end)) if start <= end => start..end.saturating_add(1).min(length),
        (Some(start), None) if last.is_empty() => start..length,
        (None, Some(count)) if first.is_empty() => length.saturating_sub(count)..length,
        _ => return Span::Whole,
    };
    if range.is_empty() { Span::Outside } else { Span::Part(range) }
}

fn number(text: &str) -> Option<usize> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(range: &str) -> Span {
        span(&HeaderMap::from_iter([(header::RANGE, range.parse().unwrap())]), 100)
    }

    #[test]
    fn ranges_are_cut_to_the_file() {
        assert_eq!(read("bytes=0-9"), Span::Part(0..10));
        assert_eq!(read("bytes=90-"), Span::Part(90..100));
        assert_eq!(read("bytes=-10"), Span::Part(90..100));
        assert_eq!(read("bytes=90-1000"), Span::Part(90..100));
        assert_eq!(read("bytes=-1000"), Span::Part(0..100));
        assert_eq!(read("bytes=100-"), Span::Outside);
        assert_eq!(read("bytes=-0"), Span::Outside);
        for odd in ["bytes=", "bytes=-", "bytes=9-0", "bytes=a-b", "items=0-1", "bytes=0-1,5-6", "bytes=+1-2"] {
            assert_eq!(read(odd), Span::Whole, "{odd}");
        }
    }
}
