//! `Email/set create` and `Email/import`.

use super::*;

async fn drafts(house: &House) -> String {
    house.role(&house.alice, "drafts").await
}

/// Creates one Email of Alice's; the answer's object.
async fn created(house: &House, object: Value) -> Value {
    let answer = house.alice("Email/set", json!({ "create": { "k": object } })).await;
    assert_eq!(answer["notCreated"], Value::Null, "{answer}");
    answer["created"]["k"].clone()
}

#[tokio::test]
async fn a_draft_is_written_with_text_html_and_files() {
    let house = House::new().await;
    let drafts = drafts(&house).await;
    let file = house.upload(&house.alice, b"file content").await;
    let made = created(
        &house,
        json!({
            "mailboxIds": { &drafts: true },
            "keywords": { "$draft": true, "$seen": true },
            "receivedAt": "2021-02-03T04:05:06Z",
            "from": [{ "name": "Alice Ä", "email": "alice@example.org" }],
            "to": [{ "name": null, "email": "bob@example.org" }, { "name": "Jane", "email": "jane@example.net" }],
            "subject": "Grüße",
            "sentAt": "2021-02-03T05:05:06+01:00",
            "inReplyTo": ["one@example.net"],
            "header:X-Own:asText": "naïve",
            "header:Comments:asText:all": ["one", "two"],
            "bodyValues": { "t": { "value": "Hello\nthere" }, "h": { "value": "<p>Hello</p>" } },
            "textBody": [{ "partId": "t", "type": "text/plain" }],
            "htmlBody": [{ "partId": "h", "type": "text/html" }],
            "attachments": [{ "blobId": file, "type": "application/pdf", "name": "Plän.pdf", "disposition": "attachment" }],
        }),
    )
    .await;
    let names: Vec<&str> = made.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["blobId", "id", "size", "threadId"]);
    let id = made["id"].as_str().unwrap();
    let args = json!({
        "ids": [id], "fetchAllBodyValues": true,
        "properties": ["mailboxIds", "keywords", "receivedAt", "from", "to", "subject", "sentAt", "inReplyTo", "messageId", "header:X-Own:asText", "header:Comments:asText:all", "textBody", "htmlBody", "attachments", "bodyValues", "hasAttachment", "size"],
    });
    let email = house.alice("Email/get", args).await["list"][0].clone();
    assert_eq!(email["keywords"], json!({ "$draft": true, "$seen": true }));
    assert_eq!(email["receivedAt"], "2021-02-03T04:05:06Z");
    assert_eq!((&email["from"][0]["name"], &email["subject"]), (&json!("Alice Ä"), &json!("Grüße")));
    assert_eq!(email["to"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&email["sentAt"], &email["inReplyTo"]),
        (&json!("2021-02-03T05:05:06+01:00"), &json!(["one@example.net"]))
    );
    assert_eq!(
        (&email["header:X-Own:asText"], &email["header:Comments:asText:all"]),
        (&json!("naïve"), &json!(["one", "two"]))
    );
    assert!(email["messageId"][0].as_str().unwrap().ends_with("@example.org"));
    let text = email["textBody"][0]["partId"].as_str().unwrap();
    let html = email["htmlBody"][0]["partId"].as_str().unwrap();
    assert_eq!(
        (&email["bodyValues"][text]["value"], &email["bodyValues"][html]["value"]),
        (&json!("Hello\nthere"), &json!("<p>Hello</p>"))
    );
    let attached = &email["attachments"][0];
    assert_eq!(
        (&attached["name"], &attached["size"], &email["hasAttachment"]),
        (&json!("Plän.pdf"), &json!(12), &json!(true))
    );
    assert_eq!(email["size"], made["size"]);
    house.is_sound().await;
}

