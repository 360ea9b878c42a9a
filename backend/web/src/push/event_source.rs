//! The `text/event-stream` of RFC 8620 §7.3: its parameters and its events as text.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use super::{feed::Wanted, mark::Mark};

/// Bounds of the ping interval in seconds. RFC 8620 §7.3: the least may not be above 30, the most not below 300.
const PING_S: std::ops::RangeInclusive<u64> = 1..=900;
/// Type names in one list.
const MAX_TYPES: usize = 64;

/// What the client asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// `types`.
    pub wanted: Wanted,
    /// `closeafter=state`.
    pub close_after_state: bool,
    /// `ping`; none: no pings.
    pub ping: Option<Duration>,
}

/// Reads the three parameters; all are required.
///
/// # Errors
/// What is wrong, for a developer.
pub fn parameters(
    types: Option<&str>,
    close_after: Option<&str>,
    ping: Option<&str>,
) -> Result<Parameters, &'static str> {
    let close_after_state = match close_after {
        Some("state") => true,
        Some("no") => false,
        _ => return Err("closeafter must be 'state' or 'no'"),
    };
    let ping_s: u64 = ping.and_then(|p| p.parse().ok()).ok_or("ping must be a number of seconds")?;
    let ping = (ping_s > 0).then(|| Duration::from_secs(ping_s.clamp(*PING_S.start(), *PING_S.end())));
    let wanted = types_list(types.ok_or("types must be '*' or a list of type names")?)?;
    Ok(Parameters { wanted, close_after_state, ping })
}

fn types_list(types: &str) -> Result<Wanted, &'static str> {
    if types == "*" {
        return Ok(Wanted::All);
    }
    let names: BTreeSet<String> =
        types.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    if names.is_empty() || names.len() > MAX_TYPES {
        Err("types must be '*' or a list of type names")
    } else {
        Ok(Wanted::Only(names))
    }
}

/// A `state` event with its id.
pub fn state(change: &Value, mark: &Mark) -> String {
    format!("event: state\nid: {mark}\ndata: {change}\n\n")
}

/// A `ping` event; sets no id.
pub fn ping(interval: Duration) -> String {
    format!("event: ping\ndata: {}\n\n", json!({ "interval": interval.as_secs() }))
}

/// What opens the stream: a comment, so that proxies pass the headers on at once, and the id from which a client that
/// loses the line before the first event goes on.
pub fn opening(mark: &Mark) -> String {
    format!(": kinpost\nid: {mark}\n\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn parameters_are_required_and_bounded() {
        let fine = parameters(Some("Email,Mailbox"), Some("no"), Some("0")).unwrap();
        assert_eq!(fine.wanted, Wanted::Only(BTreeSet::from(["Email".to_owned(), "Mailbox".to_owned()])));
        assert!(fine.ping.is_none() && !fine.close_after_state);
        let other = parameters(Some("*"), Some("state"), Some("100000")).unwrap();
        assert_eq!(
            other,
            Parameters { wanted: Wanted::All, close_after_state: true, ping: Some(Duration::from_secs(900)) }
        );
        assert_eq!(parameters(Some("*"), Some("no"), Some("30")).unwrap().ping, Some(Duration::from_secs(30)));
        assert_eq!(parameters(Some("*"), Some("no"), Some("300")).unwrap().ping, Some(Duration::from_secs(300)));
        for (types, close, ping) in [
            (None, Some("no"), Some("0")),
            (Some(""), Some("no"), Some("0")),
            (Some("*"), None, Some("0")),
            (Some("*"), Some("yes"), Some("0")),
            (Some("*"), Some("no"), None),
            (Some("*"), Some("no"), Some("-1")),
        ] {
            assert!(parameters(types, close, ping).is_err());
        }
    }

    #[test]
    fn events_are_spelled_as_the_standard_wants() {
        let mut mark = Mark::default();
        mark.pass(shared::ids::AccountId(1), 7);
        assert_eq!(state(&json!({"a": 1}), &mark), "event: state\nid: a1.7\ndata: {\"a\":1}\n\n");
        assert_eq!(ping(Duration::from_secs(5)), "event: ping\ndata: {\"interval\":5}\n\n");
    }
}
