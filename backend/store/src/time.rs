//! The clock: milliseconds since 1970-01-01 UTC, the only form of time in the database.

use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in milliseconds since the epoch (UTC).
pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}
