//! POP3 against scripted servers: the usual way, the quirks and the hostile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testkit::Fake;

fn me() -> Credentials {
    Credentials::new("anna", "secret word")
}

fn hello(capabilities: &[&str], rest: &str) -> String {
    let capa =
        |c: &[&str]| format!("C: CAPA\nS: +OK\n{}S: .\n", c.iter().map(|c| format!("S: {c}\n")).collect::<String>());
    format!(
        "S: +OK ready <1@x>\n{}C: USER anna\nS: +OK\nC: PASS secret word\nS: +OK in\n{}{rest}",
        capa(capabilities),
        capa(capabilities)
    )
}

async fn session(capabilities: &[&str], rest: &str) -> (Fake, Pop3Session) {
    let fake = Fake::play(&hello(capabilities, rest)).await;
    let session = Pop3Session::open(&fake.net(), &fake.endpoint(Security::Plain), &me(), true).await.unwrap();
    (fake, session)
}

async fn refused(script: &str, security: Security, allow_plain: bool) -> Error {
    let fake = Fake::play(script).await;
    let error = Pop3Session::open(&fake.net(), &fake.endpoint(security), &me(), allow_plain).await.err().unwrap();
    fake.done().await;
    error
}

#[tokio::test]
async fn the_usual_way() {
    let (fake, mut s) = session(
        &["UIDL", "TOP", "USER"],
        "C: UIDL
         S: +OK
         S: 1 whqtswO00WBw418f9t5JxYwZ
         S: 2 QhdPYR:00WBw1Ph7x7
         S: 2 again
         S: .
         C: LIST
         S: +OK 2 messages
         S: 1 120
         S: 2 200 octets
         S: .
         C: TOP 1 0
         S: +OK
         S: Subject: x
         S:
         S: .
         C: RETR 1
         S: +OK 120 octets
         S: Subject: x
         S:
         S: ..dot
         S: .
         C: DELE 1
         S: +OK
         C: QUIT
         S: +OK bye",
    )
    .await;
    let ids = s.uidl().await.unwrap().unwrap();
    assert_eq!(ids, [(1, "whqtswO00WBw418f9t5JxYwZ".to_owned()), (2, "QhdPYR:00WBw1Ph7x7".to_owned())]);
    assert_eq!(s.list().await.unwrap(), [(1, 120), (2, 200)]);
    assert_eq!(s.top(1, 0).await.unwrap().unwrap(), b"Subject: x\r\n\r\n");
    assert_eq!(s.retr(1, 1000).await.unwrap(), b"Subject: x\r\n\r\n.dot\r\n");
    s.dele(1).await.unwrap();
    s.quit().await.unwrap();
    fake.done().await;
}

#[tokio::test]
async fn a_server_without_capa_uidl_and_top() {
    let script = "S: +OK\nC: CAPA\nS: -ERR what?\nC: USER anna\nS: +OK\nC: PASS secret word\nS: +OK\nC: CAPA\nS: -ERR what?\n\
                  C: UIDL\nS: -ERR what?\nC: TOP 1 0\nS: -ERR what?";
    let fake = Fake::play(script).await;
    let mut s = Pop3Session::open(&fake.net(), &fake.endpoint(Security::Plain), &me(), true).await.unwrap();
    assert_eq!(s.uidl().await.unwrap(), None);
    assert_eq!(s.top(1, 0).await.unwrap(), None);
    fake.done().await;
}

#[tokio::test]
async fn auth_plain_after_stls() {
    let script = "S: +OK\nC: CAPA\nS: +OK\nS: STLS\nS: .\nC: STLS\nS: +OK go\nTLS\nC: CAPA\nS: +OK\nS: SASL PLAIN LOGIN\nS: .\n\
                  C: AUTH PLAIN AGFubmEAc2VjcmV0IHdvcmQ=\nS: +OK\nC: CAPA\nS: +OK\nS: UIDL\nS: .";
    let fake = Fake::play(script).await;
    let s = Pop3Session::open(&fake.net(), &fake.endpoint(Security::StartTls), &me(), false).await.unwrap();
    assert!(s.has("UIDL") && !s.has("STLS"));
    fake.done().await;
}

