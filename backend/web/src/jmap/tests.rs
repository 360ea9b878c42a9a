//! A household of two in a temporary store, and what holds for every method: the protocol and the walls between people.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use mailclient::{Config, MailClient};
use serde_json::{Value, json};
use shared::ids::SourceId;
use store::{Store, household, identities, sources};
use tempfile::TempDir;

use super::{Call, api, dispatch::METHODS, session};
use crate::{
    access::{Credential, Who},
    urls::Urls,
};

/// Every capability.
pub const ALL: [&str; 6] = [
    "urn:ietf:params:jmap:core",
    "urn:ietf:params:jmap:mail",
    "urn:ietf:params:jmap:submission",
    "urn:ietf:params:jmap:websocket",
    "urn:kinpost:sources",
    "urn:kinpost:household",
];

/// Alice (an administrator) and Bob, each with local Mailboxes.
pub struct House {
    _dir: TempDir,
    pub store: Store,
    pub mail: MailClient,
    pub alice: Who,
    pub bob: Who,
    urls: Urls,
}

impl House {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let mail = MailClient::new(store.clone(), Config::default()).unwrap();
        let alice = member(&store, "Alice", true).await;
        let bob = member(&store, "Bob", false).await;
        Self { _dir: dir, store, mail, alice, bob, urls: Urls::new("https://mail.example.org") }
    }

    pub fn call<'a>(&'a self, who: &'a Who) -> Call<'a> {
        Call { store: &self.store, blobs: self.store.blobs(), mail: &self.mail, who, urls: &self.urls }
    }

    /// A whole request; `accountId` is added where it is missing.
    pub async fn request(&self, who: &Who, using: &[&str], calls: Value) -> Vec<Value> {
        let mut calls = calls;
        for call in calls.as_array_mut().unwrap() {
            let name = call[0].as_str().unwrap().to_owned();
            let args = call[1].as_object_mut().unwrap();
            if name != "Core/echo" && !args.contains_key("accountId") {
                args.insert("accountId".into(), json!(who.account));
            }
        }
        let body = json!({ "using": using, "methodCalls": calls }).to_string();
        let answer = api(&self.call(who), body.as_bytes()).await.unwrap();
        answer["methodResponses"].as_array().unwrap().clone()
    }

    /// One call that must succeed.
    pub async fn ask(&self, who: &Who, method: &str, args: Value) -> Value {
        let responses = self.request(who, &ALL, json!([[method, args, "0"]])).await;
        assert_eq!(responses[0][0], method, "{}", responses[0][1]);
        responses[0][1].clone()
    }

    /// One call of Alice's that must succeed.
    pub async fn alice(&self, method: &str, args: Value) -> Value {
        self.ask(&self.alice, method, args).await
    }

    /// One call of Alice's that must fail: the error type.
    pub async fn fails(&self, method: &str, args: Value) -> String {
        self.fails_for(&self.alice, method, args).await
    }

    /// One call that must fail: the error type.
    pub async fn fails_for(&self, who: &Who, method: &str, args: Value) -> String {
        let responses = self.request(who, &ALL, json!([[method, args, "0"]])).await;
        assert_eq!(responses[0][0], "error", "{method} answered {}", responses[0][1]);
        responses[0][1]["type"].as_str().unwrap().to_owned()
    }

    /// Nothing in the store contradicts itself.
    pub async fn is_sound(&self) {
        let problems = store::verify(&self.store).await.unwrap();
        assert!(problems.is_empty(), "{problems:?}");
    }

    /// The id of somebody's Mailbox with a role.
    pub async fn role(&self, who: &Who, role: &str) -> String {
        let found = self.ask(who, "Mailbox/query", json!({ "filter": { "role": role } })).await;
        found["ids"][0].as_str().unwrap_or_else(|| panic!("no {role}")).to_owned()
    }

    /// Uploads bytes; the blob id.
    pub async fn upload(&self, who: &Who, bytes: &[u8]) -> String {
        let blob = self.store.blobs().put(bytes, store::blobs::Keep::Durable).await.unwrap();
        let mut tx = self.store.write().await.unwrap();
        let id =
            store::uploads::create(&mut tx, who.account, &blob, bytes.len() as u64, "message/rfc822", 1 << 30).await;
        let id = id.unwrap();
        tx.commit().await.unwrap();
        format!("bu{id}")
    }

    /// Imports a raw message; the answer's object.
    pub async fn import(&self, who: &Who, mailbox: &str, raw: &str, more: Value) -> Value {
        let blob = self.upload(who, raw.replace('\n', "\r\n").as_bytes()).await;
        let mut email = json!({ "blobId": blob, "mailboxIds": { mailbox: true } });
        email.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.ask(who, "Email/import", json!({ "emails": { "k": email } })).await;
        assert_eq!(answer["notCreated"], Value::Null, "{answer}");
        answer["created"]["k"].clone()
    }

    /// Imports a short message into the Inbox; its id.
    pub async fn letter(&self, who: &Who, subject: &str, more: Value) -> String {
        let inbox = self.role(who, "inbox").await;
        let raw = format!(
            "From: Carol <carol@example.net>\nTo: {}\nSubject: {subject}\nMessage-ID: <{:x}@example.net>\n\nText of {subject}.\n",
            who.email,
            rand::random::<u64>()
        );
        self.import(who, &inbox, &raw, more).await["id"].as_str().unwrap().to_owned()
    }

    /// Connects an IMAP account that nobody talks to, with its Identity; the Identity's id.
    pub async fn connect(&self, who: &Who) -> (SourceId, String) {
        let config = json!({
            "email": who.email, "protocol": "imap",
            "incoming": { "host": "imap.example.org", "port": 993, "security": "tls", "username": "u" },
            "outgoing": { "host": "smtp.example.org", "port": 465, "security": "tls", "username": "u" },
            "pop3Keep": "delete", "allowPlain": false,
        });
        let new = sources::NewSource {
            label: "Provider".into(),
            email: who.email.clone(),
            hue: None,
            config: config.to_string(),
            password: "secret of the provider".into(),
        };
        let mut tx = self.store.write().await.unwrap();
        let source = sources::create(&mut tx, self.store.vault(), who.account, &new).await.unwrap();
        let data = identities::IdentityData { name: who.name.clone(), email: who.email.clone(), ..Default::default() };
        let identity = identities::create(&mut tx, who.account, Some(source), &data).await.unwrap();
        tx.commit().await.unwrap();
        (source, identity.to_string())
    }
}

