//! Counted blocks over a list's entries, so that the entry at a position, and the position of an entry, take a few reads at
//! any length: leaves of some hundred entries, branches of some dozen leaves. A block covers the keys from its `first` to
//! the next block's.

use crate::{Reader, Result, changes::json};

/// `kind` of every Email.
pub(crate) const PLAIN: i64 = 0;
/// `kind` of one row a Thread.
pub(crate) const COLLAPSED: i64 = 1;

/// A leaf with more entries is split.
pub(crate) const LEAF_MAX: usize = 256;
/// Entries of a leaf after a split.
const LEAF_FILL: usize = 128;
/// A branch with more leaves is split.
pub(crate) const BRANCH_MAX: usize = 64;
/// Leaves of a branch after a split.
const BRANCH_FILL: usize = 32;

const LEAF: i64 = 0;
const BRANCH: i64 = 1;

const ADD: &str = "INSERT INTO list_entry (list_id, kind, sort_key, thread_id)
    SELECT $1, $2, value->>0, value->>1 FROM jsonb_each($3)";
pub(crate) const REMOVE: &str = "DELETE FROM list_entry WHERE list_id = $1 AND kind = $2
    AND sort_key IN (SELECT value FROM json_each($3))";
/// Every key belongs to a block from the start.
const ENSURE_ROOT: &str = "INSERT INTO list_node (list_id, kind, level, first, n)
    VALUES ($1, $2, 0, 0, 0), ($1, $2, 1, 0, 0) ON CONFLICT DO NOTHING";
pub(crate) const BLOCKS_OF: &str = "SELECT block, sum(d) FROM (
        SELECT (SELECT max(n.first) FROM list_node n
                WHERE n.list_id = $1 AND n.kind = $2 AND n.level = $3 AND n.first <= k.value->>0) AS block,
            k.value->>1 AS d
        FROM jsonb_each($4) k)
    GROUP BY block";
/// The blocks are there: an upsert looks each up by its key.
const ADD_COUNTS: &str = "INSERT INTO list_node (list_id, kind, level, first, n)
    SELECT $1, $2, $3, value->>0, value->>1 FROM jsonb_each($4) WHERE true
    ON CONFLICT (list_id, kind, level, first) DO UPDATE SET n = n + excluded.n
    RETURNING first, n";
pub(crate) const NEXT_BLOCK: &str = "SELECT min(first) FROM list_node
    WHERE list_id = $1 AND kind = $2 AND level = $3 AND first > $4";
pub(crate) const KEYS_BETWEEN: &str = "SELECT sort_key FROM list_entry
    WHERE list_id = $1 AND kind = $2 AND sort_key >= $3 AND sort_key < $4 ORDER BY sort_key";
pub(crate) const BLOCKS_BETWEEN: &str = "SELECT first, n FROM list_node
    WHERE list_id = $1 AND kind = $2 AND level = $3 AND first >= $4 AND first < $5 ORDER BY first";
const PUT_BLOCKS: &str = "INSERT INTO list_node (list_id, kind, level, first, n)
    SELECT $1, $2, $3, value->>0, value->>1 FROM jsonb_each($4) WHERE true
    ON CONFLICT (list_id, kind, level, first) DO UPDATE SET n = excluded.n";
const DROP_BLOCK: &str = "DELETE FROM list_node
    WHERE list_id = $1 AND kind = $2 AND level = $3 AND first = $4 AND n = 0";
const BRANCH_OF: &str = "SELECT max(first) FROM list_node
    WHERE list_id = $1 AND kind = $2 AND level = 1 AND first <= $3";
/// The same leaf may begin a branch; then it stays as long as the branch does.
const DROP_LEAF: &str = "DELETE FROM list_node
    WHERE list_id = $1 AND kind = $2 AND level = 0 AND first = $3 AND n = 0 AND NOT EXISTS
        (SELECT 1 FROM list_node b WHERE b.list_id = $1 AND b.kind = $2 AND b.level = 1 AND b.first = $3)";

/// What is to be added to and taken from a list of one kind.
#[derive(Debug, Default)]
pub(crate) struct ListDelta {
    /// Sort key and Thread.
    pub(crate) add: Vec<(i64, i64)>,
    pub(crate) remove: Vec<i64>,
}

/// One list of one kind.
#[derive(Clone, Copy)]
struct Tree {
    list: i64,
    kind: i64,
}

