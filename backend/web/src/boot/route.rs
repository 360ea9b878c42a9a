//! From the path of the app to the list that its first screen shows.

use serde_json::{Value, json};

/// A list to send along.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// As in the route: `all` or a mailbox id.
    pub key: String,
    /// For `Email/query`.
    pub filter: Value,
}

/// The list of a path. `mailboxes` and `sources` are the answers of `Mailbox/get` and `Source/get`.
pub fn wish(path: &str, mailboxes: Option<&Value>, sources: Option<&Value>) -> Option<Wish> {
    let mailboxes = mailboxes?.get("list")?.as_array()?;
    let mut pieces = path.trim_matches('/').split('/');
    let (page, key) = (pieces.next().unwrap_or_default(), pieces.next());
    if !matches!(page, "" | "mail" | "mailboxes") {
        return None;
    }
    let inboxes: Vec<&Value> = mailboxes.iter().filter(|m| is_inbox(m)).filter_map(|m| m.get("id")).collect();
    match key.filter(|_| page == "mail") {
        Some("all") => all(&inboxes),
        Some(id) => mailboxes.iter().any(|m| m.get("id").and_then(Value::as_str) == Some(id)).then(|| one(id)),
        None => {
            let several =
                sources.and_then(|s| s.get("list")).and_then(Value::as_array).is_some_and(|list| list.len() > 1);
            match (several, inboxes.as_slice()) {
                (true, [_, _, ..]) => all(&inboxes),
                (_, [first, ..]) => first.as_str().map(one),
                _ => None,
            }
        }
    }
}

fn is_inbox(mailbox: &Value) -> bool {
    ["role", "sourceRole"].iter().any(|name| mailbox.get(name).and_then(Value::as_str) == Some("inbox"))
}

fn one(id: &str) -> Wish {
    Wish { key: id.to_owned(), filter: json!({ "inMailbox": id }) }
}

fn all(inboxes: &[&Value]) -> Option<Wish> {
    let filter = match inboxes {
        [] => return None,
        [one] => json!({ "inMailbox": one }),
        many => {
            json!({ "operator": "OR", "conditions": many.iter().map(|id| json!({ "inMailbox": id })).collect::<Vec<_>>() })
        }
    };
    Some(Wish { key: "all".to_owned(), filter })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn mailboxes() -> Value {
        json!({ "list": [
            { "id": "m1", "role": "inbox", "sourceRole": "inbox" },
            { "id": "m2", "role": "sent" },
            { "id": "m9", "role": null, "sourceRole": "inbox" },
        ] })
    }

    fn key(path: &str, sources: usize) -> Option<String> {
        let sources = json!({ "list": vec![json!({}); sources] });
        wish(path, Some(&mailboxes()), Some(&sources)).map(|w| w.key)
    }

    #[test]
    fn the_first_screen_is_the_inbox_or_all_of_them() {
        assert_eq!(key("/", 2).as_deref(), Some("all"));
        assert_eq!(key("/", 1).as_deref(), Some("m1"));
        assert_eq!(key("/mail", 0).as_deref(), Some("m1"));
        assert_eq!(key("/mail/m2/t5", 2).as_deref(), Some("m2"));
        assert_eq!(key("/mail/all", 1).as_deref(), Some("all"));
        for other in ["/settings/accounts", "/mail/m77", "/mail/outbox", "/setup"] {
            assert_eq!(key(other, 2), None, "{other}");
        }
    }

    #[test]
    fn all_inboxes_is_a_union_that_any_client_could_ask_for() {
        let sources = json!({ "list": [{}, {}] });
        let filter = wish("/mail/all", Some(&mailboxes()), Some(&sources)).unwrap().filter;
        assert_eq!(filter, json!({ "operator": "OR", "conditions": [{ "inMailbox": "m1" }, { "inMailbox": "m9" }] }));
    }
}
