//! `Email/set` (RFC 8621 §4.6): here at once; what the providers are owed follows by Tasks.

use std::collections::BTreeSet;

use mailclient::actions::{EmailUpdate, add_email, destroy, update_email};
use serde_json::Value;
use shared::ids::{AccountId, EmailId, MailboxId};
use store::{DataType, WriteTx, changes::state, emails};

use super::{create, get::render_all, update::email_update, wanted::Wanted};
use crate::jmap::{
    args::Args,
    context::Cx,
    dispatch::Outcome,
    error::{MethodError, SetError, Stop, settle},
    json::Object,
    patch,
    set::Set,
};

/// `Email/set`.
pub async fn set(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let set = Set::read(cx, &mut args)?;
    args.end()?;
    let mut reader = cx.store.read().await?;
    set.begin(state(&mut reader, set.account, DataType::Email).await?)?;
    drop(reader);
    // Messages are built and made durable before the one writer is taken.
    let mut prepared = Vec::with_capacity(set.create.len());
    for (creation, object) in &set.create {
        prepared.push((creation.clone(), settle(create::prepare(cx, set.account, object).await)?));
    }
    let updates = read_updates(cx, &set).await?;

    let mut tx = cx.store.write().await?;
    let mut done = set.begin(state(&mut tx, set.account, DataType::Email).await?)?;
    for (creation, message) in prepared {
        let outcome = match message {
            Ok((message, filing)) => add_email::apply(&mut tx, set.account, message, &filing).await.map_err(Stop::from),
            Err(error) => Err(error.into()),
        };
        let outcome = settle(outcome)?.map(|added| create::created(&added));
        done.create(cx, &creation, outcome);
    }
    for (key, asked) in updates {
        let outcome = match asked {
            Asked::Ready(id, update) => apply(&mut tx, set.account, id, &update).await,
            // It may have been made above.
            Asked::Later(patch) => match cx.created.id::<EmailId>(&key) {
                Some(id) => apply_new(cx, &mut tx, set.account, id, &patch).await,
                None => Err(SetError::not_found().into()),
            },
            Asked::Refused(error) => Err(error.into()),
        };
        let id = cx.created.real(&key);
        done.update(id, settle(outcome)?);
    }
    for key in &set.destroy {
        let outcome = match cx.created.id::<EmailId>(key) {
            Some(id) => destroy::apply(&mut tx, set.account, id).await.map_err(Stop::from),
            None => Err(SetError::not_found().into()),
        };
        let id = cx.created.real(key);
        done.destroy(id, settle(outcome)?);
    }
    tx.flush().await?;
    let new_state = state(&mut tx, set.account, DataType::Email).await?;
    tx.commit().await?;
    Ok(done.answer(new_state).into())
}

/// An update that was read before the writer was taken.
enum Asked {
    Ready(EmailId, EmailUpdate),
    Later(Object),
    Refused(SetError),
}

/// Reads all patches; those that repeat immutable properties are compared with the Email here.
async fn read_updates(cx: &Cx<'_>, set: &Set) -> Result<Vec<(String, Asked)>, MethodError> {
    let mut read = Vec::with_capacity(set.update.len());
    for (key, patch) in &set.update {
        let asked = if key.starts_with('#') || mentions_creation(patch) {
            Asked::Later(patch.clone())
        } else {
            match (key.parse::<EmailId>(), email_update(patch, &cx.created)) {
                (Err(_), _) => Asked::Refused(SetError::not_found()),
                (_, Err(error)) => Asked::Refused(error),
                (Ok(id), Ok((update, rest))) => match settle(same_as_now(cx, set.account, id, &rest).await)? {
                    Ok(()) => Asked::Ready(id, update),
                    Err(error) => Asked::Refused(error),
                },
            }
        };
        read.push((key.clone(), asked));
    }
    Ok(read)
}

/// Whether a patch names a Mailbox by a creation id.
fn mentions_creation(patch: &Object) -> bool {
    let in_set =
        patch.get("mailboxIds").and_then(Value::as_object).is_some_and(|set| set.keys().any(|k| k.starts_with('#')));
    in_set || patch.keys().any(|path| path.starts_with("mailboxIds/#"))
}

/// An update whose ids are known only now; it may not repeat immutable properties.
async fn apply_new(
    cx: &Cx<'_>,
    tx: &mut WriteTx,
    account: AccountId,
    id: EmailId,
    patch: &Object,
) -> Result<Option<Object>, Stop> {
    let (update, rest) = email_update(patch, &cx.created)?;
    if !rest.is_empty() {
        return Err(SetError::properties(names(&rest), "these properties cannot be changed").into());
    }
    apply(tx, account, id, &update).await
}

/// Applies one update; what the server made of it beyond the patch.
pub async fn apply(
    tx: &mut WriteTx,
    account: AccountId,
    id: EmailId,
    update: &EmailUpdate,
) -> Result<Option<Object>, Stop> {
    if *update == EmailUpdate::default() {
        // Nothing to change, but the Email must be there.
        let found = emails::get(tx, account, &[id]).await?;
        return if found.is_empty() { Err(SetError::not_found().into()) } else { Ok(None) };
    }
    let updated = update_email::apply(tx, account, id, update).await?;
    Ok(updated.mailboxes.map(|set| {
        let mut beyond = Object::new();
        beyond.insert(
            "mailboxIds".into(),
            set.iter().map(|id: &MailboxId| (id.to_string(), Value::Bool(true))).collect(),
        );
        beyond
    }))
}

fn names(rest: &Object) -> BTreeSet<String> {
    rest.keys().filter_map(|path| path.split('/').next()).map(str::to_owned).collect()
}

/// Immutable and server-set properties may be repeated as they are (RFC 8620 §5.3).
async fn same_as_now(cx: &Cx<'_>, account: AccountId, id: EmailId, rest: &Object) -> Result<(), Stop> {
    if rest.is_empty() {
        return Ok(());
    }
    let asked = names(rest);
    let invalid = |names: Vec<String>| SetError::properties(names, "these properties cannot be changed");
    let Ok(wanted) = Wanted::of(cx, asked.iter().cloned().collect()) else {
        let unknown = asked.into_iter().filter(|name| Wanted::of(cx, vec![name.clone()]).is_err());
        return Err(invalid(unknown.collect()).into());
    };
    let mut reader = cx.store.read().await?;
    let found = emails::get(&mut reader, account, &[id]).await?;
    let details = emails::details(&mut reader, account, &[id]).await?;
    drop(reader);
    let rendered = render_all(cx, account, &found, details, &wanted).await?;
    let now = rendered.first().ok_or_else(SetError::not_found)?;
    let after = patch::apply(now, rest, &Object::new())?;
    let changed: Vec<String> = asked
        .into_iter()
        .filter(|name| after.get(name).unwrap_or(&Value::Null) != now.get(name).unwrap_or(&Value::Null))
        .collect();
    if changed.is_empty() { Ok(()) } else { Err(invalid(changed).into()) }
}
