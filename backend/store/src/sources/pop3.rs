//! What was downloaded from a POP3 server, so that nothing is downloaded twice.

use shared::ids::{EmailId, SourceId};

use crate::{Reader, Result, WriteTx, changes::json, sources::sql};

/// A message of a POP3 server that was downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pop3Seen {
    /// Its unique id there (or a hash where the server has none).
    pub uidl: String,
    /// What it became; may have been destroyed since.
    pub email: EmailId,
    /// When it was downloaded, ms.
    pub at: i64,
}

/// Which of these unique ids were downloaded before.
pub async fn pop3_seen(r: &mut Reader, source: SourceId, uidls: &[String]) -> Result<Vec<Pop3Seen>> {
    let rows: Vec<(String, i64, i64)> =
        sqlx::query_as(sql::POP3_SEEN).bind(source.0).bind(json(uidls)).fetch_all(r.db()).await?;
    Ok(rows.into_iter().map(|(uidl, email, at)| Pop3Seen { uidl, email: EmailId(email), at }).collect())
}

/// Remembers what was downloaded (in the transaction that stores it).
pub async fn pop3_remember(tx: &mut WriteTx, source: SourceId, seen: &[Pop3Seen]) -> Result<()> {
    let rows: Vec<(&str, i64, i64)> = seen.iter().map(|s| (s.uidl.as_str(), s.email.0, s.at)).collect();
    sqlx::query(sql::POP3_REMEMBER).bind(source.0).bind(json(&rows)).execute(tx.db()).await?;
    Ok(())
}

/// Forgets what the server no longer lists: all but `listed`.
pub async fn pop3_forget_unlisted(tx: &mut WriteTx, source: SourceId, listed: &[String]) -> Result<()> {
    sqlx::query(sql::POP3_FORGET).bind(source.0).bind(json(listed)).execute(tx.db()).await?;
    Ok(())
}
