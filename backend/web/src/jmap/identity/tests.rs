//! `Identity/*` against RFC 8621 §6, and that Bob's Identities stay his.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Value, json};

use crate::jmap::tests::House;

#[tokio::test]
async fn an_identity_can_be_made_changed_and_destroyed() {
    let house = House::new().await;
    let state = house.alice("Identity/get", json!({})).await["state"].clone();
    let answer = house.alice("Identity/set", json!({ "create": { "k": { "email": "alice@example.org", "name": "Al", "bcc": [{ "name": null, "email": "log@example.org" }] } } })).await;
    let created = &answer["created"]["k"];
    assert_eq!(
        (&created["replyTo"], &created["textSignature"], &created["mayDelete"]),
        (&Value::Null, &json!(""), &json!(true)),
        "{answer}"
    );
    let id = created["id"].as_str().unwrap();
    let answer = house.alice("Identity/set", json!({ "update": { id: { "name": null, "textSignature": "-- \nAl", "replyTo": [{ "name": "A", "email": "a@example.org" }] } } })).await;
    assert_eq!(answer["updated"], json!({ id: null }), "{answer}");
    let now = house.alice("Identity/get", json!({ "ids": [id] })).await["list"][0].clone();
    assert_eq!(
        (&now["name"], &now["textSignature"], &now["htmlSignature"]),
        (&json!(""), &json!("-- \nAl"), &json!(""))
    );
    assert_eq!(
        (&now["replyTo"][0]["email"], &now["bcc"][0]["email"]),
        (&json!("a@example.org"), &json!("log@example.org"))
    );
    assert_eq!(house.alice("Identity/changes", json!({ "sinceState": state })).await["created"], json!([id]));
    assert_eq!(house.alice("Identity/set", json!({ "destroy": [id] })).await["destroyed"], json!([id]));
}

#[tokio::test]
async fn wrong_properties_and_foreign_addresses_are_refused() {
    let house = House::new().await;
    let create = async |object: Value| {
        house.alice("Identity/set", json!({ "create": { "k": object } })).await["notCreated"]["k"].clone()
    };
    assert_eq!(create(json!({ "email": "ceo@example.com" })).await["type"], "forbiddenFrom");
    let error =
        create(json!({ "email": "nonsense", "name": 1, "bcc": [1], "replyTo": "x", "mayDelete": true, "x": 1 })).await;
    assert_eq!(
        (&error["type"], &error["properties"]),
        (&json!("invalidProperties"), &json!(["bcc", "email", "mayDelete", "name", "replyTo", "x"]))
    );
    let own = house.alice("Identity/get", json!({})).await["list"][0].clone();
    let id = own["id"].as_str().unwrap();
    let update = async |patch: Value| house.alice("Identity/set", json!({ "update": { id: patch } })).await;
    assert_eq!(update(json!({ "email": "other@example.org" })).await["notUpdated"][id]["properties"], json!(["email"]));
    assert_eq!(update(own.clone()).await["updated"], json!({ id: null }), "a whole object is a patch too");
    assert_eq!(own["mayDelete"], false);
    assert_eq!(house.alice("Identity/set", json!({ "destroy": [id] })).await["notDestroyed"][id]["type"], "forbidden");
}

#[tokio::test]
async fn bobs_identities_do_not_exist_for_alice() {
    let house = House::new().await;
    let before = house.ask(&house.bob, "Identity/get", json!({})).await;
    let id = before["list"][0]["id"].as_str().unwrap();
    assert_eq!(house.alice("Identity/get", json!({ "ids": [id] })).await["notFound"], json!([id]));
    assert_eq!(
        house.alice("Identity/set", json!({ "update": { id: { "name": "Alice" } } })).await["notUpdated"][id]["type"],
        "notFound"
    );
    assert_eq!(house.alice("Identity/set", json!({ "destroy": [id] })).await["notDestroyed"][id]["type"], "notFound");
    let taken = house.alice("Identity/set", json!({ "create": { "k": { "email": "bob@example.org" } } })).await;
    assert_eq!(taken["notCreated"]["k"]["type"], "forbiddenFrom");
    assert_eq!(house.ask(&house.bob, "Identity/get", json!({})).await, before);
}
