//! Whole messages: what is read from them must stay what it was.

use serde_json::{Value, json};

use super::{corpus, name};
use crate::{BodyPart, body_lists, dsn, html, index::tokens, parse, part_bytes, structure, text_value, thread_key};

struct Inline;

impl html::Links for Inline {
    fn cid(&self, cid: &str) -> Option<String> {
        Some(format!("/view/blob/{cid}"))
    }
    fn remote(&self, _: &str) -> Option<String> {
        None
    }
    fn own(&self, url: &str) -> bool {
        url.starts_with("/view/blob/")
    }
}

fn describe(raw: &[u8]) -> Value {
    let parsed = parse(raw);
    let lists = body_lists(&parsed.structure);
    let ids = |list: &[&BodyPart]| list.iter().filter_map(|p| p.section.clone()).collect::<Vec<_>>();
    let mut texts = serde_json::Map::new();
    let mut cleaned = serde_json::Map::new();
    for part in parsed.structure.walk() {
        let Some(section) = part.section.clone() else { continue };
        let decoded = part_bytes(raw, &section).expect("every leaf has bytes");
        assert_eq!(decoded.bytes.len() as u64, part.size, "size of {section}");
        if !part.is_text() {
            continue;
        }
        let is_html = part.r#type == "text/html";
        let value = text_value(&decoded, part.charset.as_deref(), is_html, 0);
        if is_html {
            let clean = html::clean(&value.value, &html::CleanOptions { links: &Inline, fold_quotes: true });
            cleaned.insert(
                section.clone(),
                json!({"html": clean.html, "blocked": clean.blocked, "cids": clean.cids, "folded": clean.folded}),
            );
        } else if part.r#type == "text/plain" {
            cleaned.insert(section.clone(), json!({"html": html::text_to_html(&value.value, true)}));
        }
        texts.insert(section, json!(value));
    }
    let e = &parsed.envelope;
    json!({
        "envelope": e,
        "structure": parsed.structure,
        "textBody": ids(&lists.text_body),
        "htmlBody": ids(&lists.html_body),
        "attachments": ids(&lists.attachments),
        "hasAttachment": parsed.has_attachment,
        "preview": parsed.preview,
        "threadKey": thread_key(e.references.as_deref(), e.in_reply_to.as_deref(), e.message_id.as_deref(), e.subject.as_deref()),
        "texts": texts,
        "clean": cleaned,
        "tokens": tokens::index(&parsed.index.body),
        "report": dsn::parse(raw),
    })
}

#[test]
fn messages_read_as_they_did() {
    let write = std::env::var("KINPOST_GOLDEN").is_ok_and(|v| v == "write");
    let files = corpus("eml", "eml");
    assert!(files.len() >= 40, "only {} messages", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let raw = std::fs::read(&path).unwrap();
        let found = format!("{}\n", serde_json::to_string_pretty(&describe(&raw)).unwrap());
        let golden = path.with_extension("json");
        if write {
            std::fs::write(&golden, &found).unwrap();
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", name(&path)));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} messages read otherwise than their golden files say:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_tree_and_its_headers_walk_together() {
    for path in corpus("eml", "eml") {
        let raw = std::fs::read(&path).unwrap();
        let tree = structure::parse(&raw);
        assert_eq!(tree.walk().len(), structure::part_headers(&raw).len(), "{}", name(&path));
        let stored: BodyPart = serde_json::from_str(&serde_json::to_string(&tree).unwrap()).unwrap();
        assert_eq!(stored, tree);
    }
}
