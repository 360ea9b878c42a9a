//! IDLE (RFC 2177): waits for news without asking.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::command::Command;
use super::reply::{self, Reply, Word};
use super::{IdleEnd, ImapSession, absorb};
use crate::{Error, Result};

/// Servers may end an idle connection after 30 minutes (RFC 2177 §3).
const LONGEST: Duration = Duration::from_secs(28 * 60);

impl ImapSession {
    /// IDLE until the server tells something, `wake` completes or `max` (≤ 28 min) passes; ends with DONE.
    ///
    /// # Errors
    /// `Permanent` without the capability; `Temporary` when the connection is lost.
    pub async fn idle(&mut self, wake: impl Future<Output = ()>, max: Duration) -> Result<IdleEnd> {
        self.require("IDLE")?;
        if !self.unsolicited.is_empty() {
            return Ok(IdleEnd::Changed);
        }
        let tag = self.begin(Command::new("IDLE", "IDLE")).await?;
        self.await_continue(&tag, "IDLE").await?;
        let until = Instant::now() + max.min(LONGEST);
        tokio::pin!(wake);
        let end = loop {
            let frame = tokio::select! {
                biased;
                frame = self.wire.next_untimed() => frame?,
                () = &mut wake => break IdleEnd::Woken,
                () = sleep_until(until) => break IdleEnd::TimedOut,
            };
            // Each piece of news has the budget of one answer: an IDLE may last for long.
            self.wire.budget = self.wire.limits.answer;
            match reply::read(frame).await {
                Reply::Tagged(..) => return Err(self.nonsense()),
                Reply::Status(o) if o.word == Word::Bye => {
                    let host = self.wire.host();
                    return Err(
                        Error::temporary(format!("{host} ended the connection. Kinpost will try again.")).said(&o.text)
                    );
                }
                other => absorb(&mut self.unsolicited, other),
            }
            if !self.unsolicited.is_empty() {
                break IdleEnd::Changed;
            }
        };
        self.wire.send(b"DONE\r\n").await?;
        self.finish(&tag, "IDLE").await?;
        self.absorb();
        Ok(if self.unsolicited.is_empty() { end } else { IdleEnd::Changed })
    }
}
