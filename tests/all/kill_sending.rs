//! `kill -9` in the middle of sending: no message lost, none sent twice without the person being asked.

use std::{collections::BTreeMap, time::Duration};

use serde_json::json;
use tests::{
    kinpost::{ALICE, Kinpost},
    maildir::Maildir,
    mailhost::{Mailhost, address},
    wait,
};

#[tokio::test]
async fn twenty_kills_in_the_middle_of_sending_lose_and_double_nothing() {
    let rounds: u64 = std::env::var("KINPOST_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let host = Mailhost::start(&["anna", "bert"]).unwrap();
    let mut kinpost = Kinpost::beside(&host).unwrap();
    kinpost.add_imap(ALICE, &host, &address("anna")).unwrap();
    let alice = kinpost.client(ALICE).await.unwrap();
    alice.wait_for_roles().await.unwrap();
    let drafts = alice.mailbox("drafts").await.unwrap();
    let sent = alice.mailbox("sent").await.unwrap();
    let identity = alice.call("Identity/get", json!({})).await.unwrap()["list"][0]["id"].as_str().unwrap().to_owned();
    let mut submissions = BTreeMap::new();
    for round in 0..rounds {
        let responses = alice
            .request(json!([
                ["Email/set", {"accountId": alice.account, "create": {"e": {
                    "mailboxIds": {drafts.as_str(): true}, "keywords": {"$draft": true},
                    "from": [{"email": address("anna")}], "to": [{"email": address("bert")}], "subject": format!("Round {round}"),
                    "messageId": [format!("round{round}@kill.test")],
                    "textBody": [{"partId": "t"}], "bodyValues": {"t": {"value": "words ".repeat(5_000)}}}}}, "0"],
                ["EmailSubmission/set", {"accountId": alice.account, "create": {"s": {"identityId": identity, "emailId": "#e"}},
                    "onSuccessUpdateEmail": {"#s": {"mailboxIds": {sent.as_str(): true}, "keywords/$draft": null}}}, "1"],
            ]))
            .await
            .unwrap();
        let id = responses[1][1]["created"]["s"]["id"].as_str().unwrap_or_else(|| panic!("{responses:?}")).to_owned();
        submissions.insert(id, format!("<round{round}@kill.test>"));
        // From before the connection to after the end of it.
        tokio::time::sleep(Duration::from_millis(round * 11 % 210)).await;
        kinpost.kill();
        kinpost.verify().unwrap();
        kinpost.restart().unwrap();
    }
    let ids: Vec<&String> = submissions.keys().collect();
    let ends = wait::until("every submission to end or ask", Duration::from_secs(120), || async {
        let got = alice
            .call(
                "EmailSubmission/get",
                json!({"ids": ids, "properties": ["id", "undoStatus", "uncertain", "failure"]}),
            )
            .await?;
        let list = got["list"].as_array().cloned().unwrap_or_default();
        let over = list.iter().all(|one| one["undoStatus"] == "final" || one["uncertain"] == true);
        Ok((over && list.len() == ids.len()).then_some(list))
    })
    .await
    .unwrap();
    let there = || Maildir::of(&host.dovecot, &address("bert")).read("INBOX").unwrap();
    for one in &ends {
        let message = &submissions[one["id"].as_str().unwrap()];
        let arrived = || there().get(message).map_or(0, |(count, _)| *count);
        if one["uncertain"] == true {
            assert!(arrived() <= 1, "{message} came {} times", arrived());
        } else {
            wait::blocking(&format!("{message} to arrive"), Duration::from_secs(30), || arrived() >= 1).unwrap();
            assert_eq!(arrived(), 1, "{message}");
        }
    }
    let asked = ends.iter().filter(|one| one["uncertain"] == true).count();
    println!("{rounds} kills: {asked} questions, {} letters arrived", there().len());
    kinpost.verify().unwrap();
}
