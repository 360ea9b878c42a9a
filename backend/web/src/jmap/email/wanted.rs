//! Which properties of an Email (and of its body parts) a client asks for, in `Email/get` and `Email/parse`
//! (RFC 8621 §4.1, §4.2).

use mime::{Property, header::NotAProperty};

use crate::jmap::{args::Args, capability::Capability, context::Cx, error::MethodError};

/// Properties of the store (RFC 8621 §4.1.1).
pub const META: [&str; 7] = ["id", "blobId", "threadId", "mailboxIds", "keywords", "size", "receivedAt"];
/// Ours, for requests that opted into `urn:kinpost:sources`.
pub const OWN: [&str; 1] = ["sourceId"];
/// Convenience header properties (RFC 8621 §4.1.3).
pub const HEADER: [&str; 11] =
    ["messageId", "inReplyTo", "references", "sender", "from", "to", "cc", "bcc", "replyTo", "subject", "sentAt"];
/// What needs the MIME tree or the header block (RFC 8621 §4.1.3, §4.1.4).
const DETAIL: [&str; 6] = ["headers", "bodyStructure", "bodyValues", "textBody", "htmlBody", "attachments"];
/// The rest.
const DERIVED: [&str; 2] = ["hasAttachment", "preview"];

/// The default of `Email/get` (RFC 8621 §4.2).
const GET_DEFAULT: [&str; 24] = [
    "id",
    "blobId",
    "threadId",
    "mailboxIds",
    "keywords",
    "size",
    "receivedAt",
    "messageId",
    "inReplyTo",
    "references",
    "sender",
    "from",
    "to",
    "cc",
    "bcc",
    "replyTo",
    "subject",
    "sentAt",
    "hasAttachment",
    "preview",
    "bodyValues",
    "textBody",
    "htmlBody",
    "attachments",
];
/// The default of `Email/parse` (RFC 8621 §4.9).
const PARSE_DEFAULT: [&str; 17] = [
    "messageId",
    "inReplyTo",
    "references",
    "sender",
    "from",
    "to",
    "cc",
    "bcc",
    "replyTo",
    "subject",
    "sentAt",
    "hasAttachment",
    "preview",
    "bodyValues",
    "textBody",
    "htmlBody",
    "attachments",
];
const BODY_DEFAULT: [&str; 10] =
    ["partId", "blobId", "size", "name", "type", "charset", "disposition", "cid", "language", "location"];
const BODY: [&str; 12] = [
    "partId",
    "blobId",
    "size",
    "headers",
    "name",
    "type",
    "charset",
    "disposition",
    "cid",
    "language",
    "location",
    "subParts",
];

/// Property names, those of header fields parsed.
#[derive(Debug, Clone, Default)]
pub struct Names {
    plain: Vec<String>,
    headers: Vec<(String, Property)>,
}

impl Names {
    fn read(names: Vec<String>, known: impl Fn(&str) -> bool) -> Result<Self, MethodError> {
        let mut read = Self::default();
        for name in names {
            if name.starts_with("header:") {
                let property = Property::parse(&name).map_err(|why| {
                    let why = if why == NotAProperty::Forbidden {
                        "this form is forbidden for this field"
                    } else {
                        "no such property"
                    };
                    MethodError::invalid_arguments(format!("{name:?}: {why}"))
                })?;
                read.headers.push((name, property));
            } else if known(&name) {
                read.plain.push(name);
            } else {
                return Err(MethodError::invalid_arguments(format!("unknown property {name:?}")));
            }
        }
        Ok(read)
    }

    /// Whether a plain property is asked for.
    pub fn has(&self, name: &str) -> bool {
        self.plain.iter().any(|plain| plain == name)
    }

    /// The plain properties.
    pub fn plain(&self) -> impl Iterator<Item = &str> {
        self.plain.iter().map(String::as_str)
    }

    /// The `header:…` properties, as they were spelled.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &Property)> {
        self.headers.iter().map(|(name, property)| (name.as_str(), property))
    }
}

/// What is asked of each Email.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Properties of the Email.
    pub names: Names,
    /// Properties of each EmailBodyPart.
    pub body: Names,
    /// `fetchTextBodyValues`.
    pub text_values: bool,
    /// `fetchHTMLBodyValues`.
    pub html_values: bool,
    /// `fetchAllBodyValues`.
    pub all_values: bool,
    /// `maxBodyValueBytes`; 0 = whole.
    pub max_value: usize,
}

impl Wanted {
    /// The arguments of `Email/get`, `properties` among them.
    pub fn for_get(cx: &Cx<'_>, args: &mut Args, properties: Option<Vec<String>>) -> Result<Self, MethodError> {
        let mut names = properties.unwrap_or_else(|| GET_DEFAULT.map(str::to_owned).to_vec());
        if !names.iter().any(|name| name == "id") {
            names.push("id".to_owned());
        }
        Self::read(cx, args, names)
    }

    /// The arguments of `Email/parse`.
    pub fn for_parse(cx: &Cx<'_>, args: &mut Args) -> Result<Self, MethodError> {
        let names = args.strings("properties")?.unwrap_or_else(|| PARSE_DEFAULT.map(str::to_owned).to_vec());
        Self::read(cx, args, names)
    }

    /// These properties and no body values; an error names one that does not exist.
    pub fn of(cx: &Cx<'_>, names: Vec<String>) -> Result<Self, MethodError> {
        Self::read(cx, &mut Args::new(crate::jmap::json::Object::new()), names)
    }

    fn read(cx: &Cx<'_>, args: &mut Args, names: Vec<String>) -> Result<Self, MethodError> {
        let own = cx.has(Capability::Sources);
        let known = |name: &str| {
            [&META[..], &HEADER, &DETAIL, &DERIVED].iter().any(|list| list.contains(&name))
                || (own && OWN.contains(&name))
        };
        let body = args.strings("bodyProperties")?.unwrap_or_else(|| BODY_DEFAULT.map(str::to_owned).to_vec());
        Ok(Self {
            names: Names::read(names, known)?,
            body: Names::read(body, |name| BODY.contains(&name))?,
            text_values: args.boolean("fetchTextBodyValues", false)?,
            html_values: args.boolean("fetchHTMLBodyValues", false)?,
            all_values: args.boolean("fetchAllBodyValues", false)?,
            max_value: args.uint("maxBodyValueBytes")?.and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
        })
    }

    /// Whether header block and MIME tree are needed.
    pub fn needs_detail(&self) -> bool {
        self.names.headers().next().is_some() || self.names.plain().any(|name| DETAIL.contains(&name))
    }

    /// Whether body values are to be read.
    pub fn needs_values(&self) -> bool {
        self.names.has("bodyValues") && (self.text_values || self.html_values || self.all_values)
    }

    /// Whether header fields of the parts are needed, which stand in the raw message alone.
    pub fn needs_part_headers(&self) -> bool {
        let shows_parts =
            ["bodyStructure", "textBody", "htmlBody", "attachments"].iter().any(|name| self.names.has(name));
        shows_parts && (self.body.has("headers") || self.body.headers().next().is_some())
    }
}
