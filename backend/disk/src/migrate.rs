//! Migrations: numbered SQL texts, each in one transaction, after a snapshot of what was there.

use std::path::{Path, PathBuf};

use sqlx::{SqlitePool, sqlite::SqliteConnection};

use crate::{Error, files};

/// One step: schema version and SQL.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The version the schema has afterwards; counts from 1 without gaps.
    pub version: i64,
    /// Statements.
    pub sql: &'static str,
}

/// Brings the database at `path` to the newest version. A database that held something is copied to
/// `<path>.before-<version>` first; going back is putting that file in place.
pub async fn run(writer: &SqlitePool, path: &Path, migrations: &'static [Migration]) -> Result<(), Error> {
    let mut db = writer.acquire().await?;
    let found = version(&mut db).await?;
    let known = migrations.last().map_or(0, |m| m.version);
    if found > known {
        return Err(Error::TooNew { found, known });
    }
    let steps: Vec<&Migration> = migrations.iter().filter(|m| m.version > found).collect();
    let Some(first) = steps.first() else { return Ok(()) };
    if found > 0 {
        snapshot(&mut db, &snapshot_path(path, first.version)).await?;
    }
    for step in steps {
        apply(&mut db, step).await?;
    }
    Ok(())
}

/// Where the snapshot before a version is put.
pub fn snapshot_path(path: &Path, version: i64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".before-{version}"));
    PathBuf::from(name)
}

async fn version(db: &mut SqliteConnection) -> Result<i64, Error> {
    Ok(sqlx::query_scalar("PRAGMA user_version").fetch_one(db).await?)
}

async fn apply(db: &mut SqliteConnection, step: &Migration) -> Result<(), Error> {
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *db).await?;
    let done = async {
        sqlx::raw_sql(step.sql).execute(&mut *db).await?;
        // A pragma takes no parameters; the number is ours.
        let pragma = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {}", step.version));
        sqlx::raw_sql(pragma).execute(&mut *db).await?;
        sqlx::raw_sql("COMMIT").execute(&mut *db).await
    }
    .await;
    if let Err(error) = done {
        sqlx::raw_sql("ROLLBACK").execute(&mut *db).await?;
        return Err(error.into());
    }
    Ok(())
}

/// A consistent copy of the database in one durable file.
pub async fn snapshot(db: &mut SqliteConnection, to: &Path) -> Result<(), Error> {
    match std::fs::remove_file(to) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::file(to)(e)),
        _ => {}
    }
    sqlx::query("VACUUM INTO $1").bind(to.to_string_lossy().into_owned()).execute(db).await?;
    std::fs::File::open(to).and_then(|f| f.sync_all()).map_err(Error::file(to))?;
    to.parent().map_or(Ok(()), files::sync_dir)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sqlite;

    const FIRST: &[Migration] =
        &[Migration { version: 1, sql: "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7);" }];
    const BOTH: &[Migration] = &[
        Migration { version: 1, sql: "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7);" },
        Migration { version: 2, sql: "ALTER TABLE a RENAME COLUMN x TO y;" },
    ];
    const BROKEN: &[Migration] = &[
        Migration { version: 1, sql: "CREATE TABLE a (x INTEGER) STRICT;" },
        Migration { version: 2, sql: "DROP TABLE a; SELECT nonsense;" },
    ];

    async fn value(path: &Path, sql: &'static str) -> Option<i64> {
        let pools = sqlite::open(path, 1).await.unwrap();
        let found = sqlx::query_scalar(sql).fetch_one(&pools.readers).await.ok();
        pools.readers.close().await;
        pools.writer.close().await;
        found
    }

    async fn migrate(path: &Path, steps: &'static [Migration]) -> Result<(), Error> {
        let pools = sqlite::open(path, 1).await.unwrap();
        let done = run(&pools.writer, path, steps).await;
        pools.readers.close().await;
        pools.writer.close().await;
        done
    }

    #[tokio::test]
    async fn an_upgrade_keeps_a_copy_that_an_older_program_can_use() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("db");
        migrate(&path, FIRST).await.unwrap();
        assert!(!snapshot_path(&path, 1).exists());
        migrate(&path, BOTH).await.unwrap();
        assert_eq!(value(&path, "SELECT y FROM a").await, Some(7));
        let before = snapshot_path(&path, 2);
        assert_eq!(value(&before, "SELECT x FROM a").await, Some(7));
        migrate(&before, FIRST).await.unwrap();
        assert!(matches!(migrate(&path, FIRST).await, Err(Error::TooNew { found: 2, known: 1 })));
    }

    #[tokio::test]
    async fn a_migration_that_fails_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("db");
        migrate(&path, FIRST).await.unwrap();
        assert!(migrate(&path, BROKEN).await.is_err());
        assert_eq!(value(&path, "SELECT x FROM a").await, Some(7));
        migrate(&path, BOTH).await.unwrap();
    }
}
