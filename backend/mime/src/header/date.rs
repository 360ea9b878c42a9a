//! The Date form (RFC 8621 §4.1.2.6): an instant with its zone of writing.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// A point in time with the offset it was written in. As JSON an RFC 3339 string (RFC 8620 §1.4 `Date`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// Seconds since the epoch, UTC.
    pub epoch_s: i64,
    /// Minutes east of UTC.
    pub offset_min: i16,
}

/// The parts of a local date-time.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Civil {
    /// The instant, if every part is in its range.
    fn at(&self, offset_min: i64) -> Option<Date> {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let days = match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 31,
        };
        let fits = (1..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=days).contains(&self.day)
            && (0..24).contains(&self.hour)
            && (0..60).contains(&self.minute)
            && (0..=60).contains(&self.second)
            && offset_min.abs() < 24 * 60;
        if !fits {
            return None;
        }
        // A leap second is shown as the second before it: RFC 3339 readers stumble over :60.
        let second = self.second.min(59);
        let local =
            ((days_from_civil(self.year, self.month, self.day) * 24 + self.hour) * 60 + self.minute) * 60 + second;
        Some(Date { epoch_s: local - offset_min * 60, offset_min: i16::try_from(offset_min).ok()? })
    }
}

/// Days since the epoch of a Gregorian date.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The Gregorian date of a day since the epoch.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}

impl Date {
    /// A UTC instant from milliseconds since the epoch.
    pub fn from_ms(ms: i64) -> Self {
        Self { epoch_s: ms.div_euclid(1000), offset_min: 0 }
    }

    /// Milliseconds since the epoch.
    pub fn ms(self) -> i64 {
        self.epoch_s.saturating_mul(1000)
    }

    /// Parses RFC 5322 §3.3 date-time, obsolete forms included (two-digit years, named zones, comments).
    /// A missing zone counts as UTC.
    pub fn parse_rfc5322(text: &str) -> Option<Self> {
        let plain = without_comments(text);
        let mut words = plain.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty()).peekable();
        if words.peek().is_some_and(|w| w.starts_with(|c: char| c.is_ascii_alphabetic())) {
            words.next();
        }
        let day = number(words.next()?, 2)?;
        let name = words.next()?;
        let month = MONTHS.iter().position(|m| name.get(..3).is_some_and(|n| n.eq_ignore_ascii_case(m)))?;
        let year_text = words.next()?;
        let year = match (number(year_text, 4)?, year_text.len()) {
            (year @ 0..50, 2) => year + 2000,
            (year, 2 | 3) => year + 1900,
            (year, _) => year,
        };
        // RFC 5322 §4.3 allows white space around the colons.
        let rest: Vec<&str> = words.collect();
        let joined = rest.join(" ").replace(" :", ":").replace(": ", ":");
        let mut rest = joined.split(' ');
        let mut clock = rest.next()?.split(':');
        let (hour, minute) = (number(clock.next()?, 2)?, number(clock.next()?, 2)?);
        let second = clock.next().map_or(Some(0), |s| number(s.split('.').next().unwrap_or_default(), 2))?;
        let zone = zone_minutes(rest.next().unwrap_or("+0000"))?;
        Civil { year, month: i64::try_from(month).ok()? + 1, day, hour, minute, second }.at(zone)
    }

    /// Writes RFC 5322 §3.3 date-time.
    pub fn to_rfc5322(self) -> String {
        let (c, weekday) = self.local();
        let month = usize::try_from(c.month - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or("Jan");
        let (sign, offset) = self.sign();
        format!(
            "{weekday}, {} {month} {:04} {:02}:{:02}:{:02} {sign}{:02}{:02}",
            c.day,
            c.year,
            c.hour,
            c.minute,
            c.second,
            offset / 60,
            offset % 60
        )
    }

    /// The local parts and the name of the day.
    fn local(self) -> (Civil, &'static str) {
        // Years beyond 9999 have no notation: held at the last second there is.
        let local = (self.epoch_s + i64::from(self.offset_min) * 60).clamp(-62_135_596_800, 253_402_300_799);
        let (days, seconds) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = civil_from_days(days);
        let name = usize::try_from(days.rem_euclid(7)).ok().and_then(|d| DAYS.get(d)).copied().unwrap_or("Thu");
        (Civil { year, month, day, hour: seconds / 3600, minute: seconds / 60 % 60, second: seconds % 60 }, name)
    }

    fn sign(self) -> (char, u16) {
        (if self.offset_min < 0 { '-' } else { '+' }, self.offset_min.unsigned_abs())
    }
}

/// Digits only, at most so many.
fn number(text: &str, most: usize) -> Option<i64> {
    let fits = !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// Minutes east of UTC of `+hhmm` or a name (RFC 5322 §4.3; the military letters count as UTC).
fn zone_minutes(zone: &str) -> Option<i64> {
    if let Some(digits) = zone.strip_prefix(['+', '-']) {
        let digits: String = digits.chars().filter(|c| *c != ':').collect();
        let value = number(&digits, 4).filter(|_| digits.len() == 4)?;
        let minutes = value / 100 * 60 + value % 100;
        return Some(if zone.starts_with('-') { -minutes } else { minutes });
    }
    let hours = match zone.to_ascii_uppercase().as_str() {
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        name if name.bytes().all(|b| b.is_ascii_alphabetic()) => 0,
        _ => return None,
    };
    Some(hours * 60)
}

/// The text without parenthesised comments.
fn without_comments(text: &str) -> String {
    let mut depth = 0u32;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// RFC 3339 with upper-case letters and no fraction; UTC as `Z`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (c, _) = self.local();
        write!(f, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second)?;
        if self.offset_min == 0 {
            return f.write_str("Z");
        }
        let (sign, offset) = self.sign();
        write!(f, "{sign}{:02}:{:02}", offset / 60, offset % 60)
    }
}

/// A string that is not an RFC 3339 date-time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 date-time")]
pub struct NotADate;

impl FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        rfc3339(text).ok_or(NotADate)
    }
}

fn rfc3339(text: &str) -> Option<Date> {
    let (date, time) = text.split_once('T')?;
    let mut pieces = date.split('-');
    let mut exact = |length: usize| pieces.next().filter(|p| p.len() == length).and_then(|p| number(p, length));
    let (year, month, day) = (exact(4)?, exact(2)?, exact(2)?);
    let zone_at = time.find(['Z', '+', '-'])?;
    let (clock, zone) = time.split_at(zone_at);
    let clock = match clock.split_once('.') {
        Some((clock, fraction)) => number(fraction, 18).map(|_| clock)?,
        None => clock,
    };
    let mut pieces = clock.split(':');
    let mut exact = || pieces.next().filter(|p| p.len() == 2).and_then(|p| number(p, 2));
    let (hour, minute, second) = (exact()?, exact()?, exact()?);
    let colon = zone.len() == 6 && zone.as_bytes().get(3) == Some(&b':');
    let offset = if zone == "Z" { 0 } else { zone_minutes(zone).filter(|_| colon)? };
    Civil { year, month, day, hour, minute, second }.at(offset).filter(|_| pieces.next().is_none())
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
