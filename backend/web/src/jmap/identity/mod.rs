//! `Identity/*` (RFC 8621 §6).

mod set;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use shared::ids::IdentityId;
use store::{
    DataType,
    changes::state,
    identities::{self, Identity},
};

pub use set::set;

use super::{args::Args, capability::Capability, changes, context::Cx, dispatch::Outcome, get::Get, json::Object};

/// The properties of RFC 8621 §6.
const PROPERTIES: [&str; 8] = ["id", "name", "email", "replyTo", "bcc", "textSignature", "htmlSignature", "mayDelete"];

/// The properties that exist for this request: ours says which mail account the address leaves through.
fn properties(cx: &Cx<'_>) -> Vec<&'static str> {
    PROPERTIES.into_iter().chain(cx.has(Capability::Sources).then_some("sourceId")).collect()
}

/// `Identity/get`: `ids` may be null.
pub async fn get(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let get = Get::read(cx, &mut args)?;
    args.end()?;
    get.check(&properties(cx))?;
    let mut reader = cx.store.read().await?;
    let state = state(&mut reader, get.account, DataType::Identity).await?;
    let all = identities::all(&mut reader, get.account).await?;
    let with_own = cx.has(Capability::Sources);
    Ok(get.answer_from_all(state, all.iter().map(|identity| to_json(identity, with_own)).collect())?.into())
}

/// `Identity/changes`.
pub async fn changes(cx: &mut Cx<'_>, args: Args) -> Outcome {
    let (answer, _) = changes::changes(cx, args, DataType::Identity, |n| IdentityId(n).to_string()).await?;
    Ok(answer.into())
}

/// An Identity with all its properties.
fn to_json(identity: &Identity, with_own: bool) -> Object {
    let addresses =
        |json: &Option<String>| json.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    let data = &identity.data;
    let mut object = Object::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("id", json!(identity.id));
    put("name", json!(data.name));
    put("email", json!(data.email));
    put("replyTo", addresses(&data.reply_to));
    put("bcc", addresses(&data.bcc));
    put("textSignature", json!(data.text_signature));
    put("htmlSignature", json!(data.html_signature));
    put("mayDelete", json!(data.may_delete));
    if with_own {
        put("sourceId", json!(identity.source));
    }
    object
}
