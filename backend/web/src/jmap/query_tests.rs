//! Tests of the common half of queries.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::json;
use shared::ids::{AccountId, EmailId};

use super::*;

fn window(arguments: &Value) -> Result<Window, MethodError> {
    Window::read(&mut Args::new(arguments.as_object().unwrap().clone()))
}

fn page(arguments: &Value, count: i64) -> Result<(u64, Vec<String>), &'static str> {
    let all: Vec<EmailId> = (1..=count).map(EmailId).collect();
    let page = window(arguments).and_then(|w| w.of(&all)).map_err(|error| error.kind)?;
    Ok((page.position, page.ids))
}

#[test]
fn position_anchor_and_limit_cut_the_window() {
    let ids = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    for (arguments, expected) in [
        (json!({ "limit": 2 }), (0, ids(&["e1", "e2"]))),
        (json!({ "position": 3, "limit": 9 }), (3, ids(&["e4", "e5"]))),
        (json!({ "position": 5 }), (5, ids(&[]))),
        (json!({ "position": 99 }), (99, ids(&[]))),
        (json!({ "position": -2 }), (3, ids(&["e4", "e5"]))),
        (json!({ "position": -9, "limit": 1 }), (0, ids(&["e1"]))),
        (json!({ "anchor": "e3", "position": 77, "limit": 1 }), (2, ids(&["e3"]))),
        (json!({ "anchor": "e3", "anchorOffset": -1, "limit": 2 }), (1, ids(&["e2", "e3"]))),
        (json!({ "anchor": "e1", "anchorOffset": -4, "limit": 1 }), (0, ids(&["e1"]))),
        (json!({ "anchor": "e5", "anchorOffset": 4 }), (8, ids(&[]))),
        (json!({ "anchorOffset": 3, "limit": 1 }), (0, ids(&["e1"]))),
        (json!({ "limit": 0 }), (0, ids(&[]))),
    ] {
        assert_eq!(page(&arguments, 5), Ok(expected), "{arguments}");
    }
    assert_eq!(page(&json!({ "anchor": "e9" }), 5), Err("anchorNotFound"));
    assert_eq!(page(&json!({ "limit": -1 }), 5), Err("invalidArguments"));
    assert_eq!(page(&json!({ "position": "1" }), 5), Err("invalidArguments"));
}

#[test]
fn the_limit_is_told_only_when_it_is_ours() {
    let answer = |arguments: &Value| {
        let window = window(arguments).unwrap();
        window.answer(AccountId(1), "7", true, Page { position: 0, ids: vec![], total: Some(3) })
    };
    assert_eq!(answer(&json!({})).get("limit"), Some(&json!(MAX_QUERY_LIMIT)));
    assert_eq!(answer(&json!({ "limit": 5 })).get("limit"), None);
    assert_eq!(answer(&json!({ "limit": 1_000_000 })).get("limit"), Some(&json!(MAX_QUERY_LIMIT)));
    assert_eq!(answer(&json!({})).get("total"), None);
    assert_eq!(answer(&json!({ "calculateTotal": true }))["total"], 3);
}

#[test]
fn a_filter_is_a_tree_of_operators_with_limits() {
    let read = |value: Value| {
        filter(Some(value), &mut |mut args: Args| {
            let condition = args.uint("n")?;
            args.end()?;
            Ok(condition)
        })
    };
    let tree = read(
        json!({ "operator": "OR", "conditions": [{ "n": 1 }, { "operator": "NOT", "conditions": [{ "n": 2 }, {}] }] }),
    );
    assert_eq!(
        tree.unwrap().unwrap(),
        Filter::Or(vec![Filter::Is(Some(1)), Filter::Not(vec![Filter::Is(Some(2)), Filter::Is(None)])])
    );
    for odd in [
        json!([]),
        json!({ "operator": "XOR", "conditions": [] }),
        json!({ "operator": "AND" }),
        json!({ "operator": "AND", "conditions": {} }),
        json!({ "operator": "AND", "conditions": [], "n": 1 }),
        json!({ "operator": "AND", "conditions": [1] }),
        json!({ "unknown": 1 }),
    ] {
        assert_eq!(read(odd.clone()).unwrap_err().kind, "invalidArguments", "{odd}");
    }
    let deep = (0..40).fold(json!({}), |inner, _| json!({ "operator": "AND", "conditions": [inner] }));
    assert_eq!(read(deep).unwrap_err().kind, "unsupportedFilter");
}

#[test]
fn a_sort_names_known_properties_and_collations() {
    let kind = |value: Value| sort(Some(value), &["name"]).map(|_| ()).map_err(|error| error.kind);
    assert_eq!(kind(json!([{ "property": "name", "isAscending": false, "collation": "i;ascii-casemap" }])), Ok(()));
    assert_eq!(kind(json!([{ "property": "age" }])), Err("unsupportedSort"));
    assert_eq!(kind(json!([{ "property": "name", "collation": "i;klingon" }])), Err("unsupportedSort"));
    assert_eq!(kind(json!([{ "isAscending": true }])), Err("invalidArguments"));
    assert_eq!(kind(json!([{ "property": "name", "position": 0, "limit": null }])), Ok(()), "as some clients send it");
    assert_eq!(kind(json!({ "property": "name" })), Err("invalidArguments"));
}

#[test]
fn collations_differ() {
    assert_eq!(collate("ÄB", "äb", None), Ordering::Equal);
    assert_eq!(collate("a", "B", Some("i;ascii-casemap")), Ordering::Less);
    assert_eq!(collate("ä", "Ä", Some("i;ascii-casemap")), Ordering::Greater);
}
