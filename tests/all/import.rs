//! `kinpost import`: mbox, Maildir and .eml into local mailboxes, resumable and searchable when it exits.

use std::{fmt::Write as _, fs};

use serde_json::json;
use tests::{
    kinpost::{ALICE, Kinpost},
    letters,
};

#[tokio::test]
async fn an_mbox_comes_in_once_however_often_it_is_imported() {
    let kinpost = Kinpost::alone().unwrap();
    let mut mbox = String::new();
    for number in 0..50 {
        let letter = String::from_utf8(letters::plain(
            "a@b.test",
            ALICE,
            &format!("Letter {number}"),
            "Quoted line:\nFrom here on\nzebra",
        ))
        .unwrap();
        let _ = writeln!(
            mbox,
            "From a@b.test Tue Nov  3 10:00:{number:02} 2026\n{}",
            letter.replace("\r\n", "\n").replace("\nFrom here", "\n>From here")
        );
    }
    let file = kinpost.folder.path().join("old.mbox");
    fs::write(&file, mbox).unwrap();
    for _ in 0..2 {
        kinpost.cli(&["import", ALICE, file.to_str().unwrap(), "--mailbox", "Old mail"], "").unwrap();
    }
    let alice = kinpost.client(ALICE).await.unwrap();
    let mailbox = alice.mailbox("Old mail").await.unwrap();
    let found = alice.query(json!({"inMailbox": mailbox, "text": "zebra"})).await.unwrap();
    assert_eq!(found.len(), 50);
    let got = alice.call("Email/get", json!({"ids": [found[0]], "fetchTextBodyValues": true, "properties": ["textBody", "bodyValues", "receivedAt"]})).await.unwrap();
    assert!(got.to_string().contains("\\nFrom here on\\n"), "{got}");
    kinpost.verify().unwrap();
}

#[tokio::test]
async fn a_maildir_keeps_its_folders_and_flags_and_eml_files_come_in_too() {
    let kinpost = Kinpost::alone().unwrap();
    let top = kinpost.folder.path().join("Maildir");
    for (sub, name) in [("cur", "1.a.host:2,FS"), ("new", "2.b.host"), (".School/cur", "3.c.host:2,S")] {
        let path = top.join(sub).join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, letters::plain("a@b.test", ALICE, name, "Text")).unwrap();
    }
    for sub in ["tmp", "new", ".School/tmp", ".School/new"] {
        fs::create_dir_all(top.join(sub)).unwrap();
    }
    kinpost.cli(&["import", ALICE, top.to_str().unwrap()], "").unwrap();
    let alice = kinpost.client(ALICE).await.unwrap();
    assert_eq!(alice.query(json!({"hasKeyword": "$flagged"})).await.unwrap().len(), 1);
    assert_eq!(alice.query(json!({"hasKeyword": "$seen"})).await.unwrap().len(), 2);
    assert_eq!(alice.query(json!({"inMailbox": alice.mailbox("School").await.unwrap()})).await.unwrap().len(), 1);
    let eml = kinpost.folder.path().join("one.eml");
    fs::write(&eml, letters::plain("a@b.test", ALICE, "By itself", "Text")).unwrap();
    kinpost.cli(&["import", ALICE, eml.to_str().unwrap()], "").unwrap();
    assert_eq!(alice.query(json!({"subject": "itself"})).await.unwrap().len(), 1);
    kinpost.verify().unwrap();
}

#[tokio::test]
async fn a_missing_path_is_named() {
    let kinpost = Kinpost::alone().unwrap();
    let (ok, said) = kinpost.try_cli(&["import", ALICE, "/no/such/mail"], "").unwrap();
    assert!(!ok && said.contains("/no/such/mail"), "{said}");
}
