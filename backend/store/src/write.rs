//! A write transaction: what it gathers besides rows (changes, counters, news) and the commit that settles and announces it.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::{Deref, DerefMut},
};

use shared::ids::{AccountId, EmailId, SourceId};
use tokio::sync::broadcast;

use crate::{
    DataType, Event, Reader, Result, changes,
    event::{Change, Op},
    settle::{self, Contribution},
};

/// What a transaction owes one account at commit.
#[derive(Default)]
pub(crate) struct Pending {
    /// Threads that were touched, as counters and lists know them.
    pub(crate) before: BTreeMap<i64, Contribution>,
    pub(crate) changes: BTreeMap<(DataType, i64), Change>,
    /// Of changes that are in the log already.
    states: BTreeMap<DataType, i64>,
    pub(crate) unindexed: i64,
    tasks_for: BTreeSet<SourceId>,
    bodies: BTreeSet<EmailId>,
    outbox: bool,
}

/// The one writer. Derefs to [`Reader`]: reads see what was written, except counters and lists, which [`WriteTx::flush`]
/// brings up to date. Dropped without commit, nothing happened and nothing is announced.
pub struct WriteTx {
    reader: Reader,
    events: broadcast::Sender<Event>,
    pending: BTreeMap<AccountId, Pending>,
    access: bool,
}

impl Deref for WriteTx {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut Reader {
        &mut self.reader
    }
}

impl WriteTx {
    pub(crate) fn new(reader: Reader, events: broadcast::Sender<Event>) -> Self {
        Self { reader, events, pending: BTreeMap::new(), access: false }
    }

    /// Brings counters, lists, threads and states up to date within the transaction: unless more is written, a state read
    /// afterwards is the one that the commit announces. `commit` does it too.
    pub async fn flush(&mut self) -> Result<()> {
        let accounts: Vec<AccountId> = self.pending.keys().copied().collect();
        for account in accounts {
            settle::settle(self, account).await?;
            let changes = std::mem::take(&mut self.pending(account).changes);
            let states = changes::append(&mut self.reader, account, changes).await?;
            self.pending(account).states.extend(states);
        }
        Ok(())
    }

    /// Makes everything durable, then announces it.
    pub async fn commit(mut self) -> Result<()> {
        self.flush().await?;
        let mut events = Vec::new();
        for (account, pending) in std::mem::take(&mut self.pending) {
            let event = Event {
                account: Some(account),
                changes: pending.states,
                tasks_for: pending.tasks_for.into_iter().collect(),
                bodies: pending.bodies.into_iter().collect(),
                outbox: pending.outbox,
                access: false,
            };
            events.push(event);
        }
        if self.access {
            events.push(Event { access: true, ..Event::default() });
        }
        let Self { reader, events: channel, .. } = self;
        reader.tx.commit().await?;
        for event in events {
            // Nobody listening is fine.
            let _ = channel.send(event);
        }
        Ok(())
    }

    /// Says with the commit that this Source has something to do.
    pub fn wake_source(&mut self, account: AccountId, source: SourceId) {
        self.pending(account).tasks_for.insert(source);
    }

    /// Says with the commit that the raw message of this Email is here.
    pub fn announce_body(&mut self, account: AccountId, email: EmailId) {
        self.pending(account).bodies.insert(email);
    }

    pub(crate) fn wake_outbox(&mut self, account: AccountId) {
        self.pending(account).outbox = true;
    }

    /// Members, sessions or app passwords changed.
    pub(crate) fn access_changed(&mut self) {
        self.access = true;
    }

    pub(crate) fn pending(&mut self, account: AccountId) -> &mut Pending {
        self.pending.entry(account).or_default()
    }

    /// Nothing is owed to an account that is removed.
    pub(crate) fn forget_account(&mut self, account: AccountId) {
        self.pending.remove(&account);
    }

    pub(crate) fn changed(&mut self, account: AccountId, data: DataType, object: i64, op: Op) {
        self.note(account, data, object, Change { op, thread: None });
    }

    pub(crate) fn email_changed(&mut self, account: AccountId, email: i64, thread: i64, op: Op) {
        self.note(account, DataType::Email, email, Change { op, thread: Some(thread) });
    }

    /// Merges with what happened to the same object before in this transaction: outside only the sum is seen.
    fn note(&mut self, account: AccountId, data: DataType, object: i64, change: Change) {
        let changes = &mut self.pending(account).changes;
        let key = (data, object);
        let merged = match (changes.get(&key).map(|c| c.op), change.op) {
            (Some(Op::Created), Op::Destroyed) => {
                changes.remove(&key);
                return;
            }
            (Some(Op::Created), _) => Op::Created,
            (Some(Op::Updated), Op::Counts) => Op::Updated,
            // Only a re-creation could follow, and ids are never reused.
            (Some(Op::Destroyed), _) => Op::Destroyed,
            (_, op) => op,
        };
        changes.insert(key, Change { op: merged, ..change });
    }
}
