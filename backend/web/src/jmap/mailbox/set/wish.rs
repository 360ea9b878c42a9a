//! What a client wishes a Mailbox to be, checked against RFC 8621 §2: **all** invalid properties are named at once.

use std::collections::BTreeSet;

use mailclient::actions::mailbox::{MailboxUpdate, NewMailbox};
use serde_json::{Value, json};
use shared::ids::MailboxId;
use store::{
    mailboxes::{Mailbox, Role},
    sources::Source,
};

use super::same;
use crate::jmap::{
    args::uint,
    context::CreatedIds,
    error::SetError,
    json::Object,
    limits::{MAX_MAILBOX_DEPTH, MAX_SIZE_MAILBOX_NAME},
    mailbox::to_json,
    patch,
};

/// What a wish is checked against.
pub struct Known<'a> {
    /// The Mailboxes as they are.
    pub all: &'a [Mailbox],
    /// What creation ids became.
    pub created: &'a CreatedIds,
    /// The properties that exist for this request.
    pub names: &'a [&'static str],
}

/// The properties that a client may set, as values.
#[derive(Debug, PartialEq)]
struct Wish {
    name: String,
    parent: Option<MailboxId>,
    role: Option<Role>,
    sort_order: u32,
    is_subscribed: bool,
}

const SETTABLE: [&str; 5] = ["name", "parentId", "role", "sortOrder", "isSubscribed"];

/// Reads a Mailbox to create, and the role it is to have within a Source that is not the primary.
///
/// Ours, where the request opted in: `sourceId` says at which mail account a Mailbox without parent is made, `sourceRole`
/// its role there (of the primary, and of local Mailboxes, that is the role itself).
pub fn new_mailbox(
    object: &Object,
    known: &Known<'_>,
    sources: &[Source],
) -> Result<(NewMailbox, Option<Role>), SetError> {
    let own: &[&str] = if known.names.contains(&"sourceId") { &["sourceId", "sourceRole"] } else { &[] };
    let settable = |name: &str| SETTABLE.contains(&name) || own.contains(&name);
    let mut invalid: BTreeSet<String> = object.keys().filter(|name| !settable(name)).cloned().collect();
    let mut whole = defaults();
    whole.extend(object.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())));
    let mut source = None;
    if let Some(value) = whole.get("sourceId").filter(|_| !own.is_empty()) {
        source = sources.iter().find(|source| *value == source.id.to_string());
        if source.is_none() {
            invalid.insert("sourceId".to_owned());
        }
    }
    let source_role = whole.get("sourceRole").filter(|_| !own.is_empty()).map(|v| v.as_str().and_then(Role::parse));
    if source_role == Some(None) {
        invalid.insert("sourceRole".to_owned());
    }
    let wish = wish(&whole, known, None, &mut invalid);
    let wish =
        wish.filter(|_| invalid.is_empty()).ok_or_else(|| SetError::properties(invalid, "not a valid Mailbox"))?;
    let aside = source.filter(|source| !source.is_primary);
    let container = aside.and_then(|source| known.all.iter().find(|m| is_container(m, source)));
    let source_role = source_role.flatten();
    let role = wish.role.or(source_role.filter(|_| aside.is_none()));
    let new = NewMailbox {
        name: wish.name,
        parent: wish.parent.or(container.map(|m| m.id)),
        role: role.map(|role| role.as_str().to_owned()),
        sort_order: wish.sort_order,
        is_subscribed: wish.is_subscribed,
    };
    Ok((new, source_role.filter(|_| aside.is_some())))
}

/// The Mailbox below which the folders of a Source that is not the primary hang.
fn is_container(mailbox: &Mailbox, source: &Source) -> bool {
    mailbox.source == Some(source.id)
        && mailbox.parent.is_none()
        && !mailbox.selectable
        && mailbox.remote_name.is_none()
}

