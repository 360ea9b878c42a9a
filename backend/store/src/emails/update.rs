//! Changing what may change of an Email: keywords, and where its bytes are.

use std::collections::BTreeMap;

use shared::ids::{AccountId, EmailId};

use crate::{BlobName, Keywords, Reader, Result, WriteTx, changes::json, emails::sql, event::Op, settle};

/// An Email as writers need it.
pub(super) struct Present {
    pub(super) id: i64,
    pub(super) thread: i64,
    pub(super) source: Option<i64>,
    pub(super) keywords: Keywords,
    pub(super) search_rowid: i64,
    pub(super) indexed: bool,
}

/// Those of `ids` that are there, each once.
pub(super) async fn present(r: &mut Reader, account: AccountId, ids: &[i64]) -> Result<Vec<Present>> {
    type Row = (i64, i64, Option<i64>, i64, Option<String>, i64, bool);
    let rows: Vec<Row> = sqlx::query_as(sql::FOR_CHANGE).bind(json(ids)).bind(account.0).fetch_all(r.db()).await?;
    let mut found = BTreeMap::new();
    for (id, thread, source, bits, custom, search_rowid, indexed) in rows {
        let keywords = Keywords::from_row(bits, custom.as_deref());
        found.insert(id, Present { id, thread, source, keywords, search_rowid, indexed });
    }
    Ok(found.into_values().collect())
}

/// Replaces the keywords of each Email; those that have them already are left alone. Unknown ids are skipped.
pub async fn set_keywords(tx: &mut WriteTx, account: AccountId, wishes: &[(EmailId, Keywords)]) -> Result<()> {
    let wanted: BTreeMap<i64, &Keywords> = wishes.iter().map(|(id, keywords)| (id.0, keywords)).collect();
    let ids: Vec<i64> = wanted.keys().copied().collect();
    let mut rows = Vec::new();
    let mut changed = Vec::new();
    for email in present(tx, account, &ids).await? {
        let Some(keywords) = wanted.get(&email.id).filter(|k| ***k != email.keywords) else { continue };
        rows.push((email.id, keywords.bits(), keywords.custom_json()));
        changed.push((email.id, email.thread, keywords.is_unread() != email.keywords.is_unread()));
    }
    if rows.is_empty() {
        return Ok(());
    }
    // Only what is read or unread counts anywhere else.
    settle::touch(tx, account, changed.iter().filter(|(.., counts)| *counts).map(|(_, thread, _)| *thread)).await?;
    sqlx::query(sql::SET_KEYWORDS).bind(json(&rows)).bind(account.0).execute(tx.db()).await?;
    for (email, thread, _) in changed {
        tx.email_changed(account, email, thread, Op::Updated);
    }
    Ok(())
}

/// The raw message is here now (or `None`: was evicted). Announced as [`crate::Event::bodies`].
pub async fn set_blob(tx: &mut WriteTx, account: AccountId, email: EmailId, blob: Option<&BlobName>) -> Result<()> {
    sqlx::query(sql::SET_BLOB).bind(account.0).bind(email.0).bind(blob.map(BlobName::as_str)).execute(tx.db()).await?;
    tx.announce_body(account, email);
    Ok(())
}

/// Gives an Email that we appended the id that its server calls it by.
pub async fn set_remote_id(tx: &mut WriteTx, account: AccountId, email: EmailId, remote_id: &str) -> Result<()> {
    sqlx::query(sql::SET_REMOTE_ID).bind(account.0).bind(email.0).bind(remote_id).execute(tx.db()).await?;
    Ok(())
}
