//! Acts on mail accounts that are no data: discovering servers, trying settings, checking for mail now.

use mailclient::{SourceError, discovery::SourceConfig};
use serde_json::{Value, json};
use shared::ids::SourceId;

use crate::jmap::{args::Args, context::Cx, dispatch::Outcome, error::MethodError, get};

/// Octets of an address that is looked up.
const MAX_ADDRESS: usize = 320;

/// `Source/discover {accountId, address}`: which servers an address might have, best first.
pub async fn discover(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account_to_write(cx)?;
    let address = args.required("address", Args::string)?;
    args.end()?;
    if address.len() > MAX_ADDRESS || !address.contains('@') {
        return Err(MethodError::invalid_arguments("address is an e-mail address"));
    }
    let found = cx.mail.discover(address.trim()).await;
    let candidates: Vec<Value> = found
        .candidates
        .iter()
        .map(|candidate| {
            let mut incoming = json!(candidate.incoming);
            if let Some(object) = incoming.as_object_mut() {
                object.insert("protocol".into(), json!(candidate.protocol));
            }
            json!({
                "incoming": incoming,
                "outgoing": candidate.outgoing,
                "origin": candidate.origin,
                "provider": candidate.provider,
            })
        })
        .collect();
    Ok(json!({ "accountId": account, "candidates": candidates, "provider": found.provider, "note": found.note }).into())
}

/// `Source/test {accountId, config, password}`: tries both ways for real; nothing is kept.
pub async fn test(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account_to_write(cx)?;
    let config = args.required("config", Args::object)?;
    let password = args.required("password", Args::string)?;
    args.end()?;
    let config: SourceConfig = serde_json::from_value(Value::Object(config))
        .map_err(|error| MethodError::invalid_arguments(format!("config: {error}")))?;
    let report = cx.mail.test(&config, &password).await;
    Ok(json!({ "accountId": account, "incoming": report.incoming, "outgoing": report.outgoing }).into())
}

/// `Source/check {accountId, ids|null}`: looks for new mail now; answers as soon as the workers know.
pub async fn check(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account_to_write(cx)?;
    let ids = args.strings("ids")?.map(get::limited).transpose()?;
    args.end()?;
    let (ids, not_found) = match ids {
        Some(ids) => {
            let (ids, odd) = get::typed::<SourceId>(&ids);
            (Some(ids), odd)
        }
        None => (None, Vec::new()),
    };
    let mut reader = cx.store.read().await?;
    let own: Vec<SourceId> =
        store::sources::all(&mut reader, account).await?.into_iter().map(|source| source.id).collect();
    drop(reader);
    let (known, unknown): (Vec<SourceId>, Vec<SourceId>) =
        ids.unwrap_or_else(|| own.clone()).into_iter().partition(|id| own.contains(id));
    match cx.mail.check(account, Some(&known)).await {
        Ok(()) | Err(SourceError::NotFound) => {}
        Err(SourceError::Store(error)) => return Err(error.into()),
        Err(error) => return Err(MethodError::fault(&error)),
    }
    let not_found: Vec<String> = not_found.into_iter().chain(unknown.iter().map(ToString::to_string)).collect();
    Ok(json!({ "accountId": account, "checking": known, "notFound": not_found }).into())
}
