//! What an attempt means for the letter and for each of its recipients. Pure.

use std::collections::BTreeMap;

use remote::{Class, Error, smtp::Reply};
use store::submissions::Stage;

use crate::fate::{DELIVERED, Delivery, HANDED_ON, QUEUED, REFUSED, pending};

/// A letter that the servers put off for so long is given up, ms.
const GIVE_UP_AFTER_MS: i64 = 48 * 3_600_000;

/// What one attempt brought.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// The answers to RCPT.
    pub recipients: BTreeMap<String, Reply>,
}

/// How an attempt ended.
#[derive(Debug)]
pub(super) enum End {
    /// The server took the message for those whom it had accepted.
    Accepted(Reply),
    /// Refused at MAIL, at DATA or after the dot: for everybody.
    Refused(Reply),
    /// Every recipient was refused.
    NobodyLeft,
    /// It failed before the message was begun or whole.
    Failed(Error),
    /// No answer after the final dot was begun.
    Uncertain(Error),
}

/// Where the letter goes from here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub stage: Stage,
    /// Plain words, for people.
    pub failure: Option<String>,
    /// Somebody has it now who had not before.
    pub is_taken: bool,
}

/// Whether anybody got it in an earlier attempt.
fn was_taken(delivery: &Delivery) -> bool {
    delivery.values().any(|s| matches!(s.delivered.as_str(), HANDED_ON | DELIVERED))
}

/// Takes over what was heard. `age_ms`: since the letter was first due.
pub(super) fn judge(delivery: &mut Delivery, heard: &Heard, end: &End, age_ms: i64) -> Verdict {
    let taken_before = was_taken(delivery);
    let give_up = age_ms > GIVE_UP_AFTER_MS;
    for (address, reply) in &heard.recipients {
        let Some(status) = delivery.get_mut(address) else { continue };
        status.smtp_reply = shown(reply);
        if !reply.is_positive() && (!reply.is_transient() || give_up) {
            REFUSED.clone_into(&mut status.delivered);
        }
    }
    let accepted: Vec<&String> = heard.recipients.iter().filter(|(_, r)| r.is_positive()).map(|(a, _)| a).collect();
    let words = match end {
        End::Accepted(reply) => {
            set(delivery, &accepted, HANDED_ON, reply);
            None
        }
        End::Refused(reply) => {
            let everybody = pending(delivery);
            let fate = if reply.is_transient() && !give_up { QUEUED } else { REFUSED };
            set(delivery, &everybody.iter().collect::<Vec<_>>(), fate, reply);
            Some(format!("The server refused the letter: {}", shown(reply)))
        }
        End::NobodyLeft => None,
        End::Failed(error) => {
            if !heals(error) || give_up {
                for status in delivery.values_mut().filter(|s| s.delivered == QUEUED) {
                    REFUSED.clone_into(&mut status.delivered);
                }
            }
            Some(error.to_string())
        }
        End::Uncertain(error) => {
            let failure =
                Some(format!("{error} The letter had just been handed over, so it may or may not be on its way."));
            return Verdict { stage: Stage::Uncertain, failure, is_taken: false };
        }
    };
    let is_taken = matches!(end, End::Accepted(_)) && !accepted.is_empty() && !taken_before;
    let stage = if !pending(delivery).is_empty() {
        Stage::Queued
    } else if taken_before || matches!(end, End::Accepted(_)) {
        Stage::Sent
    } else {
        Stage::Refused
    };
    Verdict { stage, failure: words.or_else(|| summary(delivery)), is_taken }
}

/// Failures that a later try can heal without the person.
fn heals(error: &Error) -> bool {
    matches!(error.class, Class::Temporary | Class::Protocol | Class::Tls)
}

fn set(delivery: &mut Delivery, addresses: &[&String], fate: &str, reply: &Reply) {
    for address in addresses {
        if let Some(status) = delivery.get_mut(*address) {
            fate.clone_into(&mut status.delivered);
            status.smtp_reply = shown(reply);
        }
    }
}

/// RFC 8621 §7 `smtpReply`.
fn shown(reply: &Reply) -> String {
    format!("{} {}", reply.shown_code(), reply.text).trim_end().to_owned()
}

