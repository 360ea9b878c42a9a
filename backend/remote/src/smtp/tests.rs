//! SMTP against scripted servers: the usual way, the quirks and the hostile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testkit::Fake;
use crate::{Class, Credentials, Security};

const EHLO: &str = "S: 220 mx ESMTP\nC: EHLO [127.0.0.1]\n";

fn me() -> Credentials {
    Credentials::new("anna", "secret")
}

async fn session(extensions: &[&str], rest: &str) -> (Fake, SmtpSession) {
    let mut script = format!("{EHLO}S: 250-mx greets\n");
    for extension in extensions {
        script.push_str(&format!("S: 250-{extension}\n"));
    }
    script.push_str("S: 250 HELP\n");
    script.push_str(rest);
    let fake = Fake::play(&script).await;
    let session = SmtpSession::open(&fake.net(), &fake.endpoint(Security::Plain), None, true).await.unwrap();
    (fake, session)
}

async fn refused(script: &str, security: Security, allow_plain: bool) -> Error {
    let fake = Fake::play(script).await;
    let error = SmtpSession::open(&fake.net(), &fake.endpoint(security), Some(&me()), allow_plain).await.err().unwrap();
    fake.done().await;
    error
}

/// MAIL, RCPT, DATA up to the go-ahead.
const UP_TO_DATA: &str =
    "C: MAIL FROM:<a@x.example>\nS: 250 ok\nC: RCPT TO:<b@x.example>\nS: 250 ok\nC: DATA\nS: 354 go\n";

async fn until_data(s: &mut SmtpSession) {
    assert_eq!(s.mail("a@x.example", &["b@x.example".into()], b"x").await.unwrap().code, 250);
    assert_eq!(s.rcpt("b@x.example").await.unwrap().code, 250);
    assert_eq!(s.data().await.unwrap().code, 354);
}

#[tokio::test]
async fn each_recipient_keeps_its_answer() {
    let (fake, mut s) = session(
        &["SIZE 1000", "8BITMIME"],
        "C: MAIL FROM:<a@x.example> SIZE=19 BODY=8BITMIME
         S: 250 2.1.0 ok
         C: RCPT TO:<b@x.example>
         S: 250 2.1.5 ok
         C: RCPT TO:<no@x.example>
         S: 550-5.1.1 No such
         S: 550 5.1.1 person here
         C: RCPT TO:<full@x.example>
         S: 452 4.2.2 full
         C: DATA
         S: 354 go
         C: Subject: x
         C:
         C: ..ü
         C: .
         S: 250 2.0.0 queued as 42
         C: RSET
         S: 250 ok
         C: QUIT
         S: 221 bye",
    )
    .await;
    let message = "Subject: x\n\n.ü\n".as_bytes();
    assert!(s.mail("a@x.example", &[], message).await.unwrap().is_positive());
    assert!(s.rcpt("b@x.example").await.unwrap().is_positive());
    let no = s.rcpt("no@x.example").await.unwrap();
    assert_eq!((no.code, no.enhanced.as_deref(), no.text.as_str()), (550, Some("5.1.1"), "No such person here"));
    let full = s.rcpt("full@x.example").await.unwrap();
    assert!(full.is_transient());
    s.data().await.unwrap();
    let Sent::Accepted(reply) = s.message(message).await else { panic!() };
    assert_eq!(reply.text, "queued as 42");
    s.reset().await.unwrap();
    s.quit().await;
    fake.done().await;
}

#[tokio::test]
async fn a_message_may_be_refused_after_the_dot() {
    let (fake, mut s) = session(&[], &format!("{UP_TO_DATA}C: x\nC: .\nS: 554 5.7.1 spam")).await;
    until_data(&mut s).await;
    let Sent::Refused(reply) = s.message(b"x\r\n").await else { panic!() };
    assert_eq!(reply.shown_code(), "554 5.7.1");
    fake.done().await;
}

#[tokio::test]
async fn lost_after_the_dot_is_uncertain() {
    for end in ["C: x\nC: .\nCLOSE", "C: x\nC: .\nS~ 250-half\\r\\n\nCLOSE", "C: x\nC: .\nS: what\nCLOSE"] {
        let (fake, mut s) = session(&[], &format!("{UP_TO_DATA}{end}")).await;
        until_data(&mut s).await;
        assert!(matches!(s.message(b"x\r\n").await, Sent::Uncertain(_)), "{end}");
        fake.done().await;
    }
}

