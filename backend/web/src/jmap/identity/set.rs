//! `Identity/set` (RFC 8621 §6.3). A person may add names and signatures for the addresses that connected mail accounts
//! (and the household itself) gave them; an address of somebody else is `forbiddenFrom`.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::ids::{AccountId, IdentityId};
use store::{
    DataType, WriteTx,
    changes::state,
    identities::{self, IdentityData},
};

use super::{properties, to_json};
use crate::jmap::{
    args::Args,
    capability::Capability,
    context::Cx,
    dispatch::Outcome,
    error::{SetError, Stop, settle},
    json::Object,
    patch,
    set::Set,
};

/// Octets of a signature.
const MAX_SIGNATURE: usize = 64 * 1024;
/// Characters of a name.
const MAX_NAME: usize = 200;
/// Addresses in `replyTo` or `bcc`.
const MAX_ADDRESSES: usize = 100;
const SERVER_SET: [&str; 3] = ["id", "mayDelete", "sourceId"];

/// `Identity/set`.
pub async fn set(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let set = Set::read(cx, &mut args)?;
    args.end()?;
    let account = set.account;
    let mut tx = cx.store.write().await?;
    let mut done = set.begin(state(&mut tx, account, DataType::Identity).await?)?;
    for (creation, object) in &set.create {
        let outcome = settle(create(cx, &mut tx, account, object).await)?;
        done.create(cx, creation, outcome);
    }
    for (key, patch) in &set.update {
        let outcome = settle(update(cx, &mut tx, account, key, patch).await)?;
        done.update(cx.created.real(key), outcome);
    }
    for key in &set.destroy {
        let outcome = settle(destroy(cx, &mut tx, account, key).await)?;
        done.destroy(cx.created.real(key), outcome);
    }
    tx.flush().await?;
    let new_state = state(&mut tx, account, DataType::Identity).await?;
    tx.commit().await?;
    Ok(done.answer(new_state).into())
}

fn defaults() -> Object {
    let defaults = json!({ "name": "", "replyTo": null, "bcc": null, "textSignature": "", "htmlSignature": "" });
    defaults.as_object().cloned().unwrap_or_default()
}

async fn create(cx: &Cx<'_>, tx: &mut WriteTx, account: AccountId, object: &Object) -> Result<Object, Stop> {
    let known = properties(cx);
    let mut invalid: BTreeSet<String> = object
        .keys()
        .filter(|name| !known.contains(&name.as_str()) || SERVER_SET.contains(&name.as_str()))
        .cloned()
        .collect();
    let mut whole = defaults();
    whole.extend(object.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())));
    let data = data(&whole, true, &mut invalid)
        .filter(|_| invalid.is_empty())
        .ok_or_else(|| SetError::properties(invalid, "not a valid Identity"))?;
    let all = identities::all(tx, account).await?;
    let same = all.iter().find(|other| other.data.email.eq_ignore_ascii_case(&data.email));
    let source =
        same.ok_or_else(|| SetError::with("forbiddenFrom", "connect the mail account of this address first"))?.source;
    let id = identities::create(tx, account, source, &data).await?;
    let made = identities::get(tx, account, id).await?.ok_or_else(SetError::not_found)?;
    let mut created = to_json(&made, cx.has(Capability::Sources));
    created.retain(|name, value| object.get(name) != Some(value));
    Ok(created)
}

async fn update(
    cx: &Cx<'_>,
    tx: &mut WriteTx,
    account: AccountId,
    key: &str,
    patch: &Object,
) -> Result<Option<Object>, Stop> {
    let id: IdentityId = cx.created.id(key).ok_or_else(SetError::not_found)?;
    let current = identities::get(tx, account, id).await?.ok_or_else(SetError::not_found)?;
    let before = to_json(&current, cx.has(Capability::Sources));
    let after = patch::apply(&before, patch, &defaults())?;
    let fixed = ["id", "email", "mayDelete", "sourceId"];
    let mut invalid: BTreeSet<String> =
        fixed.iter().filter(|name| before.get(**name) != after.get(**name)).map(|name| (*name).to_owned()).collect();
    let known = properties(cx);
    invalid.extend(after.keys().filter(|name| !known.contains(&name.as_str())).cloned());
    let data = data(&after, current.data.may_delete, &mut invalid)
        .filter(|_| invalid.is_empty())
        .ok_or_else(|| SetError::properties(invalid, "not a valid Identity"))?;
    if data != current.data {
        identities::update(tx, account, id, &data).await?;
    }
    Ok(None)
}

async fn destroy(cx: &Cx<'_>, tx: &mut WriteTx, account: AccountId, key: &str) -> Result<(), Stop> {
    let id: IdentityId = cx.created.id(key).ok_or_else(SetError::not_found)?;
    Ok(identities::destroy(tx, account, id).await?)
}

/// Reads the properties; names of the bad ones go to `invalid`.
fn data(object: &Object, may_delete: bool, invalid: &mut BTreeSet<String>) -> Option<IdentityData> {
    let mut read = |name: &str, check: &dyn Fn(&str) -> bool| {
        let text = object.get(name).and_then(Value::as_str).filter(|text| check(text)).map(str::to_owned);
        if text.is_none() {
            invalid.insert(name.to_owned());
        }
        text
    };
    let name = read("name", &|text| text.chars().count() <= MAX_NAME && !text.chars().any(char::is_control));
    let email = read("email", &is_address);
    let text_signature = read("textSignature", &|text| text.len() <= MAX_SIGNATURE);
    let html_signature = read("htmlSignature", &|text| text.len() <= MAX_SIGNATURE);
    let reply_to = addresses(object, "replyTo", invalid);
    let bcc = addresses(object, "bcc", invalid);
    Some(IdentityData {
        name: name?,
        email: email?,
        reply_to: reply_to?,
        bcc: bcc?,
        text_signature: text_signature?,
        html_signature: html_signature?,
        may_delete,
    })
}

fn is_address(text: &str) -> bool {
    let plain = !text.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ','));
    plain
        && text.len() <= 320
        && text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

/// `EmailAddress[]|null`, as JSON text to store.
fn addresses(object: &Object, name: &str, invalid: &mut BTreeSet<String>) -> Option<Option<String>> {
    let value = object.get(name).filter(|value| !value.is_null());
    let Some(value) = value else { return Some(None) };
    let list: Option<Vec<mime::Address>> = serde_json::from_value(value.clone()).ok();
    let list = list.filter(|list| list.len() <= MAX_ADDRESSES && list.iter().all(|a| is_address(&a.email)));
    let text = list.and_then(|list| serde_json::to_string(&list).ok());
    if text.is_none() {
        invalid.insert(name.to_owned());
    }
    text.map(Some)
}
