//! IMAP's date-time (RFC 3501 §9): `"17-Jul-1996 02:44:25 -0700"`.

use jiff::civil;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Milliseconds since the epoch; `None` when it is not such a date.
pub(super) fn parse(text: &str) -> Option<i64> {
    let mut words = text.split_ascii_whitespace();
    let (date, time, zone) = (words.next()?, words.next()?, words.next().unwrap_or("+0000"));
    let mut date = date.split('-');
    let day: i8 = date.next()?.parse().ok()?;
    let month = date.next()?;
    let month = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(month))? + 1;
    let year: i16 = date.next()?.parse().ok()?;
    let mut time = time.split(':');
    let hour: i8 = time.next()?.parse().ok()?;
    let minute: i8 = time.next()?.parse().ok()?;
    let second: i8 = time.next()?.parse().ok()?;
    let there = civil::DateTime::new(year, i8::try_from(month).ok()?, day, hour, minute, second.min(59), 0).ok()?;
    let as_utc = jiff::tz::TimeZone::UTC.to_timestamp(there).ok()?.as_millisecond();
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let zone = zone.trim_start_matches(['+', '-']);
    let (hours, minutes) = zone.split_at_checked(2)?;
    let offset: i64 = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    Some(as_utc - sign * offset * 60_000)
}

/// The date-time in UTC; `None` outside the years that four digits can say.
pub(super) fn format(ms: i64) -> Option<String> {
    let at = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::from_millisecond(ms).ok()?);
    let month = MONTHS.get(usize::try_from(at.month()).ok()?.checked_sub(1)?)?;
    (1970..=9999).contains(&at.year()).then(|| {
        format!("{:02}-{month}-{:04} {:02}:{:02}:{:02} +0000", at.day(), at.year(), at.hour(), at.minute(), at.second())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(parse("17-Jul-1996 02:44:25 -0700"), Some(837_596_665_000));
        assert_eq!(parse(" 1-Jan-2026 00:00:00 +0100"), Some(1_767_222_000_000));
        assert_eq!(format(837_596_665_000).as_deref(), Some("17-Jul-1996 09:44:25 +0000"));
        for ms in [0, 1_000, 951_782_400_000, 1_800_000_000_000] {
            assert_eq!(format(ms).as_deref().and_then(parse), Some(ms));
        }
    }

    #[test]
    fn nonsense_is_none() {
        for text in [
            "",
            "x",
            "32-Jan-2026 00:00:00 +0000",
            "1-Foo-2026 00:00:00 +0000",
            "1-Jan-2026 25:00:00 +0000",
            "1-Jan-2026 00:00:00 ä",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(format(i64::MAX), None);
    }
}
