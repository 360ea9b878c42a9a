//! The Date form (RFC 8621 §4.1.2.6): an instant with its zone of writing.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time with the offset it was written in. As JSON an RFC 3339 string (RFC 8620 §1.4 `Date`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// Seconds since the epoch, UTC.
    pub epoch_s: i64,
    /// Minutes east of UTC.
    pub offset_min: i16,
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

    /// Parses RFC 5322 §3.3 date-time, obsolete forms included.
    pub fn parse_rfc5322(text: &str) -> Option<Self> {
        let _ = text;
        todo!()
    }

    /// Writes RFC 5322 §3.3 date-time.
    pub fn to_rfc5322(self) -> String {
        todo!()
    }
}

/// RFC 3339 with upper-case letters and no fraction; UTC as `Z`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = f;
        todo!()
    }
}

/// A string that is not an RFC 3339 date-time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 date-time")]
pub struct NotADate;

impl FromStr for Date {
    type Err = NotADate;
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let _ = text;
        todo!()
    }
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
