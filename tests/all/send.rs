//! Letters on their way out, proved against Postfix.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{
    jmap::Client,
    kinpost::{ALICE, Kinpost},
    mailhost::{Mailhost, address},
    wait,
};

async fn sender(people: &[&str]) -> (Mailhost, Kinpost, Client) {
    let host = Mailhost::start(people).unwrap();
    let kinpost = Kinpost::beside(&host).unwrap();
    kinpost.add_imap(ALICE, &host, &address("anna")).unwrap();
    let alice = kinpost.client(ALICE).await.unwrap();
    alice.wait_for_roles().await.unwrap();
    (host, kinpost, alice)
}

async fn send(alice: &Client, letter: Value, hold: Option<u32>) -> (String, String) {
    let (drafts, sent) = (alice.mailbox("drafts").await.unwrap(), alice.mailbox("sent").await.unwrap());
    let identity = alice.call("Identity/get", json!({})).await.unwrap()["list"][0]["id"].as_str().unwrap().to_owned();
    let mut email = letter;
    email["mailboxIds"] = json!({drafts.as_str(): true});
    email["keywords"] = json!({"$draft": true, "$seen": true});
    let mut submission = json!({"identityId": identity, "emailId": "#e"});
    if let Some(seconds) = hold {
        let to: Vec<Value> = ["to", "cc", "bcc"]
            .iter()
            .flat_map(|field| email[*field].as_array().cloned().unwrap_or_default())
            .map(|a| json!({"email": a["email"]}))
            .collect();
        submission["envelope"] = json!({"mailFrom": {"email": address("anna"), "parameters": {"HOLDFOR": seconds.to_string()}}, "rcptTo": to});
    }
    let responses = alice
        .request(json!([
            ["Email/set", {"accountId": alice.account, "create": {"e": email}}, "0"],
            ["EmailSubmission/set", {"accountId": alice.account, "create": {"s": submission},
                "onSuccessUpdateEmail": {"#s": {format!("mailboxIds/{drafts}"): null, format!("mailboxIds/{sent}"): true, "keywords/$draft": null}}}, "1"],
        ]))
        .await
        .unwrap();
    let email = responses[0][1]["created"]["e"]["id"].as_str().unwrap_or_else(|| panic!("{responses:?}")).to_owned();
    let submission =
        responses[1][1]["created"]["s"]["id"].as_str().unwrap_or_else(|| panic!("{responses:?}")).to_owned();
    (email, submission)
}

fn letter(to: &[&str], cc: &[&str], bcc: &[&str], subject: &str) -> Value {
    let list = |names: &[&str]| names.iter().map(|name| json!({"email": address(name)})).collect::<Vec<_>>();
    json!({
        "from": [{"name": "Anna", "email": address("anna")}], "to": list(to), "cc": list(cc), "bcc": list(bcc), "subject": subject,
        "textBody": [{"partId": "t", "type": "text/plain"}], "bodyValues": {"t": {"value": "Grüße und ein Punkt:\n.\nEnde\n"}},
    })
}

fn delivered(host: &Mailhost, name: &str) -> Vec<String> {
    ["new", "cur"]
        .iter()
        .filter_map(|sub| std::fs::read_dir(host.dovecot.maildir(&address(name)).join(sub)).ok())
        .flatten()
        .flatten()
        .map(|entry| String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned())
        .collect()
}

#[tokio::test]
async fn one_letter_reaches_to_cc_and_bcc_and_bcc_is_not_told() {
    let (host, kinpost, alice) = sender(&["anna", "bert", "cora", "dora"]).await;
    let (email, submission) = send(&alice, letter(&["bert"], &["cora"], &["dora"], "To all three"), None).await;
    for name in ["bert", "cora", "dora"] {
        wait::blocking(&format!("the letter at {name}"), Duration::from_secs(30), || delivered(&host, name).len() == 1)
            .unwrap();
        let message = delivered(&host, name).remove(0);
        assert!(!message.to_lowercase().contains("bcc") && !message.contains("dora@kin.test>,"), "{message}");
        let raw = mime::parse(message.as_bytes());
        assert_eq!(raw.preview.trim(), "Grüße und ein Punkt: . Ende");
    }
    let done = wait::until("the submission to be final", Duration::from_secs(30), || async {
        let got = alice.call("EmailSubmission/get", json!({"ids": [submission]})).await?;
        Ok((got["list"][0]["undoStatus"] == "final").then(|| got["list"][0].clone()))
    })
    .await
    .unwrap();
    for name in ["bert", "cora", "dora"] {
        let status = &done["deliveryStatus"][address(name)];
        assert!(status["smtpReply"].as_str().is_some_and(|reply| reply.starts_with("250")), "{done}");
    }
    let sent = alice.mailbox("sent").await.unwrap();
    assert_eq!(alice.wait_for(json!({"inMailbox": sent}), 1).await.unwrap(), [email]);
    let copies = host.dovecot.maildir(&address("anna")).join(".Sent");
    wait::blocking("the copy on the server", Duration::from_secs(30), || count(&copies) == 1).unwrap();
    kinpost.verify().unwrap();
}

