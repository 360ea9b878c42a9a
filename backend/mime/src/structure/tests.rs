//! Trees, numbers and flat lists.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::*;

fn leaf(r#type: &str, disposition: Option<&str>, name: &str) -> BodyPart {
    BodyPart {
        r#type: r#type.into(),
        disposition: disposition.map(Into::into),
        location: Some(name.into()),
        ..BodyPart::default()
    }
}

fn letters(parts: &[&BodyPart]) -> String {
    parts.iter().filter_map(|p| p.location.as_deref()).collect()
}

#[test]
fn the_rfc_example_flattens_as_in_the_rfc() {
    let inner = BodyPart::multipart(
        "mixed",
        vec![
            leaf("text/plain", Some("inline"), "B"),
            leaf("image/jpeg", Some("inline"), "C"),
            leaf("text/plain", Some("inline"), "D"),
        ],
    );
    let related = BodyPart::multipart("related", vec![leaf("text/html", None, "E"), leaf("image/jpeg", None, "F")]);
    let mut root = BodyPart::multipart(
        "mixed",
        vec![
            leaf("text/plain", Some("inline"), "A"),
            BodyPart::multipart(
                "mixed",
                vec![
                    BodyPart::multipart("alternative", vec![inner, related]),
                    leaf("image/jpeg", Some("attachment"), "G"),
                    leaf("application/x-excel", None, "H"),
                    leaf("message/rfc822", None, "J"),
                ],
            ),
            leaf("text/plain", Some("inline"), "K"),
        ],
    );
    root.number();
    let lists = body_lists(&root);
    assert_eq!(letters(&lists.text_body), "ABCDK");
    assert_eq!(letters(&lists.html_body), "AEK");
    assert_eq!(letters(&lists.attachments), "CFGHJ");
    assert_eq!(root.find("2.1.1.3").unwrap().location.as_deref(), Some("D"));
    assert_eq!(root.find("3").unwrap().location.as_deref(), Some("K"));
    assert!(root.find("2").is_none() && root.find("").is_none());
    assert!(has_attachment(&root));
}

#[test]
fn one_alternative_serves_both_lists() {
    let root = BodyPart::multipart("alternative", vec![leaf("text/html", None, "H")]);
    let lists = body_lists(&root);
    assert_eq!((letters(&lists.text_body), letters(&lists.html_body)), ("H".into(), "H".into()));
    assert!(!has_attachment(&root));
}

const NESTED: &str = "Content-Type: multipart/mixed; boundary=\"out er\"\r\n\r\npreamble\r\n--out er\r\n\r\nfirst\r\n\
--out er  \r\nContent-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\nContent-Type: text/plain\r\n\r\nplain\r\n--in\r\n\
Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: Base64\r\n\r\nPGI+\r\n--out er\r\n\
Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nx\r\n--out er--\r\nepilogue\r\n--out er\r\n\r\nghost\r\n";

#[test]
fn raw_bytes_become_a_numbered_tree() {
    let root = parse(NESTED.as_bytes());
    let seen: Vec<_> = root.walk().iter().map(|p| (p.r#type.clone(), p.section.clone())).collect();
    let expected = [
        ("multipart/mixed", None),
        ("text/plain", Some("1")),
        ("multipart/alternative", None),
        ("text/plain", Some("2.1")),
        ("text/html", Some("2.2")),
        ("message/rfc822", Some("3")),
    ];
    assert_eq!(seen, expected.map(|(t, s)| (t.to_owned(), s.map(str::to_owned))));
    assert_eq!(part_bytes(NESTED.as_bytes(), "1").unwrap().bytes, b"first");
    assert_eq!(part_bytes(NESTED.as_bytes(), "2.2").unwrap().bytes, b"<b>");
    assert_eq!(part_raw(NESTED.as_bytes(), "2.2").unwrap(), b"PGI+");
    assert_eq!(part_bytes(NESTED.as_bytes(), "3").unwrap().bytes, b"Subject: inner\r\n\r\nx");
    assert_eq!(part_bytes(NESTED.as_bytes(), "2"), None);
    assert_eq!(root.find("2.2").unwrap().size, 3);
    assert_eq!(part_headers(NESTED.as_bytes())[4].text("content-type").unwrap(), "text/html; charset=utf-8");
    assert_eq!(root.find("2.1").unwrap().charset.as_deref(), Some("us-ascii"));
    assert_eq!(root.find("3").unwrap().charset, None);
}

#[test]
fn no_mime_is_one_text() {
    let root = parse(b"Subject: x\r\n\r\nhello");
    assert_eq!((root.section.as_deref(), root.r#type.as_str(), root.size), (Some("1"), "text/plain", 5));
    assert_eq!(part_bytes(b"Subject: x\r\n\r\nhello", "1").unwrap().bytes, b"hello");
}

#[test]
fn a_missing_boundary_leaves_readable_text() {
    let root = parse(b"Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\nhi\r\n--x--\r\n");
    assert_eq!((root.r#type.as_str(), root.section.as_deref()), ("text/plain", Some("1")));
}

#[test]
fn depth_and_count_are_limited() {
    let mut deep = String::new();
    for level in 0..200 {
        deep.push_str(&format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"));
    }
    let root = parse(deep.as_bytes());
    assert_eq!(root.walk().len(), 51);
    assert_eq!(root.walk().last().unwrap().r#type, "application/octet-stream");
    let wide = format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}", "--b\r\n\r\nx\r\n".repeat(5_000));
    assert_eq!(parse(wide.as_bytes()).walk().len(), 1_000);
}

#[test]
fn digest_parts_are_messages() {
    let root = parse(b"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: a\r\n\r\nx\r\n--b--\r\n");
    assert_eq!(root.sub_parts.unwrap()[0].r#type, "message/rfc822");
}

#[test]
fn bodystructure_gives_the_same_names() {
    let fields = LeafFields {
        r#type: "IMAGE".into(),
        subtype: "PNG".into(),
        params: vec![("NAME".into(), "=?utf-8?q?caf=C3=A9.png?=".into())],
        id: Some("<pic@here>".into()),
        encoding: Some("BASE64".into()),
        octets: 780,
        disposition: Some((
            "INLINE".into(),
            vec![("filename*0*".into(), "utf-8''b%C3%BCro".into()), ("filename*1".into(), ".png".into())],
        )),
        ..LeafFields::default()
    };
    let part = BodyPart::leaf(fields);
    assert_eq!(part.name.as_deref(), Some("büro.png"));
    assert_eq!(
        (part.r#type.as_str(), part.disposition.as_deref(), part.cid.as_deref()),
        ("image/png", Some("inline"), Some("pic@here"))
    );
    assert_eq!((part.size, part.encoding.as_deref(), part.charset), (570, Some("base64"), None));
}

#[test]
fn embedded_pictures_are_no_attachments() {
    let mut picture = leaf("image/png", None, "p");
    picture.cid = Some("c".into());
    let related = BodyPart::multipart("related", vec![leaf("text/html", None, "h"), picture]);
    assert!(!has_attachment(&related));
    let signed = BodyPart::multipart(
        "signed",
        vec![leaf("text/plain", None, "t"), leaf("application/pgp-signature", None, "s")],
    );
    assert!(!has_attachment(&signed));
    assert!(has_attachment(&BodyPart::multipart(
        "mixed",
        vec![leaf("text/plain", None, "t"), leaf("image/png", Some("attachment"), "a")]
    )));
}
