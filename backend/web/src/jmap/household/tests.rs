//! `urn:kinpost:household`: administrators and the others, secrets told once, and the walls between people.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use serde_json::{Value, json};
use store::{app_passwords, household, sessions};

use crate::{
    access::{Credential, Who},
    jmap::tests::House,
};

#[tokio::test]
async fn an_administrator_looks_after_members() {
    let house = House::new().await;
    let answer = house
        .alice(
            "Member/set",
            json!({ "create": { "k": { "name": "Carol", "email": "carol@example.org", "password": "a good one" } } }),
        )
        .await;
    let id = answer["created"]["k"]["id"].as_str().unwrap_or_else(|| panic!("{answer}"));
    assert_eq!(answer["created"]["k"]["isAdmin"], false);
    assert!(household::log_in(&house.store, "carol@example.org", "a good one").await.unwrap().is_some());
    let answer =
        house.alice("Member/set", json!({ "update": { id: { "name": "Caroline", "password": "another one" } } })).await;
    assert_eq!(answer["updated"], json!({ id: null }), "{answer}");
    assert!(household::log_in(&house.store, "carol@example.org", "a good one").await.unwrap().is_none());
    assert!(household::log_in(&house.store, "carol@example.org", "another one").await.unwrap().is_some());
    let all = house.alice("Member/get", json!({})).await;
    assert!(all["list"].as_array().unwrap().iter().any(|m| m["name"] == "Caroline"));
    assert!(!all.to_string().contains("argon2"));
    assert_eq!(house.alice("Member/set", json!({ "destroy": [id] })).await["destroyed"], json!([id]));
}

#[tokio::test]
async fn members_are_checked() {
    let house = House::new().await;
    let create = async |object: Value| {
        house.alice("Member/set", json!({ "create": { "k": object } })).await["notCreated"]["k"].clone()
    };
    let good = json!({ "name": "Carol", "email": "carol@example.org", "password": "a good one" });
    for (name, value) in [
        ("email", json!("nonsense")),
        ("password", json!("short")),
        ("name", json!(" ")),
        ("email", json!("bob@example.org")),
        ("isAdmin", json!(1)),
        ("x", json!(1)),
    ] {
        let mut object = good.clone();
        object[name] = value;
        assert_eq!(create(object.clone()).await["properties"], json!([name]), "{object}");
    }
    let me = house.alice.member.to_string();
    let answer = house.alice("Member/set", json!({ "destroy": [me], "update": { &me: { "isAdmin": false } } })).await;
    assert_eq!(answer["notDestroyed"][&me]["type"], "forbidden");
    assert_eq!(answer["notUpdated"][&me]["type"], "forbidden", "the last administrator stays one: {answer}");
}

#[tokio::test]
async fn others_see_and_rename_only_themselves() {
    let house = House::new().await;
    let (alice, bob) = (house.alice.member.to_string(), house.bob.member.to_string());
    let seen = house.ask(&house.bob, "Member/get", json!({ "ids": [alice, bob] })).await;
    assert_eq!((&seen["list"][0]["id"], &seen["notFound"]), (&json!(bob), &json!([alice])));
    let set = async |args: Value| house.ask(&house.bob, "Member/set", args).await;
    assert_eq!(set(json!({ "update": { &bob: { "name": "Bobby" } } })).await["updated"], json!({ &bob: null }));
    for patch in
        [json!({ "isAdmin": true }), json!({ "password": "a new password" }), json!({ "email": "x@example.org" })]
    {
        assert_eq!(set(json!({ "update": { &bob: patch } })).await["notUpdated"][&bob]["type"], "forbidden");
    }
    assert_eq!(set(json!({ "update": { &alice: { "name": "X" } } })).await["notUpdated"][&alice]["type"], "notFound");
    assert_eq!(
        set(json!({ "destroy": [&alice, &bob] })).await["notDestroyed"],
        json!({ &alice: { "type": "notFound" }, &bob: { "type": "forbidden", "description": "only an administrator may do this" } })
    );
    let create = json!({ "create": { "k": { "name": "C", "email": "c@example.org", "password": "a good one" } } });
    assert_eq!(set(create).await["notCreated"]["k"]["type"], "forbidden");
}

#[tokio::test]
async fn a_password_changes_with_the_old_one_only() {
    let house = House::new().await;
    assert_eq!(house.fails("Password/set", json!({ "old": "wrong", "new": "a new password" })).await, "wrongPassword");
    assert_eq!(
        house.fails("Password/set", json!({ "old": "correct horse", "new": "short" })).await,
        "invalidArguments"
    );
    house.alice("Password/set", json!({ "old": "correct horse", "new": "a new password" })).await;
    assert!(household::log_in(&house.store, "alice@example.org", "a new password").await.unwrap().is_some());
    assert!(household::log_in(&house.store, "bob@example.org", "correct horse").await.unwrap().is_some());
}

