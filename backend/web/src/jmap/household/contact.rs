//! `Contact/query {accountId, text, limit}`: addresses known from past mail, for completion.

use serde_json::{Value, json};

use crate::jmap::{args::Args, context::Cx, dispatch::Outcome, error::MethodError};

/// Suggestions at most.
const MAX_LIMIT: u64 = 50;
/// Octets that are looked at.
const MAX_TEXT: usize = 200;

/// `Contact/query`.
pub async fn query(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account(cx)?;
    let text = args.string("text")?.unwrap_or_default();
    let limit = args.uint("limit")?.unwrap_or(10).min(MAX_LIMIT);
    args.end()?;
    if text.len() > MAX_TEXT {
        return Err(MethodError::invalid_arguments("text is too long"));
    }
    let found = cx.mail.contacts(account, &text, u32::try_from(limit).unwrap_or(10)).await?;
    let list: Vec<Value> = found
        .into_iter()
        .map(|contact| json!({ "name": Some(contact.name).filter(|name| !name.is_empty()), "email": contact.email }))
        .collect();
    Ok(json!({ "accountId": account, "list": list }).into())
}
