//! Reads an mbox file message by message (mboxo and mboxrd): streaming, with its place in the file, so that an import
//! that was cut off goes on from there.

use std::io::{self, BufRead};

/// The longest message that is taken in; what lies beyond is skipped.
const MESSAGE_MAX: usize = 256 << 20;

/// A message of an mbox file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    /// The message with CRLF line ends, quoting of `From ` lines undone.
    pub raw: Vec<u8>,
    /// The date of its `From ` line, ms since the epoch.
    pub date: Option<i64>,
    /// Where in the file the next message begins.
    pub next: u64,
}

/// An mbox being read, from a place where a message begins.
pub(super) struct Mbox<R> {
    reader: R,
    offset: u64,
    /// The `From ` line that was read ahead.
    ahead: Option<Vec<u8>>,
    line: Vec<u8>,
}

impl<R: BufRead> Mbox<R> {
    /// `offset`: where `reader` stands in its file.
    pub fn new(reader: R, offset: u64) -> Self {
        Self { reader, offset, ahead: None, line: Vec::new() }
    }

    /// The next message; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<Letter>> {
        let from = match self.ahead.take() {
            Some(line) => line,
            None => match self.skip_to_from()? {
                Some(line) => line,
                None => return Ok(None),
            },
        };
        let date = from_line_date(&from);
        let mut raw = Vec::new();
        let mut is_after_blank = false;
        loop {
            let begins_at = self.offset;
            if !self.read_line()? {
                return Ok(Some(Letter { raw: without_last_blank(raw), date, next: self.offset }));
            }
            if is_after_blank && is_from_line(&self.line) {
                self.ahead = Some(self.line.clone());
                return Ok(Some(Letter { raw: without_last_blank(raw), date, next: begins_at }));
            }
            let content = without_line_end(&self.line);
            is_after_blank = content.is_empty();
            if raw.len() + content.len() < MESSAGE_MAX {
                raw.extend_from_slice(unquoted(content));
                raw.extend_from_slice(b"\r\n");
            }
        }
    }

    fn skip_to_from(&mut self) -> io::Result<Option<Vec<u8>>> {
        while self.read_line()? {
            if self.line.starts_with(b"From ") {
                return Ok(Some(self.line.clone()));
            }
        }
        Ok(None)
    }

    fn read_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        let octets = self.reader.read_until(b'\n', &mut self.line)?;
        self.offset += octets as u64;
        Ok(octets > 0)
    }
}

fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The blank line before the next `From ` belongs to the format, not to the message.
fn without_last_blank(mut raw: Vec<u8>) -> Vec<u8> {
    if raw.ends_with(b"\r\n\r\n") {
        raw.truncate(raw.len().saturating_sub(2));
    }
    raw
}

/// `>From ` is `From ` (mboxo), `>>From ` is `>From ` (mboxrd).
fn unquoted(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|b| **b == b'>').count();
    let is_quoted = marks > 0 && line.get(marks..).is_some_and(|rest| rest.starts_with(b"From "));
    if is_quoted { line.get(1..).unwrap_or(line) } else { line }
}

/// A separator and not a sentence: `From `, and later on a time and a year.
fn is_from_line(line: &[u8]) -> bool {
    line.starts_with(b"From ") && line.len() < 1_000 && from_line_date(line).is_some()
}

/// The date of `From sender Tue Nov  3 10:00:05 2026` (with or without seconds or a zone), taken as UTC.
fn from_line_date(line: &[u8]) -> Option<i64> {
    let text = String::from_utf8_lossy(without_line_end(line));
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let time_at = words.iter().rposition(|w| clock(w).is_some())?;
    let (hour, minute, second) = clock(words.get(time_at)?)?;
    let year: i64 =
        words.iter().skip(time_at + 1).find_map(|w| w.parse().ok().filter(|y| (1970..=2200).contains(y)))?;
    let day: i64 = words.get(time_at.checked_sub(1)?)?.parse().ok().filter(|d| (1..=31).contains(d))?;
    let month = month(words.get(time_at.checked_sub(2)?)?)?;
    let days = days_from_civil(year, month, day);
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000)
}

fn clock(word: &str) -> Option<(i64, i64, i64)> {
    let mut parts = word.split(':').map(|p| (p.len() <= 2).then(|| p.parse::<i64>().ok()).flatten());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match parts.next() {
        Some(second) => second?,
        None => 0,
    };
    (parts.next().is_none() && hour < 24 && minute < 60 && second < 61).then_some((hour, minute, second))
}

fn month(word: &str) -> Option<i64> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let word = word.to_ascii_lowercase();
    NAMES.iter().position(|name| *name == word).and_then(|n| i64::try_from(n + 1).ok())
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn letters(text: &str) -> Vec<Letter> {
        let mut mbox = Mbox::new(text.as_bytes(), 0);
        std::iter::from_fn(|| mbox.next().unwrap()).collect()
    }

    const TWO: &str = "From a@b.test Tue Nov  3 10:00:05 2026\nSubject: 1\n\n>From here\n>>From there\n\n\
        From now on, no separator\n\nFrom c@d.test Wed Nov  4 11:00 2026\r\nSubject: 2\r\n\r\nText\r\n";

    #[test]
    fn messages_are_told_apart_and_quoting_is_undone() {
        let found = letters(TWO);
        assert_eq!(found.len(), 2);
        let first = String::from_utf8(found[0].raw.clone()).unwrap();
        assert_eq!(first, "Subject: 1\r\n\r\nFrom here\r\n>From there\r\n\r\nFrom now on, no separator\r\n");
        assert_eq!(found[1].raw, b"Subject: 2\r\n\r\nText\r\n");
        assert_eq!(found[0].date, Some(1_793_700_005_000));
        assert_eq!(found[1].date, Some(1_793_790_000_000));
    }

    #[test]
    fn reading_goes_on_from_where_the_next_message_begins() {
        let next = usize::try_from(letters(TWO)[0].next).unwrap();
        assert!(TWO[next..].starts_with("From c@d.test"));
        let mut rest = Mbox::new(&TWO.as_bytes()[next..], next as u64);
        let second = rest.next().unwrap().unwrap();
        assert_eq!(second, letters(TWO)[1]);
        assert_eq!(second.next, TWO.len() as u64);
        assert_eq!(rest.next().unwrap(), None);
    }

    #[test]
    fn what_is_no_mbox_has_no_messages_and_an_empty_one_is_kept() {
        assert!(letters("").is_empty());
        assert!(letters("Subject: x\n\nText\n").is_empty());
        assert_eq!(letters("From a Tue Nov  3 10:00:05 2026\n").len(), 1);
    }

    #[test]
    fn dates_of_separators() {
        for (line, date) in [
            ("From - Thu Jan  1 00:00:00 1970", Some(0)),
            ("From a@b Thu Feb 29 12:00:00 2024", Some(1_709_208_000_000)),
            ("From a@b Thu Jan  1 00:00:01 +0000 1970", Some(1_000)),
            ("From a@b Thu Jan  1 00:00:02 UTC 1970", Some(2_000)),
            ("From the start at 10:30 it was 1970", None),
            ("From here", None),
        ] {
            assert_eq!(from_line_date(line.as_bytes()), date, "{line}");
        }
    }
}
