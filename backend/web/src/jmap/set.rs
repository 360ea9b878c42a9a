//! What every `/set` has in common (RFC 8620 §5.3).

use std::{collections::HashSet, fmt::Display};

use serde_json::{Value, json};
use shared::ids::AccountId;

use super::{args::Args, context::Cx, error::MethodError, error::SetError, json::Object};
use crate::limits::MAX_OBJECTS_IN_SET;

/// The common arguments of a `/set`.
#[derive(Debug)]
pub struct Set {
    /// The account, which may be written to.
    pub account: AccountId,
    if_in_state: Option<String>,
    /// Creation ids and the objects to make.
    pub create: Vec<(String, Object)>,
    /// Ids (or `#` creation ids) and patches.
    pub update: Vec<(String, Object)>,
    /// Ids (or `#` creation ids), each once.
    pub destroy: Vec<String>,
}

impl Set {
    /// Reads `accountId`, `ifInState`, `create`, `update` and `destroy`.
    pub fn read(cx: &Cx<'_>, args: &mut Args) -> Result<Self, MethodError> {
        let account = args.account_to_write(cx)?;
        let mut seen = HashSet::new();
        let set = Self {
            account,
            if_in_state: args.string("ifInState")?,
            create: args.objects("create")?,
            update: args.objects("update")?,
            destroy: args
                .strings("destroy")?
                .unwrap_or_default()
                .into_iter()
                .filter(|id| seen.insert(id.clone()))
                .collect(),
        };
        if set.create.len() + set.update.len() + set.destroy.len() > MAX_OBJECTS_IN_SET {
            return Err(MethodError::with(
                "requestTooLarge",
                format!("at most {MAX_OBJECTS_IN_SET} objects in one call"),
            ));
        }
        Ok(set)
    }

    /// Begins the answer, unless `ifInState` says otherwise.
    pub fn begin(&self, state: impl Display) -> Result<Done, MethodError> {
        let state = state.to_string();
        require_state(self.if_in_state.as_deref(), &state)?;
        Ok(Done::begin(self.account, state))
    }
}

/// `stateMismatch` unless the state is the asked one, if one was asked.
pub fn require_state(asked: Option<&str>, current: &str) -> Result<(), MethodError> {
    if asked.is_none_or(|asked| asked == current) { Ok(()) } else { Err(MethodError::new("stateMismatch")) }
}

/// The answer of a `/set` while it grows.
#[derive(Debug)]
pub struct Done {
    account: AccountId,
    old_state: String,
    created: Object,
    updated: Object,
    destroyed: Vec<String>,
    not_created: Object,
    not_updated: Object,
    not_destroyed: Object,
}

impl Done {
    /// An empty answer; `state` is the one before.
    pub fn begin(account: AccountId, state: impl Display) -> Self {
        Self {
            account,
            old_state: state.to_string(),
            created: Object::new(),
            updated: Object::new(),
            destroyed: Vec::new(),
            not_created: Object::new(),
            not_updated: Object::new(),
            not_destroyed: Object::new(),
        }
    }

    /// Notes how one creation went; `Ok` holds the properties that the client did not send, `id` among them.
    pub fn create(&mut self, cx: &mut Cx<'_>, creation: &str, outcome: Result<Object, SetError>) {
        match outcome {
            Ok(object) => {
                if let Some(id) = object.get("id").and_then(Value::as_str) {
                    cx.created.insert(creation, id);
                }
                self.created.insert(creation.to_owned(), Value::Object(object));
            }
            Err(error) => {
                self.not_created.insert(creation.to_owned(), error.to_json());
            }
        }
    }

    /// Notes how one update went; `Ok` holds what changed beyond the patch.
    pub fn update(&mut self, id: &str, outcome: Result<Option<Object>, SetError>) {
        match outcome {
            Ok(beyond) => self.updated.insert(id.to_owned(), beyond.map_or(Value::Null, Value::Object)),
            Err(error) => self.not_updated.insert(id.to_owned(), error.to_json()),
        };
    }

    /// Notes how one destruction went.
    pub fn destroy(&mut self, id: &str, outcome: Result<(), SetError>) {
        match outcome {
            Ok(()) => self.destroyed.push(id.to_owned()),
            Err(error) => {
                self.not_destroyed.insert(id.to_owned(), error.to_json());
            }
        }
    }

    /// The answer.
    pub fn answer(self, new_state: impl Display) -> Value {
        let map = |object: Object| if object.is_empty() { Value::Null } else { Value::Object(object) };
        json!({
            "accountId": self.account,
            "oldState": self.old_state,
            "newState": new_state.to_string(),
            "created": map(self.created),
            "updated": map(self.updated),
            "destroyed": if self.destroyed.is_empty() { Value::Null } else { self.destroyed.into() },
            "notCreated": map(self.not_created),
            "notUpdated": map(self.not_updated),
            "notDestroyed": map(self.not_destroyed),
        })
    }
}