#[tokio::test]
async fn a_body_structure_is_taken_as_it_is_and_blobs_may_be_parts() {
    let house = House::new().await;
    let drafts = drafts(&house).await;
    let rich = rich(&house).await;
    let made = created(
        &house,
        json!({
            "mailboxIds": { &drafts: true },
            "bodyValues": { "x": { "value": "text", "isTruncated": false } },
            "bodyStructure": { "type": "multipart/related", "subParts": [
                { "partId": "x", "type": "text/html" },
                { "blobId": format!("b{rich}_2"), "type": "image/png", "cid": "pic", "disposition": "inline", "header:X-Part": " yes" },
                { "blobId": format!("b{rich}"), "type": "message/rfc822" },
            ] },
        }),
    )
    .await;
    let args = json!({ "ids": [made["id"]], "properties": ["bodyStructure", "sentAt", "messageId"], "bodyProperties": ["type", "cid", "size", "header:X-Part"] });
    let email = house.alice("Email/get", args).await["list"][0].clone();
    let parts = email["bodyStructure"]["subParts"].as_array().unwrap();
    assert_eq!(
        (&parts[1]["cid"], &parts[1]["header:X-Part"], &parts[1]["size"]),
        (&json!("pic"), &json!(" yes"), &json!(4))
    );
    assert_eq!(parts[2]["type"], "message/rfc822");
    assert!(email["sentAt"].is_string() && email["messageId"][0].is_string(), "the server adds them");
}

#[tokio::test]
async fn ambiguous_or_impossible_drafts_are_refused_with_every_culprit() {
    let house = House::new().await;
    let drafts = drafts(&house).await;
    let file = house.upload(&house.alice, b"x").await;
    let text = json!({ "t": { "value": "x" } });
    for (object, names) in [
        (json!({}), json!(["mailboxIds"])),
        (json!({ "mailboxIds": {} }), json!(["mailboxIds"])),
        (json!({ "mailboxIds": { "m999": true } }), json!(["mailboxIds"])),
        (
            json!({ "id": "e1", "size": 3, "keywords": { "a b": true }, "receivedAt": "yesterday" }),
            json!(["id", "keywords", "receivedAt", "size"]),
        ),
        (json!({ "nonsense": 1 }), json!(["nonsense"])),
        (json!({ "headers": [] }), json!(["headers"])),
        (json!({ "header:From:asDate": "2020-01-01T00:00:00Z" }), json!(["header:From:asDate"])),
        (json!({ "header:Content-Type": " text/plain" }), json!(["header:Content-Type"])),
        (json!({ "bodyValues": text, "textBody": [{ "partId": "t", "type": "text/html" }] }), json!(["textBody"])),
        (json!({ "bodyValues": text, "textBody": [] }), json!(["textBody"])),
    ] {
        let mut object = object;
        if object.get("mailboxIds").is_none() && object != json!({}) {
            object["mailboxIds"] = json!({ &drafts: true });
        }
        let error = refused(&house, json!({ "create": { "k": object } })).await;
        assert_eq!((&error["type"], &error["properties"]), (&json!("invalidProperties"), &names), "{object}");
    }
    for object in [
        json!({ "subject": "x", "header:subject:asText": "y" }),
        json!({ "from": "alice" }),
        json!({ "subject": "a\r\nBcc: x@example.org" }),
        json!({ "textBody": [{ "partId": "none", "type": "text/plain" }] }),
        json!({ "bodyValues": text, "textBody": [{ "partId": "t", "type": "text/plain" }], "bodyStructure": { "partId": "t", "type": "text/plain" } }),
        json!({ "bodyValues": text, "bodyStructure": { "partId": "t", "blobId": file, "type": "text/plain" } }),
        json!({ "bodyValues": text, "bodyStructure": { "partId": "t", "type": "text/plain", "charset": "utf-8" } }),
        json!({ "bodyValues": text, "bodyStructure": { "partId": "t", "type": "text/plain", "size": 1 } }),
        json!({ "bodyValues": text, "bodyStructure": { "partId": "t", "type": "text/plain", "header:Content-Transfer-Encoding": " 8bit" } }),
        json!({ "subject": "x", "bodyValues": text, "bodyStructure": { "partId": "t", "type": "text/plain", "header:Subject": " y" } }),
        json!({ "bodyValues": { "t": { "value": "x", "isTruncated": true } }, "textBody": [{ "partId": "t", "type": "text/plain" }] }),
    ] {
        let mut object = object;
        object["mailboxIds"] = json!({ &drafts: true });
        let error = refused(&house, json!({ "create": { "k": object } })).await;
        assert_eq!(error["type"], "invalidProperties", "{object}");
        assert!(!error["properties"].as_array().unwrap().is_empty(), "{object}");
    }
    let error = refused(
        &house,
        json!({ "create": { "k": { "mailboxIds": { &drafts: true }, "attachments": [{ "blobId": "bu999", "type": "image/png" }, { "blobId": file, "type": "image/png" }, { "blobId": "nonsense", "type": "image/png" }] } } }),
    )
    .await;
    assert_eq!((&error["type"], &error["notFound"]), (&json!("blobNotFound"), &json!(["bu999", "nonsense"])));
}

