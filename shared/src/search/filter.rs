//! Tree → JMAP filter (RFC 8621 §4.4.1), with what only the caller knows: mailboxes and the time.

use super::parse::{Field, Node, Term};
use crate::{
    ids::MailboxId,
    wire::{Condition, Filter, Operator},
};

const DAY_MS: i64 = 86_400_000;

/// What a search is asked in.
pub struct World<'a> {
    /// Now, in milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// Minutes that local time is ahead of UTC.
    pub offset_min: i64,
    /// The mailboxes that a word after `in:` means (`inbox`, `trash`, a name); empty = none.
    pub mailboxes: &'a dyn Fn(&str) -> Vec<MailboxId>,
    /// Junk and Trash: left out unless `in:` says otherwise.
    pub hidden: &'a [MailboxId],
    /// Only in these mailboxes; `None` = all mail.
    pub within: Option<&'a [MailboxId]>,
}

/// The filter for a search. An empty search is the plain list of where it looks.
pub fn filter(node: &Node, world: &World<'_>) -> Filter {
    let mut all = Vec::new();
    match world.within {
        Some(mailboxes) => all.push(Filter::in_any(mailboxes)),
        None if !world.hidden.is_empty() && !names_a_place(node) => {
            all.push(Condition { in_mailbox_other_than: Some(world.hidden.to_vec()), ..Condition::default() }.into());
        }
        None => {}
    }
    let mut positive = Vec::new();
    translate(node, world, &mut positive);
    all.extend(positive);
    if all.is_empty() {
        return Condition::default().into();
    }
    Filter::join(Operator::And, all)
}

fn names_a_place(node: &Node) -> bool {
    match node {
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().any(names_a_place),
        Node::Not(_) => false,
        Node::Term(term) => term.field == Field::In,
    }
}

/// Adds the filters of one node; several belong together by AND.
fn translate(node: &Node, world: &World<'_>, out: &mut Vec<Filter>) {
    let list = |nodes: &[Node], out: &mut Vec<Filter>| nodes.iter().for_each(|one| translate(one, world, out));
    match node {
        Node::And(nodes) => list(nodes, out),
        Node::Or(nodes) => {
            let mut either = Vec::new();
            for node in nodes {
                let mut all = Vec::new();
                translate(node, world, &mut all);
                if !all.is_empty() {
                    either.push(Filter::join(Operator::And, all));
                }
            }
            if !either.is_empty() {
                out.push(Filter::join(Operator::Or, either));
            }
        }
        Node::Not(inner) => {
            let mut all = Vec::new();
            translate(inner, world, &mut all);
            if !all.is_empty() {
                out.push(Filter::join(Operator::Not, vec![Filter::join(Operator::And, all)]));
            }
        }
        Node::Term(term) => out.extend(condition(term, world)),
    }
}

/// Nothing can match: an unknown mailbox finds nothing rather than everything.
fn nothing() -> Filter {
    let all = Condition::default();
    Filter::join(Operator::Not, vec![all.into()])
}

