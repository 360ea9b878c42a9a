//! The parsed forms of RFC 8621 §4.1.2 and which fields may be read in which.

use serde_json::json;

use super::{Address, Date, Group, address, message_ids, raw_text, text_form, urls};

/// A parsed form of a header field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// §4.1.2.1
    Raw,
    /// §4.1.2.2
    Text,
    /// §4.1.2.3
    Addresses,
    /// §4.1.2.4
    GroupedAddresses,
    /// §4.1.2.5
    MessageIds,
    /// §4.1.2.6
    Date,
    /// §4.1.2.7
    Urls,
}

impl Form {
    /// The form named by `as{Form}` in a property name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "asRaw" => Self::Raw,
            "asText" => Self::Text,
            "asAddresses" => Self::Addresses,
            "asGroupedAddresses" => Self::GroupedAddresses,
            "asMessageIds" => Self::MessageIds,
            "asDate" => Self::Date,
            "asURLs" => Self::Urls,
            _ => return None,
        })
    }
}

/// A header field's value in one of the forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// As it stands, including the leading space.
    Raw(String),
    /// Unfolded and decoded.
    Text(String),
    /// Mailboxes, groups dissolved.
    Addresses(Vec<Address>),
    /// Mailboxes by group.
    GroupedAddresses(Vec<Group>),
    /// Message ids without brackets; `None` when it does not parse.
    MessageIds(Option<Vec<String>>),
    /// A date; `None` when it does not parse.
    Date(Option<Date>),
    /// URLs; `None` when it does not parse.
    Urls(Option<Vec<String>>),
}

impl Value {
    /// Parses a field's raw octets (after the colon) into a form.
    pub fn parse(raw: &[u8], form: Form) -> Self {
        match form {
            Form::Raw => Self::Raw(raw_text(raw)),
            Form::Text => Self::Text(text_form(raw)),
            Form::Addresses => Self::Addresses(address::parse_list(raw)),
            Form::GroupedAddresses => Self::GroupedAddresses(address::parse_groups(raw)),
            Form::MessageIds => Self::MessageIds(message_ids(raw)),
            Form::Date => Self::Date(Date::parse_rfc5322(&raw_text(raw))),
            Form::Urls => Self::Urls(urls(raw)),
        }
    }

    /// The JMAP JSON of the value.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Raw(text) | Self::Text(text) => json!(text),
            Self::Addresses(list) => json!(list),
            Self::GroupedAddresses(list) => json!(list),
            Self::MessageIds(list) | Self::Urls(list) => json!(list),
            Self::Date(date) => json!(date),
        }
    }
}

/// Fields of RFC 5322 and RFC 2369 and the parsed forms that RFC 8621 leaves them (Raw is always allowed).
const RESTRICTED: &[(&str, &[Form])] = {
    use Form::{Addresses, Date, GroupedAddresses, MessageIds, Text, Urls};
    const ADDRESSES: &[Form] = &[Addresses, GroupedAddresses];
    &[
        ("date", &[Date]),
        ("resent-date", &[Date]),
        ("from", ADDRESSES),
        ("sender", ADDRESSES),
        ("reply-to", ADDRESSES),
        ("to", ADDRESSES),
        ("cc", ADDRESSES),
        ("bcc", ADDRESSES),
        ("resent-from", ADDRESSES),
        ("resent-sender", ADDRESSES),
        ("resent-reply-to", ADDRESSES),
        ("resent-to", ADDRESSES),
        ("resent-cc", ADDRESSES),
        ("resent-bcc", ADDRESSES),
        ("message-id", &[MessageIds]),
        ("in-reply-to", &[MessageIds]),
        ("references", &[MessageIds]),
        ("resent-message-id", &[MessageIds]),
        ("subject", &[Text]),
        ("comments", &[Text]),
        ("keywords", &[Text]),
        ("return-path", &[]),
        ("received", &[]),
        ("list-help", &[Urls]),
        ("list-unsubscribe", &[Urls]),
        ("list-subscribe", &[Urls]),
        ("list-post", &[Urls]),
        ("list-owner", &[Urls]),
        ("list-archive", &[Urls]),
    ]
};

/// May this field be fetched or set in this form (the lists at the end of each RFC 8621 §4.1.2.x)? `List-Id` is of
/// RFC 2919 and so open to every form.
pub fn form_allowed(name: &str, form: Form) -> bool {
    if form == Form::Raw || name.eq_ignore_ascii_case("list-id") {
        return true;
    }
    RESTRICTED.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).is_none_or(|(_, forms)| forms.contains(&form))
}
