//! Header forms by the letter of RFC 8621 §4.1.2.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use serde_json::json;

use super::*;

fn text(raw: &str) -> String {
    text_form(raw.as_bytes())
}

fn addresses(raw: &str) -> serde_json::Value {
    Value::parse(raw.as_bytes(), Form::Addresses).to_json()
}

#[test]
fn block_keeps_order_folding_and_spelling() {
    let block = HeaderBlock::parse(
        b"Subject: one\r\n two\r\nX-A:b\r\njunk line\r\n more junk\r\nsubject : last\r\n\r\nBody: no",
    );
    let all: Vec<_> = block.fields().map(|f| (f.name.to_owned(), raw_text(f.value))).collect();
    assert_eq!(
        all,
        [("Subject".into(), " one\r\n two".into()), ("X-A".into(), "b".into()), ("subject".into(), " last".into())]
    );
    assert_eq!(block.text("SUBJECT").unwrap(), "last");
    assert_eq!(block.to_json()[0], json!({"name": "Subject", "value": " one\r\n two"}));
}

#[test]
fn a_block_without_fields_is_body() {
    assert_eq!(split(b"Hello you,\n\nhow are things"), (0, 0));
    assert_eq!(split(b"\r\nbody"), (0, 2));
    assert_eq!(split(b"A: b\n\nbody"), (5, 6));
    assert_eq!(split(b""), (0, 0));
}

#[test]
fn raw_form_replaces_bad_utf8_and_drops_nul() {
    assert_eq!(raw_text(b" caf\xe9\0!"), " caf\u{fffd}!");
}

