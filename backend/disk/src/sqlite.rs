//! Opening SQLite the one way we use it: WAL, every commit on the disk, one writer beside many readers.

use std::{path::Path, time::Duration};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::Error;

/// Another process (the command line beside a server) may hold the writer this long.
const BUSY_TIMEOUT: Duration = Duration::from_secs(20);
/// Prepared statements kept by each connection.
const STATEMENTS_KEPT: usize = 256;
/// Page cache of a connection, KiB.
const CACHE_KIB: i64 = 8 * 1024;

/// The pools of one database file.
#[derive(Debug, Clone)]
pub struct Pools {
    /// Readers.
    pub readers: SqlitePool,
    /// Exactly one connection.
    pub writer: SqlitePool,
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENTS_KEPT)
        .pragma("cache_size", format!("-{CACHE_KIB}"))
        .pragma("temp_store", "memory")
        .pragma("trusted_schema", "off")
}

/// Opens (or creates) the database.
pub async fn open(path: &Path, readers: u32) -> Result<Pools, Error> {
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(60))
        .connect_with(options(path).create_if_missing(true))
        .await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(readers)
        .min_connections(1)
        .idle_timeout(Some(Duration::from_secs(60)))
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(30))
        .connect_with(options(path).pragma("query_only", "on"))
        .await?;
    Ok(Pools { readers, writer })
}
