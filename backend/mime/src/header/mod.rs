//! Header blocks: the raw fields in order, and every parsed form of RFC 8621 §4.1.2.

mod date;
mod form;
mod property;

pub use date::Date;
pub use form::{Form, Value, form_allowed};
pub use property::{NotAProperty, Property};

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

/// One header field as it stands in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The field name with its own capitalisation.
    pub name: &'a str,
    /// The octets after the colon, folding kept, final line break excluded.
    pub value: &'a [u8],
}

/// The header fields of a message or part, raw and in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeaderBlock {
    raw: Vec<u8>,
    fields: Vec<Span>,
}

/// Where one field lies in `HeaderBlock::raw`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    name: (u32, u32),
    value: (u32, u32),
}

impl HeaderBlock {
    /// Reads fields up to the first empty line (or the end). Lines that are no fields are passed over.
    pub fn parse(raw: &[u8]) -> Self {
        let _ = raw;
        todo!()
    }

    /// The raw bytes without the empty line: what to store.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// All fields in order.
    pub fn fields(&self) -> impl DoubleEndedIterator<Item = Field<'_>> {
        self.fields.iter().filter_map(|_| todo!())
    }

    /// All fields of a name (any capitalisation) in order.
    pub fn all<'a>(&'a self, name: &str) -> impl DoubleEndedIterator<Item = Field<'a>> {
        self.fields().filter(move |field| field.name.eq_ignore_ascii_case(name))
    }

    /// The last field of a name: what JMAP means by "the" field (RFC 8621 §4.1.3).
    pub fn last(&self, name: &str) -> Option<Field<'_>> {
        self.all(name).next_back()
    }

    /// The last field of a name as Text form (RFC 8621 §4.1.2.2).
    pub fn text(&self, name: &str) -> Option<String> {
        let _ = name;
        todo!()
    }

    /// The last field of a name as Addresses form (RFC 8621 §4.1.2.3).
    pub fn addresses(&self, name: &str) -> Option<Vec<Address>> {
        let _ = name;
        todo!()
    }

    /// The last field of a name as MessageIds form (RFC 8621 §4.1.2.5).
    pub fn message_ids(&self, name: &str) -> Option<Vec<String>> {
        let _ = name;
        todo!()
    }

    /// The last field of a name as Date form (RFC 8621 §4.1.2.6).
    pub fn date(&self, name: &str) -> Option<Date> {
        let _ = name;
        todo!()
    }

    /// The value of a `header:…` property as JMAP JSON (null or an empty array when the field is missing).
    pub fn get(&self, property: &Property) -> serde_json::Value {
        let _ = property;
        todo!()
    }

    /// JMAP's `headers` property: `[{name, value}]` in Raw form.
    pub fn to_json(&self) -> serde_json::Value {
        todo!()
    }

    /// When the message was taken in by its last relay: the date of the topmost Received field.
    pub fn received_at(&self) -> Option<Date> {
        todo!()
    }
}
