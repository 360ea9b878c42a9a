//! PatchObjects (RFC 8620 §5.3): JSON pointers with an implied leading slash, laid over an object.

use serde_json::Value;

use super::{error::SetError, json::Object, reference::tokens};

/// `object` with `patch` applied. `defaults` are what a property becomes when it is set to `null`.
///
/// Refuses (`invalidPatch`) a pointer into an array, through something that does not exist, or one pointer that is the
/// prefix of another.
pub fn apply(object: &Object, patch: &Object, defaults: &Object) -> Result<Object, SetError> {
    let paths = paths(patch)?;
    let mut patched = object.clone();
    for (path, value) in paths {
        let Some((last, parents)) = path.split_last() else { continue };
        let mut at = &mut patched;
        for token in parents {
            let next = at.get_mut(token).ok_or_else(|| SetError::invalid_patch(format!("{token:?} does not exist")))?;
            at = next.as_object_mut().ok_or_else(|| SetError::invalid_patch(format!("{token:?} is no object")))?;
        }
        match (value, defaults.get(last)) {
            (Value::Null, Some(default)) if parents.is_empty() => at.insert(last.clone(), default.clone()),
            // What is null already has null for its default.
            (Value::Null, _) if at.get(last) == Some(&Value::Null) => None,
            (Value::Null, _) => at.remove(last),
            (value, _) => at.insert(last.clone(), value.clone()),
        };
    }
    Ok(patched)
}

/// The pointers of a patch as tokens, sorted; none is the prefix of another.
pub fn paths(patch: &Object) -> Result<Vec<(Vec<String>, &Value)>, SetError> {
    let mut paths = Vec::with_capacity(patch.len());
    for (pointer, value) in patch {
        let path = tokens(&format!("/{pointer}"));
        paths.push((path.ok_or_else(|| SetError::invalid_patch(format!("{pointer:?} is no JSON pointer")))?, value));
    }
    paths.sort_by(|(a, _), (b, _)| a.cmp(b));
    // Sorted, a prefix stands directly before the first path that it is a prefix of.
    let clash = paths.windows(2).any(|pair| matches!(pair, [(a, _), (b, _)] if b.starts_with(a)));
    if clash { Err(SetError::invalid_patch("one path is the prefix of another")) } else { Ok(paths) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use serde_json::json;

    use super::*;

    fn patched(patch: &Value) -> Result<Value, &'static str> {
        let object = json!({ "name": "A", "sortOrder": 3, "list": [1, { "x": 1 }], "set": { "a": true, "b/c": true } });
        let defaults = json!({ "sortOrder": 0 });
        apply(object.as_object().unwrap(), patch.as_object().unwrap(), defaults.as_object().unwrap())
            .map(Value::Object)
            .map_err(|error| error.kind())
    }

    #[test]
    fn values_are_set_removed_and_put_back_to_their_default() {
        let result = patched(
            &json!({ "name": "B", "sortOrder": null, "set/a": null, "set/b~1c": null, "set/new": true, "set/none": null }),
        );
        assert_eq!(
            result.unwrap(),
            json!({ "name": "B", "sortOrder": 0, "list": [1, { "x": 1 }], "set": { "new": true } })
        );
        assert_eq!(patched(&json!({ "list": [2] })).unwrap()["list"], json!([2]));
    }

    #[test]
    fn what_the_rules_forbid_is_an_invalid_patch() {
        for patch in [
            json!({ "list/0": 5 }),
            json!({ "list/1/x": 5 }),
            json!({ "none/a": 5 }),
            json!({ "name/a": 5 }),
            json!({ "set": {}, "set/a": true }),
            json!({ "set/a": true, "set/a/b": true }),
            json!({ "set/~2": true }),
        ] {
            assert_eq!(patched(&patch), Err("invalidPatch"), "{patch}");
        }
    }

    #[test]
    fn a_longer_name_is_no_longer_path() {
        let patch = json!({ "set": {}, "set-b": 1, "set/a": 1 });
        assert!(paths(patch.as_object().unwrap()).is_err(), "set-b sorts between set and set/a as text");
        assert!(paths(json!({ "set": {}, "set-b": 1 }).as_object().unwrap()).is_ok());
    }
}
