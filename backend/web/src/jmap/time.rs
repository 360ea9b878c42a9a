//! `UTCDate` (RFC 8620 §1.4): RFC 3339 in UTC.

use mime::Date;

/// Milliseconds since the epoch of a `UTCDate`; `None` if it is none.
pub fn parse(text: &str) -> Option<i64> {
    let shape = text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
    if shape { text.parse::<Date>().ok().map(Date::ms) } else { None }
}

/// A `UTCDate` from milliseconds since the epoch.
pub fn format(ms: i64) -> String {
    Date::from_ms(ms).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_utc_in_capital_letters_is_a_utc_date() {
        assert_eq!(parse("2014-10-30T06:12:00Z"), Some(1_414_649_520_000));
        assert_eq!(format(1_414_649_520_000), "2014-10-30T06:12:00Z");
        for odd in [
            "",
            "2014-10-30",
            "2014-10-30T06:12:00+00:00",
            "2014-10-30t06:12:00z",
            "2014-13-30T06:12:00Z",
            "éééééééééééZ",
        ] {
            assert_eq!(parse(odd), None, "{odd}");
        }
    }
}
