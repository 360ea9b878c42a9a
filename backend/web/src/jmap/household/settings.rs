//! `Settings/get` and `Settings/set`: how a member likes it; one object with the id `singleton`.

use serde_json::{Value, json};
use shared::wire::Settings;
use store::household::{self, Update};

use super::fingerprint;
use crate::jmap::{
    args::Args,
    context::Cx,
    dispatch::Outcome,
    error::{MethodError, SetError, Stop, settle},
    get::Get,
    json::Object,
    patch,
    set::Set,
};

const SINGLETON: &str = "singleton";
const PROPERTIES: [&str; 5] = ["id", "theme", "undoSeconds", "density", "singleKeys"];

/// `Settings/get`.
pub async fn get(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let get = Get::read(cx, &mut args)?;
    args.end()?;
    get.check(&PROPERTIES)?;
    let all = vec![to_json(&stored(cx).await?)];
    Ok(get.answer_from_all(fingerprint(&all), all)?.into())
}

/// The member's settings; what is missing or damaged is as it is by default.
async fn stored(cx: &Cx<'_>) -> Result<Settings, MethodError> {
    let mut reader = cx.store.read().await?;
    let member = household::member(&mut reader, cx.who.member).await?;
    Ok(member.and_then(|member| serde_json::from_str(&member.settings).ok()).unwrap_or_default())
}

fn to_json(settings: &Settings) -> Object {
    let mut object = json!(settings).as_object().cloned().unwrap_or_default();
    object.insert("id".into(), SINGLETON.into());
    object
}

/// `Settings/set`: only `update` of the singleton.
pub async fn set(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let set = Set::read(cx, &mut args)?;
    args.end()?;
    let mut done = set.begin(fingerprint(&[to_json(&stored(cx).await?)]))?;
    for (creation, _) in &set.create {
        done.create(cx, creation, Err(SetError::new("singleton")));
    }
    for (key, patch) in &set.update {
        let outcome = if key == SINGLETON { settle(update(cx, patch).await)? } else { Err(SetError::not_found()) };
        done.update(key, outcome.map(|()| None));
    }
    for key in &set.destroy {
        let error = if key == SINGLETON { SetError::new("singleton") } else { SetError::not_found() };
        done.destroy(key, Err(error));
    }
    let state = fingerprint(&[to_json(&stored(cx).await?)]);
    Ok(done.answer(state).into())
}

async fn update(cx: &Cx<'_>, patch: &Object) -> Result<(), Stop> {
    let before = to_json(&stored(cx).await?);
    let after = patch::apply(&before, patch, &to_json(&Settings::default()))?;
    let sound = |name: &str, value: &Value| match name {
        "id" => value == SINGLETON,
        "theme" => ["auto", "light", "dark"].iter().any(|known| value == known),
        "undoSeconds" => [0, 5, 10, 20, 30].iter().any(|known| value == known),
        "density" => ["comfortable", "compact"].iter().any(|known| value == known),
        "singleKeys" => value.is_boolean(),
        _ => false,
    };
    let invalid: Vec<&String> =
        after.iter().filter(|(name, value)| !sound(name, value)).map(|(name, _)| name).collect();
    if !invalid.is_empty() {
        return Err(SetError::properties(invalid, "no such setting").into());
    }
    let mut settings = after;
    settings.remove("id");
    let update = Update { settings: Some(Value::Object(settings).to_string()), ..Update::default() };
    let mut tx = cx.store.write().await?;
    household::update(&mut tx, cx.who.member, &update, None).await?;
    Ok(tx.commit().await?)
}
