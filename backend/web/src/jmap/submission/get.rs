//! `EmailSubmission/get` (RFC 8621 §7.1).

use shared::ids::SubmissionId;
use store::{DataType, changes::state, submissions};

use super::{properties, to_json};
use crate::{
    jmap::{
        args::Args, capability::Capability, context::Cx, dispatch::Outcome, error::MethodError, get::Get, json::Object,
    },
    limits::MAX_OBJECTS_IN_GET,
};

/// `EmailSubmission/get`: `ids` may be null while there are few.
pub async fn get(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let get = Get::read(cx, &mut args)?;
    args.end()?;
    get.check(&properties(cx))?;
    let mut reader = cx.store.read().await?;
    let state = state(&mut reader, get.account, DataType::EmailSubmission).await?;
    let typed = get.typed::<SubmissionId>();
    let ids = typed.as_ref().map(|(ids, _)| ids.as_slice());
    let letters = submissions::get(&mut reader, get.account, ids).await?;
    if ids.is_none() && letters.len() > MAX_OBJECTS_IN_GET {
        return Err(MethodError::with("requestTooLarge", "there are too many to get all at once; name ids"));
    }
    let with_own = cx.has(Capability::Sources);
    let list = letters.iter().map(|letter| to_json(letter, with_own)).collect::<Result<Vec<Object>, _>>()?;
    Ok(get.answer_from_all(state, list)?.into())
}
