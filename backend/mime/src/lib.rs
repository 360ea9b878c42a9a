//! Bytes to mail and back, pure: parsing, previews, building, cleaning HTML, delivery reports, tokens.
//! No I/O, no clock, no randomness: what a function needs it is given. No input, however hostile, makes it panic.

pub mod auth;
pub mod body;
pub mod build;
pub mod dsn;
pub mod header;
pub mod html;
pub mod index;
mod message;
pub mod preview;
pub mod quote;
pub mod safe;
pub mod structure;
#[cfg(test)]
mod tests;
pub mod thread;

pub use body::{BodyValue, Decoded, decode_charset, decode_transfer, text_value};
pub use build::{Attachment, BuildError, Outgoing, build, without_bcc};
pub use header::{Address, Date, Form, Group, HeaderBlock, Property, form_allowed};
pub use index::{IndexTexts, tokens};
pub use message::{Envelope, Parsed, parse, parse_header_only};
pub use preview::preview_from;
pub use structure::{BodyLists, BodyPart, body_lists, has_attachment, part_bytes};
pub use thread::{base_subject, thread_key};
