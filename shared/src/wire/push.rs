//! What comes over the WebSocket (RFC 8887) and push (RFC 8620 §7).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::AccountId;

/// Switches push on (RFC 8887 §4.3.5.2).
#[derive(Debug, Clone, Serialize)]
pub struct PushEnable {
    /// Always `WebSocketPushEnable`.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// `None` = all types.
    #[serde(rename = "dataTypes")]
    pub data_types: Option<Vec<&'static str>>,
}

/// Type → state.
pub type States = BTreeMap<String, String>;

/// Something changed (RFC 8620 §7.1); other messages have another `kind` and no `changed`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct StateChange {
    /// `StateChange`.
    #[serde(rename = "@type", default)]
    pub kind: String,
    /// By account.
    #[serde(default)]
    pub changed: BTreeMap<AccountId, States>,
}
