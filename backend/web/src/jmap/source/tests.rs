//! `Source/*`: what is told, what is checked before any server is asked, and that Bob's mail accounts stay his.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use serde_json::{Value, json};

use crate::jmap::tests::House;

#[tokio::test]
async fn a_source_is_told_without_its_password() {
    let house = House::new().await;
    let state = house.alice("Source/get", json!({})).await["state"].clone();
    let (id, _) = house.connect(&house.alice).await;
    let answer = house.alice("Source/get", json!({})).await;
    let source = &answer["list"][0];
    assert_eq!(
        (&source["id"], &source["label"], &source["email"]),
        (&json!(id), &json!("Provider"), &json!("alice@example.org"))
    );
    assert_eq!(
        (&source["protocol"], &source["pop3Keep"], &source["isPrimary"]),
        (&json!("imap"), &json!("delete"), &json!(true))
    );
    assert_eq!(
        source["incoming"],
        json!({ "host": "imap.example.org", "port": 993, "security": "tls", "username": "u" })
    );
    assert!(!answer.to_string().contains("secret of the provider"));
    assert_eq!(house.fails("Source/get", json!({ "properties": ["password"] })).await, "invalidArguments");
    assert_eq!(house.alice("Source/changes", json!({ "sinceState": state })).await["created"], json!([id]));
}

#[tokio::test]
async fn simple_properties_change_without_asking_a_server() {
    let house = House::new().await;
    let (id, _) = house.connect(&house.alice).await;
    let id = id.to_string();
    let set = async |patch: Value| house.alice("Source/set", json!({ "update": { &id: patch } })).await;
    let answer = set(json!({ "label": "Work", "paused": true, "hue": 7, "sortOrder": 3 })).await;
    assert_eq!(answer["notUpdated"], Value::Null, "{answer}");
    let source = house.alice("Source/get", json!({ "ids": [id] })).await["list"][0].clone();
    assert_eq!(
        (&source["label"], &source["paused"], &source["hue"], &source["sortOrder"]),
        (&json!("Work"), &json!(true), &json!(7), &json!(3))
    );
    assert_eq!(source["state"], "paused");
    for (patch, names) in [
        (json!({ "hue": 13 }), json!(["hue"])),
        (json!({ "label": 1, "paused": "x" }), json!(["label", "paused"])),
        (json!({ "state": "fresh" }), json!(["state"])),
        (json!({ "x": 1 }), json!(["x"])),
        (json!({ "isPrimary": false }), json!(["isPrimary"])),
        (json!({ "incoming": null }), json!(["incoming"])),
        (json!({ "pop3Keep": "sometimes" }), json!(["pop3Keep"])),
    ] {
        let answer = set(patch.clone()).await;
        assert_eq!(answer["notUpdated"][&id]["properties"], names, "{patch} {answer}");
    }
}

#[tokio::test]
async fn a_creation_is_checked_before_any_server_is_asked() {
    let house = House::new().await;
    let answer = house
        .alice(
            "Source/set",
            json!({ "create": { "k": { "email": 1, "incoming": { "host": "x" }, "hue": 0, "state": "fresh" } } }),
        )
        .await;
    let error = &answer["notCreated"]["k"];
    assert_eq!(
        (&error["type"], &error["properties"]),
        (&json!("invalidProperties"), &json!(["email", "hue", "incoming", "password", "protocol", "state"]))
    );
    for args in [json!({}), json!({ "address": "nonsense" }), json!({ "address": 1 })] {
        assert_eq!(house.fails("Source/discover", args).await, "invalidArguments");
    }
    for args in [json!({}), json!({ "config": {}, "password": "x" }), json!({ "config": { "email": "a@x.org" } })] {
        assert_eq!(house.fails("Source/test", args).await, "invalidArguments");
    }
}

#[tokio::test]
async fn removing_and_checking_work_for_ones_own_only() {
    let house = House::new().await;
    let (alices, _) = house.connect(&house.alice).await;
    let (bobs, _) = house.connect(&house.bob).await;
    let before = house.ask(&house.bob, "Source/get", json!({})).await;
    assert_eq!(house.alice("Source/get", json!({ "ids": [bobs] })).await["notFound"], json!([bobs]));
    let bob = bobs.to_string();
    let answer = house.alice("Source/set", json!({ "update": { &bob: { "label": "Mine" } }, "destroy": [bob] })).await;
    assert_eq!(
        (&answer["notUpdated"][&bob]["type"], &answer["notDestroyed"][&bob]["type"]),
        (&json!("notFound"), &json!("notFound"))
    );
    let checked = house.alice("Source/check", json!({ "ids": [bobs, alices, "nonsense"] })).await;
    assert_eq!((&checked["checking"], &checked["notFound"]), (&json!([alices]), &json!(["nonsense", bobs])));
    assert_eq!(house.ask(&house.bob, "Source/get", json!({})).await, before);
    assert_eq!(house.alice("Source/set", json!({ "destroy": [alices] })).await["destroyed"], json!([alices]));
    assert_eq!(house.alice("Source/get", json!({})).await["list"], json!([]));
    assert_eq!(house.ask(&house.bob, "Source/get", json!({})).await, before);
    house.is_sound().await;
}
