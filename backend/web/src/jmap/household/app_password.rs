//! `AppPassword/get` and `AppPassword/set`: secrets for other programs of the asker. A secret is told once, in `created`.

use serde_json::{Value, json};
use store::app_passwords;

use super::{fingerprint, require_person};
use crate::jmap::{
    args::Args,
    context::Cx,
    dispatch::Outcome,
    error::{MethodError, SetError, Stop, settle},
    get::Get,
    json::Object,
    set::Set,
    time,
};

const PROPERTIES: [&str; 4] = ["id", "label", "createdAt", "lastUsedAt"];
const MAX_LABEL: usize = 100;

/// `AppPassword/get`.
pub async fn get(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let get = Get::read(cx, &mut args)?;
    args.end()?;
    get.check(&PROPERTIES)?;
    let all = own(cx).await?;
    Ok(get.answer_from_all(fingerprint(&all), all)?.into())
}

async fn own(cx: &Cx<'_>) -> Result<Vec<Object>, MethodError> {
    let mut reader = cx.store.read().await?;
    let all = app_passwords::of_member(&mut reader, cx.who.member).await?;
    let object = |password: app_passwords::AppPassword| {
        let object = json!({
            "id": password.id.to_string(),
            "label": password.label,
            "createdAt": time::format(password.created_at),
            "lastUsedAt": password.last_used_at.map(time::format),
        });
        object.as_object().cloned().unwrap_or_default()
    };
    Ok(all.into_iter().map(object).collect())
}

/// `AppPassword/set`: `create {label}` and `destroy`.
pub async fn set(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let set = Set::read(cx, &mut args)?;
    args.end()?;
    require_person(cx)?;
    let mut done = set.begin(fingerprint(&own(cx).await?))?;
    for (creation, object) in &set.create {
        let outcome = settle(create(cx, object).await)?;
        done.create(cx, creation, outcome);
    }
    for (key, _) in &set.update {
        done.update(key, Err(SetError::with("forbidden", "an app password does not change: make another")));
    }
    for key in &set.destroy {
        let id = cx.created.real(key);
        let gone = match id.parse() {
            Ok(id) => revoke(cx, id).await?,
            Err(_) => false,
        };
        done.destroy(id, if gone { Ok(()) } else { Err(SetError::not_found()) });
    }
    let state = fingerprint(&own(cx).await?);
    Ok(done.answer(state).into())
}

async fn create(cx: &Cx<'_>, object: &Object) -> Result<Object, Stop> {
    let label = object.get("label").and_then(Value::as_str).map(str::trim);
    let label =
        label.filter(|text| (1..=MAX_LABEL).contains(&text.chars().count()) && !text.chars().any(char::is_control));
    let mut invalid: Vec<&str> = object.keys().map(String::as_str).filter(|name| *name != "label").collect();
    let Some(label) = label.filter(|_| invalid.is_empty()) else {
        if label.is_none() {
            invalid.push("label");
        }
        return Err(SetError::properties(invalid, "an app password has a label").into());
    };
    let now = store::now_ms();
    let mut tx = cx.store.write().await?;
    let (id, secret) = app_passwords::create(&mut tx, cx.store.vault(), cx.who.member, label, now).await?;
    tx.commit().await?;
    let created = json!({ "id": id.to_string(), "secret": secret, "createdAt": time::format(now), "lastUsedAt": null });
    Ok(created.as_object().cloned().unwrap_or_default())
}

async fn revoke(cx: &Cx<'_>, id: i64) -> Result<bool, MethodError> {
    let mut tx = cx.store.write().await?;
    let gone = app_passwords::revoke(&mut tx, cx.who.member, id).await?;
    tx.commit().await?;
    Ok(gone)
}
