//! The arguments of one method call: read by type, and refused when wrong, missing or unknown (RFC 8620 §3.10).

use serde_json::Value;
use shared::ids::AccountId;

use super::{context::Cx, error::MethodError, json::Object};

/// The largest integer that survives a JavaScript number (RFC 8620 §1.3).
pub const INT_MAX: i64 = (1 << 53) - 1;

/// Arguments that were not read yet. What is left over at [`Args::end`] was not asked for: `invalidArguments`.
#[derive(Debug)]
pub struct Args(Object);

impl Args {
    /// Wraps an arguments object whose references were resolved.
    pub fn new(object: Object) -> Self {
        Self(object)
    }

    /// Everything, untouched (`Core/echo`).
    pub fn into_object(self) -> Object {
        self.0
    }

    /// The raw value; `null` is the same as absent (RFC 8620 §3.5).
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// The account that `accountId` names, if the asker may see it.
    pub fn account(&mut self, cx: &Cx<'_>) -> Result<AccountId, MethodError> {
        self.account_named("accountId", "accountNotFound", cx)
    }

    /// As [`Args::account`], under another argument name and with another error.
    pub fn account_named(&mut self, name: &str, missing: &'static str, cx: &Cx<'_>) -> Result<AccountId, MethodError> {
        let text = self.required(name, Self::string)?;
        cx.who.account(&text).map_err(|_| MethodError::new(missing))
    }

    /// As [`Args::account`], for a method that changes something.
    pub fn account_to_write(&mut self, cx: &Cx<'_>) -> Result<AccountId, MethodError> {
        let account = self.account(cx)?;
        let read_only = cx.who.accounts().iter().any(|a| a.account == account && a.is_read_only);
        if read_only { Err(MethodError::new("accountReadOnly")) } else { Ok(account) }
    }

    /// An argument that must be there.
    pub fn required<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> Result<Option<T>, MethodError>,
    ) -> Result<T, MethodError> {
        read(self, name)?.ok_or_else(|| MethodError::invalid_arguments(format!("{name} is missing")))
    }

    /// A string.
    pub fn string(&mut self, name: &str) -> Result<Option<String>, MethodError> {
        self.typed(name, "a string", |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    /// A list of strings or ids.
    pub fn strings(&mut self, name: &str) -> Result<Option<Vec<String>>, MethodError> {
        self.typed(name, "a list of strings", strings)
    }

    /// A boolean. `null` stands for the default.
    pub fn boolean(&mut self, name: &str, default: bool) -> Result<bool, MethodError> {
        Ok(self.typed(name, "a boolean", |value| value.as_bool())?.unwrap_or(default))
    }

    /// A boolean that may be left out.
    pub fn optional_boolean(&mut self, name: &str) -> Result<Option<bool>, MethodError> {
        self.typed(name, "a boolean", |value| value.as_bool())
    }

    /// A string where `null` is a value of its own: `Some(None)`.
    pub fn nullable_string(&mut self, name: &str) -> Result<Option<Option<String>>, MethodError> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(Value::String(text)) => Ok(Some(Some(text))),
            Some(_) => Err(MethodError::invalid_arguments(format!("{name} is not a string or null"))),
        }
    }

    /// An `Int`.
    pub fn int(&mut self, name: &str) -> Result<Option<i64>, MethodError> {
        self.typed(name, "an integer", |value| int(&value))
    }

    /// An `UnsignedInt`.
    pub fn uint(&mut self, name: &str) -> Result<Option<u64>, MethodError> {
        self.typed(name, "an unsigned integer", |value| uint(&value))
    }

    /// An object.
    pub fn object(&mut self, name: &str) -> Result<Option<Object>, MethodError> {
        self.typed(name, "an object", |value| match value {
            Value::Object(object) => Some(object),
            _ => None,
        })
    }

    /// A map of ids to objects.
    pub fn object_map(&mut self, name: &str) -> Result<Option<Vec<(String, Object)>>, MethodError> {
        let Some(map) = self.object(name)? else { return Ok(None) };
        let objects = map.into_iter().map(|(key, value)| match value {
            Value::Object(object) => Ok((key, object)),
            _ => Err(MethodError::invalid_arguments(format!("{name} is a map of objects"))),
        });
        objects.collect::<Result<_, _>>().map(Some)
    }

    /// A map of ids to objects, none if it is left out.
    pub fn objects(&mut self, name: &str) -> Result<Vec<(String, Object)>, MethodError> {
        Ok(self.object_map(name)?.unwrap_or_default())
    }

    /// Refuses whatever was not read.
    pub fn end(self) -> Result<(), MethodError> {
        match self.0.keys().next() {
            Some(name) => Err(MethodError::invalid_arguments(format!("unknown argument {name:?}"))),
            None => Ok(()),
        }
    }

    fn typed<T>(
        &mut self,
        name: &str,
        what: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Result<Option<T>, MethodError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| MethodError::invalid_arguments(format!("{name} is not {what}")))
    }
}

/// A JMAP `Int`: whole and within ±(2^53−1).
pub fn int(value: &Value) -> Option<i64> {
    let number = value.as_i64().or_else(|| {
        let float = value.as_f64()?;
        (float.fract() == 0.0 && float.abs() < 9.1e15).then_some(float as i64)
    })?;
    (-INT_MAX..=INT_MAX).contains(&number).then_some(number)
}

/// A JMAP `UnsignedInt`.
pub fn uint(value: &Value) -> Option<u64> {
    int(value).and_then(|number| number.try_into().ok())
}

/// A list of strings.
pub fn strings(value: Value) -> Option<Vec<String>> {
    let Value::Array(items) = value else { return None };
    items
        .into_iter()
        .map(|item| match item {
            Value::String(text) => Some(text),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn args(value: &Value) -> Args {
        Args::new(value.as_object().unwrap().clone())
    }

    #[test]
    fn numbers_stay_in_the_safe_range() {
        for (value, expected) in [
            (json!(0), Some(0)),
            (json!(9_007_199_254_740_991_i64), Some(INT_MAX)),
            (json!(3.0), Some(3)),
            (json!(9_007_199_254_740_992_i64), None),
            (json!(u64::MAX), None),
            (json!(1.5), None),
            (json!("1"), None),
            (json!(1e300), None),
        ] {
            assert_eq!(int(&value), expected, "{value}");
        }
        assert_eq!(uint(&json!(-1)), None);
    }

    #[test]
    fn wrong_types_and_leftovers_are_invalid_arguments() {
        let wrong = json!({ "s": 1, "b": "true", "l": [1], "o": [], "m": { "k": 1 } });
        assert_eq!(args(&wrong).string("s").unwrap_err().kind, "invalidArguments");
        assert!(args(&wrong).boolean("b", false).is_err());
        assert!(args(&wrong).strings("l").is_err());
        assert!(args(&wrong).object("o").is_err());
        assert!(args(&wrong).objects("m").is_err());
        let mut rest = args(&json!({ "known": null, "odd": 1 }));
        assert_eq!(rest.string("known").unwrap(), None);
        assert_eq!(rest.end().unwrap_err().kind, "invalidArguments");
    }
}
