//! What became of each recipient of a letter (RFC 8621 §7 `deliveryStatus`), as it is stored and shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What became of one recipient (RFC 8621 §7 DeliveryStatus).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryStatus {
    /// The server's reply to RCPT, or to the whole message.
    pub smtp_reply: String,
    /// `queued`, `yes`, `no` or `unknown`.
    pub delivered: String,
    /// `unknown` or `yes`.
    pub displayed: String,
}

impl Default for DeliveryStatus {
    fn default() -> Self {
        Self { smtp_reply: String::new(), delivered: "queued".into(), displayed: "unknown".into() }
    }
}

/// Waiting to be sent (or to be decided about).
pub(crate) const QUEUED: &str = "queued";
/// Handed to the next server; what became of it there is not known yet.
pub(crate) const HANDED_ON: &str = "unknown";
/// Refused.
pub(crate) const REFUSED: &str = "no";
/// In the recipient's mailbox.
pub(crate) const DELIVERED: &str = "yes";

/// Each recipient's fate by address, as stored.
pub(crate) type Delivery = BTreeMap<String, DeliveryStatus>;

/// The recipients who are to be tried.
pub(crate) fn pending(delivery: &Delivery) -> Vec<String> {
    delivery.iter().filter(|(_, status)| status.delivered == QUEUED).map(|(address, _)| address.clone()).collect()
}

/// A person (or proof) takes an uncertain letter as sent.
pub(crate) fn assume_sent(delivery: &mut Delivery) {
    for status in delivery.values_mut().filter(|s| s.delivered == QUEUED) {
        HANDED_ON.clone_into(&mut status.delivered);
    }
}

/// A person wants a refused letter to be tried again: all who do not have it.
pub(crate) fn try_again(delivery: &mut Delivery) {
    for status in delivery.values_mut().filter(|s| s.delivered == REFUSED) {
        QUEUED.clone_into(&mut status.delivered);
    }
}
