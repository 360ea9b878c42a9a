//! A message as an Email object (RFC 8621 §4.1): only what was asked for.

use std::collections::HashMap;

use mime::{BodyPart, HeaderBlock, body_lists};
use serde_json::{Value, json};

use super::wanted::{HEADER, META, Names, OWN, Wanted};
use crate::jmap::json::Object;

/// What is known of a message.
pub struct Letter<'a> {
    /// Properties of the store; what is missing is `null` (`Email/parse`).
    pub meta: Object,
    /// The convenience header properties under their JMAP names.
    pub envelope: Object,
    /// `hasAttachment`.
    pub has_attachment: bool,
    /// `preview`.
    pub preview: &'a str,
    /// The message's header block, if it is needed.
    pub header: Option<&'a HeaderBlock>,
    /// Its MIME tree, if it is needed.
    pub structure: Option<&'a BodyPart>,
    /// The header block of every node in the order of [`BodyPart::walk`], if they are needed.
    pub part_headers: Vec<HeaderBlock>,
    /// `bodyValues`.
    pub values: Object,
    /// The blob id of a section.
    pub blob_of: &'a (dyn Fn(&str) -> String + Sync),
}

impl Letter<'_> {
    /// The Email object.
    pub fn render(mut self, wanted: &Wanted) -> Object {
        let mut email = Object::new();
        let parts = Parts::new(&self, &wanted.body);
        let lists = self.structure.map(body_lists).unwrap_or_default();
        for name in wanted.names.plain() {
            let value = match name {
                "hasAttachment" => self.has_attachment.into(),
                "preview" => self.preview.into(),
                "headers" => self.header.map_or_else(|| json!([]), HeaderBlock::to_json),
                "bodyStructure" => self.structure.map_or(Value::Null, |root| parts.tree(root)),
                "textBody" => parts.flat(&lists.text_body),
                "htmlBody" => parts.flat(&lists.html_body),
                "attachments" => parts.flat(&lists.attachments),
                "bodyValues" => Value::Object(std::mem::take(&mut self.values)),
                name if HEADER.contains(&name) => self.envelope.remove(name).unwrap_or(Value::Null),
                name if META.contains(&name) || OWN.contains(&name) => self.meta.remove(name).unwrap_or(Value::Null),
                _ => continue,
            };
            email.insert(name.to_owned(), value);
        }
        let none = HeaderBlock::default();
        for (name, property) in wanted.names.headers() {
            email.insert(name.to_owned(), self.header.unwrap_or(&none).get(property));
        }
        email
    }
}

/// Writes EmailBodyParts.
struct Parts<'a> {
    wanted: &'a Names,
    headers: HashMap<*const BodyPart, HeaderBlock>,
    blob_of: &'a (dyn Fn(&str) -> String + Sync),
}

impl<'a> Parts<'a> {
    fn new(letter: &Letter<'a>, wanted: &'a Names) -> Self {
        let nodes = letter.structure.map(BodyPart::walk).unwrap_or_default();
        let headers = nodes.into_iter().map(std::ptr::from_ref).zip(letter.part_headers.iter().cloned()).collect();
        Self { wanted, headers, blob_of: letter.blob_of }
    }

    fn flat(&self, parts: &[&BodyPart]) -> Value {
        parts.iter().map(|part| Value::Object(self.one(part))).collect()
    }

    /// A part with all below it. A multipart says its `subParts` even if only the default was asked for: without them a
    /// `bodyStructure` would say nothing.
    fn tree(&self, part: &BodyPart) -> Value {
        let mut object = self.one(part);
        if let Some(children) = &part.sub_parts {
            object.insert("subParts".into(), children.iter().map(|child| self.tree(child)).collect());
        }
        Value::Object(object)
    }

    fn one(&self, part: &BodyPart) -> Object {
        let mut object = Object::new();
        let none = HeaderBlock::default();
        let header = self.headers.get(&std::ptr::from_ref(part)).unwrap_or(&none);
        for name in self.wanted.plain() {
            let value = match name {
                "partId" => json!(part.section),
                "blobId" => json!(part.section.as_deref().map(self.blob_of)),
                "size" => json!(part.size),
                "headers" => header.to_json(),
                "name" => json!(part.name),
                "type" => json!(part.r#type),
                "charset" => json!(part.charset),
                "disposition" => json!(part.disposition),
                "cid" => json!(part.cid),
                "language" => json!(part.language),
                "location" => json!(part.location),
                _ => Value::Null,
            };
            object.insert(name.to_owned(), value);
        }
        for (name, property) in self.wanted.headers() {
            object.insert(name.to_owned(), header.get(property));
        }
        object
    }
}
