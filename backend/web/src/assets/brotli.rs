//! Brotli for what leaves the door, and whether the asker takes it.

use std::io::Write;

use http::{HeaderMap, header};

/// log2 of the window: large enough for every page we send, small enough to cost no memory.
const WINDOW: u32 = 18;
const BUFFER: usize = 4_096;

/// `data`, compressed; `quality` 0–11.
pub fn compress(data: &[u8], quality: u32) -> Vec<u8> {
    let mut writer = ::brotli::CompressorWriter::new(Vec::with_capacity(data.len() / 3), BUFFER, quality, WINDOW);
    // A Vec takes every byte, so there is no error to pass on.
    let _ = writer.write_all(data);
    writer.into_inner()
}

/// Whether `Accept-Encoding` names `br` and does not give it weight zero (RFC 9110 §12.5.3).
pub fn is_accepted(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok());
    values.flat_map(|v| v.split(',')).any(|coding| {
        let mut pieces = coding.split(';').map(str::trim);
        pieces.next().is_some_and(|name| name.eq_ignore_ascii_case("br")) && !pieces.any(is_zero)
    })
}

fn is_zero(parameter: &str) -> bool {
    parameter.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Read;

    use super::*;

    #[test]
    fn what_was_compressed_comes_out_again() {
        let text = "a family's letters ".repeat(500);
        let small = compress(text.as_bytes(), 4);
        assert!(small.len() < text.len() / 20);
        let mut back = String::new();
        ::brotli::Decompressor::new(small.as_slice(), BUFFER).read_to_string(&mut back).unwrap();
        assert_eq!(back, text);
    }

    #[test]
    fn accept_encoding_is_read_with_its_weights() {
        let asks = |text: &str| is_accepted(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, text.parse().unwrap())]));
        assert!(asks("gzip, deflate, br, zstd") && asks("br;q=0.5") && asks("BR"));
        assert!(!asks("gzip") && !asks("br;q=0") && !asks("br; q=0.0, gzip") && !asks("brotli"));
    }
}
