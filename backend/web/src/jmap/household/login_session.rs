//! `Session/get` and `Session/set` (destroy only): browsers that are logged in as the asker.

use serde_json::json;
use store::sessions;

use super::fingerprint;
use crate::{
    access::Credential,
    jmap::{
        args::Args,
        context::Cx,
        dispatch::Outcome,
        error::{MethodError, SetError},
        get::Get,
        json::Object,
        set::Set,
        time,
    },
};

const PROPERTIES: [&str; 5] = ["id", "userAgent", "createdAt", "lastUsedAt", "isCurrent"];

/// `Session/get`.
pub async fn get(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let get = Get::read(cx, &mut args)?;
    args.end()?;
    get.check(&PROPERTIES)?;
    let all = own(cx).await?;
    Ok(get.answer_from_all(fingerprint(&all), all)?.into())
}

async fn own(cx: &Cx<'_>) -> Result<Vec<Object>, MethodError> {
    let mut reader = cx.store.read().await?;
    let all = sessions::of_member(&mut reader, cx.who.member, store::now_ms()).await?;
    let current = match cx.who.credential {
        Credential::Cookie { session } => Some(session),
        _ => None,
    };
    let object = |session: sessions::Session| {
        let object = json!({
            "id": session.id.to_string(),
            "userAgent": session.user_agent,
            "createdAt": time::format(session.created_at),
            "lastUsedAt": time::format(session.last_used_at),
            "isCurrent": current == Some(session.id),
        });
        object.as_object().cloned().unwrap_or_default()
    };
    Ok(all.into_iter().map(object).collect())
}

/// `Session/set`: `destroy` logs a browser out.
pub async fn set(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let set = Set::read(cx, &mut args)?;
    args.end()?;
    let mut done = set.begin(fingerprint(&own(cx).await?))?;
    for (creation, _) in &set.create {
        done.create(cx, creation, Err(SetError::with("forbidden", "a log-in is made by logging in")));
    }
    for (key, _) in &set.update {
        done.update(key, Err(SetError::with("forbidden", "a log-in does not change")));
    }
    let mut tx = cx.store.write().await?;
    for key in &set.destroy {
        let ended = match key.parse() {
            Ok(id) => sessions::end(&mut tx, cx.who.member, id).await?,
            Err(_) => false,
        };
        done.destroy(key, if ended { Ok(()) } else { Err(SetError::not_found()) });
    }
    tx.commit().await?;
    let state = fingerprint(&own(cx).await?);
    Ok(done.answer(state).into())
}
