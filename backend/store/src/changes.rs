//! The change log (RFC 8620 §5.2): states and what changed since one.

use std::collections::BTreeMap;

use shared::ids::AccountId;
use sqlx::Row;

use crate::{
    DataType, Reader, Result, WriteTx,
    event::{Change, Op},
};

/// Records read for one answer at most; the rest comes with `has_more`.
const RECORDS_MAX: i64 = 50_000;

const TAKE_SEQS: &str = "UPDATE account SET last_seq = last_seq + $2 WHERE id = $1 RETURNING last_seq";
const APPEND: &str = "INSERT INTO change (account_id, type, seq, object, op, thread_id)
    SELECT $1, value->>0, value->>1, value->>2, value->>3, value->>4 FROM jsonb_each($2)";
const SET_STATES: &str = "INSERT INTO type_state (account_id, type, seq, oldest)
    SELECT $1, value->>0, value->>1, 0 FROM jsonb_each($2) WHERE true
    ON CONFLICT (account_id, type) DO UPDATE SET seq = excluded.seq";
const STATE: &str = "SELECT seq, oldest FROM type_state WHERE account_id = $1 AND type = $2";
const STATES: &str = "SELECT type, seq FROM type_state WHERE account_id = $1";
pub(crate) const SINCE: &str = "SELECT seq, object, op, thread_id FROM change
    WHERE account_id = $1 AND type = $2 AND seq > $3 ORDER BY seq LIMIT $4";
const NTH_NEWEST: &str =
    "SELECT seq FROM change WHERE account_id = $1 AND type = $2 ORDER BY seq DESC LIMIT 1 OFFSET $3";
const FORGET: &str = "DELETE FROM change WHERE account_id = $1 AND type = $2 AND seq <= $3";
const SET_OLDEST: &str = "UPDATE type_state SET oldest = $3 WHERE account_id = $1 AND type = $2";

/// What changed of one type since a state. Ids are the plain numbers of that type's id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The state after these changes.
    pub new_state: i64,
    /// More changes than were asked for; go on from `new_state`.
    pub has_more: bool,
    /// Born since and still there.
    pub created: Vec<i64>,
    /// Changed since, and there before and after.
    pub updated: Vec<i64>,
    /// There before and gone.
    pub destroyed: Vec<i64>,
    /// Mailbox only: nothing but counts changed in `updated` (RFC 8621 §2.2 `updatedProperties`).
    pub only_counts: bool,
}

/// A record of the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    pub(crate) seq: i64,
    pub(crate) object: i64,
    pub(crate) op: i64,
    pub(crate) thread: Option<i64>,
}

/// The state of a type: the sequence number of its last change, 0 if there never was one.
pub async fn state(r: &mut Reader, account: AccountId, data: DataType) -> Result<i64> {
    Ok(state_and_oldest(r, account, data).await?.0)
}

async fn state_and_oldest(r: &mut Reader, account: AccountId, data: DataType) -> Result<(i64, i64)> {
    let row: Option<(i64, i64)> =
        sqlx::query_as(STATE).bind(account.0).bind(data as i64).fetch_optional(r.db()).await?;
    Ok(row.unwrap_or_default())
}

/// The states of all types.
pub async fn states(r: &mut Reader, account: AccountId) -> Result<Vec<(DataType, i64)>> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(STATES).bind(account.0).fetch_all(r.db()).await?;
    let found: BTreeMap<i64, i64> = rows.into_iter().collect();
    Ok(DataType::ALL.into_iter().map(|t| (t, found.get(&(t as i64)).copied().unwrap_or(0))).collect())
}

/// What changed since `since`, at most `max` ids. `None` = `cannotCalculateChanges` (older than the log, or never a state).
pub async fn since(
    r: &mut Reader,
    account: AccountId,
    data: DataType,
    since: i64,
    max: usize,
) -> Result<Option<Changes>> {
    let Some((records, now)) = records(r, account, data, since).await? else { return Ok(None) };
    Ok(Some(fold(&records, since, now, max)))
}

/// The log's records since a state, and the present state. `None` as in [`since`].
pub(crate) async fn records(
    r: &mut Reader,
    account: AccountId,
    data: DataType,
    since: i64,
) -> Result<Option<(Vec<Record>, i64)>> {
    let (now, oldest) = state_and_oldest(r, account, data).await?;
    if since < oldest || since > now {
        return Ok(None);
    }
    let rows =
        sqlx::query(SINCE).bind(account.0).bind(data as i64).bind(since).bind(RECORDS_MAX).fetch_all(r.db()).await?;
    let record = |row: sqlx::sqlite::SqliteRow| -> Result<Record, sqlx::Error> {
        Ok(Record { seq: row.try_get(0)?, object: row.try_get(1)?, op: row.try_get(2)?, thread: row.try_get(3)? })
    };
    let records: Vec<Record> = rows.into_iter().map(record).collect::<Result<_, _>>()?;
    Ok(Some((records, now)))
}

