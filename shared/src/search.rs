//! The search syntax of the box, of the API and of rules: operators and words → a JMAP filter. Pure.
//! `from: to: cc: subject: has: filename: larger: smaller: before: after: older_than: newer_than: in: is: label:`,
//! `"exact phrase"`, `-not`, `OR`, `( )`, a bare word in any field.

mod chips;
mod filter;
mod parse;

pub use chips::{Piece, pieces, without};
pub use filter::{World, filter};
pub use parse::{Field, Node, Term, parse};
