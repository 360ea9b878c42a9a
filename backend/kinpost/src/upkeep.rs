//! Small regular housework: what expired goes, what nothing refers to goes, old records of the change log go.

use std::time::Duration;

use store::{Store, blobs, changes, household, now_ms, sessions, uploads};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(3_600);
/// Soon after the start, but not in its way.
const FIRST: Duration = Duration::from_secs(60);
/// Octets of cached bodies that stay; the rest is fetched again when wanted.
const CACHE_MAX: u64 = 4_000_000_000;
/// Records of the change log kept for each type of an account.
const CHANGES_KEPT: i64 = 100_000;

/// Runs until `stop`.
pub async fn run(store: Store, stop: CancellationToken) {
    let mut turns = interval_at(Instant::now() + FIRST, EVERY);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = turns.tick() => if let Err(error) = turn(&store).await {
                tracing::error!(%error, "the regular housework failed; it is tried again in an hour");
            },
            () = stop.cancelled() => return,
        }
    }
}

/// One turn.
async fn turn(store: &Store) -> store::Result<()> {
    let mut tx = store.write().await?;
    sessions::expire(&mut tx, now_ms()).await?;
    uploads::expire(&mut tx, now_ms()).await?;
    tx.commit().await?;
    let members = household::members(&mut store.read().await?).await?;
    for member in members {
        let mut tx = store.write().await?;
        changes::compact(&mut tx, member.account, CHANGES_KEPT).await?;
        tx.commit().await?;
    }
    let swept = blobs::sweep(store, CACHE_MAX).await?;
    tracing::debug!(orphans = swept.orphans, evicted = swept.evicted, "housework done");
    Ok(())
}