#[tokio::test]
async fn a_creation_can_be_used_further_in_the_same_call_and_request() {
    let house = House::new().await;
    let drafts = drafts(&house).await;
    let responses = house
        .request(
            &house.alice,
            &crate::jmap::tests::ALL,
            json!([
                ["Email/set", { "create": { "k": { "mailboxIds": { &drafts: true }, "subject": "x" } }, "update": { "#k": { "keywords/$seen": true } } }, "0"],
                ["Email/set", { "destroy": ["#k"] }, "1"],
                ["Email/set", { "destroy": ["#nobody"] }, "2"],
            ]),
        )
        .await;
    let id = &responses[0][1]["created"]["k"]["id"];
    assert_eq!(responses[0][1]["updated"], json!({ id.as_str().unwrap(): null }));
    assert_eq!(responses[1][1]["destroyed"], json!([id]));
    assert_eq!(responses[2][1]["notDestroyed"]["#nobody"]["type"], "notFound");
}

#[tokio::test]
async fn an_import_keeps_every_octet() {
    let house = House::new().await;
    let inbox = house.role(&house.alice, "inbox").await;
    let raw = "Received: from a by b; Mon, 1 Jun 2020 10:00:00 +0000\r\nSubject: odd \u{fffd}\r\nX-Ütf: 8\r\n\r\nbody \u{0}\r\n";
    let blob = house.upload(&house.alice, raw.as_bytes()).await;
    let state = house.alice("Email/get", json!({ "ids": [] })).await["state"].clone();
    let import = async |email: Value| house.alice("Email/import", json!({ "emails": { "k": email } })).await;
    let answer =
        import(json!({ "blobId": blob, "mailboxIds": { &inbox: true }, "keywords": { "$Flagged": true } })).await;
    assert_eq!(answer["oldState"], state);
    let made = &answer["created"]["k"];
    assert_eq!(made["size"], raw.len());
    let now = email(&house, made["id"].as_str().unwrap(), &["receivedAt", "keywords", "mailboxIds"]).await;
    assert_eq!(
        (&now["receivedAt"], &now["keywords"]),
        (&json!("2020-06-01T10:00:00Z"), &json!({ "$flagged": true })),
        "from Received"
    );
    let bytes = crate::jmap::blobs::bytes(
        &house.call(&house.alice),
        house.alice.account,
        &made["blobId"].as_str().unwrap().parse().unwrap(),
    )
    .await;
    assert_eq!(bytes.unwrap().as_deref(), Some(raw.as_bytes()));
    for (object, names) in [
        (json!({ "blobId": "bu999", "mailboxIds": { &inbox: true } }), json!(["blobId"])),
        (json!({ "blobId": blob }), json!(["mailboxIds"])),
        (json!({ "mailboxIds": { "m999": true }, "blobId": blob }), json!(["mailboxIds"])),
        (
            json!({ "mailboxIds": { &inbox: false }, "keywords": 1, "x": 1 }),
            json!(["blobId", "keywords", "mailboxIds", "x"]),
        ),
    ] {
        let error = import(object.clone()).await["notCreated"]["k"].clone();
        assert_eq!((&error["type"], &error["properties"]), (&json!("invalidProperties"), &names), "{object}");
    }
    let junk = house.upload(&house.alice, b"\x00\x01\x02").await;
    assert_eq!(
        import(json!({ "blobId": junk, "mailboxIds": { &inbox: true } })).await["notCreated"]["k"]["type"],
        "invalidEmail"
    );
    assert_eq!(house.fails("Email/import", json!({ "ifInState": "nonsense", "emails": {} })).await, "stateMismatch");
    assert_eq!(house.fails("Email/import", json!({})).await, "invalidArguments");
    assert_eq!(house.fails("Email/import", json!({ "emails": [] })).await, "invalidArguments");
    house.is_sound().await;
}
