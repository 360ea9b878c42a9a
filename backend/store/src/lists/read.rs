//! Reading a list: the entries at a position, the position of an entry. Rows touched: a few branches, at most one branch's
//! leaves, at most one leaf's entries, then the page itself.

use crate::{Reader, Result, counted::also_read, lists::tree::LEAF_MAX};

pub(crate) const BRANCHES: &str = "SELECT first, n FROM list_node
    WHERE list_id = $1 AND kind = $2 AND level = 1 ORDER BY first DESC";
pub(crate) const LEAVES: &str = "SELECT first, n FROM list_node
    WHERE list_id = $1 AND kind = $2 AND level = 0 AND first >= $3 AND first < $4 ORDER BY first DESC";
pub(crate) const ENTRIES: &str = "SELECT sort_key, thread_id FROM list_entry
    WHERE list_id = $1 AND kind = $2 AND sort_key < $3 ORDER BY sort_key DESC LIMIT $4 OFFSET $5";
pub(crate) const TOTAL: &str = "SELECT sum(n) FROM list_node WHERE list_id = $1 AND kind = $2 AND level = 1";
pub(crate) const IS_ENTRY: &str = "SELECT 1 FROM list_entry WHERE list_id = $1 AND kind = $2 AND sort_key = $3";
/// Entries of the blocks of a level that begin after a key and before an end, and where the first of them begins.
pub(crate) const NEWER_BLOCKS: &str = "SELECT coalesce(sum(n), 0), min(first) FROM list_node
    WHERE list_id = $1 AND kind = $2 AND level = $3 AND first > $4 AND first < $5";
pub(crate) const NEWER_ENTRIES: &str = "SELECT count(*) FROM list_entry
    WHERE list_id = $1 AND kind = $2 AND sort_key > $3 AND sort_key < $4";

/// How many entries there are.
pub(crate) async fn total(r: &mut Reader, list: i64, kind: i64) -> Result<i64> {
    let sum: Option<i64> = sqlx::query_scalar(TOTAL).bind(list).bind(kind).fetch_one(r.db()).await?;
    Ok(sum.unwrap_or(0))
}

/// Sort keys and Threads from a position on, newest first.
pub(crate) async fn page(r: &mut Reader, list: i64, kind: i64, position: i64, limit: i64) -> Result<Vec<(i64, i64)>> {
    let near = i64::try_from(LEAF_MAX / 2).unwrap_or(0);
    let (below, offset) = if position <= near {
        (i64::MAX, position)
    } else {
        let Some(found) = locate(r, list, kind, position).await? else { return Ok(Vec::new()) };
        found
    };
    also_read(offset);
    let rows =
        sqlx::query_as(ENTRIES).bind(list).bind(kind).bind(below).bind(limit).bind(offset).fetch_all(r.db()).await?;
    Ok(rows)
}

/// The key below which a position lies, and how many entries further down.
async fn locate(r: &mut Reader, list: i64, kind: i64, position: i64) -> Result<Option<(i64, i64)>> {
    let branches: Vec<(i64, i64)> = sqlx::query_as(BRANCHES).bind(list).bind(kind).fetch_all(r.db()).await?;
    let Some((branch, end, left)) = descend(&branches, i64::MAX, position) else { return Ok(None) };
    let leaves: Vec<(i64, i64)> =
        sqlx::query_as(LEAVES).bind(list).bind(kind).bind(branch).bind(end).fetch_all(r.db()).await?;
    Ok(descend(&leaves, end, left).map(|(_, end, left)| (end, left)))
}

/// The block (first, end) that holds a position counted from the newest, and the position within it.
fn descend(blocks: &[(i64, i64)], end: i64, position: i64) -> Option<(i64, i64, i64)> {
    let (mut end, mut left) = (end, position);
    for (first, n) in blocks {
        if left < *n {
            return Some((*first, end, left));
        }
        left -= n;
        end = *first;
    }
    None
}

/// The position of an entry.
pub(crate) async fn rank(r: &mut Reader, list: i64, kind: i64, key: i64) -> Result<Option<i64>> {
    let there: Option<i64> =
        sqlx::query_scalar(IS_ENTRY).bind(list).bind(kind).bind(key).fetch_optional(r.db()).await?;
    if there.is_none() {
        return Ok(None);
    }
    let (mut rank, mut end) = (0, i64::MAX);
    for level in [1, 0] {
        let (newer, next): (i64, Option<i64>) = sqlx::query_as(NEWER_BLOCKS)
            .bind(list)
            .bind(kind)
            .bind(level)
            .bind(key)
            .bind(end)
            .fetch_one(r.db())
            .await?;
        rank += newer;
        end = next.unwrap_or(end);
    }
    let newer: i64 =
        sqlx::query_scalar(NEWER_ENTRIES).bind(list).bind(kind).bind(key).bind(end).fetch_one(r.db()).await?;
    also_read(newer);
    Ok(Some(rank + newer))
}

#[cfg(test)]
mod tests {
    use super::descend;

    #[test]
    fn a_position_falls_into_its_block() {
        let blocks = [(50, 3), (20, 0), (0, 2)];
        assert_eq!(descend(&blocks, 99, 0), Some((50, 99, 0)));
        assert_eq!(descend(&blocks, 99, 2), Some((50, 99, 2)));
        assert_eq!(descend(&blocks, 99, 3), Some((0, 20, 0)));
        assert_eq!(descend(&blocks, 99, 5), None);
    }
}