#[tokio::test]
async fn lost_before_the_dot_is_not_sent() {
    // Large enough that the write itself fails once the server has gone.
    let (fake, mut s) = session(&[], &format!("{UP_TO_DATA}C: xxx*\nCLOSE")).await;
    until_data(&mut s).await;
    let mut message = b"xxx\r\n".to_vec();
    message.extend(std::iter::repeat_n(b"a line of text that is there to fill\r\n".iter(), 500_000).flatten());
    assert!(matches!(s.message(&message).await, Sent::NotSent(_)));
    fake.done().await;
}

#[tokio::test]
async fn what_the_server_cannot_take_is_not_begun() {
    let (fake, mut s) = session(&["SIZE 10"], "C: QUIT\nS: 221").await;
    let error = s.mail("a@x.example", &[], b"much too long for ten").await.unwrap_err();
    assert_eq!((error.class, error.code.as_deref()), (Class::Permanent, Some("552 5.3.4")));
    assert_eq!(s.mail("a@x.example", &[], "ü".as_bytes()).await.unwrap_err().code.as_deref(), Some("554 5.6.3"));
    assert_eq!(
        s.mail("a@x.example", &["ü@x.example".into()], b"x").await.unwrap_err().code.as_deref(),
        Some("553 5.6.7")
    );
    for bad in ["nobody", "a@x\r\nRCPT TO:<c@x>", "<a@x.example>", "a b@x.example", ""] {
        assert_eq!(s.rcpt(bad).await.unwrap_err().class, Class::Permanent, "{bad:?}");
    }
    s.quit().await;
    fake.done().await;
}

#[tokio::test]
async fn logs_in_by_plain_and_by_login() {
    let plain = format!("{EHLO}S: 250-mx\nS: 250 AUTH LOGIN PLAIN\nC: AUTH PLAIN AGFubmEAc2VjcmV0\nS: 235 ok");
    let login = format!(
        "{EHLO}S: 250-mx\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5uYQ==\nS: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\nS: 235 ok"
    );
    for script in [plain, login] {
        let fake = Fake::play(&script).await;
        SmtpSession::open(&fake.net(), &fake.endpoint(Security::Plain), Some(&me()), true).await.unwrap();
        fake.done().await;
    }
}

#[tokio::test]
async fn log_in_failures_have_their_class() {
    for (answer, class) in
        [("535 5.7.8 wrong", Class::Auth), ("454 4.7.0 later", Class::Temporary), ("what", Class::Protocol)]
    {
        let script = format!("{EHLO}S: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN *\nS: {answer}\nHANG");
        assert_eq!(refused(&script, Security::Plain, true).await.class, class, "{answer}");
    }
    let none = format!("{EHLO}S: 250 mx\nHANG");
    assert_eq!(refused(&none, Security::Plain, true).await.class, Class::Permanent);
}

#[tokio::test]
async fn starttls() {
    let script = format!(
        "{EHLO}S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO [127.0.0.1]\nS: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN *\nS: 235 ok"
    );
    let fake = Fake::play(&script).await;
    let s = SmtpSession::open(&fake.net(), &fake.endpoint(Security::StartTls), Some(&me()), false).await.unwrap();
    assert_eq!(s.extensions().auth, ["PLAIN"]);
    fake.done().await;
}

#[tokio::test]
async fn starttls_that_vanished_or_was_tampered_with_gets_no_password() {
    let missing = format!("{EHLO}S: 250-mx\nS: 250 AUTH PLAIN\nHANG");
    assert_eq!(refused(&missing, Security::StartTls, true).await.class, Class::Tls);
    let no = format!("{EHLO}S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 no\nHANG");
    assert_eq!(refused(&no, Security::StartTls, true).await.class, Class::Tls);
    let injected = format!("{EHLO}S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS~ 220 go\\r\\n250 injected\\r\\n\nHANG");
    let error = refused(&injected, Security::StartTls, true).await;
    assert!(error.class == Class::Tls && error.message.contains("tampered"), "{error:?}");
    assert_eq!(refused("HANG", Security::Plain, false).await.class, Class::Tls);
}

#[tokio::test]
async fn garbage_hangs_and_floods() {
    assert_eq!(refused("S: * OK imap\nCLOSE", Security::Plain, true).await.class, Class::Protocol);
    assert_eq!(refused("FILL 10000000\nCLOSE", Security::Plain, true).await.class, Class::Protocol);
    assert_eq!(refused("S: 554 go away\nCLOSE", Security::Plain, true).await.class, Class::Permanent);
    assert_eq!(refused("S: 421 busy\nCLOSE", Security::Plain, true).await.class, Class::Temporary);
    assert_eq!(refused("CLOSE", Security::Plain, true).await.class, Class::Temporary);
    let fake = Fake::play("HANG").await;
    let error = SmtpSession::open(&fake.hasty(), &fake.endpoint(Security::Plain), None, true).await.err().unwrap();
    assert_eq!(error.class, Class::Temporary);
    fake.done().await;
}
