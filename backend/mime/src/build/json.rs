//! RFC 8621 §4.6: an Email object as a client gives it, checked and read.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::{
    assemble::{Bodies, assemble},
    draft::{DraftContent, DraftHeader, DraftPart, EmailDraft, InvalidProperties},
};
use crate::{
    Address, Date,
    header::{Form, Group, NotAProperty, Property, Value, params::Parameterised},
};

/// Properties that are the caller's.
const CALLERS: &[&str] = &["mailboxIds", "keywords", "receivedAt", "sourceId"];

/// Convenience properties and what they mean (RFC 8621 §4.1.3).
const CONVENIENCE: &[(&str, &str, Form)] = &[
    ("messageId", "Message-ID", Form::MessageIds),
    ("inReplyTo", "In-Reply-To", Form::MessageIds),
    ("references", "References", Form::MessageIds),
    ("sender", "Sender", Form::Addresses),
    ("from", "From", Form::Addresses),
    ("to", "To", Form::Addresses),
    ("cc", "Cc", Form::Addresses),
    ("bcc", "Bcc", Form::Addresses),
    ("replyTo", "Reply-To", Form::Addresses),
    ("subject", "Subject", Form::Text),
    ("sentAt", "Date", Form::Date),
];

/// Parts of one Email.
const MAX_PARTS: usize = 500;

type Refused = InvalidProperties;

fn refuse<T>(properties: &[&str], why: &str) -> Result<T, Refused> {
    Err(InvalidProperties {
        properties: properties.iter().map(|p| (*p).to_owned()).collect(),
        description: why.to_owned(),
    })
}

/// The whole object.
pub(super) fn draft(email: &Map<String, Json>) -> Result<EmailDraft, Refused> {
    let mut headers = Headers::default();
    for (name, value) in email {
        if let Some((_, field, form)) = CONVENIENCE.iter().find(|(known, _, _)| known == name) {
            headers.add(name, field, *form, false, value)?;
        } else if name.starts_with("header:") {
            let property = property(name)?;
            if property.name.to_ascii_lowercase().starts_with("content-") {
                return refuse(&[name], "Content-* fields belong to body parts");
            }
            headers.add(name, &property.name, property.form, property.all, value)?;
        } else if !CALLERS.contains(&name.as_str())
            && !["bodyStructure", "bodyValues", "textBody", "htmlBody", "attachments"].contains(&name.as_str())
        {
            return refuse(&[name], "this property cannot be set");
        }
    }
    let values = body_values(email)?;
    let mut parts = Parts { values, left: MAX_PARTS };
    let body = match email.get("bodyStructure").filter(|v| !v.is_null()) {
        Some(structure) => {
            if let Some(other) = ["textBody", "htmlBody", "attachments"]
                .into_iter()
                .find(|p| email.get(*p).is_some_and(|v| !v.is_null()))
            {
                return refuse(&["bodyStructure", other], "bodyStructure excludes textBody, htmlBody and attachments");
            }
            let part = parts.part("bodyStructure", structure)?;
            if part.headers.iter().any(|h| headers.has(&h.name)) {
                return refuse(
                    &["bodyStructure"],
                    "a header field is given both on the Email and on its bodyStructure",
                );
            }
            part
        }
        None => lists(email, &mut parts)?,
    };
    Ok(EmailDraft { headers: headers.list, body })
}

fn lists(email: &Map<String, Json>, parts: &mut Parts) -> Result<DraftPart, Refused> {
    let text = parts.only(email, "textBody", "text/plain")?;
    let html = parts.only(email, "htmlBody", "text/html")?;
    let attachments = parts.list(email, "attachments")?;
    let attachments = attachments.into_iter().map(|mut part| {
        // Without a word of its own a file is a file, so that it does not become part of the letter.
        if part.disposition.is_none() && part.cid.is_none() {
            part.disposition = Some("attachment".to_owned());
        }
        part
    });
    Ok(assemble(Bodies { text, html, attachments: attachments.collect() }))
}

fn property(name: &str) -> Result<Property, Refused> {
    match Property::parse(name) {
        Ok(property) => Ok(property),
        Err(NotAProperty::Syntax) => refuse(&[name], "not a header property"),
        Err(NotAProperty::Forbidden) => refuse(&[name], "this header field may not be set in that form"),
    }
}

/// Header fields so far; each field name may be given by one property only.
#[derive(Default)]
struct Headers {
    list: Vec<DraftHeader>,
    given: HashMap<String, String>,
}

impl Headers {
    fn has(&self, name: &str) -> bool {
        self.given.contains_key(&name.to_ascii_lowercase())
    }

