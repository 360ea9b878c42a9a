//! What is written must be read back as it was meant, and nothing may slip in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use serde_json::json;

use super::*;
use crate::{body_lists, parse, part_bytes, structure};

fn person(name: &str, email: &str) -> Address {
    Address { name: (!name.is_empty()).then(|| name.to_owned()), email: email.to_owned() }
}

fn letter() -> Outgoing {
    Outgoing {
        from: vec![person("Jörg Müller", "jm@example.com")],
        sender: None,
        to: vec![person("Doe, \"Jane\"", "jane@example.com"), person("", "x@example.com")],
        cc: vec![],
        bcc: vec![person("Secret", "s@example.com")],
        reply_to: vec![],
        subject: "Grüße aus 東京, and a rather long subject that must be folded somewhere, ideally early".to_owned(),
        message_id: "m1@example.com".to_owned(),
        in_reply_to: vec!["a@x".to_owned()],
        references: (0..30).map(|i| format!("reference{i}@mail.example.com")).collect(),
        date: Date { epoch_s: 1_700_000_000, offset_min: 60 },
        text: "Hallo,\n\nschöne Grüße. =20 \n.\nFrom me ".to_owned(),
        html: Some("<p>Hallo</p>".to_owned()),
        attachments: vec![
            Attachment {
                bytes: vec![0, 1, 2, 255],
                r#type: "application/pdf".into(),
                name: Some("Rechnung für März (sehr langer Name, der nicht passt).pdf".into()),
                cid: None,
                inline: false,
            },
            Attachment {
                bytes: b"png".to_vec(),
                r#type: "image/png".into(),
                name: Some("p.png".into()),
                cid: Some("pic@x".into()),
                inline: true,
            },
        ],
        extra: vec![("X-Kinpost".to_owned(), "yes".to_owned())],
    }
}

fn check_lines(raw: &[u8]) {
    for line in raw.split_inclusive(|&b| b == b'\n') {
        assert!(
            line.ends_with(b"\r\n") && line.len() <= 1000 && line.is_ascii(),
            "{:?}",
            String::from_utf8_lossy(line)
        );
    }
}