fn condition(term: &Term, world: &World<'_>) -> Option<Filter> {
    let words = || Some(if term.exact { format!("\"{}\"", term.value) } else { term.value.clone() });
    let keyword = |word: &str| Some(Filter::from(Condition { has_keyword: Some(word.into()), ..Condition::default() }));
    let none = Condition::default;
    let lower = term.value.to_lowercase();
    Some(match term.field {
        Field::Text => Condition { text: words(), ..none() }.into(),
        Field::From => Condition { from: words(), ..none() }.into(),
        Field::To => Condition { to: words(), ..none() }.into(),
        Field::Cc => Condition { cc: words(), ..none() }.into(),
        Field::Bcc => Condition { bcc: words(), ..none() }.into(),
        Field::Subject => Condition { subject: words(), ..none() }.into(),
        Field::Body => Condition { body: words(), ..none() }.into(),
        Field::Filename => Condition { filename: words(), ..none() }.into(),
        Field::Has => match lower.as_str() {
            "attachment" | "attachments" | "file" | "files" => {
                Condition { has_attachment: Some(true), ..none() }.into()
            }
            "star" | "flag" => return keyword("$flagged"),
            _ => Condition { text: words(), ..none() }.into(),
        },
        Field::Is => return Some(state(&lower).unwrap_or_else(nothing)),
        Field::Label => {
            return Some(match (world.mailboxes)(&term.value) {
                ids if ids.is_empty() => keyword(&lower)?,
                ids => Filter::in_any(&ids),
            });
        }
        Field::In => match lower.as_str() {
            "anywhere" | "all" => return None,
            _ => match (world.mailboxes)(&term.value) {
                ids if ids.is_empty() => nothing(),
                ids => Filter::in_any(&ids),
            },
        },
        Field::Larger => Condition { min_size: Some(octets(&lower)?), ..none() }.into(),
        Field::Smaller => Condition { max_size: Some(octets(&lower)?), ..none() }.into(),
        Field::Before => {
            Condition { before: Some(utc_date(day(&lower)? - world.offset_min * 60_000)), ..none() }.into()
        }
        Field::After => Condition { after: Some(utc_date(day(&lower)? - world.offset_min * 60_000)), ..none() }.into(),
        Field::OlderThan => Condition { before: Some(utc_date(world.now_ms - span(&lower)?)), ..none() }.into(),
        Field::NewerThan => Condition { after: Some(utc_date(world.now_ms - span(&lower)?)), ..none() }.into(),
    })
}

fn state(word: &str) -> Option<Filter> {
    let has = |word: &str| Condition { has_keyword: Some(word.into()), ..Condition::default() };
    let not = |word: &str| Condition { not_keyword: Some(word.into()), ..Condition::default() };
    let condition = match word {
        "unread" | "unseen" | "new" => not("$seen"),
        "read" | "seen" => has("$seen"),
        "starred" | "flagged" => has("$flagged"),
        "unstarred" => not("$flagged"),
        "answered" | "replied" => has("$answered"),
        "unanswered" => not("$answered"),
        "forwarded" => has("$forwarded"),
        "draft" => has("$draft"),
        "junk" | "spam" => has("$junk"),
        _ => return None,
    };
    Some(condition.into())
}

/// `500`, `20k`, `2M`, `1.5mb`: decimal units, as sizes are shown.
fn octets(text: &str) -> Option<u64> {
    let text = text.trim_end_matches('b');
    let digits = text.trim_end_matches(['k', 'm', 'g']);
    let unit = match text.get(digits.len()..)? {
        "" => 1.0,
        "k" => 1e3,
        "m" => 1e6,
        "g" => 1e9,
        _ => return None,
    };
    let value: f64 = digits.parse().ok().filter(|value| (0.0..1e12).contains(value))?;
    Some((value * unit) as u64)
}

/// `3d`, `2w`, `5m`, `1y` in milliseconds; a bare number counts days.
fn span(text: &str) -> Option<i64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let days = match text.get(digits.len()..)? {
        "" | "d" | "day" | "days" => 1,
        "w" | "week" | "weeks" => 7,
        "m" | "month" | "months" => 30,
        "y" | "year" | "years" => 365,
        _ => return None,
    };
    let count: i64 = digits.parse().ok().filter(|count| (0..=40_000).contains(count))?;
    Some(count * days * DAY_MS)
}

/// The start of `2024-03-01`, `2024/3/1`, `2024-03` or `2024`, in milliseconds as if local time were UTC.
fn day(text: &str) -> Option<i64> {
    let mut parts = text.split(['-', '/', '.']);
    let year: i64 = parts.next()?.parse().ok().filter(|year| (1..=9999).contains(year))?;
    let month: i64 = parts.next().map_or(Some(1), |month| month.parse().ok())?;
    let day: i64 = parts.next().map_or(Some(1), |day| day.parse().ok())?;
    let sound = parts.next().is_none() && (1..=12).contains(&month) && (1..=31).contains(&day);
    sound.then(|| days_from_civil(year, month, day) * DAY_MS)
}

/// Days since 1970-01-01 in the Gregorian calendar, by counting from a March-based year.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468
}

