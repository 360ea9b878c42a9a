//! Strangers' CSS: parsed by cssparser, kept by an allow-list of properties and of what may stand in their values.

mod declaration;
mod selector;
mod sheet;
#[cfg(test)]
mod tests;

pub(super) use declaration::{Declaration, declarations, inline, is_colour, merge};
pub(super) use sheet::{Sheet, Subject};