#[tokio::test]
async fn an_app_password_is_told_once_and_is_not_a_person() {
    let house = House::new().await;
    let answer = house.alice("AppPassword/set", json!({ "create": { "k": { "label": "Phone" } } })).await;
    let secret = answer["created"]["k"]["secret"].as_str().unwrap().to_owned();
    let id = answer["created"]["k"]["id"].as_str().unwrap().to_owned();
    let listed = house.alice("AppPassword/get", json!({})).await;
    assert_eq!(listed["list"][0]["label"], "Phone");
    assert!(!listed.to_string().contains(&secret));
    for odd in [json!({}), json!({ "label": "" }), json!({ "label": "x", "secret": "y" }), json!({ "label": 1 })] {
        let answer = house.alice("AppPassword/set", json!({ "create": { "k": odd } })).await;
        assert_eq!(answer["notCreated"]["k"]["type"], "invalidProperties", "{odd}");
    }
    let by_app = Who::new(
        house.alice.member,
        house.alice.account,
        "Alice",
        "alice@example.org",
        true,
        Credential::AppPassword { id: 1 },
    );
    for method in ["Member/set", "AppPassword/set"] {
        assert_eq!(house.fails_for(&by_app, method, json!({})).await, "forbidden");
    }
    assert_eq!(
        house.fails_for(&by_app, "Password/set", json!({ "old": "correct horse", "new": "a new password" })).await,
        "forbidden"
    );
    let bobs = house.ask(&house.bob, "AppPassword/set", json!({ "destroy": [id] })).await;
    assert_eq!(bobs["notDestroyed"][&id]["type"], "notFound", "not Bob's to revoke");
    assert_eq!(house.alice("AppPassword/set", json!({ "destroy": [id] })).await["destroyed"], json!([id]));
    let mut reader = house.store.read().await.unwrap();
    assert_eq!(app_passwords::by_secret(&mut reader, house.store.vault(), &secret).await.unwrap(), None);
}

#[tokio::test]
async fn browsers_are_listed_and_logged_out_by_their_own_person() {
    let house = House::new().await;
    let mut tx = house.store.write().await.unwrap();
    let (id, token) =
        sessions::create(&mut tx, house.store.vault(), house.alice.member, "Firefox", store::now_ms()).await.unwrap();
    tx.commit().await.unwrap();
    let list = house.alice("Session/get", json!({})).await["list"].clone();
    assert_eq!(
        (&list[0]["id"], &list[0]["userAgent"], &list[0]["isCurrent"]),
        (&json!(id.to_string()), &json!("Firefox"), &json!(false))
    );
    assert!(!list.to_string().contains(&token));
    assert_eq!(house.ask(&house.bob, "Session/get", json!({})).await["list"], json!([]));
    let bobs = house.ask(&house.bob, "Session/set", json!({ "destroy": [id.to_string()] })).await;
    assert_eq!(bobs["notDestroyed"][id.to_string()]["type"], "notFound");
    assert_eq!(
        house.alice("Session/set", json!({ "destroy": [id.to_string()] })).await["destroyed"],
        json!([id.to_string()])
    );
}

#[tokio::test]
async fn settings_are_one_checked_object_each() {
    let house = House::new().await;
    let settings = house.alice("Settings/get", json!({})).await["list"][0].clone();
    assert_eq!(
        settings,
        json!({ "id": "singleton", "theme": "auto", "undoSeconds": 10, "density": "comfortable", "singleKeys": true })
    );
    let set = async |patch: Value| house.alice("Settings/set", json!({ "update": { "singleton": patch } })).await;
    assert_eq!(set(json!({ "theme": "dark", "undoSeconds": 30 })).await["updated"], json!({ "singleton": null }));
    for (name, value) in [
        ("theme", json!("pink")),
        ("undoSeconds", json!(7)),
        ("density", json!(1)),
        ("singleKeys", json!("no")),
        ("x", json!(1)),
        ("id", json!("y")),
    ] {
        assert_eq!(set(json!({ name: value })).await["notUpdated"]["singleton"]["properties"], json!([name]));
    }
    let now =
        house.alice("Settings/get", json!({ "ids": ["singleton"], "properties": ["theme"] })).await["list"][0].clone();
    assert_eq!(now, json!({ "id": "singleton", "theme": "dark" }));
    assert_eq!(house.ask(&house.bob, "Settings/get", json!({})).await["list"][0]["theme"], "auto");
    let answer = house.alice("Settings/set", json!({ "create": { "k": {} }, "destroy": ["singleton"] })).await;
    assert_eq!(
        (&answer["notCreated"]["k"]["type"], &answer["notDestroyed"]["singleton"]["type"]),
        (&json!("singleton"), &json!("singleton"))
    );
}

#[tokio::test]
async fn contacts_come_from_ones_own_mail() {
    let house = House::new().await;
    house.letter(&house.alice, "hello", json!({})).await;
    let found = house.alice("Contact/query", json!({ "text": "car", "limit": 5 })).await;
    assert_eq!(found["list"], json!([{ "name": "Carol", "email": "carol@example.net" }]));
    assert_eq!(house.ask(&house.bob, "Contact/query", json!({ "text": "car" })).await["list"], json!([]));
}
