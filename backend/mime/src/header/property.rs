//! `header:{name}[:as{Form}][:all]` property names (RFC 8621 §4.1.3).

use super::Form;

/// A parsed `header:…` property name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Property {
    /// The field name as asked (any capitalisation).
    pub name: String,
    /// The form asked for; Raw when none is named.
    pub form: Form,
    /// Every instance rather than the last.
    pub all: bool,
}

/// Why a property name is refused (JMAP `invalidArguments`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAProperty {
    /// Not of the shape `header:{name}[:as{Form}][:all]`.
    #[error("not a header property")]
    Syntax,
    /// The form is forbidden for that field.
    #[error("this header field may not be read in that form")]
    Forbidden,
}

impl Property {
    /// Parses a whole property name, `header:` included.
    pub fn parse(property: &str) -> Result<Self, NotAProperty> {
        let _ = property;
        todo!()
    }
}
