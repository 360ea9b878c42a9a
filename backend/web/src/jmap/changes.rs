//! What every `/changes` has in common (RFC 8620 §5.2): one generic over the change log.

use serde_json::{Value, json};
use shared::ids::AccountId;
use store::{
    DataType,
    changes::{Changes, since},
};

use super::{args::Args, context::Cx, error::MethodError, query::max_changes};

/// Ids of one answer when the client names no limit, and the most it may name.
const MAX_CHANGES: usize = 5000;

/// One `/changes` call: the answer, and the changes for whoever has to add something. `id` spells an object's number.
pub async fn changes(
    cx: &Cx<'_>,
    mut args: Args,
    data: DataType,
    id: impl Fn(i64) -> String,
) -> Result<(Value, Changes), MethodError> {
    let account = args.account(cx)?;
    let since_state = args.required("sinceState", Args::string)?;
    let max = max_changes(&mut args)?.unwrap_or(MAX_CHANGES).min(MAX_CHANGES);
    args.end()?;
    let changes = look_up(cx, account, data, &since_state, max).await?;
    let ids = |list: &[i64]| list.iter().map(|number| id(*number)).collect::<Vec<_>>();
    let answer = json!({
        "accountId": account,
        "oldState": since_state,
        "newState": changes.new_state.to_string(),
        "hasMoreChanges": changes.has_more,
        "created": ids(&changes.created),
        "updated": ids(&changes.updated),
        "destroyed": ids(&changes.destroyed),
    });
    Ok((answer, changes))
}

async fn look_up(
    cx: &Cx<'_>,
    account: AccountId,
    data: DataType,
    state: &str,
    max: usize,
) -> Result<Changes, MethodError> {
    let mut reader = cx.store.read().await?;
    let found = match parse_state(state) {
        Some(state) => since(&mut reader, account, data, state, max).await?,
        None => None,
    };
    found.ok_or(MethodError::new("cannotCalculateChanges"))
}

/// A state string as it was given out: a plain decimal number.
pub fn parse_state(state: &str) -> Option<i64> {
    let plain = state.bytes().all(|b| b.is_ascii_digit()) && (state == "0" || !state.starts_with('0'));
    if plain { state.parse().ok() } else { None }
}
