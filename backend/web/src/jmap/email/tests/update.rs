//! `Email/set`: update and destroy.

use super::*;

#[tokio::test]
async fn keywords_and_mailboxes_change_by_patch_and_as_a_whole() {
    let house = House::new().await;
    let (inbox, archive) = (house.role(&house.alice, "inbox").await, house.role(&house.alice, "archive").await);
    let id = house.letter(&house.alice, "x", json!({ "keywords": { "$flagged": true } })).await;
    let set = async |patch: Value| {
        let answer = house.alice("Email/set", json!({ "update": { &id: patch } })).await;
        assert_eq!(answer["updated"], json!({ &id: null }), "{answer}");
        email(&house, &id, &["keywords", "mailboxIds"]).await
    };
    let now = set(json!({ "keywords/$Seen": true, "keywords/$flagged": null, "keywords/Work": true })).await;
    assert_eq!(now["keywords"], json!({ "$seen": true, "work": true }));
    let now = set(json!({ "keywords": { "$draft": true }, (format!("mailboxIds/{archive}")): true })).await;
    assert_eq!(
        (&now["keywords"], &now["mailboxIds"]),
        (&json!({ "$draft": true }), &json!({ &inbox: true, &archive: true }))
    );
    let now = set(json!({ "keywords": null, (format!("mailboxIds/{inbox}")): null })).await;
    assert_eq!((&now["keywords"], &now["mailboxIds"]), (&json!({}), &json!({ &archive: true })));
    let now = set(json!({ "mailboxIds": { &inbox: true } })).await;
    assert_eq!(now["mailboxIds"], json!({ &inbox: true }));
    set(json!({})).await;
    house.is_sound().await;
}

#[tokio::test]
async fn immutable_properties_may_be_repeated_but_not_changed() {
    let house = House::new().await;
    let id = rich(&house).await;
    let properties = [
        "id",
        "blobId",
        "threadId",
        "size",
        "subject",
        "from",
        "hasAttachment",
        "preview",
        "keywords",
        "mailboxIds",
        "receivedAt",
        "bodyStructure",
        "header:X-Twice:all",
    ];
    let whole = email(&house, &id, &properties).await;
    let answer = house.alice("Email/set", json!({ "update": { &id: whole } })).await;
    assert_eq!(answer["updated"], json!({ &id: null }), "a whole object is a patch too: {answer}");
    for (patch, kind, names) in [
        (json!({ "subject": "other", "keywords/$flagged": true }), "invalidProperties", json!(["subject"])),
        (json!({ "size": 1, "threadId": "t9" }), "invalidProperties", json!(["size", "threadId"])),
        (json!({ "nonsense": 1 }), "invalidProperties", json!(["nonsense"])),
        (json!({ "mailboxIds": {} }), "invalidProperties", json!(["mailboxIds"])),
        (json!({ "mailboxIds/m999": true }), "invalidProperties", json!(["mailboxIds"])),
        (json!({ "from/0/name": "X" }), "invalidPatch", Value::Null),
        (json!({ "keywords": {}, "keywords/x": true }), "invalidPatch", Value::Null),
    ] {
        let error = refused(&house, json!({ "update": { &id: patch } })).await;
        assert_eq!((&error["type"], &error["properties"]), (&json!(kind), &names), "{patch}");
    }
    assert_eq!(email(&house, &id, &["keywords"]).await["keywords"], json!({ "$seen": true }), "nothing in part");
    assert_eq!(refused(&house, json!({ "update": { "e999": { "keywords/x": true } } })).await["type"], "notFound");
    let many: serde_json::Map<String, Value> = (0..200).map(|n| (format!("k{n}"), json!(true))).collect();
    assert_eq!(refused(&house, json!({ "update": { &id: { "keywords": many } } })).await["type"], "tooManyKeywords");
    let many: serde_json::Map<String, Value> = (1000..1200).map(|n| (format!("m{n}"), json!(true))).collect();
    assert_eq!(refused(&house, json!({ "update": { &id: { "mailboxIds": many } } })).await["type"], "tooManyMailboxes");
}

#[tokio::test]
async fn destroyed_is_gone_everywhere() {
    let house = House::new().await;
    let id = house.letter(&house.alice, "x", json!({})).await;
    let before = house.alice("Email/get", json!({ "ids": [] })).await["state"].clone();
    let answer = house.alice("Email/set", json!({ "ifInState": before, "destroy": [id, "e999"] })).await;
    assert_eq!((&answer["destroyed"], &answer["notDestroyed"]["e999"]["type"]), (&json!([id]), &json!("notFound")));
    assert_eq!(answer["oldState"], before);
    assert_eq!(house.alice("Email/get", json!({ "ids": [id] })).await["notFound"], json!([id]));
    let inbox = house.role(&house.alice, "inbox").await;
    assert_eq!(house.alice("Mailbox/get", json!({ "ids": [inbox] })).await["list"][0]["totalEmails"], 0);
    let now = house.alice("Email/get", json!({ "ids": [] })).await["state"].clone();
    assert_eq!(answer["newState"], now, "newState is what Email/get says");
    house.is_sound().await;
}

#[tokio::test]
async fn mailboxes_of_this_request_can_be_named() {
    let house = House::new().await;
    let id = house.letter(&house.alice, "x", json!({})).await;
    let responses = house
        .request(
            &house.alice,
            &crate::jmap::tests::ALL,
            json!([
                ["Mailbox/set", { "create": { "k": { "name": "New" } } }, "0"],
                ["Email/set", { "update": { &id: { "mailboxIds": { "#k": true } } } }, "1"],
                ["Email/get", { "#ids": { "resultOf": "0", "name": "Mailbox/set", "path": "/nothing" } }, "2"],
            ]),
        )
        .await;
    let mailbox = responses[0][1]["created"]["k"]["id"].as_str().unwrap();
    assert_eq!(responses[1][1]["updated"], json!({ &id: null }));
    assert_eq!(email(&house, &id, &["mailboxIds"]).await["mailboxIds"], json!({ mailbox: true }));
}
