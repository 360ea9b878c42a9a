//! The header block: where each field lies, found once, read in any form later.

use serde_json::json;

use super::{Address, Date, Property, Value, form::Form, message_ids, raw_text, text_form};

/// Octets of header that are looked at; what a hostile message has beyond is not parsed.
const MAX_BYTES: usize = 1024 * 1024;
/// Fields that are looked at.
const MAX_FIELDS: usize = 5_000;

/// One header field as it stands in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The field name with its own capitalisation.
    pub name: &'a str,
    /// The octets after the colon, folding kept, final line break excluded.
    pub value: &'a [u8],
}

impl Field<'_> {
    /// The value in a form (RFC 8621 §4.1.2); whether that form is allowed is the caller's question.
    pub fn get(&self, form: Form) -> Value {
        Value::parse(self.value, form)
    }
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
    name: (usize, usize),
    value: (usize, usize),
}

impl HeaderBlock {
    /// Reads fields up to the first empty line (or the end). Lines that are no fields are passed over.
    /// Limits: 1 MiB, 5,000 fields.
    pub fn parse(raw: &[u8]) -> Self {
        let (end, _) = split(raw);
        let raw = raw.get(..end.min(MAX_BYTES)).unwrap_or_default();
        Self { fields: spans(raw), raw: raw.to_vec() }
    }

    /// The raw bytes without the empty line: what to store.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// All fields in order.
    pub fn fields(&self) -> impl DoubleEndedIterator<Item = Field<'_>> {
        self.fields.iter().filter_map(|span| {
            let name = self.raw.get(span.name.0..span.name.1)?;
            let value = self.raw.get(span.value.0..span.value.1)?;
            Some(Field { name: std::str::from_utf8(name).ok()?, value })
        })
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
        self.last(name).map(|field| text_form(field.value))
    }

    /// The last field of a name as Addresses form (RFC 8621 §4.1.2.3).
    pub fn addresses(&self, name: &str) -> Option<Vec<Address>> {
        self.last(name).map(|field| super::address::parse_list(field.value))
    }

    /// The last field of a name as MessageIds form (RFC 8621 §4.1.2.5).
    pub fn message_ids(&self, name: &str) -> Option<Vec<String>> {
        self.last(name).and_then(|field| message_ids(field.value))
    }

    /// The last field of a name as Date form (RFC 8621 §4.1.2.6).
    pub fn date(&self, name: &str) -> Option<Date> {
        self.last(name).and_then(|field| Date::parse_rfc5322(&raw_text(field.value)))
    }

    /// The value of a `header:…` property as JMAP JSON (null or an empty array when the field is missing).
    pub fn get(&self, property: &Property) -> serde_json::Value {
        if property.all {
            return self.all(&property.name).map(|field| field.get(property.form).to_json()).collect();
        }
        self.last(&property.name).map_or(serde_json::Value::Null, |field| field.get(property.form).to_json())
    }

    /// JMAP's `headers` property: `[{name, value}]` in Raw form.
    pub fn to_json(&self) -> serde_json::Value {
        self.fields().map(|field| json!({ "name": field.name, "value": raw_text(field.value) })).collect()
    }

    /// When the message was taken in by its last relay: the date of the topmost Received field.
    pub fn received_at(&self) -> Option<Date> {
        let field = self.all("Received").next()?;
        let text = raw_text(field.value);
        let (_, date) = text.rsplit_once(';')?;
        Date::parse_rfc5322(date)
    }
}

/// Where the header ends and where the body begins. A block without a single header field is all body: a letter
/// whose header got lost is still read.
pub(crate) fn split(raw: &[u8]) -> (usize, usize) {
    let mut at = 0;
    let mut found = None;
    while let Some(rest) = raw.get(at..) {
        if rest.is_empty() {
            break;
        }
        let length = rest.iter().position(|&b| b == b'\n').map_or(rest.len(), |p| p + 1);
        if matches!(rest.get(..length), Some(b"\n" | b"\r\n")) {
            found = Some((at, at + length));
            break;
        }
        at += length;
    }
    let (end, body) = found.unwrap_or((raw.len(), raw.len()));
    let block = raw.get(..end).unwrap_or_default();
    let no_field = !block.is_empty() && !lines(block).any(|(from, to)| name_of(block, from, to).is_some());
    if no_field { (0, 0) } else { (end, body) }
}

/// The message without the fields of these names (lower case); every other octet stays.
pub(crate) fn without_fields(raw: &[u8], names: &[&str]) -> Vec<u8> {
    let (end, _) = split(raw);
    let mut out = Vec::with_capacity(raw.len());
    let mut dropping = false;
    let block = raw.get(..end).unwrap_or_default();
    for (from, to) in lines(block) {
        let line = block.get(from..to).unwrap_or_default();
        if !matches!(line.first(), Some(b' ' | b'\t')) {
            let name = name_of(block, from, to).and_then(|(name_end, _)| block.get(from..name_end)).unwrap_or_default();
            dropping = names.iter().any(|n| name.eq_ignore_ascii_case(n.as_bytes()));
        }
        if !dropping {
            out.extend_from_slice(line);
        }
    }
    out.extend_from_slice(raw.get(end..).unwrap_or_default());
    out
}

/// Start and end (line break included) of each line.
fn lines(block: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = block.get(at..).filter(|rest| !rest.is_empty())?;
        let from = at;
        at += rest.iter().position(|&b| b == b'\n').map_or(rest.len(), |p| p + 1);
        Some((from, at))
    })
}

/// If the line begins a field: the end of its name and the place after its colon.
fn name_of(block: &[u8], from: usize, to: usize) -> Option<(usize, usize)> {
    let line = block.get(from..to)?;
    let name = line.iter().position(|b| !matches!(b, 33..=57 | 59..=126))?;
    // RFC 5322 §4.5: the obsolete syntax allows white space before the colon.
    let gap = line.get(name..)?.iter().position(|b| !matches!(b, b' ' | b'\t'))?;
    (name > 0 && line.get(name + gap) == Some(&b':')).then_some((from + name, from + name + gap + 1))
}

/// The fields of a block, continuation lines joined.
fn spans(block: &[u8]) -> Vec<Span> {
    let mut fields: Vec<Span> = Vec::new();
    let mut open = false;
    for (from, to) in lines(block) {
        let end = without_break(block, from, to);
        if matches!(block.get(from), Some(b' ' | b'\t')) {
            if let (true, Some(last)) = (open, fields.last_mut()) {
                last.value.1 = end;
            }
        } else if let Some((name_end, value)) = name_of(block, from, to) {
            if fields.len() >= MAX_FIELDS {
                break;
            }
            fields.push(Span { name: (from, name_end), value: (value, end.max(value)) });
            open = true;
        } else {
            open = false;
        }
    }
    fields
}

/// The end of a line without its line break.
fn without_break(block: &[u8], from: usize, to: usize) -> usize {
    match block.get(from..to) {
        Some([.., b'\r', b'\n']) => to - 2,
        Some([.., b'\n']) => to - 1,
        _ => to,
    }
}
