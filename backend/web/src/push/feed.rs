//! One listener's stream of StateChange objects: only their accounts and types, changes that come close together told at
//! once, nothing lost when the listener falls behind.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::{Map, Value, json};
use shared::ids::AccountId;
use store::{DataType, Event, Store};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, Interval, interval_at, timeout_at},
};

use super::mark::{self, Mark, States};
use crate::{
    access::{Who, proof},
    limits::PUSH_COALESCE,
};

/// How often a silent connection looks whether its log-in still holds, beside being told of every change.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// Which types a client wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All.
    All,
    /// These JMAP type names; unknown ones never change.
    Only(BTreeSet<String>),
}

impl Wanted {
    fn has(&self, data: DataType) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(data.name()),
        }
    }
}

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A StateChange object (RFC 8620 §7.1) and how far it brings the client.
    Changed(Value, Mark),
    /// The log-in does not hold any more, or the server stops: end the connection.
    Over,
}

/// What came in and was not told yet.
#[derive(Debug, Default)]
struct Heard {
    changed: BTreeMap<AccountId, States>,
    access: bool,
    lagged: bool,
    /// Told at this time.
    until: Option<Instant>,
}

/// A subscription that is open.
pub struct Feed {
    store: Store,
    who: Who,
    events: Receiver<Event>,
    mark: Mark,
    wanted: Wanted,
    look: Interval,
    heard: Heard,
    /// Times this listener fell behind and started afresh.
    pub resyncs: u64,
}

impl Feed {
    /// Listens from now on. With `since`, the first news tells at once what happened after it.
    ///
    /// # Errors
    /// The store's.
    pub async fn open(
        store: &Store,
        who: &Who,
        wanted: Wanted,
        since: Option<Mark>,
    ) -> store::Result<(Self, Option<News>)> {
        // Subscribe first: what commits between the two lines is then told rather than missed.
        let events = store.events();
        let now = Mark::now(store, who).await?;
        let look = interval_at(Instant::now() + LOOK_AGAIN, LOOK_AGAIN);
        let mut feed = Self {
            store: store.clone(),
            who: who.clone(),
            events,
            mark: since.clone().unwrap_or(now),
            wanted,
            look,
            heard: Heard::default(),
            resyncs: 0,
        };
        let missed = if since.is_some() { feed.catch_up().await? } else { None };
        Ok((feed, missed))
    }

    /// How far this listener was told.
    pub fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Waits for the next news. May be dropped and called again: what was heard but not told yet stays in the feed.
    ///
    /// # Errors
    /// The store's.
    pub async fn next(&mut self) -> store::Result<News> {
        loop {
            let event = match self.heard.until {
                Some(until) => timeout_at(until, self.events.recv()).await.ok(),
                None => tokio::select! {
                    event = self.events.recv() => Some(event),
                    _ = self.look.tick() => {
                        self.heard.access = true;
                        None
                    }
                },
            };
            match event {
                Some(Err(RecvError::Closed)) => return Ok(News::Over),
                Some(event) => self.hear(event),
                None => {
                    if let Some(news) = self.digest().await? {
                        return Ok(news);
                    }
                }
            }
        }
    }

    /// Notes an event; the first one opens the short wait for those that follow closely.
    fn hear(&mut self, event: Result<Event, RecvError>) {
        match event {
            Ok(event) => {
                self.heard.access |= event.access;
                let Some(account) = event.account.filter(|account| self.who.may_see(*account)) else {
                    if event.access {
                        self.heard.until.get_or_insert_with(Instant::now);
                    }
                    return;
                };
                self.heard.changed.entry(account).or_default().extend(event.changes);
            }
            Err(_) => self.heard.lagged = true,
        }
        self.heard.until.get_or_insert_with(|| Instant::now() + PUSH_COALESCE);
    }

    /// Turns what was heard into news. Nothing is forgotten before the last await is over.
    async fn digest(&mut self) -> store::Result<Option<News>> {
        if (self.heard.access || self.heard.lagged) && !proof::still_holds(&self.store, &self.who).await? {
            return Ok(Some(News::Over));
        }
        if self.heard.lagged {
            let states = mark::states(&self.store, &self.who).await?;
            self.heard = Heard::default();
            self.resyncs += 1;
            return Ok(self.tell(states));
        }
        let changed = std::mem::take(&mut self.heard).changed;
        Ok(self.tell(changed))
    }

    /// Looks at the database itself and tells whatever lies beyond the mark.
    async fn catch_up(&mut self) -> store::Result<Option<News>> {
        let states = mark::states(&self.store, &self.who).await?;
        Ok(self.tell(states))
    }

    fn tell(&mut self, states: BTreeMap<AccountId, States>) -> Option<News> {
        let mut changed = Map::new();
        for (account, states) in states {
            let told = self.mark.of(account);
            let news = states.iter().filter(|(data, state)| **state > told && self.wanted.has(**data));
            let types: Map<String, Value> =
                news.map(|(data, state)| (data.name().to_owned(), state.to_string().into())).collect();
            if let Some(last) = states.values().max() {
                self.mark.pass(account, *last);
            }
            if !types.is_empty() {
                changed.insert(account.to_string(), types.into());
            }
        }
        (!changed.is_empty())
            .then(|| News::Changed(json!({ "@type": "StateChange", "changed": changed }), self.mark.clone()))
    }
}
