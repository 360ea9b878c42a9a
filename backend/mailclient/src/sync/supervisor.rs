//! Starts, restarts and stops the workers: one a Source that is not paused, by what the store says.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex as StdMutex, PoisonError, atomic::Ordering},
    time::Duration,
};

use remote::Net;
use shared::ids::{AccountId, SourceId};
use store::{DataType, Event, Store, sources};
use tokio::{
    sync::{Mutex, broadcast::error::RecvError, mpsc},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{FetchRequest, fetch, imap, owed, pop3};
use crate::{
    Config,
    link::{Context, Progress, Trouble},
    settings::{Protocol, SourceConfig},
};

/// Body requests that may wait for one Source.
const FETCHES_MAX: usize = 256;
/// How long a worker may take to end.
const END_MAX: Duration = Duration::from_secs(5);
/// After a fault of our own (a panic, the store).
const FAULT_WAIT: Duration = Duration::from_secs(30);

/// All workers of the household.
pub(crate) struct Supervisor {
    store: Store,
    config: Arc<Config>,
    net: Net,
    running: Mutex<BTreeMap<SourceId, Running>>,
    /// What is asked without waiting: progress, wake-ups.
    live: StdMutex<BTreeMap<SourceId, Live>>,
    stop: CancellationToken,
    watcher: Mutex<Option<JoinHandle<()>>>,
}

struct Running {
    fingerprint: (String, String),
    stop: CancellationToken,
    parts: Vec<JoinHandle<()>>,
}

#[derive(Clone)]
struct Live {
    ctx: Arc<Context>,
    fetch: mpsc::Sender<FetchRequest>,
}

impl Supervisor {
    pub fn new(store: Store, config: Arc<Config>, net: Net) -> Arc<Self> {
        Arc::new(Self {
            store,
            config,
            net,
            running: Mutex::new(BTreeMap::new()),
            live: StdMutex::new(BTreeMap::new()),
            stop: CancellationToken::new(),
            watcher: Mutex::new(None),
        })
    }

    /// Starts the workers and watches what commits announce.
    pub async fn start(self: &Arc<Self>) -> store::Result<()> {
        let mut watcher = self.watcher.lock().await;
        if watcher.is_some() {
            return Ok(());
        }
        // Subscribed before looking: nothing falls between.
        let mut events = self.store.events();
        self.align().await?;
        let me = Arc::clone(self);
        *watcher = Some(tokio::spawn(async move {
            loop {
                let event = tokio::select! {
                    () = me.stop.cancelled() => return,
                    event = events.recv() => event,
                };
                match event {
                    Ok(event) => me.heard(&event).await,
                    Err(RecvError::Lagged(_)) => me.look_afresh().await,
                    Err(RecvError::Closed) => return,
                }
            }
        }));
        Ok(())
    }

    /// Ends all workers and waits for them, a few seconds at most.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        if let Some(watcher) = self.watcher.lock().await.take() {
            let _ = watcher.await;
        }
        let running = std::mem::take(&mut *self.running.lock().await);
        self.live().clear();
        let ends = running.into_values().map(end);
        futures::future::join_all(ends).await;
    }

    /// Whether workers run at all (they do not beside the command line).
    pub async fn is_started(&self) -> bool {
        self.watcher.lock().await.is_some()
    }

    fn live(&self) -> std::sync::MutexGuard<'_, BTreeMap<SourceId, Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn heard(&self, event: &Event) {
        for source in &event.tasks_for {
            if let Some(live) = self.live().get(source) {
                live.ctx.tasks.notify_one();
            }
        }
        if event.changes.contains_key(&DataType::Source) || !event.tasks_for.is_empty() {
            self.align_or_log().await;
        }
    }

    async fn look_afresh(&self) {
        self.align_or_log().await;
        for live in self.live().values() {
            live.ctx.tasks.notify_one();
        }
    }

    async fn align_or_log(&self) {
        if let Err(error) = self.align().await {
            tracing::error!(%error, "the workers could not be brought in line");
        }
    }

    /// Workers as the store wants them.
    pub async fn align(&self) -> store::Result<()> {
        let mut wanted = BTreeMap::new();
        {
            let mut r = self.store.read().await?;
            for row in sources::household(&mut r).await?.into_iter().filter(|row| !row.paused) {
                let password = sources::password(&mut r, self.store.vault(), row.account, row.id).await?;
                wanted.insert(row.id, (row, password));
            }
        }
        let mut running = self.running.lock().await;
        let outdated: Vec<SourceId> = running
            .iter()
            .filter(|(id, run)| {
                wanted
                    .get(id)
                    .is_none_or(|(row, password)| (&row.config, password) != (&run.fingerprint.0, &run.fingerprint.1))
            })
            .map(|(id, _)| *id)
            .collect();
        for id in outdated {
            self.live().remove(&id);
            if let Some(old) = running.remove(&id) {
                end(old).await;
            }
        }
        if self.stop.is_cancelled() {
            return Ok(());
        }
        for (id, (row, password)) in wanted {
            if !running.contains_key(&id)
                && let Some(run) = self.begin(&row, password)
            {
                running.insert(id, run);
            }
        }
        Ok(())
    }

    fn begin(&self, row: &sources::Source, password: String) -> Option<Running> {
        let servers: SourceConfig = match serde_json::from_str(&row.config) {
            Ok(servers) => servers,
            Err(error) => {
                tracing::error!(source = %row.id, %error, "the configuration of a source is not readable");
                return None;
            }
        };
        let stop = self.stop.child_token();
        let fingerprint = (row.config.clone(), password.clone());
        let protocol = servers.protocol;
        let made =
            Context::new(self.store.clone(), Arc::clone(&self.config), &self.net, row, servers, password, stop.clone());
        let ctx = match made {
            Ok(ctx) => Arc::new(ctx),
            Err(error) => {
                tracing::error!(source = %row.id, %error, "a source cannot be started");
                return None;
            }
        };
        let (sender, receiver) = mpsc::channel(FETCHES_MAX);
        self.live().insert(row.id, Live { ctx: Arc::clone(&ctx), fetch: sender });
        let parts = match protocol {
            Protocol::Imap => vec![
                tokio::spawn(keep_up(Arc::clone(&ctx), Part::Sync)),
                tokio::spawn(keep_up(Arc::clone(&ctx), Part::Owed)),
                tokio::spawn(keep_fetching(ctx, receiver)),
            ],
            Protocol::Pop3 => {
                vec![tokio::spawn(keep_up(Arc::clone(&ctx), Part::Box)), tokio::spawn(keep_up(ctx, Part::Settle))]
            }
        };
        Some(Running { fingerprint, stop, parts })
    }

    pub fn progress(&self, source: SourceId) -> Option<Progress> {
        self.live().get(&source).and_then(|live| live.ctx.progress())
    }

    /// Wakes workers of an account; `None`: all of them.
    pub fn check(&self, account: AccountId, only: Option<&[SourceId]>) {
        for (id, live) in self.live().iter() {
            if live.ctx.account == account && only.is_none_or(|only| only.contains(id)) {
                live.ctx.check.notify_one();
                live.ctx.tasks.notify_one();
            }
        }
    }

    /// Where body requests of a Source go; `None`: no worker runs.
    pub fn fetcher(&self, source: SourceId) -> Option<mpsc::Sender<FetchRequest>> {
        self.live().get(&source).map(|live| live.fetch.clone())
    }

    /// How many workers run.
    pub fn count(&self) -> u64 {
        self.live().len() as u64
    }
}