fn count(folder: &std::path::Path) -> usize {
    ["new", "cur"].iter().filter_map(|sub| std::fs::read_dir(folder.join(sub)).ok()).flatten().flatten().count()
}

#[tokio::test]
async fn a_refused_recipient_keeps_the_servers_words_and_the_others_get_it() {
    let (host, kinpost, alice) = sender(&["anna", "bert"]).await;
    let (_, submission) = send(&alice, letter(&["bert", "nobody"], &[], &[], "Half"), None).await;
    wait::blocking("the letter at bert", Duration::from_secs(30), || delivered(&host, "bert").len() == 1).unwrap();
    let status = wait::until("the refusal", Duration::from_secs(30), || async {
        let got = alice.call("EmailSubmission/get", json!({"ids": [submission]})).await?;
        let status = got["list"][0]["deliveryStatus"][address("nobody")].clone();
        Ok((status["delivered"] == "no").then_some(status))
    })
    .await
    .unwrap();
    assert!(
        status["smtpReply"].as_str().is_some_and(|reply| reply.starts_with("550") && reply.contains("nobody@kin.test")),
        "{status}"
    );
    kinpost.verify().unwrap();
}

#[tokio::test]
async fn what_is_undone_in_time_never_leaves() {
    let (host, kinpost, alice) = sender(&["anna", "bert"]).await;
    let (email, submission) = send(&alice, letter(&["bert"], &[], &[], "Regretted"), Some(3600)).await;
    let held = alice.call("EmailSubmission/get", json!({"ids": [submission]})).await.unwrap();
    assert_eq!(held["list"][0]["undoStatus"], "pending");
    let undone = alice
        .call("EmailSubmission/set", json!({"update": {submission.as_str(): {"undoStatus": "canceled"}}}))
        .await
        .unwrap();
    assert!(undone["notUpdated"].is_null(), "{undone}");
    let drafts = alice.mailbox("drafts").await.unwrap();
    let back =
        alice.call("Email/get", json!({"ids": [email], "properties": ["mailboxIds", "keywords"]})).await.unwrap();
    assert_eq!(back["list"][0]["mailboxIds"], json!({drafts.as_str(): true}));
    assert_eq!(back["list"][0]["keywords"]["$draft"], true);
    // A second letter, sent at once, shows that the way out is open and the first one did not take it.
    send(&alice, letter(&["bert"], &[], &[], "Kept"), None).await;
    wait::blocking("the second letter", Duration::from_secs(30), || !delivered(&host, "bert").is_empty()).unwrap();
    assert!(delivered(&host, "bert").iter().all(|message| !message.contains("Regretted")));
    kinpost.verify().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_after_the_dot_asks_and_a_kill_before_it_sends_once() {
    let host = Mailhost::start(&["anna", "bert"]).unwrap();
    let proxy = tests::proxy::Proxy::start(host.postfix.submissions).await.unwrap();
    let kinpost = Kinpost::beside(&host).unwrap();
    let imap = format!("localhost:{}/tls", host.dovecot.imaps);
    let smtp = format!("localhost:{}/tls", proxy.port);
    kinpost.add_source(ALICE, &address("anna"), &["--imap", &imap, "--smtp", &smtp], &host.ca()).unwrap();
    let alice = kinpost.client(ALICE).await.unwrap();
    alice.wait_for_roles().await.unwrap();
    // Measure one whole dialogue, then cut at every part of the next ones.
    let before = proxy.bytes().1;
    send(&alice, letter(&["bert"], &[], &[], "Measured"), None).await;
    wait::blocking("the first letter", Duration::from_secs(30), || delivered(&host, "bert").len() == 1).unwrap();
    let whole = proxy.bytes().1 - before;
    for (round, cut) in [whole / 4, whole / 2, whole * 3 / 4, whole - 40].into_iter().enumerate() {
        let subject = format!("Cut {round}");
        proxy.set(tests::proxy::Fault::CutUp(cut));
        let (_, submission) = send(&alice, letter(&["bert"], &[], &[], &subject), None).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        proxy.set(tests::proxy::Fault::None);
        let state = wait::until("an end or a question", Duration::from_secs(60), || async {
            let got = alice
                .call(
                    "EmailSubmission/get",
                    json!({"ids": [submission], "properties": ["undoStatus", "uncertain", "failure"]}),
                )
                .await?;
            let one = got["list"][0].clone();
            Ok((one["undoStatus"] == "final" || one["uncertain"] == true).then_some(one))
        })
        .await
        .unwrap();
        let arrived = delivered(&host, "bert").iter().filter(|message| message.contains(&subject)).count();
        if state["uncertain"] == true {
            assert!(arrived <= 1);
        } else {
            wait::blocking("exactly one", Duration::from_secs(30), || {
                delivered(&host, "bert").iter().filter(|message| message.contains(&subject)).count() == 1
            })
            .unwrap();
        }
    }
    kinpost.verify().unwrap();
}