/// Applies what was added and removed, entries and counts.
pub(crate) async fn apply(r: &mut Reader, list: i64, kind: i64, delta: ListDelta) -> Result<()> {
    let mut steps: Vec<(i64, i64)> = delta.remove.iter().map(|key| (*key, -1)).collect();
    steps.extend(delta.add.iter().map(|(key, _)| (*key, 1)));
    if steps.is_empty() {
        return Ok(());
    }
    if !delta.remove.is_empty() {
        sqlx::query(REMOVE).bind(list).bind(kind).bind(json(&delta.remove)).execute(r.db()).await?;
    }
    if !delta.add.is_empty() {
        sqlx::query(ADD).bind(list).bind(kind).bind(json(&delta.add)).execute(r.db()).await?;
    }
    sqlx::query(ENSURE_ROOT).bind(list).bind(kind).execute(r.db()).await?;
    let tree = Tree { list, kind };
    let steps = json(&steps);
    let leaves = tree.count(r, LEAF, &steps).await?;
    let branches = tree.count(r, BRANCH, &steps).await?;
    let mut split = Vec::new();
    for (first, n) in leaves {
        if usize::try_from(n).is_ok_and(|n| n > LEAF_MAX) {
            tree.split_leaf(r, first).await?;
            split.push(first);
        } else if n == 0 && first != 0 {
            sqlx::query(DROP_LEAF).bind(list).bind(kind).bind(first).execute(r.db()).await?;
        }
    }
    for (first, n) in branches {
        if n == 0 && first != 0 {
            for level in [BRANCH, LEAF] {
                tree.bind(DROP_BLOCK, level).bind(first).execute(r.db()).await?;
            }
        }
    }
    for first in split {
        tree.split_branch_over(r, first).await?;
    }
    Ok(())
}

type Query = sqlx::query::Query<'static, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

impl Tree {
    fn bind(self, sql: &'static str, level: i64) -> Query {
        sqlx::query(sql).bind(self.list).bind(self.kind).bind(level)
    }

    /// Adds to the counts of one level's blocks; what they are now.
    async fn count(self, r: &mut Reader, level: i64, steps: &str) -> Result<Vec<(i64, i64)>> {
        let blocks: Vec<(i64, i64)> =
            sqlx::query_as(BLOCKS_OF).bind(self.list).bind(self.kind).bind(level).bind(steps).fetch_all(r.db()).await?;
        let now = sqlx::query_as(ADD_COUNTS)
            .bind(self.list)
            .bind(self.kind)
            .bind(level)
            .bind(json(&blocks))
            .fetch_all(r.db())
            .await?;
        Ok(now)
    }

    /// Where the block after this one begins; beyond every key if it is the last.
    async fn end(self, r: &mut Reader, level: i64, first: i64) -> Result<i64> {
        let next: Option<i64> = sqlx::query_scalar(NEXT_BLOCK)
            .bind(self.list)
            .bind(self.kind)
            .bind(level)
            .bind(first)
            .fetch_one(r.db())
            .await?;
        Ok(next.unwrap_or(i64::MAX))
    }

    async fn split_leaf(self, r: &mut Reader, first: i64) -> Result<()> {
        let end = self.end(r, LEAF, first).await?;
        let keys: Vec<i64> = sqlx::query_scalar(KEYS_BETWEEN)
            .bind(self.list)
            .bind(self.kind)
            .bind(first)
            .bind(end)
            .fetch_all(r.db())
            .await?;
        let mut blocks: Vec<(i64, usize)> =
            keys.chunks(LEAF_FILL).filter_map(|c| Some((*c.first()?, c.len()))).collect();
        if let Some(block) = blocks.first_mut() {
            // The lowest block keeps its border: keys below the lowest entry still belong to it.
            block.0 = first;
        }
        self.bind(PUT_BLOCKS, LEAF).bind(json(&blocks)).execute(r.db()).await?;
        Ok(())
    }

    /// Splits the branch that holds this leaf if it has too many by now.
    async fn split_branch_over(self, r: &mut Reader, leaf: i64) -> Result<()> {
        let branch: i64 =
            sqlx::query_scalar(BRANCH_OF).bind(self.list).bind(self.kind).bind(leaf).fetch_one(r.db()).await?;
        let end = self.end(r, BRANCH, branch).await?;
        let leaves: Vec<(i64, i64)> = sqlx::query_as(BLOCKS_BETWEEN)
            .bind(self.list)
            .bind(self.kind)
            .bind(LEAF)
            .bind(branch)
            .bind(end)
            .fetch_all(r.db())
            .await?;
        if leaves.len() <= BRANCH_MAX {
            return Ok(());
        }
        let blocks: Vec<(i64, i64)> =
            leaves.chunks(BRANCH_FILL).filter_map(|c| Some((c.first()?.0, c.iter().map(|(_, n)| n).sum()))).collect();
        self.bind(PUT_BLOCKS, BRANCH).bind(json(&blocks)).execute(r.db()).await?;
        Ok(())
    }
}
