//! What a picture really is, by its first octets: the sender's word for it counts for nothing.

/// The media type of a picture that browsers draw without running anything in it; never SVG.
pub fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let at = |from: usize, magic: &[u8]| bytes.get(from..from + magic.len()) == Some(magic);
    Some(match () {
        () if starts(b"\x89PNG\r\n\x1a\n") => "image/png",
        () if starts(b"\xff\xd8\xff") => "image/jpeg",
        () if starts(b"GIF87a") || starts(b"GIF89a") => "image/gif",
        () if starts(b"RIFF") && at(8, b"WEBP") => "image/webp",
        () if at(4, b"ftypavif") || at(4, b"ftypavis") => "image/avif",
        () if starts(b"BM") && at(6, &[0; 4]) => "image/bmp",
        () if starts(&[0, 0, 1, 0]) => "image/x-icon",
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_their_octets_alone() {
        assert_eq!(picture_type(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(picture_type(b"RIFF\x10\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(picture_type(b"\0\0\0\x20ftypavif"), Some("image/avif"));
        for other in [&b"<svg xmlns=\"http://www.w3.org/2000/svg\">"[..], b"<html>", b"", b"RIFF", b"BMW is a car"] {
            assert_eq!(picture_type(other), None);
        }
    }
}
