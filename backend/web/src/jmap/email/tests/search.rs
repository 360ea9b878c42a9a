//! `Email/query`, `Email/queryChanges` and `SearchSnippet/get`.

use super::*;

/// Imports letters with (name, receivedAt day, more); ids by name come back from `names`.
async fn letters(house: &House) -> std::collections::BTreeMap<&'static str, String> {
    let (inbox, archive) = (house.role(&house.alice, "inbox").await, house.role(&house.alice, "archive").await);
    let mut ids = std::collections::BTreeMap::new();
    for (name, mailbox, raw, day, keywords) in [
        (
            "a",
            &inbox,
            "From: Zoe <zoe@x.org>\nTo: Anna <anna@x.org>\nSubject: Re: apples\nMessage-ID: <a@x>\nDate: Fri, 5 Jan 2024 00:00:00 +0000\n\nred fruit in the garden\n",
            1,
            json!({ "$seen": true }),
        ),
        (
            "b",
            &inbox,
            "From: amy@x.org\nTo: Bea <bea@x.org>\nCc: cleo@x.org\nSubject: bananas\nMessage-ID: <b@x>\nX-Mark: 7\nDate: Thu, 4 Jan 2024 00:00:00 +0000\n\nyellow fruit, quite a long text so that this one is the largest of them all\n",
            2,
            json!({ "$flagged": true }),
        ),
        (
            "c",
            &inbox,
            "From: Zoe <zoe@x.org>\nTo: Anna <anna@x.org>\nBcc: dora@x.org\nSubject: Re: apples\nMessage-ID: <c@x>\nReferences: <a@x>\nDate: Wed, 3 Jan 2024 00:00:00 +0000\n\ngreen fruit\n",
            3,
            json!({}),
        ),
        (
            "d",
            &archive,
            "From: Bo <bo@x.org>\nTo: Anna <anna@x.org>\nSubject: dates\nMessage-ID: <d@x>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsweet 日本語 words\n--b\nContent-Type: text/csv\nContent-Disposition: attachment; filename=table.csv\n\n1\n--b--\n",
            4,
            json!({ "$seen": true, "work": true }),
        ),
    ] {
        let more = json!({ "receivedAt": format!("2024-01-0{day}T00:00:00Z"), "keywords": keywords });
        ids.insert(name, house.import(&house.alice, mailbox, raw, more).await["id"].as_str().unwrap().to_owned());
    }
    ids
}

