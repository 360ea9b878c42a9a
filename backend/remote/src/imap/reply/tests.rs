//! Responses of real and of hostile servers.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

async fn one(text: &str) -> Reply {
    read(BytesMut::from(text)).await
}

#[tokio::test]
async fn status_lines() {
    let Reply::Tagged(tag, o) = one("A7 NO [TRYCREATE] No such folder\r\n").await else { panic!() };
    assert_eq!(
        (tag.as_str(), o.word, o.code.as_str(), o.text.as_str()),
        ("A7", Word::No, "TRYCREATE", "No such folder")
    );
    let Reply::Status(o) = one("* OK [PERMANENTFLAGS (\\Seen \\*)] Limited\r\n").await else { panic!() };
    assert_eq!((o.code.as_str(), o.args.as_str()), ("PERMANENTFLAGS", "(\\Seen \\*)"));
    let Reply::Status(o) = one("* OK [UIDVALIDITY 17]\r\n").await else { panic!() };
    assert_eq!((o.code.as_str(), o.args.as_str(), o.text.as_str()), ("UIDVALIDITY", "17", ""));
    assert!(matches!(one("+ idling\r\n").await, Reply::Continue));
    assert!(matches!(one("+\r\n").await, Reply::Continue));
}

#[tokio::test]
async fn folders() {
    let Reply::List(f) = one("* LIST (\\HasNoChildren \\Sent) \"/\" \"Gesendete Obj&AOQ-kte\"\r\n").await else {
        panic!()
    };
    assert_eq!((f.name.as_str(), f.delimiter, f.special_use), ("Gesendete Objäkte", Some('/'), Some(SpecialUse::Sent)));
    let Reply::List(f) = one("* LIST (\\Noselect) NIL {4}\r\na \"b\r\n").await else { panic!() };
    assert_eq!((f.wire.as_str(), f.delimiter, f.no_select), ("a \"b", None, true));
    let Reply::List(f) = one("* LIST () \"\\\\\" inbox\r\n").await else { panic!() };
    assert_eq!((f.wire.as_str(), f.delimiter), ("INBOX", Some('\\')));
    for broken in ["* LIST\r\n", "* LIST (\r\n", "* LIST () \"/\"\r\n", "* LIST x y z\r\n", "* LIST () \"/\" \"\"\r\n"]
    {
        assert!(matches!(one(broken).await, Reply::Skipped), "{broken}");
    }
}

#[tokio::test]
async fn searches() {
    let Reply::Search(uids) = one("* SEARCH 2 84 882 (MODSEQ 917162500)\r\n").await else { panic!() };
    assert_eq!(uids, [2, 84, 882]);
    let Reply::Search(uids) = one("* ESEARCH (TAG \"A1\") UID ALL 1:3,9\r\n").await else { panic!() };
    assert_eq!(uids, [1, 2, 3, 9]);
    let Reply::Search(uids) = one("* ESEARCH (TAG \"A1\") UID\r\n").await else { panic!() };
    assert!(uids.is_empty());
    assert_eq!(expand("1:4294967295").len(), MAX_UIDS);
}

#[tokio::test]
async fn fetches() {
    let Reply::Fetch(f) = one(
        "* 12 FETCH (UID 7 FLAGS (\\Seen $Junk \\Recent) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286 \
         MODSEQ (65402) X-NEW (1 2) BODY[HEADER] {4}\r\nA: b BODY[1]<0> {3}\r\nxyz)\r\n",
    )
    .await
    else {
        panic!()
    };
    assert_eq!((f.meta.uid, f.meta.size, f.meta.modseq), (7, Some(4286), Some(65402)));
    assert_eq!(f.meta.flags.unwrap(), ["$Junk", "\\Seen"]);
    assert_eq!(f.meta.received_ms, Some(837_596_665_000));
    assert_eq!(f.header.unwrap(), b"A: b");
    assert_eq!(f.body.unwrap(), (Some(0), b"xyz".to_vec()));
}

#[tokio::test]
async fn nesting_beyond_measure_is_skipped() {
    let bomb = format!("* 1 FETCH (UID 1 BODYSTRUCTURE {}{})\r\n", "(".repeat(200_000), ")".repeat(200_000));
    assert!(matches!(one(&bomb).await, Reply::Skipped));
    let long = format!("* 1 FETCH (UID 1 X \"{}\")\r\n", "x ".repeat(600_000));
    assert!(matches!(one(&long).await, Reply::Skipped | Reply::Fetch(_)));
    for nonsense in
        ["* \r\n", "*\r\n", "\r\n", "* 1 FETCH (\r\n", "HTTP/1.1 400 Bad Request\r\n", "* 99999999999 EXISTS\r\n"]
    {
        assert!(matches!(one(nonsense).await, Reply::Skipped), "{nonsense:?}");
    }
}