#[test]
fn a_letter_comes_back_as_it_was() {
    let letter = letter();
    let raw = build(&letter).unwrap();
    check_lines(&raw);
    let parsed = parse(&raw);
    let e = &parsed.envelope;
    assert_eq!(e.from.as_ref().unwrap(), &letter.from);
    assert_eq!(e.to.as_ref().unwrap(), &letter.to);
    assert_eq!(e.bcc.as_ref().unwrap(), &letter.bcc);
    assert_eq!(e.subject.as_ref().unwrap(), &letter.subject);
    assert_eq!(e.references.as_ref().unwrap(), &letter.references);
    assert_eq!((e.message_id.as_ref().unwrap()[0].as_str(), e.sent_at.unwrap()), ("m1@example.com", letter.date));
    let lists = body_lists(&parsed.structure);
    assert_eq!((lists.text_body[0].r#type.as_str(), lists.html_body[0].r#type.as_str()), ("text/plain", "text/html"));
    assert_eq!(lists.attachments.len(), 2);
    assert!(parsed.has_attachment);
    let pdf = parsed.structure.walk().into_iter().find(|p| p.r#type == "application/pdf").unwrap();
    assert_eq!(pdf.name, letter.attachments[0].name);
    assert_eq!(part_bytes(&raw, pdf.section.as_ref().unwrap()).unwrap().bytes, letter.attachments[0].bytes);
    let text = part_bytes(&raw, lists.text_body[0].section.as_ref().unwrap()).unwrap();
    assert_eq!(String::from_utf8(text.bytes).unwrap().trim_end_matches("\r\n"), letter.text.replace('\n', "\r\n"));
    let sent = without_bcc(&raw);
    assert_eq!(parse(&sent).envelope.bcc, None);
    assert_eq!(sent.len() + "Bcc: Secret <s@example.com>\r\n".len(), raw.len());
}

#[test]
fn nothing_slips_into_a_header() {
    let attempts: [fn(&mut Outgoing); 8] = [
        |l| l.subject = "x\r\nBcc: evil@x".into(),
        |l| l.to[0].email = "a@x>, <evil@x".into(),
        |l| l.to[0].name = Some("x\nBcc: evil".into()),
        |l| l.message_id = "a b".into(),
        |l| l.extra[0].0 = "X: y\r\nBcc".into(),
        |l| l.attachments[0].r#type = "text/plain\r\nX: y".into(),
        |l| l.attachments[0].name = Some("a\r\nb".into()),
        |l| l.attachments[1].cid = Some("x>\r\nBcc: y".into()),
    ];
    for (i, attempt) in attempts.iter().enumerate() {
        let mut letter = letter();
        attempt(&mut letter);
        assert!(build(&letter).is_err(), "attempt {i}");
    }
}

#[test]
fn without_bcc_leaves_every_other_octet() {
    let raw = b"To: a@x\r\nBCC : b@x,\r\n c@x\r\nSubject: s\r\nResent-Bcc: d@x\r\n\r\nBcc: stays\r\n";
    assert_eq!(without_bcc(raw), b"To: a@x\r\nSubject: s\r\n\r\nBcc: stays\r\n");
    assert_eq!(without_bcc(b"no header at all"), b"no header at all");
}

fn draft(value: serde_json::Value) -> Result<EmailDraft, draft::InvalidProperties> {
    EmailDraft::from_json(value.as_object().unwrap())
}

fn written(value: serde_json::Value) -> Vec<u8> {
    let draft = draft(value).unwrap();
    draft.build(Date { epoch_s: 0, offset_min: 0 }, "gen@x", &mut |id| (id == "bu1").then(|| b"BLOB".to_vec())).unwrap()
}

#[test]
fn drafts_of_rfc_8621() {
    let raw = written(json!({
        "mailboxIds": {"m1": true}, "keywords": {"$draft": true},
        "from": [{"name": "Joe", "email": "joe@example.com"}], "to": [{"email": "half typed"}], "subject": "Wörld",
        "header:X-Two:asText:all": ["one", "zwö"], "header:X-Raw": " raw\r\n value",
        "bodyValues": {"a": {"value": "text"}, "b": {"value": "<p>html</p>", "isTruncated": false}},
        "textBody": [{"partId": "a", "type": "text/plain"}], "htmlBody": [{"partId": "b", "type": "text/html"}],
        "attachments": [{"blobId": "bu1", "type": "application/x-y", "name": "f.bin", "size": 99}]
    }));
    check_lines(&raw);
    let parsed = parse(&raw);
    assert_eq!(parsed.envelope.subject.as_deref(), Some("Wörld"));
    assert_eq!(parsed.envelope.to.unwrap()[0].email, "half typed");
    assert_eq!(parsed.envelope.message_id.unwrap(), ["gen@x"]);
    assert_eq!(parsed.header.all("x-two").count(), 2);
    assert_eq!(parsed.header.last("X-Raw").unwrap().value, b" raw\r\n value");
    assert_eq!(part_bytes(&raw, "2").unwrap().bytes, b"BLOB");
    let types: Vec<_> = parsed.structure.walk().iter().map(|p| p.r#type.clone()).collect();
    assert_eq!(types, ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/x-y"]);
}

#[test]
fn body_structures_are_written_as_given() {
    let raw = written(json!({
        "bodyStructure": {"type": "multipart/alternative", "subParts": [
            {"partId": "1", "header:Content-Type": "text/plain; format=flowed"},
            {"type": "text/calendar", "blobId": "bu1", "charset": "utf-8", "header:X-Part:asText": "é", "language": ["de", "en"]}
        ]},
        "bodyValues": {"1": {"value": "hi"}}
    }));
    let parts = structure::part_headers(&raw);
    assert_eq!(parts[1].text("content-type").unwrap(), "text/plain; charset=utf-8; format=flowed");
    assert_eq!(parts[2].text("x-part").unwrap(), "é");
    assert_eq!(parse(&raw).structure.sub_parts.unwrap()[1].language.as_ref().unwrap(), &["de", "en"]);
}

#[test]
fn attached_messages_are_not_encoded() {
    let mut letter = letter();
    letter.attachments = vec![Attachment {
        bytes: b"Subject: in\n\nbody".to_vec(),
        r#type: "message/rfc822".into(),
        name: None,
        cid: None,
        inline: false,
    }];
    let raw = build(&letter).unwrap();
    assert_eq!(
        part_bytes(&raw, "2").unwrap(),
        crate::Decoded { bytes: b"Subject: in\r\n\r\nbody".to_vec(), problem: false }
    );
}

#[test]
fn what_the_rfc_forbids_is_refused() {
    let body = json!({"1": {"value": "x"}});
    let refused = [
        (json!({"headers": []}), "headers"),
        (json!({"from": [], "header:From": " x"}), "from"),
        (json!({"header:Subject:asAddresses": []}), "header:Subject:asAddresses"),
        (json!({"header:Content-Type": " text/plain"}), "header:Content-Type"),
        (json!({"bodyStructure": {"partId": "1"}, "textBody": [], "bodyValues": body}), "textBody"),
        (
            json!({"subject": "a", "bodyStructure": {"partId": "1", "header:Subject": "b"}, "bodyValues": body}),
            "bodyStructure",
        ),
        (json!({"textBody": [{"partId": "1", "type": "text/html"}], "bodyValues": body}), "textBody"),
        (json!({"textBody": [], "bodyValues": body}), "textBody"),
        (json!({"textBody": [{"partId": "2"}], "bodyValues": body}), "textBody/partId"),
        (json!({"textBody": [{"partId": "1", "blobId": "b"}], "bodyValues": body}), "textBody/blobId"),
        (json!({"textBody": [{"partId": "1", "charset": "utf-8"}], "bodyValues": body}), "textBody/charset"),
        (
            json!({"attachments": [{"blobId": "b", "header:Content-Transfer-Encoding": "7bit"}]}),
            "attachments/header:Content-Transfer-Encoding",
        ),
        (json!({"bodyValues": {"1": {"value": "x", "isTruncated": true}}}), "bodyValues"),
        (json!({"subject": 5}), "subject"),
        (json!({"size": 5}), "size"),
        (
            json!({"bodyStructure": {"type": "multipart/mixed", "partId": "1"}, "bodyValues": body}),
            "bodyStructure/subParts",
        ),
    ];
    for (value, property) in refused {
        let error = draft(value.clone()).unwrap_err();
        assert!(error.properties.iter().any(|p| p == property), "{value} gave {error:?}");
    }
    let missing = draft(json!({"attachments": [{"blobId": "zz"}]})).unwrap();
    assert_eq!(missing.blob_ids(), ["zz"]);
    assert_eq!(missing.build(Date::from_ms(0), "x@y", &mut |_| None).unwrap_err(), BuildError::Blob("zz".into()));
}