fn names(ids: &std::collections::BTreeMap<&'static str, String>, answer: &Value) -> String {
    let name = |id: &Value| ids.iter().find(|(_, known)| id == known.as_str()).map_or("?", |(name, _)| *name);
    answer["ids"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn every_condition_filters() {
    let house = House::new().await;
    let ids = letters(&house).await;
    let (inbox, archive) = (house.role(&house.alice, "inbox").await, house.role(&house.alice, "archive").await);
    let size = email(&house, &ids["b"], &["size"]).await["size"].clone();
    for (filter, expected) in [
        (json!(null), "dcba"),
        (json!({}), "dcba"),
        (json!({ "inMailbox": inbox }), "cba"),
        (json!({ "inMailbox": "m999" }), ""),
        (json!({ "inMailbox": "nonsense" }), ""),
        (json!({ "inMailboxOtherThan": [inbox, "m999"] }), "d"),
        (json!({ "before": "2024-01-02T00:00:00Z" }), "a"),
        (json!({ "after": "2024-01-02T00:00:00Z" }), "dcb"),
        (json!({ "minSize": size }), "db"),
        (json!({ "maxSize": size, "inMailbox": inbox }), "ca"),
        (json!({ "hasKeyword": "$SEEN" }), "da"),
        (json!({ "notKeyword": "$seen" }), "cb"),
        (json!({ "hasKeyword": "work" }), "d"),
        (json!({ "allInThreadHaveKeyword": "$seen" }), "d"),
        (json!({ "someInThreadHaveKeyword": "$seen" }), "dca"),
        (json!({ "noneInThreadHaveKeyword": "$seen" }), "b"),
        (json!({ "hasAttachment": true }), "d"),
        (json!({ "hasAttachment": false }), "cba"),
        (json!({ "text": "fruit" }), "cba"),
        (json!({ "text": "FRUIT garden" }), "a"),
        (json!({ "text": "\"fruit garden\"" }), ""),
        (json!({ "text": "'in the garden'" }), "a"),
        (json!({ "text": "日本" }), "d"),
        (json!({ "text": "zoe" }), "ca"),
        (json!({ "from": "amy" }), "b"),
        (json!({ "to": "bea" }), "b"),
        (json!({ "cc": "cleo" }), "b"),
        (json!({ "bcc": "dora" }), "c"),
        (json!({ "subject": "apples" }), "ca"),
        (json!({ "body": "apples" }), ""),
        (json!({ "body": "yellow" }), "b"),
        (json!({ "header": ["X-Mark"] }), "b"),
        (json!({ "header": ["x-mark", "7"] }), "b"),
        (json!({ "header": ["X-Mark", "8"] }), ""),
        (json!({ "filename": "table" }), "d"),
        (json!({ "hasKeyword": "$seen", "inMailbox": archive }), "d"),
        (json!({ "operator": "OR", "conditions": [{ "inMailbox": archive }, { "subject": "bananas" }] }), "db"),
        (
            json!({ "operator": "AND", "conditions": [{ "inMailbox": inbox }, { "operator": "NOT", "conditions": [{ "text": "fruit garden" }, { "from": "amy" }] }] }),
            "c",
        ),
        (json!({ "operator": "OR", "conditions": [] }), ""),
        (json!({ "operator": "AND", "conditions": [] }), "dcba"),
    ] {
        let answer = house.alice("Email/query", json!({ "filter": filter, "calculateTotal": true })).await;
        assert_eq!(names(&ids, &answer), expected, "{filter}");
        assert_eq!(answer["total"], expected.len(), "{filter}");
    }
    for odd in [
        json!({ "nonsense": 1 }),
        json!({ "before": "2024-01-02" }),
        json!({ "minSize": -1 }),
        json!({ "header": [] }),
        json!({ "header": ["a", "b", "c"] }),
        json!({ "text": 1 }),
        json!({ "inMailbox": 1 }),
        json!([]),
    ] {
        assert_eq!(house.fails("Email/query", json!({ "filter": odd })).await, "invalidArguments", "{odd}");
    }
    let core = ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"];
    let responses =
        house.request(&house.alice, &core, json!([["Email/query", { "filter": { "filename": "x" } }, "0"]])).await;
    assert_eq!(responses[0][1]["type"], "invalidArguments", "ours only with our capability");
}

#[tokio::test]
async fn every_property_sorts() {
    let house = House::new().await;
    let ids = letters(&house).await;
    let by = |property: &str| json!([{ "property": property }, { "property": "receivedAt" }]);
    for (sort, expected) in [
        (json!([{ "property": "receivedAt" }]), "abcd"),
        (json!([{ "property": "receivedAt", "isAscending": false }]), "dcba"),
        (json!([{ "property": "size", "isAscending": false }, { "property": "receivedAt" }]), "dbca"),
        (by("from"), "bdac"),
        (by("to"), "acdb"),
        (by("subject"), "acbd"),
        (
            json!([{ "property": "hasKeyword", "keyword": "$flagged", "isAscending": false }, { "property": "receivedAt" }]),
            "bacd",
        ),
        (json!([{ "property": "someInThreadHaveKeyword", "keyword": "$seen" }, { "property": "receivedAt" }]), "bacd"),
        (json!([{ "property": "allInThreadHaveKeyword", "keyword": "$seen" }, { "property": "receivedAt" }]), "abcd"),
        (json!([]), "dcba"),
    ] {
        let answer = house.alice("Email/query", json!({ "sort": sort })).await;
        assert_eq!(names(&ids, &answer), expected, "{sort}");
    }
    let sent = house
        .alice("Email/query", json!({ "sort": [{ "property": "sentAt" }], "filter": { "notKeyword": "work" } }))
        .await;
    assert_eq!(names(&ids, &sent), "cba");
    assert_eq!(house.fails("Email/query", json!({ "sort": [{ "property": "nonsense" }] })).await, "unsupportedSort");
    assert_eq!(
        house.fails("Email/query", json!({ "sort": [{ "property": "subject", "collation": "i;nonsense" }] })).await,
        "unsupportedSort"
    );
    assert_eq!(house.fails("Email/query", json!({ "sort": [{ "property": "hasKeyword" }] })).await, "invalidArguments");
}

#[tokio::test]
async fn pages_anchors_and_collapsed_threads() {
    let house = House::new().await;
    let ids = letters(&house).await;
    let inbox = house.role(&house.alice, "inbox").await;
    for filter in [
        json!({ "inMailbox": inbox }),
        json!({ "operator": "AND", "conditions": [{ "inMailbox": inbox }, { "minSize": 1 }] }),
    ] {
        let query = async |more: Value| {
            let mut args = json!({ "filter": filter, "sort": [{ "property": "receivedAt", "isAscending": false }] });
            args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            house.alice("Email/query", args).await
        };
        assert_eq!(names(&ids, &query(json!({ "position": 1 })).await), "ba");
        assert_eq!(names(&ids, &query(json!({ "position": -1 })).await), "a");
        let last = query(json!({ "position": -2, "limit": 1, "calculateTotal": true })).await;
        assert_eq!((names(&ids, &last).as_str(), &last["position"], &last["total"]), ("b", &json!(1), &json!(3)));
        let none = query(json!({ "position": 7 })).await;
        assert_eq!((&none["ids"], &none["position"]), (&json!([]), &json!(7)));
        let around = query(json!({ "anchor": ids["b"], "anchorOffset": -1, "limit": 2, "position": 99 })).await;
        assert_eq!((names(&ids, &around).as_str(), &around["position"]), ("cb", &json!(0)));
        assert_eq!(names(&ids, &query(json!({ "anchor": ids["c"], "anchorOffset": -5, "limit": 1 })).await), "c");
        let threads = query(json!({ "collapseThreads": true, "calculateTotal": true })).await;
        assert_eq!((names(&ids, &threads).as_str(), &threads["total"]), ("cb", &json!(2)));
        assert_eq!(names(&ids, &query(json!({ "collapseThreads": true, "anchor": ids["b"], "limit": 1 })).await), "b");
        assert_eq!(query(json!({ "limit": 0 })).await["ids"], json!([]));
        assert_eq!(query(json!({})).await["limit"], 1000, "ours, because none was asked");
        assert_eq!(query(json!({ "limit": 2 })).await.get("limit"), None);
    }
    let missing = json!({ "filter": { "inMailbox": inbox }, "anchor": ids["d"] });
    assert_eq!(house.fails("Email/query", missing).await, "anchorNotFound");
    assert_eq!(house.fails("Email/query", json!({ "anchor": "nonsense" })).await, "anchorNotFound");
}

/// Lays the answer of `/queryChanges` over a cached list (RFC 8620 §5.6).
fn spliced(cached: &Value, changes: &Value) -> Value {
    let mut ids = cached.as_array().unwrap().clone();
    ids.retain(|id| !changes["removed"].as_array().unwrap().contains(id));
    for added in changes["added"].as_array().unwrap() {
        ids.insert(usize::try_from(added["index"].as_u64().unwrap()).unwrap(), added["id"].clone());
    }
    json!(ids)
}

#[tokio::test]
async fn query_changes_bring_a_cached_list_up_to_date() {
    let house = House::new().await;
    let ids = letters(&house).await;
    let (inbox, archive) = (house.role(&house.alice, "inbox").await, house.role(&house.alice, "archive").await);
    let newest = json!([{ "property": "receivedAt", "isAscending": false }]);
    let questions = [false, true]
        .map(|collapse| json!({ "filter": { "inMailbox": inbox }, "sort": newest, "collapseThreads": collapse }));
    let mut cached = Vec::new();
    for question in &questions {
        let answer = house.alice("Email/query", question.clone()).await;
        assert_eq!(answer["canCalculateChanges"], true);
        cached.push(answer);
    }
    house.alice("Email/set", json!({ "update": { &ids["d"]: { "mailboxIds": { &inbox: true } }, &ids["b"]: { "keywords/$seen": true }, &ids["c"]: { "mailboxIds": { &archive: true } } } })).await;
    house.letter(&house.alice, "newest", json!({})).await;
    for (question, before) in questions.iter().zip(&cached) {
        let now = house.alice("Email/query", question.clone()).await;
        let mut args = question.clone();
        args["sinceQueryState"] = before["queryState"].clone();
        args["calculateTotal"] = json!(true);
        let changes = house.alice("Email/queryChanges", args.clone()).await;
        assert_eq!(spliced(&before["ids"], &changes), now["ids"], "{question}: {changes}");
        assert_eq!(
            (&changes["newQueryState"], &changes["total"]),
            (&now["queryState"], &json!(now["ids"].as_array().unwrap().len()))
        );
        args["maxChanges"] = json!(1);
        assert_eq!(house.fails("Email/queryChanges", args).await, "tooManyChanges");
    }
    let by_keyword = json!({ "filter": { "hasKeyword": "$seen" } });
    let answer = house.alice("Email/query", by_keyword.clone()).await;
    assert_eq!(answer["canCalculateChanges"], false, "said honestly");
    let args = json!({ "filter": { "hasKeyword": "$seen" }, "sinceQueryState": answer["queryState"] });
    assert_eq!(house.fails("Email/queryChanges", args).await, "cannotCalculateChanges");
    let odd = json!({ "filter": { "inMailbox": inbox }, "sort": newest, "sinceQueryState": "nonsense" });
    assert_eq!(house.fails("Email/queryChanges", odd).await, "cannotCalculateChanges");
    house.is_sound().await;
}

#[tokio::test]
async fn snippets_mark_what_was_found() {
    let house = House::new().await;
    let ids = letters(&house).await;
    let inbox = house.role(&house.alice, "inbox").await;
    let raw =
        format!("Subject: a <b> & Garden\n\n{}and the garden of words\n", "Some <other> text before it. ".repeat(40));
    let long = house.import(&house.alice, &inbox, &raw, json!({})).await["id"].clone();
    let answer = house
        .alice("SearchSnippet/get", json!({ "filter": { "inMailbox": inbox, "text": "garden" }, "emailIds": [ids["a"], long, ids["b"], "e999"] }))
        .await;
    let snippets = answer["list"].as_array().unwrap();
    assert_eq!(answer["notFound"], json!(["e999"]));
    assert_eq!(
        snippets[0],
        json!({ "emailId": ids["a"], "subject": null, "preview": "red fruit in the <mark>garden</mark>" })
    );
    assert_eq!(snippets[1]["subject"], "a &lt;b&gt; &amp; <mark>Garden</mark>");
    let preview = snippets[1]["preview"].as_str().unwrap();
    assert!(
        preview.contains("<mark>garden</mark>") && !preview.contains("<other>") && preview.len() <= 255,
        "{preview}"
    );
    assert_eq!(snippets[2], json!({ "emailId": ids["b"], "subject": null, "preview": null }));
    let answer =
        house.alice("SearchSnippet/get", json!({ "filter": { "subject": "bananas" }, "emailIds": [ids["b"]] })).await;
    assert_eq!(
        (&answer["list"][0]["subject"], &answer["list"][0]["preview"], &answer["notFound"]),
        (&json!("<mark>bananas</mark>"), &Value::Null, &Value::Null)
    );
    let none = house.alice("SearchSnippet/get", json!({ "filter": null, "emailIds": [ids["b"]] })).await;
    assert_eq!(none["list"][0], json!({ "emailId": ids["b"], "subject": null, "preview": null }));
    assert_eq!(house.fails("SearchSnippet/get", json!({})).await, "invalidArguments");
    let many: Vec<String> = (0..=crate::limits::MAX_OBJECTS_IN_GET).map(|n| format!("e{n}")).collect();
    assert_eq!(house.fails("SearchSnippet/get", json!({ "emailIds": many })).await, "requestTooLarge");
}
