//! `Email/get`, `Email/parse`, `Thread/get`, `Email/changes`.

use super::*;

#[tokio::test]
async fn the_default_properties_are_those_of_the_rfc() {
    let house = House::new().await;
    let id = rich(&house).await;
    let answer = house.alice("Email/get", json!({ "ids": [id] })).await;
    let email = &answer["list"][0];
    let names = email.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
    let mut expected = vec![
        "id",
        "blobId",
        "threadId",
        "mailboxIds",
        "keywords",
        "size",
        "receivedAt",
        "messageId",
        "inReplyTo",
        "references",
        "sender",
        "from",
        "to",
        "cc",
        "bcc",
        "replyTo",
        "subject",
        "sentAt",
        "hasAttachment",
        "preview",
        "bodyValues",
        "textBody",
        "htmlBody",
        "attachments",
    ];
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!(email["from"], json!([{ "name": "Jörg", "email": "joerg@example.net" }]));
    assert_eq!(email["to"][1], json!({ "name": "Doe, Jane", "email": "jane@example.net" }));
    assert_eq!(email["cc"][1], json!({ "name": "B", "email": "b@example.net" }));
    assert_eq!((&email["bcc"], &email["sender"], &email["replyTo"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(email["subject"], "Grüße from afar");
    assert_eq!(email["sentAt"], "2014-10-30T14:12:00+08:00");
    assert_eq!(
        (&email["messageId"], &email["references"]),
        (&json!(["rich@example.net"]), &json!(["root@example.net", "first@example.net"]))
    );
    assert_eq!(
        (&email["keywords"], &email["hasAttachment"], &email["bodyValues"]),
        (&json!({ "$seen": true }), &json!(true), &json!({}))
    );
    assert_eq!(email["size"], RICH.replace('\n', "\r\n").len());
    assert_eq!(email["blobId"], format!("b{id}"));
    assert!(email["preview"].as_str().unwrap().starts_with("Grüße an alle"));
    assert!(email["receivedAt"].as_str().unwrap().ends_with('Z'));
    let part = &email["textBody"][0];
    assert_eq!(
        *part,
        json!({ "partId": "1.1", "blobId": format!("b{id}_1-1"), "size": part["size"], "name": null, "type": "text/plain", "charset": "utf-8", "disposition": null, "cid": null, "language": null, "location": null })
    );
    assert_eq!(email["htmlBody"][0]["partId"], "1.2");
    let files: Vec<&Value> = email["attachments"].as_array().unwrap().iter().map(|part| &part["type"]).collect();
    assert_eq!(files, ["application/pdf", "message/rfc822"]);
    assert_eq!(email["attachments"][0]["name"], "plan.pdf");
    assert_eq!(email["attachments"][0]["size"], 4);
}

#[tokio::test]
async fn header_fields_come_in_every_form() {
    let house = House::new().await;
    let id = rich(&house).await;
    for (property, expected) in [
        ("header:subject", json!(" =?utf-8?B?R3LDvMOfZQ==?= from afar")),
        ("header:SUBJECT:asText", json!("Grüße from afar")),
        ("header:X-Twice", json!(" two")),
        ("header:x-twice:all", json!([" one", " two"])),
        ("header:X-Twice:asText:all", json!(["one", "two"])),
        (
            "header:Cc:asGroupedAddresses",
            json!([{ "name": "Friends", "addresses": [{ "name": null, "email": "a@example.net" }, { "name": "B", "email": "b@example.net" }] }]),
        ),
        ("header:References:asMessageIds", json!(["root@example.net", "first@example.net"])),
        ("header:Date:asDate", json!("2014-10-30T14:12:00+08:00")),
        ("header:List-POST:asURLs", json!(["mailto:list@example.net"])),
        ("header:From:asAddresses:all", json!([[{ "name": "Jörg", "email": "joerg@example.net" }]])),
        ("header:X-None", Value::Null),
        ("header:X-None:all", json!([])),
    ] {
        assert_eq!(email(&house, &id, &[property]).await[property], expected, "{property}");
    }
    let headers = email(&house, &id, &["headers"]).await["headers"].clone();
    assert_eq!(headers[3], json!({ "name": "Subject", "value": " =?utf-8?B?R3LDvMOfZQ==?= from afar" }));
    for odd in [
        "header:From:asDate",
        "header:Subject:asAddresses",
        "header:Date:asText",
        "header:",
        "header:a b",
        "header:X:all:asText",
        "header:X:asNonsense",
        "body",
    ] {
        assert_eq!(
            house.fails("Email/get", json!({ "ids": [id], "properties": [odd] })).await,
            "invalidArguments",
            "{odd}"
        );
    }
}

#[tokio::test]
async fn body_values_are_those_asked_for_and_cut_softly() {
    let house = House::new().await;
    let id = rich(&house).await;
    let values = async |more: Value| {
        let mut args = json!({ "ids": [id], "properties": ["bodyValues"] });
        args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        house.alice("Email/get", args).await["list"][0]["bodyValues"].clone()
    };
    let text = values(json!({ "fetchTextBodyValues": true })).await;
    assert_eq!(
        text,
        json!({ "1.1": { "value": "Grüße an alle\n", "isEncodingProblem": false, "isTruncated": false } })
    );
    assert_eq!(
        values(json!({ "fetchHTMLBodyValues": true })).await.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["1.2"]
    );
    assert_eq!(values(json!({ "fetchAllBodyValues": true })).await.as_object().unwrap().len(), 2);
    assert_eq!(values(json!({})).await, json!({}));
    let cut = values(json!({ "fetchAllBodyValues": true, "maxBodyValueBytes": 3 })).await;
    assert_eq!(
        cut["1.1"],
        json!({ "value": "Gr", "isEncodingProblem": false, "isTruncated": true }),
        "never within a character"
    );
    assert_eq!(cut["1.2"]["isTruncated"], true);
    assert_eq!(house.fails("Email/get", json!({ "ids": [id], "maxBodyValueBytes": -1 })).await, "invalidArguments");
}

#[tokio::test]
async fn the_structure_is_a_tree_whose_parts_have_their_own_headers() {
    let house = House::new().await;
    let id = rich(&house).await;
    let args = json!({
        "ids": [id], "properties": ["bodyStructure"],
        "bodyProperties": ["partId", "type", "subParts", "headers", "header:Content-Type", "header:X-Twice:all"],
    });
    let root = house.alice("Email/get", args).await["list"][0]["bodyStructure"].clone();
    assert_eq!((&root["partId"], &root["type"]), (&Value::Null, &json!("multipart/mixed")));
    assert_eq!(root["header:X-Twice:all"], json!([" one", " two"]), "the root's header is the message's");
    let pdf = &root["subParts"][1];
    assert_eq!((&pdf["partId"], &pdf["header:Content-Type"]), (&json!("2"), &json!(" application/pdf; name=plan.pdf")));
    assert_eq!(pdf["headers"].as_array().unwrap().len(), 3);
    assert_eq!(root["subParts"][0]["subParts"][1]["type"], "text/html");
    assert_eq!(root["subParts"][2]["subParts"], Value::Null, "an attached message is a leaf");
    assert_eq!(
        house.fails("Email/get", json!({ "ids": [id], "bodyProperties": ["nonsense"] })).await,
        "invalidArguments"
    );
}

#[tokio::test]
async fn attached_and_uploaded_messages_are_parsed_down_to_their_parts() {
    let house = House::new().await;
    let id = rich(&house).await;
    let inner = format!("b{id}_3");
    let upload = house.upload(&house.alice, RICH.as_bytes()).await;
    let junk = house.upload(&house.alice, b"\x00\x01 no header here").await;
    let answer = house
        .alice(
            "Email/parse",
            json!({ "blobIds": [inner, upload, junk, "be999", "nonsense"], "fetchTextBodyValues": true }),
        )
        .await;
    assert_eq!((&answer["notParsable"], &answer["notFound"]), (&json!([junk]), &json!(["be999", "nonsense"])));
    let parsed = &answer["parsed"][&inner];
    assert_eq!((&parsed["subject"], &parsed["from"]), (&json!("inner"), &Value::Null));
    assert_eq!(parsed["bodyValues"]["1"]["value"], "inner text");
    assert_eq!(parsed.get("id"), None, "not by default");
    let picture = parsed["textBody"][1]["blobId"].as_str().unwrap();
    let answer = house
        .alice("Email/parse", json!({ "blobIds": [upload], "properties": ["id", "mailboxIds", "keywords", "receivedAt", "threadId", "blobId", "size", "attachments"] }))
        .await;
    let whole = &answer["parsed"][&upload];
    for name in ["id", "mailboxIds", "keywords", "receivedAt", "threadId"] {
        assert_eq!(whole[name], Value::Null, "{name}");
    }
    assert_eq!((&whole["blobId"], &whole["size"]), (&json!(upload), &json!(RICH.len())));
    let of_upload = whole["attachments"][1]["blobId"].as_str().unwrap().to_owned() + "-2";
    for blob in [picture.to_owned(), of_upload] {
        let bytes =
            crate::jmap::blobs::bytes(&house.call(&house.alice), house.alice.account, &blob.parse().unwrap()).await;
        assert_eq!(bytes.unwrap().as_deref(), Some(&b"PNG"[..]), "{blob}");
    }
    let answer = house.alice("Email/parse", json!({ "blobIds": [] })).await;
    assert_eq!(
        (&answer["parsed"], &answer["notParsable"], &answer["notFound"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(house.fails("Email/parse", json!({})).await, "invalidArguments");
    assert_eq!(
        house.fails("Email/parse", json!({ "blobIds": [upload], "properties": ["header:From:asDate"] })).await,
        "invalidArguments"
    );
}

#[tokio::test]
async fn a_thread_lists_its_emails_oldest_first() {
    let house = House::new().await;
    let inbox = house.role(&house.alice, "inbox").await;
    let mut ids = Vec::new();
    for (n, received) in [(1, "2020-01-03T00:00:00Z"), (2, "2020-01-01T00:00:00Z"), (3, "2020-01-02T00:00:00Z")] {
        let raw = format!("Subject: Re: plan\nMessage-ID: <{n}@x>\nReferences: <root@x>\n\nx\n");
        ids.push(house.import(&house.alice, &inbox, &raw, json!({ "receivedAt": received })).await);
    }
    let thread = &ids[0]["threadId"];
    assert!(ids.iter().all(|made| made["threadId"] == *thread));
    let answer = house.alice("Thread/get", json!({ "ids": [thread] })).await;
    assert_eq!(answer["list"], json!([{ "id": thread, "emailIds": [ids[1]["id"], ids[2]["id"], ids[0]["id"]] }]));
    assert_eq!(house.alice("Thread/get", json!({})).await["list"].as_array().unwrap().len(), 1, "ids: null means all");
    let state = answer["state"].clone();
    house.alice("Email/set", json!({ "destroy": [ids[1]["id"]] })).await;
    assert_eq!(house.alice("Thread/changes", json!({ "sinceState": state })).await["updated"], json!([thread]));
    house.alice("Email/set", json!({ "destroy": [ids[0]["id"], ids[2]["id"]] })).await;
    let changes = house.alice("Thread/changes", json!({ "sinceState": state })).await;
    assert_eq!(changes["destroyed"], json!([thread]));
    assert_eq!(house.alice("Thread/get", json!({ "ids": [thread] })).await["notFound"], json!([thread]));
    house.is_sound().await;
}

#[tokio::test]
async fn changes_fold_what_happened() {
    let house = House::new().await;
    let old = house.letter(&house.alice, "old", json!({})).await;
    let state = house.alice("Email/get", json!({ "ids": [] })).await["state"].clone();
    let new = house.letter(&house.alice, "new", json!({})).await;
    let brief = house.letter(&house.alice, "brief", json!({})).await;
    house.alice("Email/set", json!({ "update": { &new: { "keywords/$seen": true }, &old: { "keywords/$seen": true } }, "destroy": [brief] })).await;
    let changes = house.alice("Email/changes", json!({ "sinceState": state })).await;
    assert_eq!((&changes["created"], &changes["updated"]), (&json!([new]), &json!([old])));
    assert!(
        !changes["updated"].as_array().unwrap().contains(&json!(brief))
            && !changes["created"].as_array().unwrap().contains(&json!(brief))
    );
}

#[tokio::test]
async fn all_emails_can_be_had_while_there_are_few() {
    let house = House::new().await;
    let (a, b) = (house.letter(&house.alice, "a", json!({})).await, house.letter(&house.alice, "b", json!({})).await);
    let answer = house.alice("Email/get", json!({ "ids": null, "properties": ["subject"] })).await;
    let mut ids: Vec<&str> = answer["list"].as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, [a, b]);
}

#[tokio::test]
async fn bobs_mail_does_not_exist_for_alice() {
    let house = House::new().await;
    let id = house.letter(&house.bob, "private words", json!({})).await;
    let before = house.ask(&house.bob, "Email/get", json!({ "ids": [id] })).await;
    let (thread, blob) =
        (before["list"][0]["threadId"].as_str().unwrap(), before["list"][0]["blobId"].as_str().unwrap());
    let answer = house
        .alice(
            "Email/get",
            json!({ "ids": [id], "properties": ["subject", "headers", "bodyValues"], "fetchAllBodyValues": true }),
        )
        .await;
    assert_eq!((&answer["list"], &answer["notFound"]), (&json!([]), &json!([id])));
    assert_eq!(house.alice("Thread/get", json!({ "ids": [thread] })).await["notFound"], json!([thread]));
    let upload = house.upload(&house.bob, b"Subject: x\r\n\r\nx").await;
    let part = format!("{blob}_1");
    let parsed = house.alice("Email/parse", json!({ "blobIds": [blob, upload, part] })).await;
    assert_eq!((&parsed["parsed"], &parsed["notFound"]), (&Value::Null, &json!([blob, upload, part])));
    let inbox = house.role(&house.alice, "inbox").await;
    let bobs_inbox = house.role(&house.bob, "inbox").await;
    let import = house
        .alice("Email/import", json!({ "emails": { "k": { "blobId": blob, "mailboxIds": { &inbox: true } } } }))
        .await;
    assert_eq!(import["notCreated"]["k"]["properties"], json!(["blobId"]));
    let own = house.letter(&house.alice, "own", json!({})).await;
    assert_eq!(
        refused(&house, json!({ "update": { &own: { "mailboxIds": { &bobs_inbox: true } } } })).await["type"],
        "invalidProperties"
    );
    assert_eq!(refused(&house, json!({ "update": { &id: { "keywords/$seen": true } } })).await["type"], "notFound");
    assert_eq!(refused(&house, json!({ "destroy": [id] })).await["type"], "notFound");
    let attach = json!({ "create": { "k": { "mailboxIds": { &inbox: true }, "attachments": [{ "blobId": part, "type": "text/plain" }] } } });
    assert_eq!(refused(&house, attach).await["notFound"], json!([part]));
    assert_eq!(house.alice("Email/query", json!({ "filter": { "inMailbox": bobs_inbox } })).await["ids"], json!([]));
    assert_eq!(house.alice("Email/query", json!({ "filter": { "text": "private" } })).await["ids"], json!([]));
    let snippets = house.alice("SearchSnippet/get", json!({ "filter": { "text": "private" }, "emailIds": [id] })).await;
    assert_eq!((&snippets["list"], &snippets["notFound"]), (&json!([]), &json!([id])));
    assert_eq!(house.ask(&house.bob, "Email/get", json!({ "ids": [id] })).await, before);
    house.is_sound().await;
}
