//! Names and types that are safe to hand to a browser or a disk.

/// A file name for a download: no path, no control or bidi characters, no reserved names, at most 150 characters; made
/// up from the type where there is none.
pub fn file_name(name: Option<&str>, r#type: &str) -> String {
    let _ = (name, r#type);
    todo!()
}

/// A Content-Type that a browser cannot be tricked with: well-formed and not active, else `application/octet-stream`.
pub fn content_type(r#type: &str) -> String {
    let _ = r#type;
    todo!()
}

/// May this type be shown inside the page (pictures, plain text, sound, film; never SVG or HTML)?
pub fn shows_inline(r#type: &str) -> bool {
    let _ = r#type;
    todo!()
}

/// `attachment; filename="…"; filename*=UTF-8''…` (RFC 6266).
pub fn content_disposition(name: &str) -> String {
    let _ = name;
    todo!()
}
