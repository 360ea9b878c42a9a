//! The three levels of JMAP errors: a whole request (problem details), one method call, one object of a `/set`
//! (RFC 8620 §3.6, §5.3).

use mailclient::ActionError;
use serde_json::{Value, json};
use store::Refusal;

use super::json::Object;

/// A request that was refused as a whole (RFC 8620 §3.6.1): RFC 7807 problem details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status to answer with.
    pub status: u16,
    /// The problem type, a URN.
    pub kind: &'static str,
    /// What was wrong, in English, for a developer.
    pub detail: String,
    /// The name of the limit that was hit, for `…:limit`.
    pub limit: Option<&'static str>,
}

impl Problem {
    /// The body did not parse as I-JSON, or was not sent as `application/json`.
    pub fn not_json(detail: impl Into<String>) -> Self {
        Self { status: 400, kind: "urn:ietf:params:jmap:error:notJSON", detail: detail.into(), limit: None }
    }

    /// JSON, but not a Request object (RFC 8620 §3.3).
    pub fn not_request(detail: impl Into<String>) -> Self {
        Self { status: 400, kind: "urn:ietf:params:jmap:error:notRequest", detail: detail.into(), limit: None }
    }

    /// `using` names a capability that this server does not have.
    pub fn unknown_capability(name: &str) -> Self {
        let shown: String = name.chars().take(200).collect();
        Self {
            status: 400,
            kind: "urn:ietf:params:jmap:error:unknownCapability",
            detail: format!("This server does not support the capability '{shown}'."),
            limit: None,
        }
    }

    /// One of the limits of the core capability (RFC 8620 §2) would be exceeded.
    pub fn limit(limit: &'static str, detail: impl Into<String>) -> Self {
        Self { status: 400, kind: "urn:ietf:params:jmap:error:limit", detail: detail.into(), limit: Some(limit) }
    }

    /// The problem details object.
    pub fn to_json(&self) -> Value {
        let mut body = json!({ "type": self.kind, "status": self.status, "detail": self.detail });
        if let (Some(limit), Some(object)) = (self.limit, body.as_object_mut()) {
            object.insert("limit".into(), limit.into());
        }
        body
    }
}

/// A method call that failed (RFC 8620 §3.6.2). Becomes an `error` response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodError {
    /// The error type, such as `invalidArguments`.
    pub kind: &'static str,
    /// For a developer. An internal fault says only a reference number here.
    pub description: Option<String>,
}

impl MethodError {
    /// An error of this type without more words.
    pub const fn new(kind: &'static str) -> Self {
        Self { kind, description: None }
    }

    /// An error of this type with a description.
    pub fn with(kind: &'static str, description: impl Into<String>) -> Self {
        Self { kind, description: Some(description.into()) }
    }

    /// An argument is missing, unknown, of the wrong type or out of range.
    pub fn invalid_arguments(description: impl Into<String>) -> Self {
        Self::with("invalidArguments", description)
    }

    /// An internal fault. What happened goes to the log under a reference; the client sees only the reference.
    pub fn fault(what: &dyn std::fmt::Display) -> Self {
        let reference = reference();
        tracing::error!(%reference, error = %what, "a JMAP method failed");
        Self::with("serverFail", format!("internal error, reference {reference}"))
    }

    /// The arguments object of the `error` response.
    pub fn to_json(&self) -> Value {
        match &self.description {
            Some(text) => json!({ "type": self.kind, "description": text }),
            None => json!({ "type": self.kind }),
        }
    }
}

/// A short random number by which an entry of the log is found again.
fn reference() -> String {
    format!("{:012x}", rand::random::<u64>() >> 16)
}

/// Why one object of a `/set` (or `/import`) was not created, updated or destroyed (RFC 8620 §5.3).
#[derive(Debug, Clone, PartialEq)]
pub struct SetError {
    kind: &'static str,
    description: Option<String>,
    properties: Vec<String>,
    extra: Object,
}

impl SetError {
    /// An error of this type without more words.
    pub fn new(kind: &'static str) -> Self {
        Self { kind, description: None, properties: Vec::new(), extra: Object::new() }
    }

    /// An error of this type with a description.
    pub fn with(kind: &'static str, description: impl Into<String>) -> Self {
        Self { description: Some(description.into()), ..Self::new(kind) }
    }