async fn member(store: &Store, name: &str, is_admin: bool) -> Who {
    let email = format!("{}@example.org", name.to_lowercase());
    let new = household::NewMember {
        name: name.into(),
        email: email.clone(),
        password_hash: store::secrets::hash_password("correct horse").await.unwrap(),
        is_admin,
    };
    let mut tx = store.write().await.unwrap();
    let made = household::create(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
    Who::new(made.id, made.account, name, &email, is_admin, Credential::Cookie { session: 0 })
}

#[tokio::test]
async fn calls_run_in_order_and_errors_stay_with_their_call() {
    let house = House::new().await;
    let responses = house
        .request(
            &house.alice,
            &ALL,
            json!([
                ["Core/echo", { "hello": true, "x": [1, { "y": null }] }, "a"],
                ["Foo/get", {}, "b"],
                ["Mailbox/get", { "accountId": "a999" }, "c"],
                ["Mailbox/get", { "odd": 1 }, "c2"],
                ["Core/echo", { "#x": { "resultOf": "a", "name": "Core/echo", "path": "/x/1" } }, "d"],
                ["Core/echo", { "#x": { "resultOf": "nope", "name": "Core/echo", "path": "/x" } }, "e"],
                ["Core/echo", { "#x": { "resultOf": "b", "name": "Foo/get", "path": "/x" } }, "a"],
            ]),
        )
        .await;
    assert_eq!(responses[0], json!(["Core/echo", { "hello": true, "x": [1, { "y": null }] }, "a"]));
    assert_eq!(responses[1], json!(["error", { "type": "unknownMethod" }, "b"]));
    assert_eq!(responses[2][1]["type"], "accountNotFound");
    assert_eq!(responses[3][1]["type"], "invalidArguments");
    assert_eq!(responses[4], json!(["Core/echo", { "x": { "y": null } }, "d"]));
    assert_eq!(responses[5][1]["type"], "invalidResultReference");
    assert_eq!((&responses[6][1]["type"], &responses[6][2]), (&json!("invalidResultReference"), &json!("a")));
}

#[tokio::test]
async fn a_method_exists_only_with_its_capability() {
    let house = House::new().await;
    for (name, capability) in METHODS {
        let others: Vec<&str> = ALL.into_iter().filter(|uri| *uri != capability.uri()).collect();
        let responses = house.request(&house.alice, &others, json!([[name, {}, "0"]])).await;
        assert_eq!(responses[0], json!(["error", { "type": "unknownMethod" }, "0"]), "{name}");
    }
}

#[tokio::test]
async fn no_method_works_on_somebody_elses_account() {
    let house = House::new().await;
    for (name, _) in METHODS.iter().filter(|(name, _)| *name != "Core/echo") {
        for account in [json!(house.bob.account), json!("a999"), json!("nonsense"), json!("")] {
            assert_eq!(house.fails(name, json!({ "accountId": account })).await, "accountNotFound", "{name} {account}");
        }
        assert_eq!(house.fails(name, json!({ "accountId": null })).await, "invalidArguments", "{name}");
        assert_eq!(house.fails(name, json!({ "accountId": 1 })).await, "invalidArguments", "{name}");
    }
}

#[tokio::test]
async fn creation_ids_go_in_and_out_and_are_one_map() {
    let house = House::new().await;
    let body = |created: Value| {
        json!({
            "using": ALL,
            "createdIds": created,
            "methodCalls": [
                ["Mailbox/set", { "accountId": house.alice.account, "create": { "k1": { "name": "Trips" } } }, "0"],
                ["Mailbox/set", { "accountId": house.alice.account, "create": { "k2": { "name": "Norway", "parentId": "#k1" } } }, "1"],
                ["Mailbox/set", { "accountId": house.alice.account, "destroy": ["#k2"] }, "2"],
            ],
        })
        .to_string()
    };
    let answer = api(&house.call(&house.alice), body(json!({ "old": "m1" })).as_bytes()).await.unwrap();
    let created = &answer["createdIds"];
    assert_eq!(created["old"], "m1");
    assert_eq!(answer["methodResponses"][0][1]["created"]["k1"]["id"], created["k1"]);
    assert_eq!(answer["methodResponses"][2][1]["destroyed"], json!([created["k2"]]));
    let without = body(Value::Null).replace("Trips", "Other").replace("\"createdIds\":null,", "");
    let answer = api(&house.call(&house.alice), without.as_bytes()).await.unwrap();
    assert_eq!(answer.get("createdIds"), None);
}

#[tokio::test]
async fn the_session_tells_what_there_is_and_its_state_is_the_answers() {
    let house = House::new().await;
    let told = session(&house.call(&house.alice));
    for uri in ALL {
        assert!(told["capabilities"][uri].is_object(), "{uri}");
    }
    let account = house.alice.account.to_string();
    assert_eq!(told["accounts"].as_object().unwrap().keys().collect::<Vec<_>>(), [&account]);
    assert_eq!(told["primaryAccounts"]["urn:ietf:params:jmap:mail"], account.as_str());
    assert_eq!(told["primaryAccounts"].get("urn:ietf:params:jmap:core"), None);
    assert_eq!(
        told["accounts"][&account]["accountCapabilities"]["urn:ietf:params:jmap:mail"]["mayCreateTopLevelMailbox"],
        true
    );
    assert_eq!(told["username"], "alice@example.org");
    for (name, variables) in [
        ("downloadUrl", &["{accountId}", "{blobId}", "{type}", "{name}"][..]),
        ("uploadUrl", &["{accountId}"]),
        ("eventSourceUrl", &["{types}", "{closeafter}", "{ping}"]),
    ] {
        for variable in variables {
            assert!(told[name].as_str().unwrap().contains(variable), "{name} {variable}");
        }
    }
    let answer =
        api(&house.call(&house.alice), br#"{"using":["urn:ietf:params:jmap:core"],"methodCalls":[]}"#).await.unwrap();
    assert_eq!(answer["sessionState"], told["state"]);
    assert_ne!(session(&house.call(&house.bob))["state"], told["state"]);
}

#[tokio::test]
async fn every_get_refuses_unknown_properties_and_reports_each_missing_id_once() {
    let house = House::new().await;
    for (name, id) in [
        ("Mailbox/get", "m999"),
        ("Thread/get", "t999"),
        ("Email/get", "e999"),
        ("Identity/get", "i999"),
        ("EmailSubmission/get", "s999"),
        ("Source/get", "r999"),
        ("Member/get", "u999"),
        ("Session/get", "999"),
        ("AppPassword/get", "999"),
        ("Settings/get", "x"),
    ] {
        let answer = house.alice(name, json!({ "ids": [id, "", "nonsense", id] })).await;
        assert_eq!(answer["list"], json!([]), "{name}");
        let mut missing: Vec<&str> = answer["notFound"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        missing.sort_unstable();
        assert_eq!(
            missing,
            ["", id, "nonsense"]
                .iter()
                .copied()
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>(),
            "{name}"
        );
        assert_eq!(house.alice(name, json!({ "ids": [] })).await["list"], json!([]), "{name}");
        for odd in
            [json!({ "properties": ["nonsense"] }), json!({ "ids": "m1" }), json!({ "ids": [1] }), json!({ "x": 1 })]
        {
            assert_eq!(house.fails(name, odd.clone()).await, "invalidArguments", "{name} {odd}");
        }
        let many: Vec<String> = (0..=crate::limits::MAX_OBJECTS_IN_GET).map(|n| format!("m{n}")).collect();
        assert_eq!(house.fails(name, json!({ "ids": many })).await, "requestTooLarge", "{name}");
    }
}

#[tokio::test]
async fn every_changes_starts_from_a_real_state_only() {
    let house = House::new().await;
    for name in ["Mailbox", "Thread", "Email", "Identity", "EmailSubmission", "Source"] {
        let state = house.alice(&format!("{name}/get"), json!({ "ids": [] })).await["state"].clone();
        let method = format!("{name}/changes");
        let answer = house.alice(&method, json!({ "sinceState": state })).await;
        assert_eq!((&answer["oldState"], &answer["newState"]), (&state, &state), "{name}");
        assert_eq!(answer["hasMoreChanges"], false);
        for list in ["created", "updated", "destroyed"] {
            assert_eq!(answer[list], json!([]), "{name}");
        }
        for odd in ["nonsense", "999999999", "-1", "01", ""] {
            assert_eq!(
                house.fails(&method, json!({ "sinceState": odd })).await,
                "cannotCalculateChanges",
                "{name} {odd}"
            );
        }
        assert_eq!(house.fails(&method, json!({})).await, "invalidArguments");
        assert_eq!(house.fails(&method, json!({ "sinceState": state, "maxChanges": 0 })).await, "invalidArguments");
        assert_eq!(house.fails(&method, json!({ "sinceState": state, "maxChanges": -1 })).await, "invalidArguments");
    }
}

#[tokio::test]
async fn every_set_keeps_if_in_state_and_its_limit() {
    let house = House::new().await;
    for name in
        ["Mailbox", "Email", "Identity", "EmailSubmission", "Source", "Member", "Session", "AppPassword", "Settings"]
    {
        let method = format!("{name}/set");
        assert_eq!(house.fails(&method, json!({ "ifInState": "nonsense" })).await, "stateMismatch", "{name}");
        let many: Vec<String> = (0..=crate::limits::MAX_OBJECTS_IN_SET).map(|n| format!("m{n}")).collect();
        assert_eq!(house.fails(&method, json!({ "destroy": many })).await, "requestTooLarge", "{name}");
        for odd in [
            json!({ "create": [] }),
            json!({ "create": { "k": 1 } }),
            json!({ "update": { "m1": null } }),
            json!({ "destroy": {} }),
        ] {
            assert_eq!(house.fails(&method, odd.clone()).await, "invalidArguments", "{name} {odd}");
        }
        let answer =
            house.alice(&method, json!({ "destroy": ["nonsense", "nonsense"], "update": { "nonsense2": {} } })).await;
        assert_eq!(answer["oldState"], answer["newState"], "{name}");
        assert_eq!(answer["destroyed"], Value::Null);
        assert_eq!(answer["created"], Value::Null);
        assert!(
            answer["notDestroyed"]["nonsense"]["type"].is_string()
                && answer["notUpdated"]["nonsense2"]["type"].is_string(),
            "{answer}"
        );
    }
}
