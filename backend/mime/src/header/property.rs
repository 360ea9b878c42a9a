//! `header:{name}[:as{Form}][:all]` property names (RFC 8621 §4.1.3).

use super::{Form, form_allowed};

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
    ///
    /// # Errors
    /// `Syntax` for anything else, `Forbidden` where [`form_allowed`] says no.
    pub fn parse(property: &str) -> Result<Self, NotAProperty> {
        let rest = property.strip_prefix("header:").ok_or(NotAProperty::Syntax)?;
        let mut pieces = rest.split(':');
        let name = pieces.next().unwrap_or_default();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(NotAProperty::Syntax);
        }
        let mut form = Form::Raw;
        let mut next = pieces.next();
        if let Some(named) = next.filter(|piece| *piece != "all") {
            form = Form::named(named).ok_or(NotAProperty::Syntax)?;
            next = pieces.next();
        }
        let all = match next {
            None => false,
            Some("all") => true,
            Some(_) => return Err(NotAProperty::Syntax),
        };
        if pieces.next().is_some() {
            return Err(NotAProperty::Syntax);
        }
        if !form_allowed(name, form) {
            return Err(NotAProperty::Forbidden);
        }
        Ok(Self { name: name.to_owned(), form, all })
    }
}
