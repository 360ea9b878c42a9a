//! Mail over POP3, proved against Dovecot: it comes home, the server is left as was chosen, and no message is lost or doubled.

use std::time::Duration;

use serde_json::json;
use tests::{
    kinpost::{ALICE, Kinpost},
    letters,
    mailhost::{Mailhost, address},
    wait,
};

fn left(host: &Mailhost) -> usize {
    ["new", "cur"]
        .iter()
        .filter_map(|sub| std::fs::read_dir(host.dovecot.maildir(&address("anna")).join(sub)).ok())
        .flatten()
        .flatten()
        .count()
}

fn deliver(host: &Mailhost, from: usize, to: usize) {
    for number in from..to {
        let text = format!("Text of {number}\n.\n..two dots\n");
        host.dovecot
            .deliver(
                &address("anna"),
                "INBOX",
                &letters::plain("a@b.test", "anna@kin.test", &format!("Letter {number}"), &text),
            )
            .unwrap();
    }
}

#[tokio::test]
async fn the_default_empties_the_server_once_the_mail_is_here() {
    let host = Mailhost::start(&["anna"]).unwrap();
    deliver(&host, 0, 12);
    let kinpost = Kinpost::beside(&host).unwrap();
    kinpost.add_pop3(ALICE, &host, &address("anna"), "delete").unwrap();
    let alice = kinpost.client(ALICE).await.unwrap();
    let found = alice.wait_for(json!({}), 12).await.unwrap();
    wait::blocking("an empty server", Duration::from_secs(30), || left(&host) == 0).unwrap();
    let got = alice
        .call("Email/get", json!({"ids": found, "properties": ["bodyValues", "textBody"], "fetchTextBodyValues": true}))
        .await
        .unwrap();
    for email in got["list"].as_array().unwrap() {
        assert!(email.to_string().contains("\\n.\\n..two dots\\n"), "{email}");
    }
    kinpost.verify().unwrap();
}

#[tokio::test]
async fn left_on_the_server_means_left_and_never_twice() {
    let host = Mailhost::start(&["anna"]).unwrap();
    deliver(&host, 0, 5);
    let mut kinpost = Kinpost::beside(&host).unwrap();
    kinpost.add_pop3(ALICE, &host, &address("anna"), "leave").unwrap();
    let alice = kinpost.client(ALICE).await.unwrap();
    alice.wait_for(json!({}), 5).await.unwrap();
    kinpost.restart().unwrap();
    deliver(&host, 5, 7);
    alice.wait_for(json!({}), 7).await.unwrap();
    assert_eq!(left(&host), 7);
    kinpost.verify().unwrap();
}

#[tokio::test]
async fn a_kill_between_download_and_deletion_loses_and_doubles_nothing() {
    let rounds = std::env::var("KINPOST_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let host = Mailhost::start(&["anna"]).unwrap();
    let mut kinpost = Kinpost::beside(&host).unwrap();
    kinpost.add_pop3(ALICE, &host, &address("anna"), "delete").unwrap();
    let alice = kinpost.client(ALICE).await.unwrap();
    let mut total = 0;
    for round in 0..rounds {
        let fresh = 8;
        deliver(&host, total, total + fresh);
        total += fresh;
        // From early in the dialogue to after the end: the moment moves with the round.
        alice.call("Source/check", json!({"ids": null})).await.ok();
        tokio::time::sleep(Duration::from_millis(7 * round % 160)).await;
        kinpost.kill();
        kinpost.verify().unwrap();
        kinpost.restart().unwrap();
        alice.wait_for(json!({}), total).await.unwrap();
        wait::blocking("an empty server", Duration::from_secs(30), || left(&host) == 0).unwrap();
    }
    let found = alice.query(json!({})).await.unwrap();
    let got = alice.call("Email/get", json!({"ids": found, "properties": ["subject"]})).await.unwrap();
    let subjects: std::collections::BTreeSet<_> =
        got["list"].as_array().unwrap().iter().map(|email| email["subject"].to_string()).collect();
    assert_eq!(subjects.len(), total, "every letter once");
    kinpost.verify().unwrap();
}