    /// `invalidProperties`, naming **all** that were wrong.
    pub fn properties<S: Into<String>>(
        properties: impl IntoIterator<Item = S>,
        description: impl Into<String>,
    ) -> Self {
        Self {
            properties: properties.into_iter().map(Into::into).collect(),
            ..Self::with("invalidProperties", description)
        }
    }

    /// `invalidProperties` for one property.
    pub fn property(property: impl Into<String>, description: impl Into<String>) -> Self {
        Self::properties([property.into()], description)
    }

    /// The id is not known (any more).
    pub fn not_found() -> Self {
        Self::new("notFound")
    }

    /// The patch breaks the rules of RFC 8620 §5.3.
    pub fn invalid_patch(description: impl Into<String>) -> Self {
        Self::with("invalidPatch", description)
    }

    /// Adds a further member, such as `existingId`.
    #[must_use]
    pub fn and(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }

    /// Lists these as the object's invalid properties (`invalidEmail` has such a list too).
    #[must_use]
    pub fn listing<S: Into<String>>(mut self, properties: impl IntoIterator<Item = S>) -> Self {
        self.properties = properties.into_iter().map(Into::into).collect();
        self
    }

    /// The error type.
    #[cfg(test)]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The object as it goes out.
    pub fn to_json(&self) -> Value {
        let mut object = self.extra.clone();
        object.insert("type".into(), self.kind.into());
        if let Some(text) = &self.description {
            object.insert("description".into(), text.as_str().into());
        }
        if !self.properties.is_empty() {
            object.insert("properties".into(), self.properties.clone().into());
        }
        Value::Object(object)
    }
}

impl From<store::Error> for MethodError {
    fn from(error: store::Error) -> Self {
        Self::fault(&error)
    }
}

/// What stopped one object of a `/set`: something to tell the client, or a fault that ends the whole call.
#[derive(Debug)]
pub enum Stop {
    /// Told in `notCreated`, `notUpdated` or `notDestroyed`.
    Refused(SetError),
    /// Ends the method call; nothing of it is committed.
    Failed(MethodError),
}

impl From<SetError> for Stop {
    fn from(error: SetError) -> Self {
        Self::Refused(error)
    }
}

impl From<MethodError> for Stop {
    fn from(error: MethodError) -> Self {
        Self::Failed(error)
    }
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        match error.refusal() {
            Some(refusal) => Self::Refused(refused(refusal)),
            None => Self::Failed(error.into()),
        }
    }
}

impl From<ActionError> for Stop {
    fn from(error: ActionError) -> Self {
        let kind = error.set_error();
        match error {
            ActionError::Store(error) => error.into(),
            // Nothing was written yet: the whole call may be tried again.
            ActionError::Unavailable(words) => MethodError::with("serverUnavailable", words).into(),
            ActionError::InvalidProperties { properties, why } => SetError::properties(properties, why).into(),
            ActionError::Forbidden(why) => SetError::with(kind, why).into(),
            ActionError::AlreadyExists(id) => SetError::new(kind).and("existingId", id.to_string()).into(),
            ActionError::InvalidRecipients(list) => SetError::new(kind).and("invalidRecipients", list).into(),
            _ => SetError::new(kind).into(),
        }
    }
}

/// Splits what stopped an object from what ends the call.
pub fn settle<T>(outcome: Result<T, Stop>) -> Result<Result<T, SetError>, MethodError> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Refused(error)) => Ok(Err(error)),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// The store's refusals in JMAP's words.
fn refused(refusal: Refusal) -> SetError {
    let why = refusal.to_string();
    match refusal {
        Refusal::NotFound => SetError::not_found(),
        Refusal::NameTaken => SetError::property("name", why),
        Refusal::RoleTaken => SetError::property("role", why),
        Refusal::Loop => SetError::property("parentId", why),
        Refusal::HasChild => SetError::with("mailboxHasChild", why),
        Refusal::HasEmail => SetError::with("mailboxHasEmail", why),
        Refusal::TwoSources | Refusal::NoMailbox => SetError::property("mailboxIds", why),
        Refusal::OverLimit => SetError::with("overQuota", why),
        Refusal::LastAdmin | Refusal::Invalid => SetError::with("forbidden", why),
        Refusal::WrongPassword => SetError::with("wrongPassword", why),
    }
}
