//! Mail that changes its home: between two providers, from here to one and back, each message exactly once at the end.

use std::time::Duration;

use serde_json::json;
use tests::{
    jmap::Client,
    kinpost::{ALICE, Kinpost},
    letters,
    maildir::Maildir,
    mailhost::{Mailhost, address},
    wait,
};

/// The Mailbox with this role in a Source.
async fn folder(alice: &Client, source: &str, role: &str) -> Option<String> {
    let got = alice.call("Mailbox/get", json!({"properties": ["id", "sourceId", "sourceRole"]})).await.ok()?;
    let list = got["list"].as_array()?;
    let found = list.iter().find(|m| m["sourceId"] == source && m["sourceRole"] == role)?;
    found["id"].as_str().map(str::to_owned)
}

async fn folder_soon(alice: &Client, source: &str, role: &str) -> String {
    wait::until(&format!("the {role} folder"), Duration::from_secs(30), || async {
        Ok(folder(alice, source, role).await)
    })
    .await
    .unwrap()
}

fn count(host: &Mailhost, name: &str, folder: &str) -> usize {
    Maildir::of(&host.dovecot, &address(name)).read(folder).unwrap().values().map(|(count, _)| count).sum()
}

async fn file(alice: &Client, email: &str, mailbox: &str) {
    let update = json!({email: {"mailboxIds": {mailbox: true}}});
    let done = alice.call("Email/set", json!({"update": update})).await.unwrap();
    assert!(done["notUpdated"].is_null(), "{done}");
}

#[tokio::test]
async fn a_letter_moves_between_two_providers_and_keeps_its_id() {
    let host = Mailhost::start(&["anna", "bert"]).unwrap();
    let letter = letters::plain("a@b.test", "anna@kin.test", "Moving house", "Text");
    host.dovecot.deliver(&address("anna"), "INBOX", &letter).unwrap();
    let kinpost = Kinpost::beside(&host).unwrap();
    let first = kinpost.add_imap(ALICE, &host, &address("anna")).unwrap().trim().to_owned();
    let second = kinpost.add_imap(ALICE, &host, &address("bert")).unwrap().trim().to_owned();
    let alice = kinpost.client(ALICE).await.unwrap();
    let email = alice.wait_for(json!({}), 1).await.unwrap().remove(0);
    let inbox = folder_soon(&alice, &first, "inbox").await;
    let there = folder_soon(&alice, &second, "inbox").await;
    file(&alice, &email, &there).await;
    let limit = Duration::from_secs(30);
    wait::blocking("the letter at bert's", limit, || count(&host, "bert", "INBOX") == 1).unwrap();
    wait::blocking("the letter to leave anna's", limit, || count(&host, "anna", "INBOX") == 0).unwrap();
    assert_eq!(alice.wait_for(json!({"inMailbox": there}), 1).await.unwrap(), std::slice::from_ref(&email));
    // And back, taken back at once, and back again: it ends where it was asked to be, once.
    for home in [&inbox, &there, &inbox] {
        file(&alice, &email, home).await;
    }
    wait::blocking("the letter at anna's", limit, || count(&host, "anna", "INBOX") == 1).unwrap();
    wait::blocking("the letter to leave bert's", limit, || count(&host, "bert", "INBOX") == 0).unwrap();
    assert_eq!(alice.wait_for(json!({"inMailbox": inbox}), 1).await.unwrap(), [email]);
    assert_eq!(alice.query(json!({})).await.unwrap().len(), 1);
    kinpost.verify().unwrap();
}

#[tokio::test]
async fn imported_mail_can_be_put_at_a_provider_and_taken_from_it() {
    let host = Mailhost::start(&["anna"]).unwrap();
    let kinpost = Kinpost::beside(&host).unwrap();
    let eml = kinpost.folder.path().join("one.eml");
    std::fs::write(&eml, letters::plain("a@b.test", ALICE, "From a file", "Text")).unwrap();
    kinpost.cli(&["import", ALICE, eml.to_str().unwrap()], "").unwrap();
    let source = kinpost.add_imap(ALICE, &host, &address("anna")).unwrap().trim().to_owned();
    let alice = kinpost.client(ALICE).await.unwrap();
    let email = alice.wait_for(json!({}), 1).await.unwrap().remove(0);
    let archive = folder_soon(&alice, &source, "archive").await;
    let local = alice.mailbox("Imported").await.unwrap();
    let limit = Duration::from_secs(30);
    file(&alice, &email, &archive).await;
    wait::blocking("the letter at the provider", limit, || count(&host, "anna", "Archive") == 1).unwrap();
    file(&alice, &email, &local).await;
    wait::blocking("the letter to leave the provider", limit, || count(&host, "anna", "Archive") == 0).unwrap();
    assert_eq!(alice.query(json!({"inMailbox": local})).await.unwrap(), [email]);
    kinpost.verify().unwrap();
}
