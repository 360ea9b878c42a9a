//! The IMAP session against scripted servers: the usual way, the quirks and the hostile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Duration;

use super::*;
use crate::testkit::{Certificate, Fake};
use crate::{Credentials, Security};

fn me() -> Credentials {
    Credentials::new("anna", "secret")
}

/// Log-in by LOGIN with the given capabilities; the script goes on from K4.
fn hello(capabilities: &str, rest: &str) -> String {
    format!(
        "S: * OK hi\nC: K1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 {capabilities}\nS: K1 OK done\n\
         C: K2 LOGIN \"anna\" \"secret\"\nS: K2 OK in\n\
         C: K3 CAPABILITY\nS: * CAPABILITY IMAP4rev1 {capabilities}\nS: K3 OK done\n{rest}"
    )
}

async fn session(capabilities: &str, rest: &str) -> (Fake, ImapSession) {
    let fake = Fake::play(&hello(capabilities, rest)).await;
    let session = ImapSession::open(&fake.net(), &fake.endpoint(Security::Plain), &me(), true).await.unwrap();
    (fake, session)
}

async fn refused(script: &str, security: Security, allow_plain: bool) -> Error {
    let fake = Fake::play(script).await;
    let error = ImapSession::open(&fake.net(), &fake.endpoint(security), &me(), allow_plain).await.err().unwrap();
    fake.done().await;
    error
}

#[tokio::test]
async fn selects_and_reads_what_the_server_tells() {
    let (fake, mut s) = session(
        "CONDSTORE UIDPLUS",
        "C: K4 SELECT \"INBOX\" (CONDSTORE)
         S: * FLAGS (\\Answered \\Seen $Junk)
         S: * OK [PERMANENTFLAGS (\\Answered \\Seen \\*)] Flags permitted.
         S: * 172 EXISTS
         S: * OK [UIDVALIDITY 3857529045] UIDs valid
         S: * OK [UIDNEXT 4392] Predicted next UID
         S: * OK [HIGHESTMODSEQ 715194045007]
         S: K4 OK [READ-WRITE] done
         C: K5 UID FETCH 1:3 (UID FLAGS INTERNALDATE RFC822.SIZE MODSEQ)
         S: * 2 FETCH (UID 3 FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 10 MODSEQ (7))
         S: * 1 FETCH (UID 1 FLAGS () INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 20 MODSEQ (5))
         S: * 99 FETCH (UID 77 FLAGS (\\Deleted))
         S: * 173 EXISTS
         S: K5 OK done",
    )
    .await;
    let selected = s.select("INBOX").await.unwrap();
    assert_eq!((selected.exists, selected.uid_validity, selected.uid_next), (172, 3_857_529_045, Some(4392)));
    assert_eq!(selected.highest_modseq, Some(715_194_045_007));
    assert!(selected.keeps_keywords && !selected.read_only);
    assert_eq!(selected.permanent_flags, ["\\Answered", "\\Seen"]);
    let meta = s.fetch_meta(&UidSet::range(1..=3)).await.unwrap();
    assert_eq!(
        meta.iter().map(|m| (m.uid, m.size, m.modseq)).collect::<Vec<_>>(),
        [(1, Some(20), Some(5)), (3, Some(10), Some(7))]
    );
    let news = s.take_unsolicited();
    assert_eq!((news.exists, news.flags.len(), news.flags[0].uid), (Some(173), 1, 77));
    assert!(s.take_unsolicited().is_empty());
    fake.done().await;
}

#[tokio::test]
async fn first_sight_survives_a_structure_that_makes_no_sense() {
    let (fake, mut s) = session(
        "",
        "C: K4 UID FETCH 1:2 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER] BODYSTRUCTURE)
         S: * 1 FETCH (UID 1 FLAGS () RFC822.SIZE 20 BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"7BIT\" 9 1) BODY[HEADER] {8}
         S~ A: b\\r\\n\\r\\n
         S: )
         S: * 2 FETCH (UID 2 FLAGS () RFC822.SIZE 30 BODYSTRUCTURE (oops)) BODY[HEADER] {8}
         S~ C: d\\r\\n\\r\\n
         S: )
         S: K4 OK done
         C: K5 UID SEARCH UID 1:2
         S: * SEARCH 1 2
         S: K5 OK done
         C: K6 UID FETCH 2 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER])
         S: * 2 FETCH (UID 2 FLAGS () RFC822.SIZE 30 BODY[HEADER] {8}
         S~ C: d\\r\\n\\r\\n
         S: )
         S: K6 OK done",
    )
    .await;
    let found = s.fetch_summaries(&UidSet::range(1..=2)).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].structure.as_ref().unwrap().r#type, "text/plain");
    assert_eq!(found[0].header, b"A: b\r\n\r\n");
    assert!(found[1].structure.is_none());
    assert_eq!(found[1].header, b"C: d\r\n\r\n");
    fake.done().await;
}