    fn add(&mut self, property: &str, name: &str, form: Form, all: bool, value: &Json) -> Result<(), Refused> {
        if let Some(other) = self.given.insert(name.to_ascii_lowercase(), property.to_owned()) {
            return refuse(&[property, &other], "two properties give the same header field");
        }
        let single = std::slice::from_ref(value);
        let values = match value {
            Json::Null => &[],
            Json::Array(items) if all => items.as_slice(),
            _ if all => return refuse(&[property], "an array is expected"),
            _ => single,
        };
        for value in values {
            let Some(value) = parsed(form, value) else {
                return refuse(&[property], "the value is not of the form's type");
            };
            self.list.push(DraftHeader { name: name.to_owned(), value });
        }
        Ok(())
    }
}

/// A JSON value in one of the forms.
fn parsed(form: Form, value: &Json) -> Option<Value> {
    let read = |value: &Json| serde_json::from_value::<Vec<String>>(value.clone()).ok();
    Some(match form {
        Form::Raw => Value::Raw(value.as_str()?.to_owned()),
        Form::Text => Value::Text(value.as_str()?.to_owned()),
        Form::Addresses => Value::Addresses(serde_json::from_value::<Vec<Address>>(value.clone()).ok()?),
        Form::GroupedAddresses => Value::GroupedAddresses(serde_json::from_value::<Vec<Group>>(value.clone()).ok()?),
        Form::MessageIds => Value::MessageIds(Some(read(value)?)),
        Form::Date => Value::Date(Some(value.as_str()?.parse::<Date>().ok()?)),
        Form::Urls => Value::Urls(Some(read(value)?)),
    })
}

fn body_values(email: &Map<String, Json>) -> Result<HashMap<String, String>, Refused> {
    let mut found = HashMap::new();
    let values = match email.get("bodyValues") {
        None | Some(Json::Null) => return Ok(found),
        Some(Json::Object(values)) => values,
        Some(_) => return refuse(&["bodyValues"], "an object is expected"),
    };
    for (id, value) in values {
        let Some(object) = value.as_object() else { return refuse(&["bodyValues"], "an EmailBodyValue is expected") };
        for (key, value) in object {
            let fine = match key.as_str() {
                "value" => value.is_string(),
                "isEncodingProblem" | "isTruncated" => value == &Json::Bool(false),
                _ => false,
            };
            if !fine {
                return refuse(&["bodyValues"], "isEncodingProblem and isTruncated must be false, and value a string");
            }
        }
        let Some(text) = object.get("value").and_then(Json::as_str) else {
            return refuse(&["bodyValues"], "value is missing");
        };
        found.insert(id.clone(), text.to_owned());
    }
    Ok(found)
}

struct Parts {
    values: HashMap<String, String>,
    left: usize,
}

impl Parts {
    fn list(&mut self, email: &Map<String, Json>, property: &str) -> Result<Vec<DraftPart>, Refused> {
        match email.get(property) {
            None | Some(Json::Null) => Ok(Vec::new()),
            Some(Json::Array(items)) => items.iter().map(|item| self.part(property, item)).collect(),
            Some(_) => refuse(&[property], "an array is expected"),
        }
    }

