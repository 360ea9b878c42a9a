//! Mail over IMAP, proved against Dovecot: it arrives, and what a person does here is done there.

use serde_json::json;
use tests::{
    kinpost::{ALICE, Kinpost},
    letters,
    mailhost::{Mailhost, address},
};

fn ids(list: &[String]) -> serde_json::Value {
    json!(list)
}

#[tokio::test]
async fn mail_arrives_newest_first_and_live() {
    let host = Mailhost::start(&["anna"]).unwrap();
    for number in 0..30 {
        let date = format!("Tue, 3 Nov 2026 10:{number:02}:00 +0100");
        host.dovecot
            .deliver(
                &address("anna"),
                "INBOX",
                &letters::dated(&date, "a@b.test", "anna@kin.test", &format!("Letter {number}"), "Text"),
            )
            .unwrap();
    }
    let kinpost = Kinpost::beside(&host).unwrap();
    kinpost.add_imap(ALICE, &host, &address("anna")).unwrap();
    let alice = kinpost.client(ALICE).await.unwrap();
    alice.wait_for(json!({}), 30).await.unwrap();
    let inbox = alice.mailbox("inbox").await.unwrap();
    host.dovecot
        .deliver(&address("anna"), "INBOX", &letters::plain("c@d.test", "anna@kin.test", "Fresh", "New words"))
        .unwrap();
    let found = alice.wait_for(json!({"inMailbox": inbox}), 31).await.unwrap();
    let newest =
        alice.call("Email/get", json!({"ids": [found[0]], "properties": ["subject", "preview"]})).await.unwrap();
    assert_eq!(newest["list"][0]["subject"], "Fresh");
    assert_eq!(newest["list"][0]["preview"], "New words");
    kinpost.verify().unwrap();
}

#[tokio::test]
async fn flags_moves_and_deletions_reach_the_server_and_come_back() {
    let host = Mailhost::start(&["anna"]).unwrap();
    for number in 0..4 {
        host.dovecot
            .deliver(
                &address("anna"),
                "INBOX",
                &letters::plain("a@b.test", "anna@kin.test", &format!("Letter {number}"), "Text"),
            )
            .unwrap();
    }
    let kinpost = Kinpost::beside(&host).unwrap();
    kinpost.add_imap(ALICE, &host, &address("anna")).unwrap();
    let alice = kinpost.client(ALICE).await.unwrap();
    let found = alice.wait_for(json!({}), 4).await.unwrap();
    let (archive, trash, inbox) = (
        alice.mailbox("archive").await.unwrap(),
        alice.mailbox("trash").await.unwrap(),
        alice.mailbox("inbox").await.unwrap(),
    );
    let update = json!({
        found[0].as_str(): {"keywords/$seen": true, "keywords/$flagged": true},
        found[1].as_str(): {"mailboxIds": {archive.as_str(): true}},
        found[2].as_str(): {"mailboxIds": {trash.as_str(): true}},
    });
    let done = alice.call("Email/set", json!({"update": update, "destroy": ids(&found[3..])})).await.unwrap();
    assert!(done["notUpdated"].is_null() && done["notDestroyed"].is_null(), "{done}");
    // A second member connects the same account: what he sees is what the server has.
    kinpost.add_imap(tests::kinpost::BOB, &host, &address("anna")).unwrap();
    let bob = kinpost.client(tests::kinpost::BOB).await.unwrap();
    tests::wait::until("the server to have it all", std::time::Duration::from_secs(60), || async {
        let inbox = bob.mailbox("inbox").await?;
        let (archive, trash) = (bob.mailbox("archive").await?, bob.mailbox("trash").await?);
        let here = bob.query(json!({"inMailbox": inbox, "hasKeyword": "$flagged"})).await?.len();
        let left = bob.query(json!({"inMailbox": inbox})).await?.len();
        let filed = bob.query(json!({"inMailbox": archive})).await?.len();
        let thrown = bob.query(json!({"inMailbox": trash})).await?.len();
        Ok(((here, left, filed, thrown) == (1, 1, 1, 1)).then_some(()))
    })
    .await
    .unwrap();
    // And the other way round: bob unflags, alice sees it.
    let his = bob.query(json!({"inMailbox": bob.mailbox("inbox").await.unwrap()})).await.unwrap();
    bob.call("Email/set", json!({"update": {his[0].as_str(): {"keywords/$flagged": null}}})).await.unwrap();
    alice.wait_for(json!({"inMailbox": inbox, "notKeyword": "$flagged"}), 1).await.unwrap();
    kinpost.verify().unwrap();
}

#[tokio::test]
async fn a_mailbox_made_here_is_made_there() {
    let host = Mailhost::start(&["anna"]).unwrap();
    let kinpost = Kinpost::beside(&host).unwrap();
    kinpost.add_imap(ALICE, &host, &address("anna")).unwrap();
    let alice = kinpost.client(ALICE).await.unwrap();
    alice.wait_for_roles().await.unwrap();
    let made = alice
        .call("Mailbox/set", json!({"create": {"a": {"name": "Schüler & Eltern", "parentId": null}}}))
        .await
        .unwrap();
    let id = made["created"]["a"]["id"].as_str().unwrap().to_owned();
    let folder = host.dovecot.maildir(&address("anna")).join(".Sch&APw-ler &- Eltern");
    tests::wait::blocking("the folder on the server", std::time::Duration::from_secs(30), || folder.exists()).unwrap();
    alice.call("Mailbox/set", json!({"update": {id.as_str(): {"name": "学校"}}})).await.unwrap();
    tests::wait::blocking("the old folder to go", std::time::Duration::from_secs(30), || !folder.exists()).unwrap();
    alice.call("Mailbox/set", json!({"destroy": [id]})).await.unwrap();
    tests::wait::blocking("the new folder to go", std::time::Duration::from_secs(30), || {
        std::fs::read_dir(host.dovecot.maildir(&address("anna")))
            .unwrap()
            .flatten()
            .all(|entry| !entry.file_name().to_string_lossy().starts_with(".&"))
    })
    .unwrap();
    kinpost.verify().unwrap();
}

#[tokio::test]
async fn renumbered_uids_keep_the_ids_of_what_is_the_same() {
    let host = Mailhost::start(&["anna"]).unwrap();
    for number in 0..5 {
        host.dovecot
            .deliver(
                &address("anna"),
                "INBOX",
                &letters::plain("a@b.test", "anna@kin.test", &format!("Letter {number}"), &format!("Text {number}")),
            )
            .unwrap();
    }
    let mut kinpost = Kinpost::beside(&host).unwrap();
    kinpost.add_imap(ALICE, &host, &address("anna")).unwrap();
    let alice = kinpost.client(ALICE).await.unwrap();
    let mut before = alice.wait_for(json!({}), 5).await.unwrap();
    kinpost.stop().unwrap();
    for entry in std::fs::read_dir(host.dovecot.maildir(&address("anna"))).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with("dovecot") {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    // A new UIDVALIDITY is a time in seconds: it must be another second.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    kinpost.restart().unwrap();
    let alice = kinpost.client(ALICE).await.unwrap();
    host.dovecot
        .deliver(&address("anna"), "INBOX", &letters::plain("a@b.test", "anna@kin.test", "After", "Text"))
        .unwrap();
    let after = alice.wait_for(json!({}), 6).await.unwrap();
    before.retain(|id| !after.contains(id));
    assert_eq!(before, Vec::<String>::new(), "ids that were lost");
    kinpost.verify().unwrap();
}