/// Reads an update, and the whole Mailbox as the client now believes it to be.
pub fn update_of(
    current: &Mailbox,
    patch: &Object,
    known: &Known<'_>,
    with_own: bool,
) -> Result<(MailboxUpdate, Object), SetError> {
    let before = to_json(current, with_own);
    let mut after = patch::apply(&before, patch, &defaults())?;
    if let Some(Value::String(parent)) = after.get("parentId")
        && parent.starts_with('#')
        && let Some(id) = known.created.resolve(parent).map(str::to_owned)
    {
        after.insert("parentId".into(), id.into());
    }
    let fixed = |name: &&String| !SETTABLE.contains(&name.as_str());
    let mut invalid: BTreeSet<String> = after
        .keys()
        .chain(before.keys())
        .filter(fixed)
        .filter(|name| !same(after.get(*name), before.get(*name)))
        .cloned()
        .collect();
    invalid.extend(after.keys().filter(|name| !known.names.contains(&name.as_str())).cloned());
    let wish = wish(&after, known, Some(current), &mut invalid);
    let wish =
        wish.filter(|_| invalid.is_empty()).ok_or_else(|| SetError::properties(invalid, "not a valid Mailbox"))?;
    let update = MailboxUpdate {
        name: (wish.name != current.name).then_some(wish.name),
        parent: (wish.parent != current.parent).then_some(wish.parent),
        role: (wish.role != current.role).then(|| wish.role.map(|role| role.as_str().to_owned())),
        sort_order: (wish.sort_order != current.sort_order).then_some(wish.sort_order),
        is_subscribed: (wish.is_subscribed != current.is_subscribed).then_some(wish.is_subscribed),
    };
    Ok((update, after))
}

/// RFC 8621 §2: the defaults; a Mailbox that a person makes starts subscribed.
fn defaults() -> Object {
    let defaults = json!({ "parentId": null, "role": null, "sortOrder": 0, "isSubscribed": true });
    defaults.as_object().cloned().unwrap_or_default()
}

/// Reads the settable properties; names of the bad ones go to `invalid`.
fn wish(object: &Object, known: &Known<'_>, current: Option<&Mailbox>, invalid: &mut BTreeSet<String>) -> Option<Wish> {
    let mut read = |name: &str, ok: bool| {
        if !ok {
            invalid.insert(name.to_owned());
        }
    };
    let name = object.get("name").and_then(Value::as_str).filter(|name| is_name(name));
    read("name", name.is_some());
    let parent = match object.get("parentId") {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(id)) => {
            known.created.id::<MailboxId>(id).filter(|id| may_be_parent(*id, known.all, current)).map(Some)
        }
        Some(_) => None,
    };
    read("parentId", parent.is_some());
    let role = match object.get("role") {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(role)) => Role::parse(role).map(Some),
        Some(_) => None,
    };
    read("role", role.is_some());
    let sort_order =
        object.get("sortOrder").and_then(uint).and_then(|n| u32::try_from(n).ok()).filter(|n| *n < 1 << 31);
    read("sortOrder", sort_order.is_some());
    let is_subscribed = object.get("isSubscribed").and_then(Value::as_bool);
    read("isSubscribed", is_subscribed.is_some());
    Some(Wish {
        name: name?.to_owned(),
        parent: parent?,
        role: role?,
        sort_order: sort_order?,
        is_subscribed: is_subscribed?,
    })
}

/// A Net-Unicode string (RFC 5198) of a sensible length, without control characters.
fn is_name(name: &str) -> bool {
    (1..=MAX_SIZE_MAILBOX_NAME).contains(&name.len()) && !name.trim().is_empty() && !name.chars().any(char::is_control)
}

/// Whether it exists, is not deep already, and does not lie below the Mailbox that is to hang below it.
fn may_be_parent(parent: MailboxId, all: &[Mailbox], child: Option<&Mailbox>) -> bool {
    let mut at = Some(parent);
    let mut depth = 1;
    while let Some(id) = at {
        let Some(mailbox) = all.iter().find(|m| m.id == id) else { return false };
        if child.is_some_and(|child| child.id == id) || depth >= MAX_MAILBOX_DEPTH {
            return false;
        }
        at = mailbox.parent;
        depth += 1;
    }
    true
}