/// Milliseconds → UTCDate (RFC 8620 §1.4).
fn utc_date(ms: i64) -> String {
    let days = ms.div_euclid(DAY_MS);
    let second = ms.rem_euclid(DAY_MS) / 1_000;
    let mut year = (days * 400).div_euclid(146_097) + 1970;
    while days_from_civil(year + 1, 1, 1) <= days {
        year += 1;
    }
    while days_from_civil(year, 1, 1) > days {
        year -= 1;
    }
    let month = (1..=12).rev().find(|month| days_from_civil(year, *month, 1) <= days).unwrap_or(1);
    let day = days - days_from_civil(year, month, 1) + 1;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::search::parse;

    fn json(text: &str, hidden: &[MailboxId], within: Option<&[MailboxId]>) -> String {
        let mailboxes = |name: &str| match name {
            "inbox" => vec![MailboxId(1), MailboxId(2)],
            "School" => vec![MailboxId(3)],
            _ => vec![],
        };
        let world = World { now_ms: 1_764_000_000_000, offset_min: 60, mailboxes: &mailboxes, hidden, within };
        serde_json::to_string(&filter(&parse(text), &world)).unwrap()
    }

    fn plain(text: &str) -> String {
        json(text, &[], None)
    }

    #[test]
    fn terms_become_conditions() {
        assert_eq!(plain("hello"), r#"{"text":"hello"}"#);
        assert_eq!(plain("\"two words\""), r#"{"text":"\"two words\""}"#);
        assert_eq!(
            plain("from:anna is:unread"),
            r#"{"operator":"AND","conditions":[{"from":"anna"},{"notKeyword":"$seen"}]}"#
        );
        assert_eq!(plain("-has:attachment"), r#"{"operator":"NOT","conditions":[{"hasAttachment":true}]}"#);
        assert_eq!(plain("a OR b"), r#"{"operator":"OR","conditions":[{"text":"a"},{"text":"b"}]}"#);
        assert_eq!(plain("larger:1.5mb"), r#"{"minSize":1500000}"#);
        assert_eq!(plain("smaller:20k"), r#"{"maxSize":20000}"#);
        assert_eq!(plain("in:School"), r#"{"inMailbox":"m3"}"#);
        assert_eq!(plain("in:nowhere"), r#"{"operator":"NOT","conditions":[{}]}"#);
        assert_eq!(plain("label:todo"), r#"{"hasKeyword":"todo"}"#);
        assert_eq!(plain("filename:pdf"), r#"{"filename":"pdf"}"#);
        assert_eq!(plain("larger:huge before:someday"), "{}");
    }

    #[test]
    fn days_are_local_and_spans_count_from_now() {
        assert_eq!(plain("after:2024-02-29"), r#"{"after":"2024-02-28T23:00:00Z"}"#);
        assert_eq!(plain("before:2019"), r#"{"before":"2018-12-31T23:00:00Z"}"#);
        assert_eq!(plain("older_than:1y"), r#"{"before":"2024-11-24T16:00:00Z"}"#);
        assert_eq!(plain("newer_than:2w"), r#"{"after":"2025-11-10T16:00:00Z"}"#);
        assert_eq!(utc_date(0), "1970-01-01T00:00:00Z");
        assert_eq!(utc_date(-1_000), "1969-12-31T23:59:59Z");
        assert_eq!(utc_date(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(utc_date(4_102_444_799_000), "2099-12-31T23:59:59Z");
    }

    #[test]
    fn junk_and_trash_stay_out_unless_asked_for() {
        let hidden = [MailboxId(8), MailboxId(9)];
        let left_out = r#"{"inMailboxOtherThan":["m8","m9"]}"#;
        assert_eq!(
            json("x", &hidden, None),
            format!(r#"{{"operator":"AND","conditions":[{left_out},{{"text":"x"}}]}}"#)
        );
        assert_eq!(json("x in:anywhere", &hidden, None), r#"{"text":"x"}"#);
        assert_eq!(
            json("x", &hidden, Some(&[MailboxId(8)])),
            r#"{"operator":"AND","conditions":[{"inMailbox":"m8"},{"text":"x"}]}"#
        );
        assert_eq!(json("", &hidden, None), left_out);
    }
}
