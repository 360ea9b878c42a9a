//! Header blocks: the raw fields in order, and every parsed form of RFC 8621 §4.1.2.

mod address;
mod block;
mod date;
mod encoded;
mod form;
mod ids;
pub(crate) mod params;
mod property;
#[cfg(test)]
mod tests;

pub use block::{Field, HeaderBlock};
pub use date::{Date, NotADate};
pub use form::{Form, Value, form_allowed};
pub use property::{NotAProperty, Property};

pub(crate) use block::{split, without_fields};
pub(crate) use encoded::{decode_loose, raw_text, text_form};
pub(crate) use ids::{message_ids, urls};

use serde::{Deserialize, Serialize};

/// One mailbox (RFC 8621 §4.1.2.3 `EmailAddress`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Display name, decoded; `None` when there is none.
    #[serde(default)]
    pub name: Option<String>,
    /// The addr-spec. From a broken header it may be anything, even without `@`.
    pub email: String,
}

/// A group of mailboxes, or mailboxes outside any group (RFC 8621 §4.1.2.4 `EmailAddressGroup`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The group's name; `None` for mailboxes outside of groups.
    #[serde(default)]
    pub name: Option<String>,
    /// Its mailboxes in order.
    pub addresses: Vec<Address>,
}