#[test]
fn text_form_decodes_words() {
    let cases = [
        ("  Hello", "Hello"),
        (" =?utf-8?q?caf=C3=A9?= =?utf-8?b?w6k=?= x", "caféé x"),
        (" =?ISO-8859-1?Q?a?= b", "a b"),
        (" =?ISO-8859-1?Q?a_b?=", "a b"),
        (" =?utf-8?Q?=E2=82?=\r\n =?utf-8?Q?=AC?=", "€"),
        (" x=?utf-8?q?no?=", "x=?utf-8?q?no?="),
        (" =?utf-8?q?no space?=", "=?utf-8?q?no space?="),
        (" =?x-klingon?q?abc?=", "=?x-klingon?q?abc?="),
        (" =?utf-8*en?q?abc?=", "abc"),
        (" =?utf-8?q?a=0D=0A=00b?=", "ab"),
        (" e\u{301}", "é"),
        (" =?iso-2022-jp?b?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
        (" folded\r\n\ttext", "folded\ttext"),
    ];
    for (raw, expected) in cases {
        assert_eq!(text(raw), expected, "{raw}");
    }
    assert_eq!(text_form(b" caf\xe9"), "café");
}

#[test]
fn addresses_of_the_rfc() {
    let raw = "\"  James Smythe\" <james@example.com>, Friends:\r\n  jane@example.com, =?UTF-8?Q?John_Sm=C3=AEth?=\r\n  <john@example.com>;";
    assert_eq!(
        Value::parse(raw.as_bytes(), Form::GroupedAddresses).to_json(),
        json!([
            {"name": null, "addresses": [{"name": "James Smythe", "email": "james@example.com"}]},
            {"name": "Friends", "addresses": [
                {"name": null, "email": "jane@example.com"},
                {"name": "John Smîth", "email": "john@example.com"}]}
        ])
    );
    assert_eq!(addresses(raw).as_array().unwrap().len(), 3);
}

#[test]
fn addresses_in_every_dress() {
    let cases = [
        (" a@b.c (Ann  Bee)", json!([{"name": "Ann  Bee", "email": "a@b.c"}])),
        (" \"Doe, \\\"J\\\"\" <j@x.y>", json!([{"name": "Doe, \"J\"", "email": "j@x.y"}])),
        (" John \"Q\" Public <j@x.y>", json!([{"name": "John Q Public", "email": "j@x.y"}])),
        (" <@relay,@other:j@x.y>", json!([{"name": null, "email": "j@x.y"}])),
        (" \"odd part\"@x.y", json!([{"name": null, "email": "\"odd part\"@x.y"}])),
        (" john . doe @ example . com", json!([{"name": null, "email": "john.doe@example.com"}])),
        (" John Doe john@x.y", json!([{"name": "John Doe", "email": "john@x.y"}])),
        (" foo", json!([{"name": null, "email": "foo"}])),
        (" undisclosed-recipients:;", json!([])),
        (" a@x, , b@x;", json!([{"name": null, "email": "a@x"}, {"name": null, "email": "b@x"}])),
        (" x@[IPv6:::1]", json!([{"name": null, "email": "x@[IPv6:::1]"}])),
        (" =?utf-8?q?a,b?= <c@d>", json!([{"name": "a,b", "email": "c@d"}])),
        (" \"=?utf-8?q?no?=\" <c@d>", json!([{"name": "=?utf-8?q?no?=", "email": "c@d"}])),
        (" Broken <c@d", json!([{"name": "Broken", "email": "c@d"}])),
        (" (only comment)", json!([])),
        (" Müller <m@x>", json!([{"name": "Müller", "email": "m@x"}])),
        (" <>", json!([])),
        ("", json!([])),
    ];
    for (raw, expected) in cases {
        assert_eq!(addresses(raw), expected, "{raw}");
    }
}

#[test]
fn message_ids_and_urls() {
    assert_eq!(message_ids(b" <a@b> (c <no@no>) <d\r\n @e>"), Some(vec!["a@b".into(), "d@e".into()]));
    assert_eq!(message_ids(b" no id here"), None);
    assert_eq!(message_ids(b" Your letter <x@y> of \"<no@no>\""), Some(vec!["x@y".into()]));
    assert_eq!(
        urls(b" (Use this) <mailto:a@b?subject=x>,\r\n <https://x.y/ z>"),
        Some(vec!["mailto:a@b?subject=x".into(), "https://x.y/z".into()])
    );
    assert_eq!(urls(b" NO"), None);
}

#[test]
fn dates_parse_and_print() {
    let cases = [
        ("Thu, 13 Feb 1969 23:32:54 -0330", "1969-02-13T23:32:54-03:30"),
        ("Fri, 21 Nov 1997 09:55:06 +0000", "1997-11-21T09:55:06Z"),
        ("21 Nov 97 09:55 GMT", "1997-11-21T09:55:00Z"),
        ("Thu,\r\n 13\r\n Feb 1969 23:32 -0330 (Newfoundland Time)", "1969-02-13T23:32:00-03:30"),
        ("1 Jan 2000 00:00:00 EST", "2000-01-01T00:00:00-05:00"),
        ("29 Feb 2024 12 : 00 : 60 +0100", "2024-02-29T12:00:59+01:00"),
        ("Tue, 1 Jul 2003 10:52:37", "2003-07-01T10:52:37Z"),
    ];
    for (raw, expected) in cases {
        let date = Date::parse_rfc5322(raw).unwrap();
        assert_eq!(date.to_string(), expected, "{raw}");
        assert_eq!(expected.parse::<Date>().unwrap(), date);
        assert_eq!(Date::parse_rfc5322(&date.to_rfc5322()).unwrap(), date);
    }
    for bad in ["", "yesterday", "31 Feb 2020 10:00:00 +0000", "1 Jan 2020 25:00:00 +0000", "1 Foo 2020 10:00:00 Z"] {
        assert_eq!(Date::parse_rfc5322(bad), None, "{bad}");
    }
    assert_eq!(Date::from_ms(0).to_rfc5322(), "Thu, 1 Jan 1970 00:00:00 +0000");
    assert!("2014-10-30T14:12:00".parse::<Date>().is_err());
    assert_eq!("2014-10-30T14:12:00.5+08:00".parse::<Date>().unwrap().to_string(), "2014-10-30T14:12:00+08:00");
}

#[test]
fn forms_are_restricted() {
    assert!(form_allowed("From", Form::Addresses) && !form_allowed("from", Form::Date));
    assert!(form_allowed("Subject", Form::Text) && !form_allowed("Subject", Form::Addresses));
    assert!(form_allowed("List-Post", Form::Urls) && !form_allowed("List-Post", Form::Text));
    assert!(
        form_allowed("X-Own", Form::Date)
            && form_allowed("Received", Form::Raw)
            && !form_allowed("Received", Form::Text)
    );
    assert!(form_allowed("List-Id", Form::Text));
}

#[test]
fn property_names() {
    let property = Property::parse("header:Resent-To:asAddresses:all").unwrap();
    assert_eq!(property, Property { name: "Resent-To".into(), form: Form::Addresses, all: true });
    assert_eq!(Property::parse("header:x:all").unwrap().form, Form::Raw);
    for bad in
        ["header:", "header:x:", "header:x:all:asText", "header:x:asFoo", "header:x y", "from", "header:x:all:all"]
    {
        assert_eq!(Property::parse(bad), Err(NotAProperty::Syntax), "{bad}");
    }
    assert_eq!(Property::parse("header:From:asDate"), Err(NotAProperty::Forbidden));
    let block = HeaderBlock::parse(b"X: 1\nX: 2\n\n");
    assert_eq!(block.get(&Property::parse("header:x:all").unwrap()), json!([" 1", " 2"]));
    assert_eq!(block.get(&Property::parse("header:x:asText").unwrap()), json!("2"));
    assert_eq!(block.get(&Property::parse("header:y").unwrap()), json!(null));
    assert_eq!(block.get(&Property::parse("header:y:all").unwrap()), json!([]));
}

#[test]
fn parameters_with_rfc_2231() {
    let cases = [
        ("attachment; filename=plain.txt", "plain.txt"),
        ("attachment; filename=\"a;b \\\"c\\\".txt\"", "a;b \"c\".txt"),
        ("attachment; filename*=utf-8'en'caf%C3%A9.txt", "café.txt"),
        ("attachment; filename*0*=utf-8''caf%C3; filename*1*=%A9; filename*2=\".txt\"", "café.txt"),
        ("attachment; filename=\"=?utf-8?q?caf=C3=A9.txt?=\"", "café.txt"),
        ("attachment; filename=two words (1).pdf", "two words (1).pdf"),
        ("attachment; filename=\"=?utf-8?B?w6k=?= =?utf-8?B?w6k=?=.txt\"", "éé.txt"),
        ("attachment; filename=a.txt; filename*=utf-8''b.txt", "b.txt"),
        ("attachment; filename*=100%", "100%"),
    ];
    for (raw, expected) in cases {
        assert_eq!(params::Parameterised::parse(raw.as_bytes()).decoded("filename").unwrap(), expected, "{raw}");
    }
    let plain = params::Parameterised::parse(b" Text/Plain (comment); charset=US-ascii (Plain text)");
    assert_eq!((plain.value.as_str(), plain.token("charset").unwrap().as_str()), ("text/plain", "US-ascii"));
}
