//! `Mailbox/*` against RFC 8621 §2, and that Bob's Mailboxes stay his.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use serde_json::{Value, json};

use crate::jmap::tests::House;

/// Creates a Mailbox of Alice's; its id.
async fn made(house: &House, object: Value) -> String {
    let answer = house.alice("Mailbox/set", json!({ "create": { "k": object } })).await;
    answer["created"]["k"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

async fn one(house: &House, id: &str) -> Value {
    house.alice("Mailbox/get", json!({ "ids": [id] })).await["list"][0].clone()
}

/// The error type and properties of one creation, update or destruction.
async fn refused(house: &House, args: Value) -> (String, Value) {
    let answer = house.alice("Mailbox/set", args).await;
    let error = ["notCreated", "notUpdated", "notDestroyed"]
        .iter()
        .find_map(|n| answer[n].as_object()?.values().next().cloned());
    let error = error.unwrap_or_else(|| panic!("not refused: {answer}"));
    (error["type"].as_str().unwrap().to_owned(), error["properties"].clone())
}

#[tokio::test]
async fn a_mailbox_has_all_its_properties_and_a_creation_tells_what_the_client_did_not_say() {
    let house = House::new().await;
    let answer = house.alice("Mailbox/set", json!({ "create": { "k": { "name": "Trips", "sortOrder": 7 } } })).await;
    let created = &answer["created"]["k"];
    assert_eq!((created.get("name"), created.get("sortOrder")), (None, None), "the client knows these");
    assert_eq!(
        (&created["parentId"], &created["role"], &created["isSubscribed"]),
        (&Value::Null, &Value::Null, &json!(true))
    );
    assert_ne!(answer["oldState"], answer["newState"]);
    let mailbox = one(&house, created["id"].as_str().unwrap()).await;
    assert_eq!(
        (&mailbox["name"], &mailbox["sortOrder"], &mailbox["totalEmails"]),
        (&json!("Trips"), &json!(7), &json!(0))
    );
    for right in [
        "mayReadItems",
        "mayAddItems",
        "mayRemoveItems",
        "maySetSeen",
        "maySetKeywords",
        "mayCreateChild",
        "mayRename",
        "mayDelete",
        "maySubmit",
    ] {
        assert_eq!(mailbox["myRights"][right], true, "{right}");
    }
    let some = house.alice("Mailbox/get", json!({ "ids": [created["id"]], "properties": ["name"] })).await;
    assert_eq!(some["list"][0], json!({ "id": created["id"], "name": "Trips" }));
    assert_eq!(some["state"], answer["newState"]);
}

#[tokio::test]
async fn own_properties_need_their_capability() {
    let house = House::new().await;
    let using = ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"];
    let ask = async |args: Value| house.request(&house.alice, &using, json!([["Mailbox/get", args, "0"]])).await;
    assert_eq!(ask(json!({})).await[0][1]["list"][0].get("sourceId"), None);
    assert_eq!(ask(json!({ "properties": ["sourceId"] })).await[0][1]["type"], "invalidArguments");
    assert!(house.alice("Mailbox/get", json!({})).await["list"][0].get("sourceId").is_some());
}

#[tokio::test]
async fn wrong_properties_are_all_named() {
    let house = House::new().await;
    let (kind, properties) = refused(
        &house,
        json!({ "create": { "k": { "name": "", "parentId": "m999", "role": "boss", "sortOrder": -1, "isSubscribed": 1, "id": "m1", "x": 1, "totalEmails": 0 } } }),
    )
    .await;
    assert_eq!(kind, "invalidProperties");
    assert_eq!(properties, json!(["id", "isSubscribed", "name", "parentId", "role", "sortOrder", "totalEmails", "x"]));
    for name in [json!(null), json!(1), json!("a\u{7}b"), json!("x".repeat(2000))] {
        assert_eq!(refused(&house, json!({ "create": { "k": { "name": name } } })).await.1, json!(["name"]), "{name}");
    }
    let id = made(&house, json!({ "name": "Trips" })).await;
    let update = |patch: Value| json!({ "update": { &id: patch } });
    assert_eq!(refused(&house, update(json!({ "name": null }))).await, ("invalidProperties".into(), json!(["name"])));
    assert_eq!(refused(&house, update(json!({ "totalEmails": 5 }))).await.1, json!(["totalEmails"]));
    assert_eq!(refused(&house, update(json!({ "myRights/mayDelete": false }))).await.1, json!(["myRights"]));
    assert_eq!(refused(&house, update(json!({ "x": 1 }))).await.1, json!(["x"]));
    assert_eq!(refused(&house, update(json!({ "parentId": &id }))).await.1, json!(["parentId"]));
    assert_eq!(refused(&house, update(json!({ "name/x": 1 }))).await.0, "invalidPatch");
    let before = one(&house, &id).await;
    assert_eq!(
        house.alice("Mailbox/set", update(before.clone())).await["updated"][&id],
        Value::Null,
        "a whole object is a patch too"
    );
    assert_eq!(one(&house, &id).await, before);
}

#[tokio::test]
async fn siblings_have_different_names_and_a_role_has_one_mailbox() {
    let house = House::new().await;
    let trips = made(&house, json!({ "name": "Trips" })).await;
    assert_eq!(
        refused(&house, json!({ "create": { "k": { "name": "Trips" } } })).await,
        ("invalidProperties".into(), json!(["name"]))
    );
    let below = made(&house, json!({ "name": "Trips", "parentId": trips })).await;
    assert_eq!(refused(&house, json!({ "update": { &below: { "parentId": null } } })).await.1, json!(["name"]));
    assert_eq!(
        refused(&house, json!({ "create": { "k": { "name": "Mine", "role": "inbox" } } })).await.1,
        json!(["role"])
    );
    assert_eq!(refused(&house, json!({ "update": { &trips: { "role": "sent" } } })).await.1, json!(["role"]));
    assert_eq!(refused(&house, json!({ "update": { &trips: { "parentId": below } } })).await.1, json!(["parentId"]));
}

#[tokio::test]
async fn only_the_end_counts() {
    let house = House::new().await;
    let (a, b) = (made(&house, json!({ "name": "A" })).await, made(&house, json!({ "name": "B" })).await);
    let answer = house.alice("Mailbox/set", json!({ "update": { &a: { "name": "B" }, &b: { "name": "A" } } })).await;
    assert_eq!(answer["notUpdated"], Value::Null, "two Mailboxes may trade their names: {answer}");
    assert_eq!((&one(&house, &a).await["name"], &one(&house, &b).await["name"]), (&json!("B"), &json!("A")));
    let answer = house.alice("Mailbox/set", json!({ "create": { "k": { "name": "A" } }, "destroy": [b] })).await;
    assert_eq!(
        (&answer["notCreated"], &answer["destroyed"]),
        (&Value::Null, &json!([b])),
        "the name is free at the end"
    );
    let answer = house
        .alice(
            "Mailbox/set",
            json!({ "create": { "a": { "name": "Leaf", "parentId": "#z" }, "z": { "name": "Root" } } }),
        )
        .await;
    assert_eq!(answer["notCreated"], Value::Null, "a parent made in the same call: {answer}");
    let leaf = one(&house, answer["created"]["a"]["id"].as_str().unwrap()).await;
    assert_eq!(leaf["parentId"], answer["created"]["z"]["id"]);
    assert_eq!(
        refused(&house, json!({ "create": { "k": { "name": "X", "parentId": "#nobody" } } })).await.1,
        json!(["parentId"])
    );
    house.is_sound().await;
}

#[tokio::test]
async fn a_mailbox_with_children_or_mail_is_not_destroyed_by_mistake() {
    let house = House::new().await;
    let trips = made(&house, json!({ "name": "Trips" })).await;
    let below = made(&house, json!({ "name": "Norway", "parentId": trips })).await;
    let destroy = |id: &str| json!({ "destroy": [id] });
    assert_eq!(refused(&house, destroy(&trips)).await.0, "mailboxHasChild");
    let email = house.import(&house.alice, &below, "Subject: x\n\nx\n", json!({})).await["id"].clone();
    let inbox = house.role(&house.alice, "inbox").await;
    let kept = house
        .import(&house.alice, &below, "Subject: y\n\ny\n", json!({ "mailboxIds": { &below: true, &inbox: true } }))
        .await["id"]
        .clone();
    assert_eq!(refused(&house, destroy(&below)).await.0, "mailboxHasEmail");
    let answer =
        house.alice("Mailbox/set", json!({ "destroy": [&trips, &below], "onDestroyRemoveEmails": true })).await;
    assert_eq!(answer["notDestroyed"], Value::Null, "{answer}");
    let emails = house.alice("Email/get", json!({ "ids": [email, kept], "properties": ["mailboxIds"] })).await;
    assert_eq!(emails["notFound"], json!([email]));
    assert_eq!(emails["list"], json!([{ "id": kept, "mailboxIds": { inbox: true } }]));
    assert_eq!(refused(&house, destroy(&trips)).await.0, "notFound");
    house.is_sound().await;
}

#[tokio::test]
async fn changes_tell_when_only_counts_changed() {
    let house = House::new().await;
    let trips = made(&house, json!({ "name": "Trips" })).await;
    let state = house.alice("Mailbox/get", json!({ "ids": [] })).await["state"].clone();
    house.import(&house.alice, &trips, "Subject: x\n\nx\n", json!({})).await;
    let answer = house.alice("Mailbox/changes", json!({ "sinceState": state })).await;
    assert_eq!(answer["updated"], json!([trips]));
    assert_eq!(answer["updatedProperties"], json!(["totalEmails", "unreadEmails", "totalThreads", "unreadThreads"]));
    let counts = one(&house, &trips).await;
    for name in ["totalEmails", "unreadEmails", "totalThreads", "unreadThreads"] {
        assert_eq!(counts[name], 1, "{name}");
    }
    house.alice("Mailbox/set", json!({ "update": { &trips: { "name": "Journeys" } } })).await;
    let answer = house.alice("Mailbox/changes", json!({ "sinceState": state })).await;
    assert_eq!((&answer["updated"], &answer["updatedProperties"]), (&json!([trips]), &Value::Null));
    let new = made(&house, json!({ "name": "New" })).await;
    house.alice("Mailbox/set", json!({ "destroy": [trips], "onDestroyRemoveEmails": true })).await;
    let answer = house.alice("Mailbox/changes", json!({ "sinceState": state })).await;
    assert_eq!(
        (&answer["created"], &answer["updated"], &answer["destroyed"]),
        (&json!([new]), &json!([]), &json!([trips]))
    );
    let mut at = state;
    let mut seen = Vec::new();
    loop {
        let step = house.alice("Mailbox/changes", json!({ "sinceState": at, "maxChanges": 1 })).await;
        let lists = ["created", "updated", "destroyed"].map(|n| step[n].as_array().unwrap().clone()).concat();
        assert!(lists.len() <= 1, "{step}");
        seen.extend(lists);
        at = step["newState"].clone();
        if step["hasMoreChanges"] == false {
            break;
        }
    }
    assert!(seen.contains(&json!(new)) && seen.contains(&json!(trips)), "{seen:?}");
}

#[tokio::test]
async fn queries_filter_sort_and_know_the_tree() {
    let house = House::new().await;
    let mut ids = std::collections::BTreeMap::new();
    for (name, parent, order) in
        [("b", None, 10), ("a", None, 20), ("B2", Some("b"), 1), ("b1", Some("b"), 2), ("a1", Some("a"), 1)]
    {
        let parent = parent.map(|name| &ids[name]);
        let id =
            made(&house, json!({ "name": name, "parentId": parent, "sortOrder": order, "isSubscribed": name != "a" }))
                .await;
        ids.insert(name, id);
    }
    let names = |answer: &Value| {
        let name = |id: &Value| ids.iter().find(|(_, known)| id == known.as_str()).map(|(name, _)| *name);
        answer["ids"].as_array().unwrap().iter().filter_map(name).collect::<Vec<_>>().join(" ")
    };
    let query = async |args: Value| names(&house.alice("Mailbox/query", args).await);
    let no_role = json!({ "hasAnyRole": false });
    let by_name = json!([{ "property": "name" }]);
    assert_eq!(query(json!({ "filter": no_role, "sort": by_name })).await, "a a1 b b1 B2");
    assert_eq!(query(json!({ "filter": no_role, "sort": [{ "property": "sortOrder", "isAscending": false }, { "property": "name" }] })).await, "a b b1 a1 B2");
    assert_eq!(query(json!({ "filter": no_role, "sort": by_name, "sortAsTree": true })).await, "a a1 b b1 B2");
    assert_eq!(
        query(json!({ "filter": no_role, "sort": [{ "property": "sortOrder" }], "sortAsTree": true })).await,
        "b B2 b1 a a1"
    );
    assert_eq!(query(json!({ "filter": { "parentId": ids["b"] }, "sort": by_name })).await, "b1 B2");
    assert_eq!(query(json!({ "filter": { "name": "B" }, "sort": by_name })).await, "b b1 B2");
    assert_eq!(query(json!({ "filter": { "name": "1" }, "sort": by_name })).await, "a1 b1");
    assert_eq!(
        query(json!({ "filter": { "name": "1" }, "filterAsTree": true })).await,
        "",
        "their parents do not match"
    );
    assert_eq!(query(json!({ "filter": { "isSubscribed": false } })).await, "a");
    assert_eq!(query(json!({ "filter": { "parentId": "nonsense" } })).await, "");
    assert_eq!(query(json!({ "filter": { "operator": "NOT", "conditions": [{ "hasAnyRole": true }, { "name": "b" }] }, "sort": by_name })).await, "a a1");
    let inbox = house.role(&house.alice, "inbox").await;
    let top = house.alice("Mailbox/query", json!({ "filter": { "parentId": null, "role": "inbox" } })).await;
    assert_eq!(top["ids"], json!([inbox]));
    let answer = house
        .alice(
            "Mailbox/query",
            json!({ "filter": no_role, "sort": by_name, "position": 1, "limit": 2, "calculateTotal": true }),
        )
        .await;
    assert_eq!((names(&answer).as_str(), &answer["position"], &answer["total"]), ("a1 b", &json!(1), &json!(5)));
    assert_eq!(house.fails("Mailbox/query", json!({ "sort": [{ "property": "role" }] })).await, "unsupportedSort");
    assert_eq!(house.fails("Mailbox/query", json!({ "filter": { "x": 1 } })).await, "invalidArguments");
    assert_eq!(house.fails("Mailbox/query", json!({ "anchor": "m999" })).await, "anchorNotFound");
}

/// Lays the answer of `/queryChanges` over a cached list (RFC 8620 §5.6).
fn spliced(cached: &Value, changes: &Value) -> Value {
    let mut ids = cached.as_array().unwrap().clone();
    ids.retain(|id| !changes["removed"].as_array().unwrap().contains(id));
    for added in changes["added"].as_array().unwrap() {
        let index = usize::try_from(added["index"].as_u64().unwrap()).unwrap();
        ids.insert(index, added["id"].clone());
    }
    json!(ids)
}

#[tokio::test]
async fn query_changes_bring_a_cached_list_up_to_date() {
    let house = House::new().await;
    let (b, d) = (made(&house, json!({ "name": "b" })).await, made(&house, json!({ "name": "d" })).await);
    let questions = [
        json!({ "sort": [{ "property": "name" }], "filter": { "hasAnyRole": false } }),
        json!({ "sort": [{ "property": "name" }], "sortAsTree": true, "filterAsTree": true }),
    ];
    let mut cached = Vec::new();
    for question in &questions {
        cached.push(house.alice("Mailbox/query", question.clone()).await);
    }
    let c = made(&house, json!({ "name": "c" })).await;
    house.alice("Mailbox/set", json!({ "update": { &b: { "name": "z" } }, "destroy": [d] })).await;
    house.alice("Mailbox/set", json!({ "create": { "k": { "name": "a", "parentId": c } } })).await;
    for (question, before) in questions.iter().zip(&cached) {
        let now = house.alice("Mailbox/query", question.clone()).await;
        let mut args = question.clone();
        args["sinceQueryState"] = before["queryState"].clone();
        args["calculateTotal"] = json!(true);
        let changes = house.alice("Mailbox/queryChanges", args.clone()).await;
        assert_eq!(spliced(&before["ids"], &changes), now["ids"]);
        assert_eq!(changes["newQueryState"], now["queryState"]);
        assert_eq!(changes["total"], now["ids"].as_array().unwrap().len());
        args["maxChanges"] = json!(1);
        assert_eq!(house.fails("Mailbox/queryChanges", args).await, "tooManyChanges");
    }
    assert_eq!(
        house.fails("Mailbox/queryChanges", json!({ "sinceQueryState": "nonsense" })).await,
        "cannotCalculateChanges"
    );
}

#[tokio::test]
async fn bobs_mailboxes_do_not_exist_for_alice() {
    let house = House::new().await;
    let bobs = house.role(&house.bob, "archive").await;
    let before = house.ask(&house.bob, "Mailbox/get", json!({})).await;
    assert_eq!(house.alice("Mailbox/get", json!({ "ids": [bobs] })).await["notFound"], json!([bobs]));
    assert_eq!(house.alice("Mailbox/query", json!({ "filter": { "parentId": bobs } })).await["ids"], json!([]));
    assert_eq!(refused(&house, json!({ "update": { &bobs: { "name": "Mine" } } })).await.0, "notFound");
    assert_eq!(refused(&house, json!({ "destroy": [bobs], "onDestroyRemoveEmails": true })).await.0, "notFound");
    assert_eq!(
        refused(&house, json!({ "create": { "k": { "name": "Below", "parentId": bobs } } })).await.1,
        json!(["parentId"])
    );
    assert!(!house.alice("Mailbox/query", json!({})).await["ids"].as_array().unwrap().contains(&json!(bobs)));
    assert_eq!(house.ask(&house.bob, "Mailbox/get", json!({})).await, before);
}

#[tokio::test]
async fn a_mailbox_can_be_made_at_a_mail_account_with_a_duty_there() {
    let house = House::new().await;
    let (primary, _) = house.connect(&house.alice).await;
    let (second, _) = house.connect(&house.alice).await;
    let (bobs, _) = house.connect(&house.bob).await;
    let create = async |object: Value| house.alice("Mailbox/set", json!({ "create": { "k": object } })).await;
    let answer = create(json!({ "name": "Keep", "sourceId": second, "sourceRole": "archive" })).await;
    let id = answer["created"]["k"]["id"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let mailbox = one(&house, id).await;
    assert_eq!(
        (&mailbox["sourceId"], &mailbox["sourceRole"], &mailbox["role"]),
        (&json!(second), &json!("archive"), &Value::Null)
    );
    let answer = create(json!({ "name": "Kept", "sourceId": primary })).await;
    assert_eq!(one(&house, answer["created"]["k"]["id"].as_str().unwrap()).await["sourceId"], json!(primary));
    let answer = create(json!({ "name": "X", "sourceId": bobs, "sourceRole": "boss" })).await;
    assert_eq!(answer["notCreated"]["k"]["properties"], json!(["sourceId", "sourceRole"]));
    house.is_sound().await;
}
