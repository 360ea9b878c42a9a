//! `Source/*` (`urn:kinpost:sources`): connected mail accounts. Data by get, changes and set; acts by plain methods that go
//! through the e-mail client with its deadlines.

mod acts;
mod set;
#[cfg(test)]
mod tests;

use mailclient::{MailClient, discovery::SourceConfig};
use serde_json::{Value, json};
use shared::ids::SourceId;
use store::{
    DataType,
    changes::state,
    sources::{self, Source},
};

pub use acts::{check, discover, test};
pub use set::set;

use super::{args::Args, changes, context::Cx, dispatch::Outcome, error::MethodError, get::Get, json::Object, time};

/// All properties that can be read; `password` is write-only.
const PROPERTIES: [&str; 17] = [
    "id",
    "label",
    "email",
    "hue",
    "isPrimary",
    "sortOrder",
    "protocol",
    "incoming",
    "outgoing",
    "pop3Keep",
    "paused",
    "allowPlain",
    "state",
    "stateDetail",
    "lastCheckedAt",
    "progress",
    "nextTryAt",
];

/// `Source/get`: `ids` may be null.
pub async fn get(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let get = Get::read(cx, &mut args)?;
    args.end()?;
    get.check(&PROPERTIES)?;
    let mut reader = cx.store.read().await?;
    let state = state(&mut reader, get.account, DataType::Source).await?;
    let all = sources::all(&mut reader, get.account).await?;
    let all = all.iter().map(|source| to_json(source, cx.mail)).collect::<Result<Vec<Object>, _>>()?;
    Ok(get.answer_from_all(state, all)?.into())
}

/// `Source/changes`.
pub async fn changes(cx: &mut Cx<'_>, args: Args) -> Outcome {
    let (answer, _) = changes::changes(cx, args, DataType::Source, |n| SourceId(n).to_string()).await?;
    Ok(answer.into())
}

/// The typed configuration of a stored Source.
fn config(source: &Source) -> Result<SourceConfig, MethodError> {
    serde_json::from_str(&source.config)
        .map_err(|_| MethodError::fault(&format_args!("the configuration of {} is damaged", source.id)))
}

/// A Source with all its properties; never a password.
fn to_json(source: &Source, mail: &MailClient) -> Result<Object, MethodError> {
    let config = config(source)?;
    let progress = mail.progress(source.id).map(|p| json!({ "done": p.done, "total": p.total, "what": p.what }));
    let object = json!({
        "id": source.id,
        "label": source.label,
        "email": source.email,
        "hue": source.hue,
        "isPrimary": source.is_primary,
        "sortOrder": source.sort_order,
        "protocol": config.protocol,
        "incoming": config.incoming,
        "outgoing": config.outgoing,
        "pop3Keep": config.pop3_keep,
        "paused": source.paused,
        "allowPlain": config.allow_plain,
        "state": if source.paused { "paused" } else { source.state.as_str() },
        "stateDetail": source.state_detail,
        "lastCheckedAt": source.last_checked_at.map(time::format),
        "progress": progress,
        "nextTryAt": source.next_try_at.map(time::format),
    });
    match object {
        Value::Object(object) => Ok(object),
        _ => Ok(Object::new()),
    }
}
