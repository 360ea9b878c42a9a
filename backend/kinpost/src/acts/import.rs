//! `kinpost import`.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;
use mailclient::import::{self, ImportProgress};

use super::member_named;
use crate::{
    act::{Line, Say},
    house::House,
};

/// A person reads no faster.
const PROGRESS_EVERY: Duration = Duration::from_millis(500);

/// Imports, saying how far it is.
pub async fn import(house: &House, named: &str, path: &Path, mailbox: Option<&str>, say: Say<'_>) -> Result<()> {
    let member = member_named(&mut house.store.read().await?, named).await?;
    let (started, mut told) = (Instant::now(), Instant::now());
    let mut progress = |now: &ImportProgress| {
        if told.elapsed() >= PROGRESS_EVERY {
            told = Instant::now();
            say(Line::Progress(describe(now)));
        }
    };
    let done = import::import(&house.store, member.account, path, mailbox, &mut progress).await?;
    let seconds = started.elapsed().as_secs_f64();
    let rate = done.added as f64 / seconds.max(0.001);
    say(Line::Out(format!(
        "{} messages imported, {} were here already ({seconds:.1} s, {rate:.0}/s).",
        done.added, done.skipped
    )));
    Ok(())
}

fn describe(now: &ImportProgress) -> String {
    let percent = now.bytes_done.saturating_mul(100).checked_div(now.bytes_total).unwrap_or(0);
    format!("{percent} % · {} messages imported, {} were here already · {}", now.added, now.skipped, now.mailbox)
}