/// Who was refused or put off, in plain words.
fn summary(delivery: &Delivery) -> Option<String> {
    let lines: Vec<String> = delivery
        .iter()
        .filter_map(|(address, status)| match status.delivered.as_str() {
            REFUSED => Some(format!("{address} was refused: {}", status.smtp_reply)),
            QUEUED if !status.smtp_reply.is_empty() => Some(format!("{address} has to wait: {}", status.smtp_reply)),
            _ => None,
        })
        .take(20)
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::fate::{DeliveryStatus, assume_sent, try_again};

    fn reply(code: u16) -> Reply {
        Reply { code, enhanced: None, text: "words".into() }
    }

    fn letter(to: &[&str]) -> Delivery {
        to.iter().map(|a| ((*a).to_owned(), DeliveryStatus::default())).collect()
    }

    fn heard(answers: &[(&str, u16)]) -> Heard {
        Heard { recipients: answers.iter().map(|(a, c)| ((*a).to_owned(), reply(*c))).collect() }
    }

    #[test]
    fn everybody_accepted() {
        let mut d = letter(&["a", "b"]);
        let v = judge(&mut d, &heard(&[("a", 250), ("b", 250)]), &End::Accepted(reply(250)), 0);
        assert_eq!(v, Verdict { stage: Stage::Sent, failure: None, is_taken: true });
        assert_eq!((d["a"].delivered.as_str(), d["a"].smtp_reply.as_str()), ("unknown", "250 words"));
    }

    #[test]
    fn one_refused_one_put_off_then_taken() {
        let mut d = letter(&["a", "b", "c"]);
        let v = judge(&mut d, &heard(&[("a", 250), ("b", 550), ("c", 451)]), &End::Accepted(reply(250)), 0);
        assert_eq!((v.stage, v.is_taken), (Stage::Queued, true));
        assert_eq!(pending(&d), ["c"]);
        assert_eq!(d["b"].delivered, "no");
        // The second attempt goes to "c" alone, and what was owed for success is not owed twice.
        let v = judge(&mut d, &heard(&[("c", 250)]), &End::Accepted(reply(250)), 0);
        assert_eq!((v.stage, v.is_taken), (Stage::Sent, false));
        assert!(v.failure.unwrap().contains("b was refused: 550 words"));
    }

    #[test]
    fn all_refused_for_good_or_for_now() {
        let mut d = letter(&["a"]);
        assert_eq!(judge(&mut d, &heard(&[("a", 550)]), &End::NobodyLeft, 0).stage, Stage::Refused);
        let mut d = letter(&["a"]);
        assert_eq!(judge(&mut d, &heard(&[("a", 450)]), &End::NobodyLeft, 0).stage, Stage::Queued);
        assert_eq!(judge(&mut d, &heard(&[("a", 450)]), &End::NobodyLeft, GIVE_UP_AFTER_MS + 1).stage, Stage::Refused);
        try_again(&mut d);
        assert_eq!(pending(&d), ["a"]);
    }

    #[test]
    fn the_whole_message_refused() {
        let mut d = letter(&["a", "b"]);
        let v = judge(&mut d, &heard(&[("a", 250), ("b", 250)]), &End::Refused(reply(554)), 0);
        assert_eq!((v.stage, v.is_taken), (Stage::Refused, false));
        let mut d = letter(&["a"]);
        assert_eq!(judge(&mut d, &heard(&[("a", 250)]), &End::Refused(reply(451)), 0).stage, Stage::Queued);
    }

    #[test]
    fn failures_by_class() {
        for (error, stage) in [
            (Error::temporary("x"), Stage::Queued),
            (Error::tls("x"), Stage::Queued),
            (Error::protocol("x"), Stage::Queued),
            (Error::auth("x"), Stage::Refused),
            (Error::permanent("x"), Stage::Refused),
        ] {
            assert_eq!(judge(&mut letter(&["a"]), &Heard::default(), &End::Failed(error), 0).stage, stage);
        }
    }

    #[test]
    fn uncertain_keeps_the_question_open() {
        let mut d = letter(&["a", "b"]);
        let v = judge(&mut d, &heard(&[("a", 250), ("b", 550)]), &End::Uncertain(Error::temporary("gone.")), 0);
        assert_eq!((v.stage, v.is_taken), (Stage::Uncertain, false));
        assert_eq!(pending(&d), ["a"]);
        assume_sent(&mut d);
        assert_eq!((d["a"].delivered.as_str(), d["b"].delivered.as_str()), ("unknown", "no"));
    }
}
