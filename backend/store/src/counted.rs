//! The connection that every statement runs on, counting the rows that come back: what a page costs is told in rows.

use std::sync::atomic::{AtomicU64, Ordering};

use futures::{TryFutureExt, TryStreamExt, future::BoxFuture, stream::BoxStream};
use sqlx::{
    Either, Execute, Executor, SqlStr, Sqlite, SqliteConnection,
    sqlite::{SqliteQueryResult, SqliteRow, SqliteStatement, SqliteTypeInfo},
};

/// Rows read since the process began.
static ROWS_READ: AtomicU64 = AtomicU64::new(0);

/// Rows read since the process began.
pub(crate) fn rows_read() -> u64 {
    ROWS_READ.load(Ordering::Relaxed)
}

/// Counts rows that a statement passed over without returning them.
pub(crate) fn also_read(rows: i64) {
    ROWS_READ.fetch_add(u64::try_from(rows).unwrap_or(0), Ordering::Relaxed);
}

/// A connection that counts.
#[derive(Debug)]
pub(crate) struct Counted<'c>(pub(crate) &'c mut SqliteConnection);

impl<'c> Executor<'c> for Counted<'c> {
    type Database = Sqlite;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<SqliteQueryResult, SqliteRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        Box::pin(self.0.fetch_many(query).inspect_ok(|step| {
            if step.is_right() {
                also_read(1);
            }
        }))
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<SqliteRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        Box::pin(self.0.fetch_optional(query).inspect_ok(|row| {
            if row.is_some() {
                also_read(1);
            }
        }))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [SqliteTypeInfo],
    ) -> BoxFuture<'e, Result<SqliteStatement, sqlx::Error>>
    where
        'c: 'e,
    {
        self.0.prepare_with(sql, parameters)
    }
}
