//! What is stored must be found, and nothing typed may be more than a question.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::*;

#[test]
fn words_pass_and_dense_runs_become_bigrams() {
    assert_eq!(tokens::index("Hello, ann@example.com!"), "Hello ann example com");
    assert_eq!(tokens::index("東京都 iPhone手机"), "東京 京都 都 iPhone 手机 机");
    assert_eq!(tokens::index("ｆｕｌｌ"), "full");
    assert_eq!(tokens::index("ภาษาไทย"), "ภา าษ ษา าไ ไท ทย ย");
    assert_eq!(tokens::index(&"x".repeat(100)).len(), 64);
    assert_eq!(tokens::index(" - \0 \u{301}"), "");
}

#[test]
fn questions_become_match_expressions() {
    let cases = [
        ("hello world", "\"hello\" AND \"world\" *"),
        ("\"hello world\"", "\"hello world\""),
        ("'a \\'b' c", "\"a b\" AND \"c\" *"),
        ("don't", "\"don t\" *"),
        ("東京都", "\"東京 京都\""),
        ("京", "\"京\" *"),
        ("x手机y", "\"x 手机 机 y\" *"),
        ("a\" OR b*", "\"a\" AND \"OR\" AND \"b\" *"),
        ("NEAR(x)", "\"NEAR x\" *"),
        ("\"open", "\"open\" *"),
    ];
    for (text, expected) in cases {
        assert_eq!(tokens::query(text, &[], true).unwrap(), expected, "{text}");
    }
    assert_eq!(tokens::query("a", &["from", "to", "x\" y"], false).unwrap(), "{\"from\" \"to\"} : (\"a\")");
    assert_eq!(tokens::query(" - \"\" ! ", &[], true), None);
}

#[test]
fn snippets_mark_and_escape() {
    let terms = tokens::terms("cafe \"big house\" 東京");
    assert_eq!(
        tokens::snippet("<Café> & big  house", &terms, 255).unwrap(),
        "&lt;<mark>Café</mark>&gt; &amp; <mark>big house</mark>"
    );
    assert_eq!(tokens::snippet("私は東京都", &terms, 255).unwrap(), "私は<mark>東京</mark>都");
    assert_eq!(tokens::snippet("nothing", &terms, 255), None);
    let long = format!("{} cafeteria {}", "word ".repeat(200), "<&>".repeat(200));
    let cut = tokens::snippet(&long, &terms, 255).unwrap();
    assert!(cut.len() <= 255 && cut.contains("<mark>cafeteria</mark>"), "{cut}");
}

#[test]
fn texts_gather_all_columns() {
    let person = |name: &str, email: &str| Address { name: Some(name.into()), email: email.into() };
    let envelope =
        Envelope { from: Some(vec![person("Ann", "a@x")]), subject: Some("S".into()), ..Envelope::default() };
    let part = BodyPart { name: Some("file.pdf".into()), ..BodyPart::default() };
    let texts = texts(&envelope, &part, &[("plain", false), ("<p>rich</p><style>no</style>", true)]);
    assert_eq!(
        (texts.from.as_str(), texts.subject.as_str(), texts.filenames.as_str()),
        ("Ann\na@x\n", "S", "file.pdf")
    );
    assert_eq!(texts.body.split_whitespace().collect::<Vec<_>>(), ["plain", "rich"]);
}
