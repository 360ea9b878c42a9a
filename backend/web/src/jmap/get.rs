//! What every `/get` has in common (RFC 8620 §5.1).

use std::{collections::HashSet, fmt::Display, str::FromStr};

use serde_json::{Value, json};
use shared::ids::AccountId;

use super::{args::Args, context::Cx, error::MethodError, json::Object};
use crate::limits::MAX_OBJECTS_IN_GET;

/// The common arguments of a `/get`.
#[derive(Debug)]
pub struct Get {
    /// The account.
    pub account: AccountId,
    /// The ids that were asked for, each once; `None` = all.
    pub ids: Option<Vec<String>>,
    /// The properties that were asked for; `None` = the default.
    pub properties: Option<Vec<String>>,
}

impl Get {
    /// Reads `accountId`, `ids` and `properties`.
    pub fn read(cx: &Cx<'_>, args: &mut Args) -> Result<Self, MethodError> {
        let account = args.account(cx)?;
        let ids = match args.strings("ids")? {
            Some(ids) => Some(limited(ids)?),
            None => None,
        };
        let properties = args.strings("properties")?;
        Ok(Self { account, ids, properties })
    }

    /// Refuses a property that the type does not have.
    pub fn check(&self, known: &[&str]) -> Result<(), MethodError> {
        match self.properties.iter().flatten().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(MethodError::invalid_arguments(format!("unknown property {name:?}"))),
            None => Ok(()),
        }
    }

    /// Splits the asked ids into those that can be ids of this type and those that cannot.
    pub fn typed<T: FromStr>(&self) -> Option<(Vec<T>, Vec<String>)> {
        self.ids.as_ref().map(|ids| typed(ids))
    }

    /// The asked properties of an object, its `id` always.
    pub fn pick(&self, mut object: Object) -> Object {
        if let Some(properties) = &self.properties {
            object.retain(|name, _| name == "id" || properties.iter().any(|p| p == name));
        }
        object
    }

    /// The answer. `list` holds whole objects; `found` says which ids they have.
    pub fn answer(&self, state: impl Display, list: Vec<Object>, not_found: Vec<String>) -> Value {
        let list: Vec<Value> = list.into_iter().map(|object| Value::Object(self.pick(object))).collect();
        json!({ "accountId": self.account, "state": state.to_string(), "list": list, "notFound": not_found })
    }

    /// The answer from everything there is: keeps what was asked for, tells what is not there.
    pub fn answer_from_all(&self, state: impl Display, all: Vec<Object>) -> Result<Value, MethodError> {
        let Some(ids) = &self.ids else {
            if all.len() > MAX_OBJECTS_IN_GET {
                return Err(too_large());
            }
            return Ok(self.answer(state, all, Vec::new()));
        };
        let wanted: HashSet<&str> = ids.iter().map(String::as_str).collect();
        let id_of = |object: &Object| object.get("id").and_then(Value::as_str).map(str::to_owned);
        let list: Vec<Object> =
            all.into_iter().filter(|object| id_of(object).is_some_and(|id| wanted.contains(id.as_str()))).collect();
        let found: HashSet<String> = list.iter().filter_map(id_of).collect();
        let not_found = ids.iter().filter(|id| !found.contains(*id)).cloned().collect();
        Ok(self.answer(state, list, not_found))
    }
}

/// Ids of one type, and the strings that cannot be any.
pub fn typed<T: FromStr>(ids: &[String]) -> (Vec<T>, Vec<String>) {
    let mut known = Vec::with_capacity(ids.len());
    let mut odd = Vec::new();
    for id in ids {
        match id.parse() {
            Ok(id) => known.push(id),
            Err(_) => odd.push(id.clone()),
        }
    }
    (known, odd)
}

/// Each id once; not more than one call may ask for.
pub fn limited(ids: Vec<String>) -> Result<Vec<String>, MethodError> {
    let mut seen = HashSet::new();
    let ids: Vec<String> = ids.into_iter().filter(|id| seen.insert(id.clone())).collect();
    if ids.len() > MAX_OBJECTS_IN_GET { Err(too_large()) } else { Ok(ids) }
}

fn too_large() -> MethodError {
    MethodError::with("requestTooLarge", format!("at most {MAX_OBJECTS_IN_GET} objects in one call"))
}
