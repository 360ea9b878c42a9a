//! `Member/get` and `Member/set`: administrators look after the household; everybody sees and may rename themselves.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::ids::MemberId;
use store::{
    Refusal,
    household::{self, Member, Update},
    secrets,
};

use super::{fingerprint, require_person};
use crate::{
    access::members::{JoinError, Joining, check_email, check_name, check_password, join},
    jmap::{
        args::Args,
        context::Cx,
        dispatch::Outcome,
        error::{MethodError, SetError, Stop, settle},
        get::Get,
        json::Object,
        patch,
        set::Set,
    },
};

const PROPERTIES: [&str; 4] = ["id", "name", "email", "isAdmin"];

/// `Member/get`: an administrator sees everybody, anybody else themselves.
pub async fn get(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let get = Get::read(cx, &mut args)?;
    args.end()?;
    get.check(&PROPERTIES)?;
    let all = visible(cx).await?;
    Ok(get.answer_from_all(fingerprint(&all), all)?.into())
}

async fn visible(cx: &Cx<'_>) -> Result<Vec<Object>, MethodError> {
    let mut reader = cx.store.read().await?;
    let all = household::members(&mut reader).await?;
    Ok(all.iter().filter(|member| may_see(cx, member.id)).map(to_json).collect())
}

fn may_see(cx: &Cx<'_>, member: MemberId) -> bool {
    cx.who.is_admin || cx.who.member == member
}

fn to_json(member: &Member) -> Object {
    let object = json!({ "id": member.id, "name": member.name, "email": member.email, "isAdmin": member.is_admin });
    object.as_object().cloned().unwrap_or_default()
}

/// `Member/set`.
pub async fn set(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let set = Set::read(cx, &mut args)?;
    args.end()?;
    require_person(cx)?;
    let mut done = set.begin(fingerprint(&visible(cx).await?))?;
    for (creation, object) in &set.create {
        let outcome = settle(create(cx, object).await)?;
        done.create(cx, creation, outcome);
    }
    for (key, patch) in &set.update {
        let outcome = settle(update(cx, key, patch).await)?;
        done.update(cx.created.real(key), outcome.map(|()| None));
    }
    for key in &set.destroy {
        let outcome = settle(destroy(cx, key).await)?;
        done.destroy(cx.created.real(key), outcome);
    }
    let state = fingerprint(&visible(cx).await?);
    Ok(done.answer(state).into())
}

fn forbidden() -> SetError {
    SetError::with("forbidden", "only an administrator may do this")
}

async fn create(cx: &Cx<'_>, object: &Object) -> Result<Object, Stop> {
    if !cx.who.is_admin {
        return Err(forbidden().into());
    }
    let settable = ["name", "email", "password", "isAdmin"];
    let mut invalid: BTreeSet<String> =
        object.keys().filter(|name| !settable.contains(&name.as_str())).cloned().collect();
    let mut text = |name: &str| {
        let text = object.get(name).and_then(Value::as_str);
        if text.is_none() {
            invalid.insert(name.to_owned());
        }
        text.unwrap_or_default()
    };
    let (name, email, password) = (text("name"), text("email"), text("password"));
    let is_admin = match object.get("isAdmin") {
        None | Some(Value::Null) => Some(false),
        Some(value) => value.as_bool(),
    };
    if is_admin.is_none() {
        invalid.insert("isAdmin".to_owned());
    }
    if !invalid.is_empty() {
        return Err(SetError::properties(invalid, "not a valid member").into());
    }
    let person = Joining { name, email, password, is_admin: is_admin.unwrap_or(false) };
    let made = join(cx.store, &person).await.map_err(|error| match error {
        JoinError::Field(name, words) => SetError::property(name, words).into(),
        JoinError::Taken => SetError::property("email", JoinError::Taken.to_string()).into(),
        JoinError::SetUpAlready => forbidden().into(),
        JoinError::Store(error) => Stop::from(error),
    })?;
    let mut created = to_json(&made);
    created.retain(|name, value| object.get(name) != Some(value));
    Ok(created)
}

async fn update(cx: &Cx<'_>, key: &str, patch: &Object) -> Result<(), Stop> {
    let id: MemberId = cx.created.id(key).filter(|id| may_see(cx, *id)).ok_or_else(SetError::not_found)?;
    let mut reader = cx.store.read().await?;
    let member = household::member(&mut reader, id).await?.ok_or_else(SetError::not_found)?;
    drop(reader);
    let before = to_json(&member);
    let mut patch = patch.clone();
    let password = patch.remove("password").filter(|value| !value.is_null());
    let after = patch::apply(&before, &patch, &Object::new())?;
    let changed = |name: &str| before.get(name) != after.get(name);
    if !cx.who.is_admin && (password.is_some() || changed("email") || changed("isAdmin")) {
        return Err(forbidden().into());
    }
    let mut invalid: BTreeSet<String> =
        after.keys().filter(|name| !PROPERTIES.contains(&name.as_str())).cloned().collect();
    if changed("id") {
        invalid.insert("id".to_owned());
    }
    let mut words = "not a valid member";
    let mut checked = |name: &str, value: Option<&Value>, check: fn(&str) -> Result<(), &'static str>| {
        let text = value.and_then(Value::as_str);
        match text.map_or(Err("not a text"), check) {
            Ok(()) => text.map(|text| text.trim().to_owned()),
            Err(why) => {
                words = why;
                invalid.insert(name.to_owned());
                None
            }
        }
    };
    let name = checked("name", after.get("name"), check_name);
    let email = checked("email", after.get("email"), check_email);
    if let Some(value) = &password {
        checked("password", Some(value), check_password);
    }
    let is_admin = after.get("isAdmin").and_then(Value::as_bool);
    if is_admin.is_none() {
        invalid.insert("isAdmin".to_owned());
    }
    if !invalid.is_empty() {
        return Err(SetError::properties(invalid, words).into());
    }
    let password_hash = match password.as_ref().and_then(Value::as_str) {
        Some(password) => Some(secrets::hash_password(password).await?),
        None => None,
    };
    let update = Update {
        name: name.filter(|_| changed("name")),
        email: email.filter(|_| changed("email")),
        is_admin: is_admin.filter(|_| changed("isAdmin")),
        password_hash,
        settings: None,
    };
    let mut tx = cx.store.write().await?;
    household::update(&mut tx, id, &update, None).await.map_err(refused)?;
    Ok(tx.commit().await?)
}

async fn destroy(cx: &Cx<'_>, key: &str) -> Result<(), Stop> {
    let id: MemberId = cx.created.id(key).filter(|id| may_see(cx, *id)).ok_or_else(SetError::not_found)?;
    if !cx.who.is_admin {
        return Err(forbidden().into());
    }
    if id == cx.who.member {
        return Err(SetError::with("forbidden", "you cannot remove yourself").into());
    }
    let mut tx = cx.store.write().await?;
    household::remove(&mut tx, id).await.map_err(refused)?;
    Ok(tx.commit().await?)
}

fn refused(error: store::Error) -> Stop {
    match error.refusal() {
        Some(Refusal::NameTaken) => SetError::property("email", JoinError::Taken.to_string()).into(),
        _ => error.into(),
    }
}
