//! Tests by chance, always the same chance: nothing panics, what is cleaned stays clean, what is written is read back,
//! and nothing typed breaks out of a question.

use super::{Chance, corpus, hostile, name};
use crate::{
    Address, Attachment, Date, Outgoing, Property, auth, body_lists, build, build::draft::EmailDraft, dsn,
    header::Form, html, index::tokens, parse, part_bytes, quote, safe, structure, text_value, thread_key, without_bcc,
};

/// Everything that reads a message.
fn read_all(raw: &[u8]) {
    let parsed = parse(raw);
    assert!(parsed.preview.chars().count() <= 256);
    let property = Property { name: "Subject".into(), form: Form::Text, all: true };
    parsed.header.get(&property);
    parsed.header.to_json();
    parsed.header.received_at();
    for field in parsed.header.fields() {
        for form in
            [Form::Raw, Form::Text, Form::Addresses, Form::GroupedAddresses, Form::MessageIds, Form::Date, Form::Urls]
        {
            field.get(form).to_json();
        }
    }
    auth::verdicts(&parsed.header, None);
    dsn::parse(raw);
    without_bcc(raw);
    body_lists(&parsed.structure);
    for part in parsed.structure.walk() {
        assert_eq!(part.section.is_none(), part.r#type.starts_with("multipart/"));
        safe::file_name(part.name.as_deref(), &part.r#type);
        let Some(section) = &part.section else { continue };
        let decoded = part_bytes(raw, section).expect("a leaf has bytes");
        assert_eq!(decoded.bytes.len() as u64, part.size);
        let value = text_value(&decoded, part.charset.as_deref(), part.r#type == "text/html", 100);
        assert!(value.value.len() <= 100);
        quote::fold(&value.value);
    }
    let e = &parsed.envelope;
    thread_key(e.references.as_deref(), e.in_reply_to.as_deref(), e.message_id.as_deref(), e.subject.as_deref());
    structure::part_headers(raw);
}

/// Changes some bytes: flips, cuts, doubles and splices.
fn mutate(raw: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut out = raw.to_vec();
    for _ in 0..=chance.below(8) {
        let at = chance.below(out.len() + 1);
        match chance.below(6) {
            0 if at < out.len() => out[at] = (chance.next() & 0xff) as u8,
            1 => out.truncate(at),
            2 => {
                let end = (at + chance.below(60)).min(out.len());
                out.drain(at..end);
            }
            3 => {
                let end = (at + chance.below(200)).min(out.len());
                let piece = out[at..end].to_vec();
                out.splice(at..at, piece);
            }
            4 if !other.is_empty() => {
                let from = chance.below(other.len());
                let piece = other[from..(from + 80).min(other.len())].to_vec();
                out.splice(at..at, piece);
            }
            _ => {
                const PIECES: &[&[u8]] = &[
                    b"\r\n",
                    b"\n\n",
                    b"--",
                    b"=?utf-8?q?=",
                    b"<!--",
                    b"<svg>",
                    b"\0",
                    b"\xff\xfe",
                    b"\"",
                    b"(",
                    b"<table>",
                    b"</p>",
                    b"*0*=",
                ];
                out.splice(at..at, chance.pick(PIECES).iter().copied());
            }
        }
    }
    out
}

#[test]
fn no_message_makes_the_parser_panic() {
    let files: Vec<(String, Vec<u8>)> =
        corpus("eml", "eml").iter().map(|p| (name(p), std::fs::read(p).unwrap())).collect();
    let mut chance = Chance(1);
    for (_, raw) in &files {
        read_all(raw);
    }
    for round in 0..1_500 {
        let raw = &files[chance.below(files.len())].1;
        let other = &files[chance.below(files.len())].1;
        let _ = round;
        read_all(&mutate(&raw[..raw.len().min(20_000)], other, &mut chance));
    }
}

#[test]
fn clean_is_clean_by_chance_too() {
    let files: Vec<Vec<u8>> =
        corpus("html", "html").iter().map(|p| std::fs::read(p).unwrap()).filter(|b| b.len() < 4_000).collect();
    let mut chance = Chance(2);
    let mut texts = 0;
    for _ in 0..1_500 {
        let html = mutate(chance.pick(&files).as_slice(), &files[0], &mut Chance(chance.0 ^ 7));
        let html = mutate(&html, chance.pick(&files).as_slice(), &mut Chance(chance.0));
        let html = String::from_utf8_lossy(&html).into_owned();
        let cleaned = hostile::check(&html, chance.below(2) == 0, &html);
        texts += usize::from(cleaned.truncated);
    }
    assert!(texts < 30, "{texts} of 1500 fell back on text");
}

#[test]
fn random_tag_soup_comes_out_clean() {
    const TAGS: &[&str] = &[
        "a",
        "b",
        "p",
        "div",
        "table",
        "tr",
        "td",
        "ul",
        "li",
        "svg",
        "math",
        "mtext",
        "mglyph",
        "style",
        "form",
        "select",
        "option",
        "template",
        "title",
        "blockquote",
        "details",
        "summary",
        "font",
        "img",
        "button",
        "nobr",
        "h1",
        "dd",
        "ruby",
        "rt",
        "caption",
        "col",
        "body",
        "html",
        "frameset",
        "noscript",
        "xmp",
        "plaintext",
        "pre",
        "textarea",
        "iframe",
        "foreignObject",
        "desc",
        "annotation-xml",
    ];
    let mut chance = Chance(3);
    let mut texts = 0;
    for _ in 0..1_500 {
        let mut html = String::new();
        for _ in 0..chance.below(40) {
            let tag = chance.pick(TAGS);
            match chance.below(6) {
                0 => html.push_str(&format!("</{tag}>")),
                1 => html.push_str("text &amp; &lt;x "),
                2 => html.push_str(&format!("<{tag} class=a id=b style='color:red' href=http://x.test/ src=http://x.test/i.png onclick=x title='</{tag}><img src=x onerror=y>'>")),
                3 => html.push_str("<!-- c --><![CDATA[x]]>"),
                _ => html.push_str(&format!("<{tag}>")),
            }
        }
        let cleaned = hostile::check(&html, chance.below(2) == 0, &html);
        texts += usize::from(cleaned.truncated);
    }
    assert!(texts < 60, "{texts} of 1500 fell back on text");
}

fn words(chance: &mut Chance, most: usize) -> String {
    const PIECES: &[&str] = &[
        "hello",
        " ",
        "wörld",
        "東京",
        "\"",
        "<",
        ">",
        ",",
        "=?utf-8?q?x?=",
        "(",
        ")",
        "\\",
        "  ",
        "@",
        ":",
        ";",
        "émile",
        "🎉",
        "'",
        "%",
        "-",
        "a_very_long_word_that_goes_on_and_on",
        ".",
    ];
    (0..chance.below(most)).map(|_| *chance.pick(PIECES)).collect()
}

#[test]
fn what_is_written_is_read_back() {
    let mut chance = Chance(4);
    for _ in 0..400 {
        let person = |chance: &mut Chance, i: usize| Address {
            name: Some(words(chance, 8)).map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()),
            email: format!("p{i}@example.com"),
        };
        let to: Vec<Address> = (0..1 + chance.below(12)).map(|i| person(&mut chance, i)).collect();
        let subject = words(&mut chance, 30).trim().to_owned();
        let text: String = (0..chance.below(30))
            .map(|_| format!("{}{}", words(&mut chance, 20), chance.pick(&["\n", "\n\n", " \n", " "])))
            .collect();
        let bytes: Vec<u8> = (0..chance.below(3_000)).map(|_| (chance.next() & 0xff) as u8).collect();
        let file = format!("{}x", words(&mut chance, 20));
        let letter = Outgoing {
            from: vec![person(&mut chance, 99)],
            sender: None,
            to: to.clone(),
            cc: vec![],
            bcc: vec![],
            reply_to: vec![],
            subject: subject.clone(),
            message_id: "m@example.com".into(),
            in_reply_to: vec![],
            references: (0..chance.below(40)).map(|i| format!("r{i}@example.com")).collect(),
            date: Date { epoch_s: (chance.next() % 4_000_000_000) as i64, offset_min: 60 },
            text: text.clone(),
            html: (chance.below(2) == 0).then(|| "<p>x</p>".to_owned()),
            attachments: vec![Attachment {
                bytes: bytes.clone(),
                r#type: "application/octet-stream".into(),
                name: Some(file.clone()),
                cid: None,
                inline: false,
            }],
            extra: vec![],
        };
        let raw = build(&letter).unwrap();
        for line in raw.split_inclusive(|&b| b == b'\n') {
            assert!(line.ends_with(b"\r\n") && line.len() <= 1_000 && line.is_ascii());
        }
        let parsed = parse(&raw);
        assert_eq!(parsed.envelope.to.unwrap(), to);
        assert_eq!(parsed.envelope.from.unwrap(), letter.from);
        assert_eq!(parsed.envelope.subject.unwrap(), subject);
        assert_eq!(parsed.envelope.sent_at.unwrap(), letter.date);
        assert_eq!(parsed.envelope.references.unwrap_or_default(), letter.references);
        let lists = body_lists(&parsed.structure);
        let body = lists.text_body[0];
        let value =
            text_value(&part_bytes(&raw, body.section.as_ref().unwrap()).unwrap(), body.charset.as_deref(), false, 0)
                .value;
        assert_eq!(value.trim_end_matches('\n'), text.trim_end_matches('\n'));
        let attached = lists.attachments[0];
        assert_eq!(attached.name.as_ref().unwrap(), &file);
        assert_eq!(part_bytes(&raw, attached.section.as_ref().unwrap()).unwrap().bytes, bytes);
    }
}

#[test]
fn drafts_never_panic() {
    let mut chance = Chance(5);
    let names = [
        "from",
        "subject",
        "header:X-A:asText",
        "header:To",
        "header:Date:asDate",
        "textBody",
        "htmlBody",
        "attachments",
        "bodyValues",
        "bodyStructure",
        "mailboxIds",
        "references",
        "header:x:asURLs:all",
    ];
    let values = [
        serde_json::json!(null),
        serde_json::json!("text"),
        serde_json::json!(" a\r\nb: c"),
        serde_json::json!([{"email": "a@b", "name": "x\u{0}"}]),
        serde_json::json!([{"partId": "1", "type": "text/plain"}]),
        serde_json::json!({"1": {"value": "v\r\nw\u{0}"}}),
        serde_json::json!({"type": "multipart/mixed", "subParts": [{"partId": "1"}, {"blobId": "b", "name": "\u{202e}", "header:Content-Type": " x/y; z=\"1\""}]}),
        serde_json::json!(["<a>", "b@c"]),
        serde_json::json!(7),
    ];
    for _ in 0..3_000 {
        let mut object = serde_json::Map::new();
        for _ in 0..chance.below(6) {
            object.insert((*chance.pick(&names)).to_owned(), chance.pick(&values).clone());
        }
        if let Ok(draft) = EmailDraft::from_json(&object)
            && let Ok(raw) = draft.build(Date::from_ms(0), "id@x", &mut |_| Some(b"x\n\0".to_vec()))
        {
            read_all(&raw);
            assert!(!parse(&raw).header.fields().any(|f| f.name == "b"), "a header field slipped in");
        }
    }
}

#[test]
fn questions_stay_questions() {
    let mut chance = Chance(6);
    for _ in 0..5_000 {
        let text = words(&mut chance, 12);
        let Some(query) = tokens::query(&text, &["from", "to"], true) else { continue };
        // {"from" "to"} : ("…" * AND "…"): outside of quotes nothing but what we put there.
        let outside: String = query.split('"').step_by(2).collect();
        let rest = outside.replace(" AND ", "").replace(['{', '}', '(', ')', ':', '*', ' '], "");
        assert!(rest.is_empty() && query.matches('"').count() % 2 == 0, "{text} gave {query}");
        for inside in query.split('"').skip(1).step_by(2) {
            assert!(
                inside
                    .chars()
                    .all(|c| c.is_alphanumeric() || c == ' ' || unicode_normalization::char::is_combining_mark(c)),
                "{query}"
            );
        }
        tokens::snippet(&text, &tokens::terms(&text), 255).inspect(|s| assert!(s.len() <= 255));
    }
}

#[test]
fn html_to_text_keeps_up_with_anything() {
    let mut chance = Chance(7);
    for path in corpus("html", "html") {
        let bytes = std::fs::read(&path).unwrap();
        for _ in 0..5 {
            let html = mutate(&bytes[..bytes.len().min(4_000)], &bytes, &mut chance);
            html::to_text(&String::from_utf8_lossy(&html));
        }
    }
}