fn fold(records: &[Record], since: i64, now: i64, max: usize) -> Changes {
    // Object → (was there before, is there after, something besides counts changed).
    let mut seen: BTreeMap<i64, (bool, bool, bool)> = BTreeMap::new();
    let (mut new_state, mut order) = (since, Vec::new());
    for record in records {
        let created = record.op == Op::Created as i64;
        if !seen.contains_key(&record.object) {
            if seen.len() >= max {
                break;
            }
            order.push(record.object);
        }
        let entry = seen.entry(record.object).or_insert((!created, true, false));
        entry.1 = record.op != Op::Destroyed as i64;
        entry.2 |= record.op != Op::Counts as i64;
        new_state = record.seq;
    }
    let mut changes = Changes { new_state, has_more: new_state < now, ..Changes::default() };
    if records.is_empty() {
        // Nothing of this type since, though the counter may have gone on.
        changes = Changes { new_state: now, ..Changes::default() };
    }
    let mut beyond_counts = false;
    for object in order {
        match seen.get(&object) {
            Some((false, true, _)) => changes.created.push(object),
            Some((true, false, _)) => changes.destroyed.push(object),
            Some((true, true, more)) => {
                beyond_counts |= more;
                changes.updated.push(object);
            }
            _ => {}
        }
    }
    changes.only_counts = !beyond_counts && !changes.updated.is_empty();
    changes
}

/// Writes a transaction's changes; the new state of each type.
pub(crate) async fn append(
    r: &mut Reader,
    account: AccountId,
    changes: BTreeMap<(DataType, i64), Change>,
) -> Result<BTreeMap<DataType, i64>> {
    let count = i64::try_from(changes.len()).unwrap_or(0);
    if count == 0 {
        return Ok(BTreeMap::new());
    }
    let last: Option<i64> = sqlx::query_scalar(TAKE_SEQS).bind(account.0).bind(count).fetch_optional(r.db()).await?;
    let Some(last) = last else { return Err(crate::Refusal::NotFound.into()) };
    let mut states = BTreeMap::new();
    let mut rows = Vec::with_capacity(changes.len());
    for (seq, ((data, object), change)) in (last - count + 1..).zip(changes) {
        states.insert(data, seq);
        rows.push((data as i64, seq, object, change.op as i64, change.thread));
    }
    sqlx::query(APPEND).bind(account.0).bind(json(&rows)).execute(r.db()).await?;
    let new: Vec<(i64, i64)> = states.iter().map(|(data, seq)| (*data as i64, *seq)).collect();
    sqlx::query(SET_STATES).bind(account.0).bind(json(&new)).execute(r.db()).await?;
    Ok(states)
}

/// Rows for `json_each`. Numbers and strings always serialise.
pub(crate) fn json<T: serde::Serialize + ?Sized>(rows: &T) -> String {
    serde_json::to_string(rows).unwrap_or_default()
}

/// Forgets all but the newest `keep` changes of each type; older states become `cannotCalculateChanges`.
pub async fn compact(tx: &mut WriteTx, account: AccountId, keep: i64) -> Result<()> {
    for data in DataType::ALL {
        let oldest: Option<i64> =
            sqlx::query_scalar(NTH_NEWEST).bind(account.0).bind(data as i64).bind(keep).fetch_optional(tx.db()).await?;
        let Some(oldest) = oldest else { continue };
        for sql in [FORGET, SET_OLDEST] {
            sqlx::query(sql).bind(account.0).bind(data as i64).bind(oldest).execute(tx.db()).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn log(ops: &[(i64, Op)]) -> Vec<Record> {
        ops.iter()
            .zip(1..)
            .map(|((object, op), seq)| Record { seq, object: *object, op: *op as i64, thread: None })
            .collect()
    }

    #[test]
    fn changes_are_folded_to_what_a_client_must_know() {
        use Op::*;
        let records = log(&[(1, Created), (2, Updated), (3, Created), (3, Destroyed), (4, Destroyed), (1, Updated)]);
        let all = fold(&records, 0, 6, 100);
        assert_eq!((all.created, all.updated, all.destroyed), (vec![1], vec![2], vec![4]));
        assert_eq!((all.new_state, all.has_more), (6, false));
    }

    #[test]
    fn a_limit_gives_a_state_between_that_one_can_go_on_from() {
        use Op::*;
        let records = log(&[(1, Created), (1, Updated), (2, Created), (3, Created)]);
        let first = fold(&records, 0, 4, 1);
        assert_eq!((first.created, first.new_state, first.has_more), (vec![1], 2, true));
        let rest = fold(&records[2..], 2, 4, 10);
        assert_eq!((rest.created, rest.new_state, rest.has_more), (vec![2, 3], 4, false));
    }

    #[test]
    fn mailboxes_say_when_only_counts_moved() {
        use Op::*;
        assert!(fold(&log(&[(1, Counts), (2, Counts)]), 0, 2, 9).only_counts);
        assert!(!fold(&log(&[(1, Counts), (2, Updated)]), 0, 2, 9).only_counts);
        assert!(!fold(&log(&[(1, Created)]), 0, 1, 9).only_counts);
    }
}
