//! The program's command line beside a running server, and its ends.

use serde_json::json;
use tests::{
    kinpost::{ALICE, Kinpost, PASSWORD},
    letters,
};

#[tokio::test]
async fn members_and_app_passwords_come_and_go_beside_a_running_server() {
    let kinpost = Kinpost::alone().unwrap();
    let said = kinpost.cli(&["member", "list"], "").unwrap();
    assert!(said.contains("Alice") && said.contains("bob@home.test"), "{said}");
    kinpost.cli(&["member", "add", "Cora", "--email", "cora@home.test", "--password-stdin"], PASSWORD).unwrap();
    let cora = kinpost.client("cora@home.test").await.unwrap();
    assert!(cora.mailbox("inbox").await.is_ok(), "a whole account at once");
    let (ok, said) = kinpost
        .try_cli(&["member", "add", "Other", "--email", "cora@home.test", "--password-stdin"], PASSWORD)
        .unwrap();
    assert!(!ok && said.contains("cora@home.test"), "{said}");
    kinpost.cli(&["member", "remove", "cora@home.test"], "").unwrap();
    assert!(cora.mailbox("inbox").await.is_err(), "her app password ends with her");
    kinpost.verify().unwrap();
}

#[tokio::test]
async fn a_second_serve_on_the_same_directory_refuses() {
    let kinpost = Kinpost::alone().unwrap();
    let (ok, said) = kinpost.try_cli(&["serve", "--listen", "127.0.0.1:0"], "").unwrap();
    assert!(!ok && said.to_lowercase().contains("already"), "{said}");
}

#[tokio::test]
async fn an_unknown_key_in_the_configuration_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("k.toml");
    std::fs::write(&file, "listne = \"127.0.0.1:1\"\n").unwrap();
    let output = std::process::Command::new(tests::kinpost::binary().unwrap())
        .args(["serve", "--data"])
        .arg(folder.path().join("d"))
        .arg("--config")
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("listne"), "{said}");
}

#[tokio::test]
async fn a_graceful_stop_and_a_kill_keep_everything() {
    let mut kinpost = Kinpost::alone().unwrap();
    let alice = kinpost.client(ALICE).await.unwrap();
    let inbox = alice.mailbox("inbox").await.unwrap();
    alice.import(&inbox, letters::plain("a@b.test", ALICE, "One", "Text")).await.unwrap();
    kinpost.stop().unwrap();
    kinpost.restart().unwrap();
    alice.import(&inbox, letters::plain("a@b.test", ALICE, "Two", "Text")).await.unwrap();
    kinpost.kill();
    kinpost.verify().unwrap();
    kinpost.restart().unwrap();
    assert_eq!(alice.query(json!({"inMailbox": inbox})).await.unwrap().len(), 2);
}
