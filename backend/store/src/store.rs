//! The store itself: opening, snapshots for reading, the one writer, the channel of events.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use disk::{migrate::Migration, sqlite};
use sqlx::{Sqlite, SqlitePool, Transaction};
use tokio::sync::broadcast;

use crate::{
    Blobs, Event, Result, Vault, WriteTx,
    counted::{self, Counted},
};

/// How many events a receiver may lag behind before it has to start afresh.
const EVENTS_KEPT: usize = 1024;
/// Connections for reading.
const READERS: u32 = 8;
/// The database's name below the data directory.
const DATABASE_FILE: &str = "kinpost.db";
/// The schema, step by step.
const MIGRATIONS: &[Migration] = &[Migration { version: 1, sql: include_str!("../migrations/0001_first.sql") }];

/// The whole store below one data directory. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) readers: SqlitePool,
    pub(crate) writer: SqlitePool,
    pub(crate) events: broadcast::Sender<Event>,
    blobs: Blobs,
    vault: Vault,
    data: PathBuf,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("data", &self.inner.data).finish_non_exhaustive()
    }
}

/// One snapshot of the database: everything read through it belongs together. Let it go soon.
pub struct Reader {
    pub(crate) tx: Transaction<'static, Sqlite>,
}

impl Reader {
    /// The connection to run statements on.
    pub(crate) fn db(&mut self) -> Counted<'_> {
        Counted(&mut self.tx)
    }
}

impl Store {
    /// Opens (creates, migrates) the store below `data`: `kinpost.db`, `secret.key`, `blobs/`. Before a migration of an
    /// existing database a copy is put beside it (`kinpost.db.before-N`).
    pub async fn open(data: &Path) -> Result<Self> {
        disk::files::make_dir(data)?;
        let vault = Vault::open(data)?;
        let blobs = Blobs::open(&data.join("blobs"))?;
        let path = data.join(DATABASE_FILE);
        let pools = sqlite::open(&path, READERS).await?;
        disk::migrate::run(&pools.writer, &path, MIGRATIONS).await?;
        let (events, _) = broadcast::channel(EVENTS_KEPT);
        let sqlite::Pools { readers, writer } = pools;
        let inner = Inner { readers, writer, events, blobs, vault, data: data.to_owned() };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// A snapshot to read from.
    pub async fn read(&self) -> Result<Reader> {
        Ok(Reader { tx: self.inner.readers.begin().await? })
    }

    /// The writer, as soon as the one before is done. Never await a network while holding it.
    pub async fn write(&self) -> Result<WriteTx> {
        let tx = self.inner.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(WriteTx::new(Reader { tx }, self.inner.events.clone()))
    }

    /// What commits announce from now on. After `Lagged` look at the database afresh.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// Announces what is no change of the database (a body that was fetched into the cache, for example).
    pub fn announce(&self, event: Event) {
        // Nobody listening is fine.
        let _ = self.inner.events.send(event);
    }

    /// The raw messages and other files.
    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// Keys and what is done with them.
    pub fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// The data directory.
    pub fn data(&self) -> &Path {
        &self.inner.data
    }

    /// Rows that statements read since the process began, of all stores (for the metrics and the benchmarks).
    pub fn rows_read() -> u64 {
        counted::rows_read()
    }

    /// A consistent copy of the database in one durable file (for a backup).
    pub async fn snapshot(&self, to: &Path) -> Result<()> {
        let mut db = self.inner.writer.acquire().await?;
        Ok(disk::migrate::snapshot(&mut db, to).await?)
    }

    /// Waits for running transactions and closes the files.
    pub async fn close(&self) {
        self.inner.readers.close().await;
        self.inner.writer.close().await;
    }
}