    /// textBody and htmlBody: exactly one part of one type.
    fn only(&mut self, email: &Map<String, Json>, property: &str, r#type: &str) -> Result<Option<DraftPart>, Refused> {
        if email.get(property).is_none_or(Json::is_null) {
            return Ok(None);
        }
        let mut parts = self.list(email, property)?;
        if parts.len() != 1 {
            return refuse(&[property], "exactly one body part is expected");
        }
        let part = parts.pop().map(|mut part| {
            if part.r#type.is_empty() {
                r#type.clone_into(&mut part.r#type);
            }
            part
        });
        if part.as_ref().is_some_and(|part| part.r#type != r#type) {
            refuse(&[property], "the body part has the wrong type")
        } else {
            Ok(part)
        }
    }

    /// One EmailBodyPart; `at` is the Email property that it stands in.
    fn part(&mut self, at: &str, value: &Json) -> Result<DraftPart, Refused> {
        let Some(object) = value.as_object().filter(|_| self.left > 0) else {
            return refuse(&[at], "an EmailBodyPart is expected");
        };
        self.left -= 1;
        let mut part = DraftPart::default();
        let mut headers = Headers::default();
        for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
            let inside = format!("{at}/{name}");
            if name.starts_with("header:") {
                let property = property(name)
                    .map_err(|refused| InvalidProperties { properties: vec![inside.clone()], ..refused })?;
                if property.name.eq_ignore_ascii_case("Content-Transfer-Encoding") {
                    return refuse(&[&inside], "the server chooses the transfer encoding");
                }
                headers.add(&inside, &property.name, property.form, property.all, value)?;
            } else if !simple(&mut part, name, value) {
                return refuse(&[&inside], "this body part property cannot be set so");
            }
        }
        content_fields(&mut part, &mut headers.list).map_err(|name| InvalidProperties {
            properties: vec![format!("{at}/{name}")],
            description: "two properties give the same header field".to_owned(),
        })?;
        part.headers = headers.list;
        part.content = self.content(at, object, &part)?;
        if part.r#type.is_empty() && at != "textBody" && at != "htmlBody" {
            part.r#type = match part.content {
                DraftContent::Text(_) => "text/plain",
                DraftContent::Parts(_) => "multipart/mixed",
                _ => "application/octet-stream",
            }
            .to_owned();
        }
        let is_multipart = part.r#type.starts_with("multipart/");
        if is_multipart != matches!(part.content, DraftContent::Parts(_)) {
            return refuse(&[&format!("{at}/subParts")], "exactly a multipart has subParts");
        }
        Ok(part)
    }

    fn content(&mut self, at: &str, object: &Map<String, Json>, part: &DraftPart) -> Result<DraftContent, Refused> {
        let get = |name: &str| object.get(name).filter(|value| !value.is_null());
        let (part_id, blob_id, children) = (get("partId"), get("blobId"), get("subParts"));
        if let Some(children) = children {
            if part_id.is_some() || blob_id.is_some() {
                return refuse(&[at], "a multipart has neither partId nor blobId");
            }
            let Some(items) = children.as_array() else { return refuse(&[at], "subParts is an array") };
            return Ok(DraftContent::Parts(items.iter().map(|item| self.part(at, item)).collect::<Result<_, _>>()?));
        }
        match (part_id.and_then(Json::as_str), blob_id.and_then(Json::as_str)) {
            (Some(_), Some(_)) => {
                refuse(&[&format!("{at}/partId"), &format!("{at}/blobId")], "partId and blobId exclude each other")
            }
            (Some(id), None) => {
                if get("size").is_some() || part.charset.is_some() {
                    return refuse(
                        &[&format!("{at}/charset"), &format!("{at}/size")],
                        "with a partId the server chooses charset and size",
                    );
                }
                match self.values.get(id) {
                    Some(text) => Ok(DraftContent::Text(text.clone())),
                    None => refuse(&[&format!("{at}/partId"), "bodyValues"], "bodyValues has no such partId"),
                }
            }
            (None, Some(id)) => Ok(DraftContent::Blob(id.to_owned())),
            (None, None) => refuse(&[at], "a body part needs a partId, a blobId or subParts"),
        }
    }
}

/// The plain properties of an EmailBodyPart; false when the value does not fit.
fn simple(part: &mut DraftPart, name: &str, value: &Json) -> bool {
    let text = value.as_str().map(str::to_owned);
    match name {
        "partId" | "blobId" => return text.is_some(),
        "size" => return value.is_u64(),
        "subParts" => return value.is_array(),
        "type" => part.r#type = text.clone().unwrap_or_default().to_ascii_lowercase(),
        "charset" => part.charset = text.clone(),
        "disposition" => part.disposition = text.clone().map(|d| d.to_ascii_lowercase()),
        "name" => part.name = text.clone(),
        "cid" => part.cid = text.clone(),
        "location" => part.location = text.clone(),
        "language" => {
            let Ok(tags) = serde_json::from_value::<Vec<String>>(value.clone()) else { return false };
            part.language = tags;
            return true;
        }
        _ => return false,
    }
    text.is_some()
}

/// Content-* fields given as `header:` properties are read into the properties they mean; `Err` names the one that was
/// given twice.
fn content_fields(part: &mut DraftPart, headers: &mut Vec<DraftHeader>) -> Result<(), String> {
    let mut rest = Vec::new();
    for header in headers.drain(..) {
        let (Value::Raw(raw) | Value::Text(raw)) = &header.value else {
            rest.push(header);
            continue;
        };
        let twice = || header.name.clone();
        match header.name.to_ascii_lowercase().as_str() {
            "content-type" => {
                let parsed = Parameterised::parse(raw.as_bytes());
                if !part.r#type.is_empty() || part.charset.is_some() {
                    return Err(twice());
                }
                part.charset = parsed.token("charset");
                part.name = part.name.take().or_else(|| parsed.decoded("name"));
                part.r#type = parsed.value;
                part.params = parsed.params;
            }
            "content-disposition" => {
                let parsed = Parameterised::parse(raw.as_bytes());
                if part.disposition.is_some() {
                    return Err(twice());
                }
                part.name = part.name.take().or_else(|| parsed.decoded("filename"));
                part.disposition = Some(parsed.value);
            }
            "content-id" if part.cid.is_none() => {
                part.cid = Some(raw.trim().trim_start_matches('<').trim_end_matches('>').to_owned())
            }
            "content-location" if part.location.is_none() => part.location = Some(raw.trim().to_owned()),
            "content-language" if part.language.is_empty() => {
                part.language = raw.split(',').map(|tag| tag.trim().to_owned()).collect()
            }
            "content-id" | "content-location" | "content-language" => return Err(twice()),
            _ => rest.push(header),
        }
    }
    *headers = rest;
    Ok(())
}
