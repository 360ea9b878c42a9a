//! What to download and what to delete: pure, from the server's list, what was seen before, and the person's choice.

use std::collections::BTreeMap;

use crate::{letter, settings::Pop3Keep};

/// A message that the server lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// Its number in this session.
    pub number: u32,
    /// Octets, as the server says.
    pub size: u64,
    /// Its unique id.
    pub name: Option<String>,
    /// A name made of its header and size.
    pub alias: Option<String>,
    /// When it was downloaded, ms.
    pub seen_at: Option<i64>,
}

impl Listed {
    pub fn unnamed(number: u32, size: u64) -> Self {
        Self { number, size, name: None, alias: None, seen_at: None }
    }
}

/// By which a message is known where unique ids fail. The separator keeps it apart from any UIDL (RFC 1939: printable).
pub(super) fn alias(header: &[u8], size: u64) -> String {
    let hash = letter::fingerprint(header, size);
    let hex: String = hash.iter().map(|b| format!("{b:02x}")).collect();
    format!(" {hex}")
}

/// LIST and UIDL together; a message without a unique id, or with one that another has too, has none.
pub(super) fn join(sizes: &[(u32, u64)], uidls: Vec<(u32, String)>) -> Vec<Listed> {
    let mut times: BTreeMap<&str, u32> = BTreeMap::new();
    for (_, uidl) in &uidls {
        *times.entry(uidl.as_str()).or_default() += 1;
    }
    let unique: BTreeMap<u32, String> = uidls
        .iter()
        .filter(|(_, uidl)| times.get(uidl.as_str()) == Some(&1))
        .map(|(number, uidl)| (*number, uidl.clone()))
        .collect();
    sizes
        .iter()
        .map(|(number, size)| Listed { name: unique.get(number).cloned(), ..Listed::unnamed(*number, *size) })
        .collect()
}

/// Whether headers must be looked at: no unique ids, or not one known in a box that was read before (renumbered).
pub(super) fn must_look(listed: &[Listed], is_known_box: bool) -> bool {
    listed.iter().any(|m| m.name.is_none())
        || (is_known_box && listed.len() > 1 && listed.iter().all(|m| m.seen_at.is_none()))
}

/// What is to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// Everything listed.
    pub all: Vec<Listed>,
    /// To download, newest first.
    pub fetch: Vec<Listed>,
    /// Here already, to be deleted there.
    pub delete: Vec<Listed>,
}

pub(super) fn choose(listed: &[Listed], keep: Pop3Keep, now: i64) -> Choice {
    let fetch = listed.iter().rev().filter(|m| m.seen_at.is_none()).cloned().collect();
    let may_go = |m: &&Listed| match (keep, m.seen_at) {
        (_, None) | (Pop3Keep::Leave, _) => false,
        (Pop3Keep::Delete, Some(_)) => true,
        (Pop3Keep::Days(days), Some(at)) => super::is_expired(at, days, now),
    };
    Choice { all: listed.to_vec(), fetch, delete: listed.iter().filter(may_go).cloned().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    fn listed(number: u32, seen_at: Option<i64>) -> Listed {
        Listed { name: Some(format!("u{number}")), seen_at, ..Listed::unnamed(number, 100) }
    }

    fn numbers(messages: &[Listed]) -> Vec<u32> {
        messages.iter().map(|m| m.number).collect()
    }

    #[test]
    fn new_ones_come_newest_first_and_only_known_ones_are_deleted() {
        let box_ = [listed(1, Some(0)), listed(2, None), listed(3, None)];
        let choice = choose(&box_, Pop3Keep::Delete, DAY);
        assert_eq!((numbers(&choice.fetch), numbers(&choice.delete)), (vec![3, 2], vec![1]));
        assert!(choose(&box_, Pop3Keep::Leave, DAY).delete.is_empty());
    }

    #[test]
    fn messages_stay_so_many_days() {
        let box_ = [listed(1, Some(0)), listed(2, Some(6 * DAY))];
        assert_eq!(numbers(&choose(&box_, Pop3Keep::Days(7), 7 * DAY).delete), [1]);
        assert!(choose(&box_, Pop3Keep::Days(7), 7 * DAY - 1).delete.is_empty());
    }

    #[test]
    fn ids_that_are_not_unique_are_none() {
        let uidls = vec![(1, "a".to_owned()), (2, "a".to_owned()), (3, "b".to_owned())];
        let joined = join(&[(1, 10), (2, 10), (3, 10), (4, 10)], uidls);
        let names: Vec<Option<&str>> = joined.iter().map(|m| m.name.as_deref()).collect();
        assert_eq!(names, [None, None, Some("b"), None]);
        assert!(must_look(&joined, false));
    }

    #[test]
    fn a_renumbered_box_is_looked_at_by_its_headers() {
        let all_new = [listed(1, None), listed(2, None)];
        assert!(must_look(&all_new, true));
        assert!(!must_look(&all_new, false));
        assert!(!must_look(&[listed(1, Some(0)), listed(2, None)], true));
        assert!(!must_look(&[listed(1, None)], true));
    }

    #[test]
    fn an_alias_is_no_unique_id() {
        assert!(alias(b"Subject: x", 10).starts_with(' '));
        assert_ne!(alias(b"Subject: x", 10), alias(b"Subject: x", 11));
    }
}
