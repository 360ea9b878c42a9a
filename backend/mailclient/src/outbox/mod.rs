//! The submission state machine: letters on their way, one SMTP step after the other, each written down before the next.
//!
//! Held or Queued → Sending → Sent, Refused, Queued again (temporary) or Uncertain. What a crash leaves in Sending is
//! queued again only when the message itself was not begun; else it is Uncertain: never sent twice without asking.

mod attempt;
mod bounces;
mod judge;
mod letter;
mod look;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use remote::Net;
use shared::ids::{AccountId, EmailId, SourceId};
use store::{
    Store,
    submissions::{self, Stage},
};
use tokio::{sync::broadcast::error::RecvError, task::JoinHandle, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{Config, FetchError};
use letter::Letter;

/// Letters looked at in one go.
const DUE_MAX: u32 = 200;
/// Letters on their way at once, each from another Source.
const AT_ONCE: usize = 8;
/// Longest sleep without a look, so that a changed clock does no harm.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// After a failure of the store.
const STORE_PAUSE: Duration = Duration::from_secs(5);
/// How long the end of the process waits for a letter that is just leaving.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// Reads a whole message, from the provider if need be.
pub(crate) type ReadWhole = Arc<
    dyn Fn(AccountId, EmailId) -> Pin<Box<dyn Future<Output = Result<Arc<[u8]>, FetchError>> + Send>> + Send + Sync,
>;

/// The household's outbox.
pub(crate) struct Outbox {
    shared: Shared,
    stop: CancellationToken,
    running: Mutex<Vec<JoinHandle<()>>>,
}

/// What every letter's worker needs.
#[derive(Clone)]
struct Shared {
    store: Store,
    config: Arc<Config>,
    net: Net,
}

impl Outbox {
    /// Nothing leaves before [`Self::start`].
    pub fn new(store: Store, config: Arc<Config>, net: Net) -> Self {
        Self { shared: Shared { store, config, net }, stop: CancellationToken::new(), running: Mutex::default() }
    }

    /// Judges what a crash left under way, then sends what is due from now on and watches for delivery reports.
    pub async fn start(&self, read: ReadWhole) -> store::Result<()> {
        let doubtful = letter::recover(&self.shared).await?;
        bounces::begin(&self.shared.store).await?;
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_empty() {
            let (shared, stop) = (self.shared.clone(), self.stop.clone());
            running.push(tokio::spawn(run(shared, stop, doubtful)));
            running.push(tokio::spawn(bounces::watch(self.shared.clone(), read, self.stop.clone())));
        }
        Ok(())
    }

    /// Ends; a letter that is just leaving gets a few seconds.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        let running = std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
        for task in running {
            let _ = task.await;
        }
    }
}

/// The letters' workers.
struct Under {
    way: JoinSet<Done>,
    busy: HashSet<Option<SourceId>>,
}

/// What a worker was about.
enum Done {
    /// A letter was tried; it comes back when it is in doubt.
    Tried(Option<SourceId>, Option<Box<Letter>>),
    /// A letter in doubt was looked for: that keeps nobody else from sending.
    Looked,
}

async fn run(shared: Shared, stop: CancellationToken, doubtful: Vec<Letter>) {
    let mut news = shared.store.events();
    let mut under = Under { way: JoinSet::new(), busy: HashSet::new() };
    for letter in doubtful {
        look_for(&shared, &stop, &mut under, letter);
    }
    loop {
        let pause = match start_due(&shared, &mut under).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot read the store");
                STORE_PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            event = wait_for_news(&mut news) => if !event { break },
            Some(done) = under.way.join_next() => match done {
                Ok(Done::Looked) => {}
                Ok(Done::Tried(source, doubtful)) => {
                    under.busy.remove(&source);
                    if let Some(letter) = doubtful {
                        look_for(&shared, &stop, &mut under, *letter);
                    }
                }
                Err(error) => {
                    // A panic: its letter stays in Sending and is judged like after a crash, once nobody else sends.
                    tracing::error!(%error, "a letter's worker ended");
                    while under.way.join_next().await.is_some() {}
                    under.busy.clear();
                    match letter::recover(&shared).await {
                        Ok(doubtful) => {
                            for letter in doubtful {
                                look_for(&shared, &stop, &mut under, letter);
                            }
                        }
                        Err(error) => tracing::error!(%error, "the outbox cannot recover"),
                    }
                }
            },
            () = tokio::time::sleep(pause) => {}
        }
    }
    let _ = tokio::time::timeout(LAST_WAIT, async { while under.way.join_next().await.is_some() {} }).await;
}

/// Until something about the outbox was committed; `false` when the store is closed.
async fn wait_for_news(news: &mut tokio::sync::broadcast::Receiver<store::Event>) -> bool {
    loop {
        match news.recv().await {
            Ok(event) if event.outbox => return true,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return true,
            Err(RecvError::Closed) => return false,
        }
    }
}

/// Looks for a letter that may or may not have arrived.
fn look_for(shared: &Shared, stop: &CancellationToken, under: &mut Under, letter: Letter) {
    let (shared, stop) = (shared.clone(), stop.clone());
    under.way.spawn(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = look::look(&shared, &letter) => {}
        }
        Done::Looked
    });
}

/// Starts what is due, one letter a Source at a time. Says how long nothing else is due.
async fn start_due(shared: &Shared, under: &mut Under) -> store::Result<Duration> {
    let (due, next) = {
        let mut r = shared.store.read().await?;
        let due = submissions::due(&mut r, store::now_ms(), DUE_MAX).await?;
        (due, submissions::next_due(&mut r).await?)
    };
    let mut waits_for_time = true;
    for submission in due {
        waits_for_time = false;
        if under.busy.len() >= AT_ONCE {
            break;
        }
        if !under.busy.insert(submission.source) {
            continue;
        }
        let source = submission.source;
        let shared = shared.clone();
        under.way.spawn(async move { Done::Tried(source, letter::send(&shared, submission).await.map(Box::new)) });
    }
    // What is due and not started waits for a worker to end, not for the clock.
    let until = match next {
        Some(at) if waits_for_time => u64::try_from(at.saturating_sub(store::now_ms())).unwrap_or(0).max(1),
        _ => u64::MAX,
    };
    Ok(Duration::from_millis(until).min(LONGEST_SLEEP))
}

/// Whether a letter is still to be sent by somebody.
fn is_waiting(stage: Stage) -> bool {
    matches!(stage, Stage::Held | Stage::Queued)
}
