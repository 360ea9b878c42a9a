//! `EmailSubmission/*` against RFC 8621 §7, and that Bob's letters stay his. Nobody delivers here: the outbox does not run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use serde_json::{Value, json};
use store::submissions::{self, Stage, Update};

use crate::jmap::tests::{ALL, House};

/// Alice with a connected account: a draft in a local Mailbox and the Identity to send it from.
async fn draft(house: &House, more: Value) -> (String, String) {
    let (_, identity) = house.connect(&house.alice).await;
    (one_draft(house, more).await, identity)
}

async fn one_draft(house: &House, more: Value) -> String {
    let drafts = house.alice("Mailbox/query", json!({ "filter": { "name": "Drafts" } })).await["ids"][0].clone();
    let mut email = json!({
        "mailboxIds": { drafts.as_str().unwrap(): true }, "keywords": { "$draft": true },
        "from": [{ "name": "Alice", "email": "alice@example.org" }],
        "to": [{ "name": "Bob", "email": "bob@example.org" }], "cc": [{ "email": "BOB@example.org" }], "bcc": [{ "email": "secret@example.net" }],
        "subject": "Hello", "bodyValues": { "t": { "value": "Hi" } }, "textBody": [{ "partId": "t", "type": "text/plain" }],
    });
    email.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    email.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    let answer = house.alice("Email/set", json!({ "create": { "d": email } })).await;
    answer["created"]["d"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

async fn send(house: &House, object: Value) -> Value {
    house.alice("EmailSubmission/set", json!({ "create": { "s": object } })).await
}

fn held(email: &str, identity: &str) -> Value {
    json!({
        "identityId": identity, "emailId": email,
        "envelope": { "mailFrom": { "email": "alice@example.org", "parameters": { "HOLDFOR": "600" } }, "rcptTo": [{ "email": "bob@example.org" }] },
    })
}

#[tokio::test]
async fn the_envelope_is_made_from_the_email() {
    let house = House::new().await;
    let (email, identity) = draft(&house, json!({})).await;
    let answer = send(&house, json!({ "identityId": identity, "emailId": email })).await;
    let created = &answer["created"]["s"];
    let id = created["id"].as_str().unwrap_or_else(|| panic!("{answer}"));
    assert_eq!(created.get("emailId"), None, "the client knows it");
    assert!(created["sendAt"].is_string() && created["threadId"].is_string() && created["deliveryStatus"].is_object());
    let letter = house.alice("EmailSubmission/get", json!({ "ids": [id] })).await["list"][0].clone();
    assert_eq!(letter["envelope"]["mailFrom"]["email"], "alice@example.org");
    let to: Vec<&str> =
        letter["envelope"]["rcptTo"].as_array().unwrap().iter().map(|a| a["email"].as_str().unwrap()).collect();
    assert_eq!(to, ["bob@example.org", "secret@example.net"]);
    assert_eq!(letter["undoStatus"], "final", "without a hold nothing can be undone");
    assert_eq!(letter["deliveryStatus"]["bob@example.org"]["delivered"], "queued");
    assert_eq!((&letter["dsnBlobIds"], &letter["mdnBlobIds"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn a_held_letter_can_be_called_back_and_its_email_returns() {
    let house = House::new().await;
    let (email, identity) = draft(&house, json!({})).await;
    let sent =
        house.alice("Mailbox/set", json!({ "create": { "k": { "name": "Out" } } })).await["created"]["k"]["id"].clone();
    let before =
        house.alice("Email/get", json!({ "ids": [email], "properties": ["mailboxIds", "keywords"] })).await["list"][0]
            .clone();
    let local = before["mailboxIds"].as_object().unwrap().keys().next().unwrap().clone();
    let patch = json!({ "keywords/$draft": null, "keywords/$seen": true });
    let args = json!({ "create": { "s": held(&email, &identity) }, "onSuccessUpdateEmail": { "#s": patch } });
    let responses = house.request(&house.alice, &ALL, json!([["EmailSubmission/set", args, "x"]])).await;
    assert_eq!(
        (&responses[1][0], &responses[1][2]),
        (&json!("Email/set"), &json!("x")),
        "the implicit call: {responses:?}"
    );
    assert_eq!(responses[1][1]["updated"], json!({ &email: null }));
    assert_ne!(responses[1][1]["oldState"], responses[1][1]["newState"]);
    let after = house.alice("Email/get", json!({ "ids": [email], "properties": ["keywords"] })).await;
    assert_eq!(
        (&after["list"][0]["keywords"], &after["state"]),
        (&json!({ "$seen": true }), &responses[1][1]["newState"])
    );
    let id = responses[0][1]["created"]["s"]["id"].as_str().unwrap();
    let letter = house.alice("EmailSubmission/get", json!({ "ids": [id] })).await["list"][0].clone();
    assert_eq!(letter["undoStatus"], "pending");
    let set = async |patch: Value| house.alice("EmailSubmission/set", json!({ "update": { id: patch } })).await;
    assert_eq!(set(letter.clone()).await["updated"], json!({ id: null }), "a whole object is a patch too");
    assert_eq!(
        set(json!({ "sendAt": "2030-01-01T00:00:00Z" })).await["notUpdated"][id]["properties"],
        json!(["sendAt"])
    );
    assert_eq!(set(json!({ "undoStatus": "final" })).await["notUpdated"][id]["type"], "invalidProperties");
    assert_eq!(set(json!({ "undoStatus": "canceled" })).await["updated"], json!({ id: null }));
    assert_eq!(house.alice("EmailSubmission/get", json!({ "ids": [id] })).await["list"][0]["undoStatus"], "canceled");
    let now =
        house.alice("Email/get", json!({ "ids": [email], "properties": ["mailboxIds", "keywords"] })).await["list"][0]
            .clone();
    assert_eq!((&now, now["mailboxIds"].get(&local)), (&before, Some(&json!(true))));
    assert_eq!(set(json!({ "undoStatus": "pending" })).await["notUpdated"][id]["type"], "invalidProperties");
    assert!(sent.is_string());
    house.is_sound().await;
}

#[tokio::test]
async fn a_letter_that_left_cannot_be_called_back() {
    let house = House::new().await;
    let (email, identity) = draft(&house, json!({})).await;
    let id = send(&house, json!({ "identityId": identity, "emailId": email })).await["created"]["s"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = house
        .alice("EmailSubmission/set", json!({ "update": { &id: { "undoStatus": "canceled" } }, "destroy": [id] }))
        .await;
    assert_eq!(answer["notUpdated"][&id]["type"], "cannotUnsend");
    assert_eq!(answer["notDestroyed"][&id]["type"], "forbidden", "still on its way");
    let letter: shared::ids::SubmissionId = id.parse().unwrap();
    let mut tx = house.store.write().await.unwrap();
    let sent = Update { stage: Some(Stage::Sent), ..Update::default() };
    submissions::update(&mut tx, house.alice.account, letter, &sent).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(house.alice("EmailSubmission/set", json!({ "destroy": [id] })).await["destroyed"], json!([id]));
    assert_eq!(house.alice("EmailSubmission/get", json!({ "ids": [id] })).await["notFound"], json!([id]));
}

#[tokio::test]
async fn on_success_may_destroy_and_a_bad_patch_stops_no_letter() {
    let house = House::new().await;
    let (email, identity) = draft(&house, json!({})).await;
    let object = json!({ "identityId": identity, "emailId": email });
    let responses = house
        .request(&house.alice, &ALL, json!([["EmailSubmission/set", { "create": { "s": object }, "onSuccessUpdateEmail": { "#s": { "mailboxIds": {} } } }, "x"]]))
        .await;
    assert!(responses[0][1]["created"]["s"]["id"].is_string(), "{responses:?}");
    assert_eq!(responses[1][1]["notUpdated"][&email]["type"], "invalidProperties");
    let args = json!({ "create": { "s": object }, "onSuccessDestroyEmail": ["#s"] });
    let responses = house.request(&house.alice, &ALL, json!([["EmailSubmission/set", args, "x"]])).await;
    assert_eq!(responses[1][1]["destroyed"], json!([email]), "{responses:?}");
    assert_eq!(house.alice("Email/get", json!({ "ids": [email] })).await["notFound"], json!([email]));
    let id = responses[0][1]["created"]["s"]["id"].clone();
    assert_eq!(
        house.alice("EmailSubmission/get", json!({ "ids": [id] })).await["list"][0]["emailId"],
        email.as_str(),
        "the letter stays"
    );
    let failed =
        json!({ "create": { "s": { "identityId": identity, "emailId": "e999" } }, "onSuccessDestroyEmail": ["#s"] });
    let responses = house.request(&house.alice, &ALL, json!([["EmailSubmission/set", failed, "x"]])).await;
    assert_eq!(responses.len(), 1, "nothing succeeded, nothing is implied");
    house.is_sound().await;
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_in_the_rfcs_words() {
    let house = House::new().await;
    let (email, identity) = draft(&house, json!({})).await;
    let local = house.alice("Identity/get", json!({})).await["list"]
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["sourceId"].is_null())
        .map(|i| i["id"].clone());
    let foreign = one_draft(&house, json!({ "from": [{ "email": "ceo@example.com" }] })).await;
    let nobody = one_draft(&house, json!({ "from": null })).await;
    let empty = one_draft(&house, json!({ "to": null, "cc": null, "bcc": null })).await;
    let broken = one_draft(&house, json!({ "to": [{ "email": "nonsense" }] })).await;
    let envelope = |from: &str, to: Value| json!({ "mailFrom": { "email": from }, "rcptTo": to });
    let many: Vec<Value> = (0..1001).map(|n| json!({ "email": format!("x{n}@example.net") })).collect();
    for (object, kind, detail) in [
        (
            json!({ "identityId": identity, "emailId": "e999" }),
            "invalidProperties",
            json!({ "properties": ["emailId"] }),
        ),
        (
            json!({ "identityId": "nonsense", "emailId": email, "sendAt": "x" }),
            "invalidProperties",
            json!({ "properties": ["identityId", "sendAt"] }),
        ),
        (
            json!({ "identityId": identity, "emailId": email, "envelope": {} }),
            "invalidProperties",
            json!({ "properties": ["envelope"] }),
        ),
        (json!({ "identityId": local, "emailId": email }), "forbiddenToSend", json!({})),
        (json!({ "identityId": identity, "emailId": foreign }), "forbiddenFrom", json!({})),
        (json!({ "identityId": identity, "emailId": nobody }), "invalidEmail", json!({ "properties": ["from"] })),
        (json!({ "identityId": identity, "emailId": empty }), "noRecipients", json!({})),
        (
            json!({ "identityId": identity, "emailId": broken }),
            "invalidRecipients",
            json!({ "invalidRecipients": ["nonsense"] }),
        ),
        (
            json!({ "identityId": identity, "emailId": email, "envelope": envelope("ceo@example.com", json!([{ "email": "bob@example.org" }])) }),
            "forbiddenMailFrom",
            json!({}),
        ),
        (
            json!({ "identityId": identity, "emailId": email, "envelope": envelope("alice@example.org", json!([])) }),
            "noRecipients",
            json!({}),
        ),
        (
            json!({ "identityId": identity, "emailId": email, "envelope": envelope("alice@example.org", json!(many)) }),
            "tooManyRecipients",
            json!({ "maxRecipients": 1000 }),
        ),
    ] {
        let answer = send(&house, object.clone()).await;
        let error = &answer["notCreated"]["s"];
        assert_eq!(error["type"], kind, "{object} {answer}");
        for (name, value) in detail.as_object().unwrap() {
            assert_eq!(error[name], *value, "{object}");
        }
        assert_eq!(answer["oldState"], answer["newState"]);
    }
}

#[tokio::test]
async fn letters_are_queried_and_their_changes_told() {
    let house = House::new().await;
    let (email, identity) = draft(&house, json!({})).await;
    let other = one_draft(&house, json!({ "subject": "Other" })).await;
    let state = house.alice("EmailSubmission/get", json!({ "ids": [] })).await["state"].clone();
    let a = send(&house, held(&email, &identity)).await["created"]["s"].clone();
    let query = json!({ "filter": { "undoStatus": "pending" }, "sort": [{ "property": "sentAt" }] });
    let cached = house.alice("EmailSubmission/query", query.clone()).await;
    let b = send(&house, held(&other, &identity)).await["created"]["s"].clone();
    let (a_id, b_id) = (a["id"].as_str().unwrap(), b["id"].as_str().unwrap());
    for (filter, expected) in [
        (json!(null), vec![a_id, b_id]),
        (json!({ "emailIds": [other] }), vec![b_id]),
        (json!({ "threadIds": [a["threadId"]] }), vec![a_id]),
        (json!({ "identityIds": [identity, "nonsense"] }), vec![a_id, b_id]),
        (json!({ "identityIds": [] }), vec![]),
        (json!({ "undoStatus": "final" }), vec![]),
        (json!({ "before": "2020-01-01T00:00:00Z" }), vec![]),
        (json!({ "after": "2020-01-01T00:00:00Z" }), vec![a_id, b_id]),
    ] {
        let answer = house
            .alice(
                "EmailSubmission/query",
                json!({ "filter": filter, "sort": [{ "property": "emailId" }], "calculateTotal": true }),
            )
            .await;
        assert_eq!((&answer["ids"], &answer["total"]), (&json!(expected), &json!(expected.len())), "{filter}");
    }
    assert_eq!(
        house
            .alice("EmailSubmission/query", json!({ "sort": [{ "property": "threadId", "isAscending": false }] }))
            .await["ids"][1],
        a_id
    );
    assert_eq!(house.fails("EmailSubmission/query", json!({ "sort": [{ "property": "x" }] })).await, "unsupportedSort");
    assert_eq!(house.fails("EmailSubmission/query", json!({ "filter": { "x": 1 } })).await, "invalidArguments");
    house.alice("EmailSubmission/set", json!({ "update": { a_id: { "undoStatus": "canceled" } } })).await;
    let changes = house.alice("EmailSubmission/changes", json!({ "sinceState": state })).await;
    assert_eq!(changes["created"].as_array().unwrap().len(), 2);
    let mut args = query;
    args["sinceQueryState"] = cached["queryState"].clone();
    let changes = house.alice("EmailSubmission/queryChanges", args).await;
    assert_eq!(
        (&cached["ids"], &changes["removed"], &changes["added"]),
        (&json!([a_id]), &json!([a_id]), &json!([{ "id": b_id, "index": 0 }]))
    );
}

#[tokio::test]
async fn bobs_letters_do_not_exist_for_alice() {
    let house = House::new().await;
    let (email, _) = draft(&house, json!({})).await;
    let (_, bobs_identity) = house.connect(&house.bob).await;
    let inbox =
        house.ask(&house.bob, "Mailbox/query", json!({ "filter": { "name": "Inbox" } })).await["ids"][0].clone();
    let raw = "From: bob@example.org\nTo: alice@example.org\nSubject: x\nMessage-ID: <x@example.org>\n\nx\n";
    let bobs_email = house.import(&house.bob, inbox.as_str().unwrap(), raw, json!({})).await["id"].clone();
    let answer = house
        .ask(
            &house.bob,
            "EmailSubmission/set",
            json!({ "create": { "s": held(bobs_email.as_str().unwrap(), &bobs_identity) } }),
        )
        .await;
    assert_eq!(answer["notCreated"]["s"]["type"], "forbiddenMailFrom", "Bob cannot write as Alice: {answer}");
    let answer = house
        .ask(
            &house.bob,
            "EmailSubmission/set",
            json!({ "create": { "s": { "identityId": bobs_identity, "emailId": bobs_email } } }),
        )
        .await;
    let id = answer["created"]["s"]["id"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let before = house.ask(&house.bob, "EmailSubmission/get", json!({})).await;
    assert_eq!(house.alice("EmailSubmission/get", json!({ "ids": [id] })).await["notFound"], json!([id]));
    assert_eq!(house.alice("EmailSubmission/query", json!({})).await["ids"], json!([]));
    let answer = house
        .alice("EmailSubmission/set", json!({ "update": { id: { "undoStatus": "canceled" } }, "destroy": [id] }))
        .await;
    assert_eq!(
        (&answer["notUpdated"][id]["type"], &answer["notDestroyed"][id]["type"]),
        (&json!("notFound"), &json!("notFound"))
    );
    for object in [
        json!({ "identityId": bobs_identity, "emailId": email }),
        json!({ "identityId": bobs_identity, "emailId": bobs_email }),
    ] {
        assert_eq!(send(&house, object).await["notCreated"]["s"]["type"], "invalidProperties");
    }
    assert_eq!(house.ask(&house.bob, "EmailSubmission/get", json!({})).await, before);
}
