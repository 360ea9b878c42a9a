//! Transfer encodings, charsets and cutting.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::*;

#[test]
fn base64_is_lenient() {
    assert_eq!(decode_transfer(b"aGVs\r\nbG8=", Some("BASE64")).bytes, b"hello");
    assert_eq!(decode_transfer(b"aGVsbG8", Some("base64")), Decoded { bytes: b"hello".to_vec(), problem: false });
    let bad = decode_transfer(b"aG!VsbG8=", Some("base64"));
    assert_eq!((bad.bytes.as_slice(), bad.problem), (&b"hello"[..], true));
    assert!(decode_transfer(b"aGVsb", Some("base64")).problem);
    assert_eq!(decode_transfer(b"aGk=aGk=", Some("base64")).bytes, b"hihi");
}

#[test]
fn quoted_printable_is_lenient() {
    assert_eq!(decode_transfer(b"a=3Db  \r\nc=\r\nd=C3=A9", Some("quoted-printable")).bytes, "a=b\r\ncdé".as_bytes());
    let bad = decode_transfer(b"100=% sure", Some("quoted-printable"));
    assert_eq!((bad.bytes.as_slice(), bad.problem), (&b"100=% sure"[..], true));
}

#[test]
fn uuencode_decodes() {
    let text = b"begin 644 x\r\n#0V%T\r\n`\r\nend\r\n";
    assert_eq!(decode_transfer(text, Some("x-uuencode")), Decoded { bytes: b"Cat".to_vec(), problem: false });
}

#[test]
fn unknown_encoding_passes_with_a_problem() {
    assert_eq!(decode_transfer(b"abc", Some("x-rot13")), Decoded { bytes: b"abc".to_vec(), problem: true });
}

#[test]
fn lengths_equal_decoding() {
    for (raw, encoding) in
        [(&b"aGVs\r\nbG8="[..], "base64"), (b"a=3Db  \r\nc=\r\nd", "quoted-printable"), (b"xyz", "8bit")]
    {
        assert_eq!(transfer::decoded_len(raw, Some(encoding)), decode_transfer(raw, Some(encoding)).bytes.len() as u64);
    }
}

#[test]
fn charsets_of_the_world() {
    let cases: [(&[u8], &str, &str); 9] = [
        (b"caf\xe9", "iso-8859-1", "café"),
        (b"\x1b$B$3$s$K$A$O\x1b(B", "ISO-2022-JP", "こんにちは"),
        (b"\xcf\xf0\xe8\xe2\xe5\xf2", "windows-1251", "Привет"),
        (b"\xc4\xe3\xba\xc3", "gb2312", "你好"),
        (b"\x1b$)C\x0e>H3g\x0f", "iso-2022-kr", "안녕"),
        (b"~{Dc:C~}!", "hz-gb-2312", "你好!"),
        (b"Hi +AOkA4A- x", "utf-7", "Hi éà x"),
        (b"\xff\xfeh\0i\0", "utf-16", "hi"),
        ("naïve".as_bytes(), "us-ascii", "naïve"),
    ];
    for (bytes, charset, expected) in cases {
        let (text, _) = decode_charset(bytes, Some(charset));
        assert_eq!(text, expected, "{charset}");
    }
    assert_eq!(decode_charset(b"caf\xe9", None), ("café".into(), true));
    assert_eq!(decode_charset(b"plain", Some("x-klingon")), ("plain".into(), true));
    assert_eq!(decode_charset(b"a\xffb", Some("utf-8")), ("a\u{fffd}b".into(), true));
}

fn value(text: &str, is_html: bool, max: usize) -> BodyValue {
    text_value(&Decoded { bytes: text.as_bytes().to_vec(), problem: false }, Some("utf-8"), is_html, max)
}

#[test]
fn cutting_respects_characters_and_tags() {
    assert_eq!(value("aé", false, 2), BodyValue { value: "a".into(), is_encoding_problem: false, is_truncated: true });
    assert_eq!(value("aé", false, 3).value, "aé");
    assert!(!value("aé", false, 3).is_truncated);
    assert_eq!(value("hi <a href=\"x>y\">there</a>", true, 14).value, "hi ");
    assert_eq!(value("hi <b>there</b>", true, 8).value, "hi <b>th");
    assert_eq!(value("1 < 2 and so on", true, 6).value, "1 < 2 ");
    assert_eq!(value("a<!-- > -->b", true, 9).value, "a");
    assert_eq!(value("x\r\ny\r\n", false, 0).value, "x\ny\n");
}

#[test]
fn html_may_name_its_own_charset() {
    let bytes = b"<meta charset=\"windows-1251\"><p>\xcf\xf0".to_vec();
    let value = text_value(&Decoded { bytes, problem: false }, Some("us-ascii"), true, 0);
    assert!(value.value.ends_with("Пр"), "{}", value.value);
}
