//! Which conversation a message belongs to (RFC 8621 §3), from its own header alone.

use sha2::{Digest, Sha256};

/// Words before a colon that mark a reply or forward, in several languages (RFC 5256 §2.1 knows "re", "fw", "fwd").
const PREFIXES: &[&str] = &[
    "re",
    "fw",
    "fwd",
    "aw",
    "wg",
    "sv",
    "vs",
    "vl",
    "vb",
    "antw",
    "doorst",
    "rv",
    "res",
    "enc",
    "tr",
    "rif",
    "r",
    "i",
    "odp",
    "pd",
    "ynt",
    "ilt",
    "ha",
    "vá",
    "továbbítás",
    "bls",
    "trs",
    "atb",
    "ат",
    "отв",
    "пересл",
    "απ",
    "πρθ",
    "השב",
    "הועבר",
    "رد",
    "إعادة توجيه",
    "回复",
    "回覆",
    "答复",
    "答覆",
    "转发",
    "轉寄",
    "転送",
    "返信",
    "회신",
    "답장",
    "전달",
];

/// The key of a message's thread: first id of References, else of In-Reply-To, else its own Message-ID, together with
/// the base subject; 32 hex digits. `None` without any id: such a message is a thread of its own.
pub fn thread_key(
    references: Option<&[String]>,
    in_reply_to: Option<&[String]>,
    message_id: Option<&[String]>,
    subject: Option<&str>,
) -> Option<String> {
    let first = |ids: Option<&[String]>| ids.and_then(|ids| ids.first()).filter(|id| !id.is_empty()).cloned();
    let id = first(references).or_else(|| first(in_reply_to)).or_else(|| first(message_id))?;
    // White space and case of the subject do not count: mailers refold and rewrite it.
    let subject: String = base_subject(subject.unwrap_or_default()).to_lowercase().split_whitespace().collect();
    let mut hash = Sha256::new();
    hash.update(id.as_bytes());
    hash.update([0]);
    hash.update(subject.as_bytes());
    Some(hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

/// The base subject (RFC 5256 §2.1, plus the reply prefixes of other languages), white space folded, case kept.
pub fn base_subject(subject: &str) -> String {
    let folded = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = folded.as_str();
    loop {
        let before = rest;
        rest = without_trailer(rest);
        rest = without_leaders(rest);
        // "[fwd: … ]" around the whole (RFC 5256 §2.1 (6)).
        if let Some(inner) = strip_ignoring_case(rest, "[fwd:").and_then(|inner| inner.strip_suffix(']')) {
            rest = inner.trim();
        }
        if rest == before {
            return rest.to_owned();
        }
    }
}

/// Drops "(fwd)" at the end.
fn without_trailer(text: &str) -> &str {
    let mut rest = text.trim_end();
    while let Some(head) = rest.len().checked_sub(5).filter(|at| rest.is_char_boundary(*at)).map(|at| rest.split_at(at))
    {
        if !head.1.eq_ignore_ascii_case("(fwd)") {
            break;
        }
        rest = head.0.trim_end();
    }
    rest
}

/// Drops "Re:", "[tag] Fwd:" and, as long as something is left, "[tag]".
fn without_leaders(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let mut after_blobs = rest;
        while let Some(next) = without_blob(after_blobs) {
            after_blobs = next;
        }
        if let Some(next) = without_prefix(after_blobs) {
            rest = next;
            continue;
        }
        match without_blob(rest) {
            Some(next) if !next.is_empty() => rest = next,
            _ => return rest,
        }
    }
}

/// `[…]` without brackets inside.
fn without_blob(text: &str) -> Option<&str> {
    let (inside, rest) = text.strip_prefix('[')?.split_once(']')?;
    (!inside.contains('[')).then(|| rest.trim_start())
}

/// A prefix word, perhaps counted ("Re[2]:", "Re(3):"), and its colon.
fn without_prefix(text: &str) -> Option<&str> {
    let (head, rest) = text.split_once([':', '：'])?;
    if head.chars().count() > 24 {
        return None;
    }
    let word_end = head.find(['[', '(']).unwrap_or(head.len());
    let (word, count) = head.split_at(word_end);
    let word = word.trim().trim_end_matches(|c: char| c == '*' || c.is_ascii_digit()).to_lowercase();
    let counted = count.is_empty() || count.trim_end().ends_with([']', ')']);
    (counted && PREFIXES.contains(&word.as_str())).then(|| rest.trim_start())
}

fn strip_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
    use super::*;

    #[test]
    fn base_subjects() {
        let cases = [
            ("Re: hello", "hello"),
            ("RE: Fwd: [list] Re[2]:  hello   world (fwd)", "hello world"),
            ("[fwd: hello]", "hello"),
            ("AW: WG: Hallo", "Hallo"),
            ("回复：你好", "你好"),
            ("[only a tag]", "[only a tag]"),
            ("[a] [b] c", "c"),
            ("Result: fine", "Result: fine"),
            ("Re:", ""),
            ("Ré: x", "Ré: x"),
            ("é(fwd)", "é"),
        ];
        for (subject, expected) in cases {
            assert_eq!(base_subject(subject), expected, "{subject}");
        }
    }

    #[test]
    fn keys_follow_the_first_reference() {
        let ids = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let root = thread_key(None, None, Some(&ids(&["a@x"])), Some("Dinner"));
        let reply = thread_key(None, Some(&ids(&["a@x"])), Some(&ids(&["b@x"])), Some("Re: Dinner"));
        let later =
            thread_key(Some(&ids(&["a@x", "b@x"])), Some(&ids(&["b@x"])), Some(&ids(&["c@x"])), Some("AW: Re: dinner"));
        assert!(root.is_some() && root == reply && reply == later);
        assert_ne!(root, thread_key(Some(&ids(&["a@x"])), None, None, Some("Lunch")));
        assert_eq!(thread_key(None, None, None, Some("x")), None);
        assert_eq!(root.unwrap().len(), 32);
    }
}