#[tokio::test]
async fn slices_are_pipelined_by_section() {
    let (fake, mut s) = session(
        "",
        "C: K4 UID FETCH 1,3 (UID BODY.PEEK[1]<0.4>)
         C: K5 UID FETCH 2 (UID BODY.PEEK[1.1]<0.4>)
         S: * 1 FETCH (UID 1 BODY[1]<0> {4}
         S: one1)
         S: * 3 FETCH (UID 3 BODY[1]<0> {3}
         S: thr)
         S: K4 OK done
         S: * 2 FETCH (UID 2 BODY[1.1]<0> \"two\")
         S: K5 OK done",
    )
    .await;
    let wanted = [(1, "1".to_owned()), (2, "1.1".to_owned()), (3, "1".to_owned())];
    let mut got = s.fetch_slices(&wanted, 4).await.unwrap();
    got.sort_by_key(|f| f.uid);
    let got: Vec<_> = got.iter().map(|f| (f.uid, f.section.as_str(), f.bytes.as_slice())).collect();
    assert_eq!(got, [(1, "1", &b"one1"[..]), (2, "1.1", b"two"), (3, "1", b"thr")]);
    assert!(s.fetch_slices(&[(1, "1] (BODY[2".to_owned())], 4).await.is_err());
    fake.done().await;
}

#[tokio::test]
async fn a_message_comes_in_ranges_and_a_gone_one_is_none() {
    let range = 512 << 10;
    let (fake, mut s) = session(
        "",
        &format!(
            "C: K4 UID FETCH 9 (UID BODY.PEEK[]<0.{range}>)
             S: * 1 FETCH (UID 9 BODY[]<0> {{{range}}}
             FILL {range}
             S: )
             S: K4 OK done
             C: K5 UID FETCH 9 (UID BODY.PEEK[]<{range}.{range}>)
             S: * 1 FETCH (UID 9 BODY[]<{range}> {{3}}
             S: end)
             S: K5 OK done
             C: K6 UID FETCH 10 (UID BODY.PEEK[]<0.{range}>)
             S: K6 OK nothing there
             C: K7 UID FETCH 11 (UID BODY.PEEK[]<0.{range}>)
             S: * 1 FETCH (UID 11 BODY[]<0> {{20}}
             S: 12345678901234567890)
             S: K7 OK done"
        ),
    )
    .await;
    let whole = s.fetch_message(9, 1 << 20).await.unwrap().unwrap();
    assert_eq!(whole.len(), range + 3);
    assert!(whole.ends_with(b"xend"));
    assert_eq!(s.fetch_message(10, 1 << 20).await.unwrap(), None);
    assert_eq!(s.fetch_message(11, 10).await.unwrap_err().class, Class::Permanent);
    assert!(!s.is_broken());
    fake.done().await;
}

#[tokio::test]
async fn appends_copies_moves_and_expunges() {
    let (fake, mut s) = session(
        "UIDPLUS MOVE",
        "C: K4 APPEND \"Sent\" (\\Seen) \"01-Jan-2026 00:00:00 +0000\" {5}
         S: + go
         C: a: b
         C:
         S: K4 OK [APPENDUID 38505 3955] done
         C: K5 UID COPY 304,319:320 \"x\"
         S: K5 OK [COPYUID 38505 304,319:320 3956:3958] Done
         C: K6 UID MOVE 42 \"x\"
         S: * OK [COPYUID 432432 42 1202]
         S: * 22 EXPUNGE
         S: K6 OK Done
         C: K7 UID EXPUNGE 7
         S: K7 OK done
         C: K8 UID STORE 8 +FLAGS (\\Seen)
         S: * 1 FETCH (UID 8 MODSEQ (12111230048) FLAGS (\\Seen))
         S: K8 OK done
         C: K9 APPEND \"gone\" () {1}
         S: K9 NO [TRYCREATE] no such folder",
    )
    .await;
    // The literal "a: b\n" ends a line of the script, the CRLF that ends the command is an empty one.
    let appended = s.append("Sent", &["\\Seen"], Some(1_767_225_600_000), b"a: b\n").await.unwrap();
    assert_eq!(appended, Some(Appended { uid_validity: 38505, uid: 3955 }));
    let set: UidSet = [304, 319, 320].into_iter().collect();
    let copied = s.copy(&set, "x").await.unwrap().unwrap();
    assert_eq!((copied.uid_validity, copied.uids), (38505, vec![(304, 3956), (319, 3957), (320, 3958)]));
    let moved = s.move_to(&UidSet::one(42), "x").await.unwrap().unwrap();
    assert_eq!((moved.uid_validity, moved.uids), (432_432, vec![(42, 1202)]));
    s.expunge(&UidSet::one(7)).await.unwrap();
    let stored = s.store(&UidSet::one(8), true, &["\\Seen"]).await.unwrap();
    assert_eq!((stored[0].uid, stored[0].modseq), (8, Some(12_111_230_048)));
    let error = s.append("gone", &[], None, b"x").await.unwrap_err();
    assert_eq!(error.code.as_deref(), Some("TRYCREATE"));
    assert!(!s.is_broken());
    assert_eq!(s.take_unsolicited().expunged, 1);
    fake.done().await;
}

#[tokio::test]
async fn a_server_without_uidplus_is_never_asked_to_expunge() {
    let (fake, mut s) = session("", "C: K4 NOOP\nS: K4 OK done").await;
    assert_eq!(s.expunge(&UidSet::one(1)).await.unwrap_err().class, Class::Permanent);
    assert_eq!(s.move_to(&UidSet::one(1), "x").await.unwrap_err().class, Class::Permanent);
    s.noop().await.unwrap();
    fake.done().await;
}

#[tokio::test]
async fn idle_ends_by_news_by_waking_and_by_time() {
    let (fake, mut s) = session(
        "IDLE",
        "C: K4 IDLE
         S: + idling
         S: * OK Still here
         S: * 5 EXISTS
         C: DONE
         S: K4 OK done
         C: K5 IDLE
         S: + idling
         C: DONE
         S: K5 OK done
         C: K6 IDLE
         S: + idling
         C: DONE
         S: * 6 EXISTS
         S: K6 OK done",
    )
    .await;
    let never = std::future::pending::<()>;
    assert_eq!(s.idle(never(), Duration::from_secs(60)).await.unwrap(), IdleEnd::Changed);
    assert_eq!(s.take_unsolicited().exists, Some(5));
    assert_eq!(s.idle(async {}, Duration::from_secs(60)).await.unwrap(), IdleEnd::Woken);
    assert_eq!(s.idle(never(), Duration::from_millis(30)).await.unwrap(), IdleEnd::Changed);
    assert_eq!(s.take_unsolicited().exists, Some(6));
    fake.done().await;
}

#[tokio::test]
async fn wrong_password() {
    let script = "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\nC: K1 AUTHENTICATE PLAIN AGFubmEAc2VjcmV0\nS: K1 NO [AUTHENTICATIONFAILED] Invalid credentials";
    let error = refused(script, Security::Plain, true).await;
    assert_eq!(error.class, Class::Auth);
    assert!(error.to_string().contains("Invalid credentials"));
    let busy = "S: * OK [CAPABILITY IMAP4rev1] hi\nC: K1 LOGIN *\nS: K1 NO [ALERT] Too many simultaneous connections";
    assert_eq!(refused(busy, Security::Plain, true).await.class, Class::Temporary);
    let disabled = "S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi\nHANG";
    assert_eq!(refused(disabled, Security::Plain, true).await.class, Class::Permanent);
}

#[tokio::test]
async fn the_longer_plain_dialogue() {
    let script = "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\nC: K1 AUTHENTICATE PLAIN\nS: +\nC: AGFubmEAc2VjcmV0\n\
                  S: K1 OK [CAPABILITY IMAP4rev1 ID] in\nC: K2 CAPABILITY\nS: * CAPABILITY IMAP4rev1 ID\nS: K2 OK\n\
                  C: K3 ID (\"name\" \"Kinpost\")\nS: * ID NIL\nS: K3 OK";
    let fake = Fake::play(script).await;
    let session = ImapSession::open(&fake.net(), &fake.endpoint(Security::Plain), &me(), true).await.unwrap();
    assert!(session.has("ID"));
    fake.done().await;
}

#[tokio::test]
async fn no_password_without_encryption() {
    // The script ends before any password: hearing one would fail it.
    let error = refused("S: * OK hi\nHANG", Security::Plain, false).await;
    assert_eq!(error.class, Class::Tls);
}

#[tokio::test]
async fn starttls_that_vanished_gets_no_password() {
    for script in [
        "S: * OK hi\nC: K1 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: K1 OK\nHANG",
        "S: * OK hi\nC: K1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 STARTTLS\nS: K1 OK\nC: K2 STARTTLS\nS: K2 BAD no\nHANG",
        "S: * PREAUTH welcome\nHANG",
    ] {
        let error = refused(script, Security::StartTls, true).await;
        assert_eq!(error.class, Class::Tls);
        assert!(error.message.contains("no password was sent"));
    }
}

#[tokio::test]
async fn bytes_injected_after_starttls_are_refused() {
    let script = "S: * OK hi\nC: K1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 STARTTLS\nS: K1 OK\nC: K2 STARTTLS\n\
                  S~ K2 OK go\\r\\nK3 OK [CAPABILITY IMAP4rev1] injected\\r\\n\nHANG";
    let error = refused(script, Security::StartTls, false).await;
    assert_eq!(error.class, Class::Tls);
    assert!(error.message.contains("tampered"));
}

#[tokio::test]
async fn starttls_then_log_in() {
    let script = "S: * OK hi\nC: K1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\nS: K1 OK\nC: K2 STARTTLS\nS: K2 OK go\nTLS\n\
                  C: K3 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: K3 OK\nC: K4 LOGIN \"anna\" \"secret\"\nS: K4 OK\n\
                  C: K5 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: K5 OK";
    let fake = Fake::play(script).await;
    ImapSession::open(&fake.net(), &fake.endpoint(Security::StartTls), &me(), false).await.unwrap();
    fake.done().await;
}

#[tokio::test]
async fn certificates_that_cannot_be_trusted() {
    for (certificate, words) in [
        (Certificate::Expired, "expired"),
        (Certificate::OtherName, "not for 127.0.0.1"),
        (Certificate::Stranger, "nobody that Kinpost trusts"),
        (Certificate::SelfSignedExpired, "expired"),
        (Certificate::SelfSignedOther, "not for 127.0.0.1"),
    ] {
        let fake = Fake::with("TLS\nS: * OK hi\nHANG", certificate).await;
        let error = ImapSession::open(&fake.net(), &fake.endpoint(Security::Tls), &me(), true).await.err().unwrap();
        assert_eq!(error.class, Class::Tls);
        assert!(error.message.contains(words), "{}", error.message);
        fake.done().await;
    }
}

#[tokio::test]
async fn a_home_servers_own_certificate_is_trusted_once_it_was_handed_over() {
    for certificate in [Certificate::Good, Certificate::SelfSigned] {
        let fake = Fake::with(&format!("TLS\n{}", hello("", "")), certificate).await;
        ImapSession::open(&fake.net(), &fake.endpoint(Security::Tls), &me(), false).await.unwrap();
        fake.done().await;
    }
}

#[tokio::test]
async fn tls_wanted_where_there_is_none() {
    let error = refused("S: * OK hi\nCLOSE", Security::Tls, true).await;
    assert_eq!(error.class, Class::Tls);
    assert!(error.message.contains("does not speak TLS on this port"), "{}", error.message);
}

#[tokio::test]
async fn garbage_greetings() {
    for script in ["S: HTTP/1.1 400 Bad Request\nCLOSE", "S: 220 mail ESMTP\nCLOSE", "S: +OK pop\nCLOSE"] {
        assert_eq!(refused(script, Security::Plain, true).await.class, Class::Protocol);
    }
    assert_eq!(refused("S: * BYE too busy\nCLOSE", Security::Plain, true).await.class, Class::Temporary);
    assert_eq!(refused("CLOSE", Security::Plain, true).await.class, Class::Temporary);
}

#[tokio::test]
async fn a_server_that_hangs_meets_the_deadline() {
    let fake = Fake::play("HANG").await;
    let error = ImapSession::open(&fake.hasty(), &fake.endpoint(Security::Plain), &me(), true).await.err().unwrap();
    assert_eq!(error.class, Class::Temporary);
    assert!(error.message.contains("did not answer"));
    fake.done().await;

    let fake = Fake::play(&hello("", "C: K4 NOOP\nHANG")).await;
    let mut s = ImapSession::open(&fake.hasty(), &fake.endpoint(Security::Plain), &me(), true).await.unwrap();
    assert_eq!(s.noop().await.unwrap_err().class, Class::Temporary);
    assert!(s.is_broken());
    assert_eq!(s.noop().await.unwrap_err().class, Class::Temporary);
    drop(s);
    fake.done().await;
}

#[tokio::test]
async fn a_connection_dropped_in_a_literal() {
    let (fake, mut s) = session("", "C: K4 UID FETCH *\nS: * 1 FETCH (UID 1 BODY[] {1000}\nS: only this\nCLOSE").await;
    let error = s.fetch_messages(&UidSet::one(1)).await.unwrap_err();
    assert_eq!(error.class, Class::Temporary);
    assert!(s.is_broken());
    fake.done().await;
}

#[tokio::test]
async fn a_literal_of_a_hundred_megabytes_is_refused_unread() {
    let (fake, mut s) =
        session("", "C: K4 UID FETCH *\nS: * 1 FETCH (UID 1 BODY[] {104857600}\nFILL 104857600\nS: )\nS: K4 OK").await;
    let error = s.fetch_messages(&UidSet::one(1)).await.unwrap_err();
    assert_eq!(error.class, Class::Protocol);
    drop(s);
    fake.done().await;
}

#[tokio::test]
async fn a_line_without_an_end_is_refused() {
    let (fake, mut s) = session("", "C: K4 NOOP\nFILL 40000000\nCLOSE").await;
    assert_eq!(s.noop().await.unwrap_err().class, Class::Protocol);
    drop(s);
    fake.done().await;
}

#[tokio::test]
async fn answers_without_measure_are_refused() {
    let (fake, mut s) = session(
        "",
        "C: K4 UID FETCH *\nS: * 1 FETCH (UID 1 BODY[] {300}\nFILL 300\nS: )\nS: * 2 FETCH (UID 2 BODY[] {300}\nHANG",
    )
    .await;
    s.set_limits(Limits { answer: 400, ..Limits::default() });
    assert_eq!(s.fetch_messages(&UidSet::range(1..=2)).await.unwrap_err().class, Class::Protocol);
    drop(s);
    fake.done().await;
}

#[tokio::test]
async fn a_lying_exists_hurts_nobody() {
    let (fake, mut s) = session(
        "ESEARCH",
        "C: K4 SELECT \"INBOX\"
         S: * 4294967295 EXISTS
         S: K4 OK [READ-ONLY] done
         C: K5 UID SEARCH RETURN (ALL) ALL
         S: * ESEARCH (TAG \"K5\") UID ALL 4,6:7
         S: K5 OK done",
    )
    .await;
    let selected = s.select("INBOX").await.unwrap();
    assert_eq!((selected.exists, selected.read_only, selected.uid_validity), (u32::MAX, true, 0));
    assert_eq!(s.search_all().await.unwrap(), [4, 6, 7]);
    fake.done().await;
}

#[tokio::test]
async fn a_tag_that_was_never_sent_is_nonsense() {
    let (fake, mut s) = session("", "C: K4 NOOP\nS: X9 OK done\nHANG").await;
    assert_eq!(s.noop().await.unwrap_err().class, Class::Protocol);
    drop(s);
    fake.done().await;
}

#[tokio::test]
async fn folders_with_special_use_and_a_limit() {
    let (fake, mut s) = session(
        "",
        "C: K4 LIST \"\" \"*\"
         S: * LIST (\\HasNoChildren) \".\" INBOX
         S: * LIST (\\Trash) \".\" INBOX.Papierkorb
         S: * LIST (\\Trash) \".\" INBOX.Papierkorb
         S: K4 OK done
         C: K5 LIST \"\" \"*\"
         S: * LIST () \".\" a
         S: * LIST () \".\" b
         S: K5 OK done
         C: K6 STATUS \"INBOX\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)
         S: * STATUS INBOX (MESSAGES 231 UIDNEXT 44292 UNSEEN 3)
         S: K6 OK done
         C: K7 CREATE \"a b\"
         S: K7 NO [ALREADYEXISTS] there",
    )
    .await;
    let folders = s.list().await.unwrap();
    assert_eq!(folders.len(), 2);
    assert_eq!(folders[1].special_use, Some(SpecialUse::Trash));
    s.set_limits(Limits { folders: 1, ..Limits::default() });
    assert_eq!(s.list().await.unwrap_err().class, Class::Protocol);
    let status = s.status("INBOX").await.unwrap();
    assert_eq!((status.messages, status.uid_next, status.uid_validity), (Some(231), Some(44292), None));
    let error = s.create("a b").await.unwrap_err();
    assert_eq!(error.code.as_deref(), Some("ALREADYEXISTS"));
    fake.done().await;
}
