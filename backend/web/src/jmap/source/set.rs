//! `Source/set`: connecting, changing and removing mail accounts. Connecting tries the servers first, so each object is a
//! transaction of its own in the e-mail client.

use std::collections::BTreeSet;

use mailclient::{NewSource, SourceEdit, SourceError, discovery::SourceConfig};
use serde_json::{Value, json};
use shared::ids::{AccountId, SourceId};
use store::{DataType, changes::state, sources};

use super::{PROPERTIES, config, to_json};
use crate::jmap::{
    args::{Args, uint},
    context::Cx,
    dispatch::Outcome,
    error::{MethodError, SetError, Stop, settle},
    json::Object,
    patch,
    set::Set,
};

/// What a client may set; all but the last can be read again.
const SETTABLE: [&str; 12] = [
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
    "password",
];
/// Those that make up the [`SourceConfig`].
const CONFIG: [&str; 6] = ["email", "protocol", "incoming", "outgoing", "pop3Keep", "allowPlain"];
const MAX_LABEL: usize = 100;

/// `Source/set`.
pub async fn set(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let set = Set::read(cx, &mut args)?;
    args.end()?;
    let account = set.account;
    let mut done = set.begin(current(cx, account).await?)?;
    for (creation, object) in &set.create {
        let outcome = settle(create(cx, account, object).await)?;
        done.create(cx, creation, outcome);
    }
    for (key, patch) in &set.update {
        let outcome = settle(update(cx, account, key, patch).await)?;
        done.update(cx.created.real(key), outcome);
    }
    for key in &set.destroy {
        let outcome = settle(destroy(cx, account, key).await)?;
        done.destroy(cx.created.real(key), outcome);
    }
    let new_state = current(cx, account).await?;
    Ok(done.answer(new_state).into())
}

async fn current(cx: &Cx<'_>, account: AccountId) -> Result<i64, MethodError> {
    Ok(state(&mut cx.store.read().await?, account, DataType::Source).await?)
}

async fn create(cx: &Cx<'_>, account: AccountId, object: &Object) -> Result<Object, Stop> {
    let mut invalid: BTreeSet<String> =
        object.keys().filter(|name| !SETTABLE.contains(&name.as_str())).cloned().collect();
    let wish = wish(object, &mut invalid);
    let password = object.get("password").and_then(Value::as_str);
    if password.is_none_or(str::is_empty) {
        invalid.insert("password".to_owned());
    }
    let config = read_config(object, &mut invalid);
    let (Some(config), Some(password), true) = (config, password, invalid.is_empty()) else {
        return Err(SetError::properties(invalid, "not a valid mail account").into());
    };
    let new = NewSource {
        label: wish.label.unwrap_or_default(),
        hue: wish.hue,
        config,
        password: password.to_owned(),
        name: String::new(),
        test: true,
        trusted: false,
    };
    let id = cx.mail.add_source(account, new).await.map_err(refused)?;
    let later = SourceEdit {
        primary: wish.primary.filter(|primary| *primary),
        paused: wish.paused.filter(|paused| *paused),
        sort_order: wish.sort_order,
        ..SourceEdit::default()
    };
    if later.primary.is_some() || later.paused.is_some() || later.sort_order.is_some() {
        cx.mail.edit_source(account, id, later).await.map_err(refused)?;
    }
    let made = sources::get(&mut cx.store.read().await?, account, id).await?.ok_or_else(SetError::not_found)?;
    let mut created = to_json(&made, cx.mail)?;
    created.retain(|name, value| name == "id" || object.get(name) != Some(value));
    Ok(created)
}

