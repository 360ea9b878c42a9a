//! Bytes to mail and back, pure: parsing, previews, building, cleaning HTML, delivery reports, tokens.
