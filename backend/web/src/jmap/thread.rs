//! `Thread/*` (RFC 8621 §3).

use serde_json::json;
use shared::ids::ThreadId;
use store::{DataType, changes::state, threads};

use super::{args::Args, changes, context::Cx, dispatch::Outcome, get::Get, json::Object};

/// `Thread/get`: the Emails of each conversation, oldest first.
pub async fn get(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let get = Get::read(cx, &mut args)?;
    args.end()?;
    get.check(&["id", "emailIds"])?;
    let mut reader = cx.store.read().await?;
    let state = state(&mut reader, get.account, DataType::Thread).await?;
    let (ids, mut not_found) = match get.typed::<ThreadId>() {
        Some(split) => split,
        None => (super::email::all_threads(&mut reader, get.account).await?, Vec::new()),
    };
    let found = threads::get(&mut reader, get.account, &ids).await?;
    let known: std::collections::HashSet<ThreadId> = found.iter().map(|(id, _)| *id).collect();
    not_found.extend(ids.iter().filter(|id| !known.contains(id)).map(ToString::to_string));
    let list = found.into_iter().map(|(id, emails)| {
        let mut object = Object::new();
        object.insert("id".into(), json!(id));
        object.insert("emailIds".into(), json!(emails));
        object
    });
    Ok(get.answer(state, list.collect(), not_found).into())
}

/// `Thread/changes`.
pub async fn changes(cx: &mut Cx<'_>, args: Args) -> Outcome {
    let (answer, _) = changes::changes(cx, args, DataType::Thread, |n| ThreadId(n).to_string()).await?;
    Ok(answer.into())
}