async fn end(run: Running) {
    run.stop.cancel();
    for mut part in run.parts {
        if tokio::time::timeout(END_MAX, &mut part).await.is_err() {
            part.abort();
        }
    }
}

/// The parts of a worker that are restarted when they fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Sync,
    Owed,
    Box,
    Settle,
}

/// Runs one part until the worker ends: a failure is said on the Source and waited out, a panic ends nothing but itself.
async fn keep_up(ctx: Arc<Context>, part: Part) {
    loop {
        let worker = Arc::clone(&ctx);
        let run = tokio::spawn(async move {
            match part {
                Part::Sync => imap::run(&worker).await,
                Part::Owed => owed::run(worker).await,
                Part::Box => pop3::run(&worker).await,
                Part::Settle => pop3::settle(&worker).await,
            }
        });
        let wait = match run.await {
            Ok(Ok(()) | Err(Trouble::Stopped)) => return,
            Ok(Err(Trouble::Remote(error))) => {
                let failures = ctx.failures.fetch_add(1, Ordering::SeqCst).saturating_add(1);
                ctx.report_failure(&error, failures).await
            }
            Ok(Err(Trouble::Store(error))) => {
                tracing::error!(source = %ctx.source, %error, ?part, "a worker met a fault of the store");
                FAULT_WAIT
            }
            Err(error) => {
                tracing::error!(source = %ctx.source, %error, ?part, "a worker ended in a panic");
                FAULT_WAIT
            }
        };
        tokio::select! {
            () = ctx.stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
            () = ctx.check.notified(), if matches!(part, Part::Sync | Part::Box) => {}
        }
    }
}

async fn keep_fetching(ctx: Arc<Context>, receiver: mpsc::Receiver<FetchRequest>) {
    let receiver = Arc::new(Mutex::new(receiver));
    loop {
        let run = tokio::spawn(fetch::run(Arc::clone(&ctx), Arc::clone(&receiver)));
        match run.await {
            Ok(()) => return,
            Err(error) => tracing::error!(source = %ctx.source, %error, "fetching a body ended in a panic"),
        }
    }
}
