//! `Mailbox/*` (RFC 8621 §2).

mod get;
mod query;
mod set;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use shared::ids::MailboxId;
use store::{DataType, mailboxes::Mailbox};

pub use get::get;
pub use query::{query, query_changes};
pub use set::set;

use super::{args::Args, capability::Capability, changes, context::Cx, dispatch::Outcome, json::Object};

/// The properties of RFC 8621 §2.
const PROPERTIES: [&str; 11] = [
    "id",
    "name",
    "parentId",
    "role",
    "sortOrder",
    "totalEmails",
    "unreadEmails",
    "totalThreads",
    "unreadThreads",
    "myRights",
    "isSubscribed",
];
/// Ours, for requests that opted into `urn:kinpost:sources`.
const OWN_PROPERTIES: [&str; 2] = ["sourceId", "sourceRole"];
/// Those that change with every message.
const COUNTS: [&str; 4] = ["totalEmails", "unreadEmails", "totalThreads", "unreadThreads"];

/// The properties that exist for this request.
fn properties(cx: &Cx<'_>) -> Vec<&'static str> {
    let own = OWN_PROPERTIES.into_iter().filter(|_| cx.has(Capability::Sources));
    PROPERTIES.into_iter().chain(own).collect()
}

/// `Mailbox/changes` (RFC 8621 §2.2).
pub async fn changes(cx: &mut Cx<'_>, args: Args) -> Outcome {
    let (mut answer, changes) = changes::changes(cx, args, DataType::Mailbox, |n| MailboxId(n).to_string()).await?;
    if let Some(object) = answer.as_object_mut() {
        let only_counts = changes.only_counts && !changes.updated.is_empty();
        object.insert("updatedProperties".into(), if only_counts { json!(COUNTS) } else { Value::Null });
    }
    Ok(answer.into())
}

/// A Mailbox with all its properties.
fn to_json(mailbox: &Mailbox, with_own: bool) -> Object {
    let mut object = Object::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("id", json!(mailbox.id));
    put("name", json!(mailbox.name));
    put("parentId", json!(mailbox.parent));
    put("role", json!(mailbox.role.map(store::mailboxes::Role::as_str)));
    put("sortOrder", json!(mailbox.sort_order));
    put("totalEmails", json!(mailbox.total_emails));
    put("unreadEmails", json!(mailbox.unread_emails));
    put("totalThreads", json!(mailbox.total_threads));
    put("unreadThreads", json!(mailbox.unread_threads));
    put("myRights", rights(mailbox));
    put("isSubscribed", json!(mailbox.is_subscribed));
    if with_own {
        put("sourceId", json!(mailbox.source));
        put("sourceRole", json!(mailbox.source_role.map(store::mailboxes::Role::as_str)));
    }
    object
}

/// RFC 8621 §2 `myRights`: everything in one's own account, except that a container holds no mail and the Inbox stays.
fn rights(mailbox: &Mailbox) -> Value {
    let holds_mail = mailbox.selectable;
    let stays = [mailbox.role, mailbox.source_role].contains(&Some(store::mailboxes::Role::Inbox))
        || (mailbox.source.is_some() && mailbox.remote_name.is_none() && !mailbox.selectable);
    json!({
        "mayReadItems": true,
        "mayAddItems": holds_mail,
        "mayRemoveItems": holds_mail,
        "maySetSeen": holds_mail,
        "maySetKeywords": holds_mail,
        "mayCreateChild": true,
        "mayRename": !stays,
        "mayDelete": !stays,
        "maySubmit": holds_mail,
    })
}