#[tokio::test]
async fn stls_that_vanished_or_was_tampered_with_gets_no_password() {
    let missing = "S: +OK\nC: CAPA\nS: +OK\nS: TOP\nS: .\nHANG";
    assert_eq!(refused(missing, Security::StartTls, true).await.class, Class::Tls);
    let injected = "S: +OK\nC: CAPA\nS: +OK\nS: STLS\nS: .\nC: STLS\nS~ +OK go\\r\\n+OK injected\\r\\n\nHANG";
    let error = refused(injected, Security::StartTls, true).await;
    assert!(error.class == Class::Tls && error.message.contains("tampered"));
    let plain = "S: +OK\nC: CAPA\nS: +OK\nS: .\nHANG";
    assert_eq!(refused(plain, Security::Plain, false).await.class, Class::Tls);
}

#[tokio::test]
async fn refusals_have_their_class() {
    for (answer, class) in [
        ("-ERR [AUTH] no", Class::Auth),
        ("-ERR no", Class::Auth),
        ("-ERR [IN-USE] locked", Class::Temporary),
        ("-ERR [LOGIN-DELAY] wait", Class::Temporary),
        ("-ERR [SYS/TEMP] disk", Class::Temporary),
        ("-ERR [SYS/PERM] gone", Class::Permanent),
        ("what", Class::Protocol),
    ] {
        let script = format!("S: +OK\nC: CAPA\nS: -ERR\nC: USER anna\nS: +OK\nC: PASS secret word\nS: {answer}\nHANG");
        assert_eq!(refused(&script, Security::Plain, true).await.class, class, "{answer}");
    }
}

#[tokio::test]
async fn garbage_hangs_and_drops() {
    assert_eq!(refused("S: * OK imap\nCLOSE", Security::Plain, true).await.class, Class::Protocol);
    assert_eq!(refused("FILL 100000\nCLOSE", Security::Plain, true).await.class, Class::Protocol);
    assert_eq!(refused("CLOSE", Security::Plain, true).await.class, Class::Temporary);
    let fake = Fake::play("HANG").await;
    let error = Pop3Session::open(&fake.hasty(), &fake.endpoint(Security::Plain), &me(), true).await.err().unwrap();
    assert_eq!(error.class, Class::Temporary);

    let (fake, mut s) = session(&[], "C: RETR 1\nS: +OK\nS: half a\nCLOSE").await;
    assert_eq!(s.retr(1, 1000).await.unwrap_err().class, Class::Temporary);
    assert!(s.is_broken());
    fake.done().await;
    let (fake, mut s) = session(&[], "C: UIDL\nS: +OK\nS: one two\nS: .\nHANG").await;
    assert_eq!(s.uidl().await.unwrap_err().class, Class::Protocol);
    drop(s);
    fake.done().await;
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_not_kept() {
    let (fake, mut s) = session(&[], "C: RETR 1\nS: +OK\nFILL 100000000\nCLOSE").await;
    let error = s.retr(1, 1 << 20).await.unwrap_err();
    assert_eq!((error.class, error.code.as_deref()), (Class::Permanent, Some("TOOBIG")));
    assert!(s.is_broken());
    drop(s);
    fake.done().await;
}

#[tokio::test]
async fn quit_tells_whether_deletions_were_committed() {
    let (fake, s) = session(&[], "C: QUIT\nS: -ERR some deleted messages not removed").await;
    assert_eq!(s.quit().await.unwrap_err().class, Class::Permanent);
    fake.done().await;
    let (fake, s) = session(&[], "C: QUIT\nCLOSE").await;
    assert_eq!(s.quit().await.unwrap_err().class, Class::Temporary);
    fake.done().await;
}