async fn update(cx: &Cx<'_>, account: AccountId, key: &str, patch: &Object) -> Result<Option<Object>, Stop> {
    let id: SourceId = cx.created.id(key).ok_or_else(SetError::not_found)?;
    let source = sources::get(&mut cx.store.read().await?, account, id).await?.ok_or_else(SetError::not_found)?;
    let before = to_json(&source, cx.mail)?;
    let mut patch = patch.clone();
    let password = patch.remove("password").filter(|value| !value.is_null());
    let defaults =
        json!({ "outgoing": null, "pop3Keep": "delete", "allowPlain": false, "paused": false, "sortOrder": 0 });
    let after = patch::apply(&before, &patch, defaults.as_object().unwrap_or(&before))?;
    let mut invalid: BTreeSet<String> = before
        .keys()
        .chain(after.keys())
        .filter(|name| before.get(*name) != after.get(*name))
        .filter(|name| !SETTABLE.contains(&name.as_str()) || !PROPERTIES.contains(&name.as_str()))
        .cloned()
        .collect();
    let wish = wish(&after, &mut invalid);
    let password = password.map(|value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned));
    if password == Some(None) {
        invalid.insert("password".to_owned());
    }
    let mut new_config = read_config(&after, &mut invalid);
    if !invalid.is_empty() {
        return Err(SetError::properties(invalid, "not a valid mail account").into());
    }
    if let Some(new) = &mut new_config {
        new.ca = config(&source)?.ca;
    }
    let reconfigured = CONFIG.iter().any(|name| before.get(*name) != after.get(*name));
    let changed = |name: &str| before.get(name) != after.get(name);
    let edit = SourceEdit {
        config: new_config.filter(|_| reconfigured),
        password: password.flatten(),
        primary: wish.primary.filter(|_| changed("isPrimary")),
        paused: wish.paused.filter(|_| changed("paused")),
        sort_order: wish.sort_order.filter(|_| changed("sortOrder")),
        label: wish.label.filter(|_| changed("label")),
        hue: wish.hue.filter(|_| changed("hue")),
    };
    if edit.primary == Some(false) {
        return Err(SetError::property("isPrimary", "make another mail account the primary one").into());
    }
    cx.mail.edit_source(account, id, edit).await.map_err(refused)?;
    let now = sources::get(&mut cx.store.read().await?, account, id).await?.ok_or_else(SetError::not_found)?;
    let mut beyond = to_json(&now, cx.mail)?;
    beyond.retain(|name, value| after.get(name) != Some(value));
    Ok((!beyond.is_empty()).then_some(beyond))
}

async fn destroy(cx: &Cx<'_>, account: AccountId, key: &str) -> Result<(), Stop> {
    let id: SourceId = cx.created.id(key).ok_or_else(SetError::not_found)?;
    cx.mail.remove_source(account, id).await.map_err(refused)
}

/// The simple properties; `None` = not given.
#[derive(Default)]
struct Wish {
    label: Option<String>,
    hue: Option<u8>,
    primary: Option<bool>,
    paused: Option<bool>,
    sort_order: Option<u32>,
}

fn wish(object: &Object, invalid: &mut BTreeSet<String>) -> Wish {
    fn read<T>(
        object: &Object,
        invalid: &mut BTreeSet<String>,
        name: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = object.get(name).filter(|value| !value.is_null())?;
        let found = read(value);
        if found.is_none() {
            invalid.insert(name.to_owned());
        }
        found
    }
    let label = |value: &Value| {
        let text = value.as_str()?.trim();
        (text.chars().count() <= MAX_LABEL && !text.chars().any(char::is_control)).then(|| text.to_owned())
    };
    let hue = |value: &Value| uint(value).and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=12).contains(n));
    let order = |value: &Value| uint(value).and_then(|n| u32::try_from(n).ok()).filter(|n| *n < 1 << 31);
    Wish {
        label: read(object, invalid, "label", label),
        hue: read(object, invalid, "hue", hue),
        primary: read(object, invalid, "isPrimary", Value::as_bool),
        paused: read(object, invalid, "paused", Value::as_bool),
        sort_order: read(object, invalid, "sortOrder", order),
    }
}

/// The typed configuration; what does not fit is named as well as one property at a time allows.
fn read_config(object: &Object, invalid: &mut BTreeSet<String>) -> Option<SourceConfig> {
    let mut given = Object::new();
    given.extend(CONFIG.iter().filter_map(|name| Some(((*name).to_owned(), object.get(*name)?.clone()))));
    let sound = json!({
        "email": "a@example.org", "protocol": "imap", "outgoing": null, "pop3Keep": "delete", "allowPlain": false,
        "incoming": { "host": "example.org", "port": 993, "security": "tls", "username": "a" },
    });
    for name in CONFIG {
        // Each property alone within a sound whole tells which ones are wrong.
        let mut probe = sound.clone();
        let value = given.get(name).filter(|value| !value.is_null() || name == "outgoing");
        let required = matches!(name, "email" | "protocol" | "incoming");
        match (value, probe.as_object_mut()) {
            (Some(value), Some(probe)) => {
                probe.insert(name.to_owned(), value.clone());
            }
            _ if required => {
                invalid.insert(name.to_owned());
                continue;
            }
            _ => continue,
        }
        if serde_json::from_value::<SourceConfig>(probe).is_err() {
            invalid.insert(name.to_owned());
        }
    }
    given.retain(|_, value| !value.is_null());
    serde_json::from_value(Value::Object(given)).ok()
}

fn refused(error: SourceError) -> Stop {
    match error {
        SourceError::NotFound => SetError::not_found().into(),
        SourceError::Invalid { property, why } => SetError::property(property, why).into(),
        SourceError::Test(report) => {
            let details = [Some(&report.incoming), report.outgoing.as_ref()];
            let words: Vec<&str> =
                details.into_iter().flatten().filter(|half| !half.ok).map(|half| half.detail.as_str()).collect();
            SetError::with("testFailed", words.join(" ")).and("report", json!(report)).into()
        }
        SourceError::Store(error) => error.into(),
    }
}
