//! Sets of UIDs: compact on the wire, bounded in length.

use std::fmt;
use std::ops::RangeInclusive;

/// A set of UIDs as ascending, disjoint ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UidSet {
    ranges: Vec<(u32, u32)>,
}

impl UidSet {
    /// One UID.
    pub fn one(uid: u32) -> Self {
        Self { ranges: vec![(uid.max(1), uid.max(1))] }
    }

    /// `from..=to`; 0 counts as 1. `u32::MAX` as `to` is written `*`-free, which asks for nothing beyond the newest.
    pub fn range(range: RangeInclusive<u32>) -> Self {
        let (from, to) = ((*range.start()).max(1), *range.end());
        if from > to { Self::default() } else { Self { ranges: vec![(from, to)] } }
    }

    /// Every message of the folder.
    pub fn all() -> Self {
        Self::range(1..=u32::MAX)
    }

    /// Whether it holds no UID.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// How many UIDs it holds.
    pub fn len(&self) -> u64 {
        self.ranges.iter().map(|&(from, to)| u64::from(to - from) + 1).sum()
    }

    /// Whether `uid` is in it.
    pub fn contains(&self, uid: u32) -> bool {
        let at = self.ranges.partition_point(|&(_, to)| to < uid);
        self.ranges.get(at).is_some_and(|&(from, _)| from <= uid)
    }

    /// Its ranges, ascending and disjoint.
    pub fn ranges(&self) -> &[(u32, u32)] {
        &self.ranges
    }

    /// Parts that each are at most `max` bytes on the wire: servers limit the length of a line.
    pub(crate) fn lines(&self, max: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for &(from, to) in &self.ranges {
            let part = show(from, to);
            if !line.is_empty() && line.len() + 1 + part.len() > max {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(',');
            }
            line.push_str(&part);
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }
}

fn show(from: u32, to: u32) -> String {
    if from == to { from.to_string() } else { format!("{from}:{to}") }
}

impl fmt::Display for UidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines(usize::MAX).join(","))
    }
}

impl FromIterator<u32> for UidSet {
    fn from_iter<T: IntoIterator<Item = u32>>(iter: T) -> Self {
        let mut uids: Vec<u32> = iter.into_iter().filter(|&u| u > 0).collect();
        uids.sort_unstable();
        uids.dedup();
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for uid in uids {
            match ranges.last_mut() {
                Some(last) if last.1.checked_add(1) == Some(uid) => last.1 = uid,
                _ => ranges.push((uid, uid)),
            }
        }
        Self { ranges }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_joined() {
        let set: UidSet = [5, 3, 4, 9, 3, 0, 11, 12].into_iter().collect();
        assert_eq!(set.to_string(), "3:5,9,11:12");
        assert!(set.contains(4) && set.contains(9) && !set.contains(10) && !set.contains(13));
        assert_eq!(UidSet::all().to_string(), "1:4294967295");
        assert!(UidSet::range(RangeInclusive::new(9, 3)).is_empty());
    }

    #[test]
    fn lines_stay_short_and_lose_nothing() {
        let set: UidSet = (0..5_000).map(|n| n * 2 + 1).collect();
        let lines = set.lines(1000);
        assert!(lines.iter().all(|l| l.len() <= 1000));
        assert_eq!(lines.join(","), set.to_string());
    }
}
