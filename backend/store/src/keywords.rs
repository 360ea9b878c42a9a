//! An Email's keywords (RFC 8621 §4.1.1): the common ones as bits, the rest by name.

use std::collections::BTreeSet;

/// The longest keyword, in characters (RFC 8621 §4.1.1).
pub const KEYWORD_MAX_LEN: usize = 255;
/// The most keywords one Email may have.
pub const KEYWORDS_MAX: usize = 128;

/// Names of the bits, in order.
const KNOWN: [&str; 7] = ["$seen", "$flagged", "$answered", "$draft", "$forwarded", "$junk", "$notjunk"];

pub(crate) const SEEN: u32 = 1;
pub(crate) const DRAFT: u32 = 8;

/// A set of keywords, always lower-case. `Ord`-stable iteration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keywords {
    bits: u32,
    custom: BTreeSet<String>,
}

impl Keywords {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// The keyword in its stored form, or `None` if RFC 8621 §4.1.1 forbids it: 1–255 printable ASCII characters
    /// without `( ) { ] % * " \`.
    pub fn normal(keyword: &str) -> Option<String> {
        let sound = (1..=KEYWORD_MAX_LEN).contains(&keyword.len())
            && keyword.bytes().all(|b| (0x21..=0x7e).contains(&b) && !b"(){]%*\"\\".contains(&b));
        sound.then(|| keyword.to_ascii_lowercase())
    }

    /// Adds a keyword. False if it is malformed or one too many; then nothing changed.
    pub fn insert(&mut self, keyword: &str) -> bool {
        let Some(keyword) = Self::normal(keyword) else { return false };
        if let Some(bit) = Self::bit(&keyword) {
            self.bits |= bit;
            return true;
        }
        if self.custom.len() >= KEYWORDS_MAX && !self.custom.contains(&keyword) {
            return false;
        }
        self.custom.insert(keyword);
        true
    }

    /// Takes a keyword away.
    pub fn remove(&mut self, keyword: &str) {
        let keyword = keyword.to_ascii_lowercase();
        match Self::bit(&keyword) {
            Some(bit) => self.bits &= !bit,
            None => {
                self.custom.remove(&keyword);
            }
        }
    }

    /// Adds or takes away.
    pub fn set(&mut self, keyword: &str, on: bool) -> bool {
        if on {
            return self.insert(keyword);
        }
        self.remove(keyword);
        true
    }

    /// Whether it is there (case does not matter).
    pub fn contains(&self, keyword: &str) -> bool {
        let keyword = keyword.to_ascii_lowercase();
        match Self::bit(&keyword) {
            Some(bit) => self.bits & bit != 0,
            None => self.custom.contains(&keyword),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let known = KNOWN.iter().enumerate().filter(|(n, _)| self.bits & (1 << n) != 0).map(|(_, name)| *name);
        known.chain(self.custom.iter().map(String::as_str))
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.bits.count_ones() as usize + self.custom.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bits == 0 && self.custom.is_empty()
    }

    /// Neither `$seen` nor `$draft`: counts as unread (RFC 8621 §2).
    pub fn is_unread(&self) -> bool {
        self.bits & (SEEN | DRAFT) == 0
    }

    pub(crate) fn bit(keyword: &str) -> Option<u32> {
        KNOWN.iter().position(|name| *name == keyword).map(|n| 1 << n)
    }

    pub(crate) fn bits(&self) -> i64 {
        i64::from(self.bits)
    }

    /// The unknown ones as a JSON array, or nothing.
    pub(crate) fn custom_json(&self) -> Option<String> {
        (!self.custom.is_empty()).then(|| serde_json::to_string(&self.custom).unwrap_or_default())
    }

    pub(crate) fn from_row(bits: i64, custom: Option<&str>) -> Self {
        let custom = custom.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        Self { bits: u32::try_from(bits).unwrap_or(0), custom }
    }
}

impl<S: AsRef<str>> FromIterator<S> for Keywords {
    /// Malformed keywords are left out.
    fn from_iter<T: IntoIterator<Item = S>>(iter: T) -> Self {
        let mut keywords = Self::new();
        for keyword in iter {
            keywords.insert(keyword.as_ref());
        }
        keywords
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_a_lower_case_set_without_forbidden_characters() {
        let mut k: Keywords = ["$Seen", "Work", "work", "bad key", "\"", ""].into_iter().collect();
        assert_eq!(k.iter().collect::<Vec<_>>(), ["$seen", "work"]);
        assert!(k.contains("$SEEN") && k.contains("WORK") && !k.is_unread());
        assert_eq!(Keywords::from_row(k.bits(), k.custom_json().as_deref()), k);
        k.remove("$seen");
        k.set("work", false);
        assert!(k.is_empty() && k.is_unread());
    }

    #[test]
    fn one_email_takes_only_so_many_keywords() {
        let mut k: Keywords = (0..KEYWORDS_MAX).map(|n| format!("k{n}")).collect();
        assert!(!k.insert("one-more") && k.insert("k1") && k.insert("$flagged"));
    }
}
