//! `kinpost verify`: recomputes what is kept twice and names what differs.

mod sql;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use shared::ids::AccountId;
use sqlx::Row;

use crate::{
    BlobName, Reader, Result, Store,
    lists::{tree, union_list},
    settle::{self, Contribution, Counts},
};

/// Problems named of one check; the rest is only counted.
const PROBLEMS_MAX: usize = 100;
/// Threads recomputed at once.
const THREADS_AT_ONCE: i64 = 2000;

/// Something that is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which invariant.
    pub check: &'static str,
    /// What and where.
    pub detail: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.check, self.detail)
    }
}

/// Problems found so far.
#[derive(Default)]
struct Findings {
    problems: Vec<Problem>,
    per_check: BTreeMap<&'static str, usize>,
}

impl Findings {
    fn add(&mut self, check: &'static str, detail: impl FnOnce() -> String) {
        let n = self.per_check.entry(check).or_default();
        *n += 1;
        if *n <= PROBLEMS_MAX {
            self.problems.push(Problem { check, detail: detail() });
        }
    }

    fn end(mut self) -> Vec<Problem> {
        for (check, n) in self.per_check {
            if n > PROBLEMS_MAX {
                let detail = format!("{} more", n - PROBLEMS_MAX);
                self.problems.push(Problem { check, detail });
            }
        }
        self.problems
    }
}

/// Checks every invariant within one snapshot, so that writes in flight do not matter; empty = all is well. At most 100
/// problems a check.
pub async fn verify(store: &Store) -> Result<Vec<Problem>> {
    let r = &mut store.read().await?;
    let mut found = Findings::default();
    for problem in sqlx::query_scalar::<_, String>("PRAGMA integrity_check").fetch_all(r.db()).await? {
        if problem != "ok" {
            found.add("database file", || problem);
        }
    }
    for (check, sql) in sql::CHECKS {
        for detail in sqlx::query_scalar::<_, String>(*sql).fetch_all(r.db()).await? {
            found.add(check, || detail);
        }
    }
    let accounts: Vec<i64> = sqlx::query_scalar("SELECT id FROM account").fetch_all(r.db()).await?;
    for account in accounts {
        derived(r, AccountId(account), &mut found).await?;
    }
    blobs(store, r, &mut found).await?;
    Ok(found.end())
}

/// Counters and lists against what all Threads contribute.
async fn derived(r: &mut Reader, account: AccountId, found: &mut Findings) -> Result<()> {
    let special = settle::special(r, account).await?;
    let mut counts: BTreeMap<i64, Counts> = BTreeMap::new();
    let mut lists: BTreeMap<(i64, i64), BTreeMap<i64, i64>> = BTreeMap::new();
    let mut after = 0;
    loop {
        let rows: Vec<(i64, i64)> =
            sqlx::query_as(sql::THREADS).bind(account.0).bind(after).bind(THREADS_AT_ONCE).fetch_all(r.db()).await?;
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
        let all = settle::contributions(r, account, &ids, &special).await?;
        for (thread, emails) in rows {
            let Some(sum) = all.get(&thread) else { continue };
            if sum.emails.len() as i64 != emails {
                found.add("thread counter", || format!("t{thread} says {emails}, has {}", sum.emails.len()));
            }
            collect(thread, sum, &mut counts, &mut lists);
        }
    }
    let kept: Vec<(i64, i64, i64, i64, i64)> = sqlx::query_as(sql::COUNTS).bind(account.0).fetch_all(r.db()).await?;
    for (id, emails, unread, threads, unread_threads) in &kept {
        let (says, has) = ([*emails, *unread, *threads, *unread_threads], counts.get(id).copied().unwrap_or_default());
        if says != has {
            found.add("mailbox counters", || format!("m{id} says {says:?}, has {has:?}"));
        }
    }
    let mut ids: Vec<i64> = kept.iter().map(|(id, ..)| *id).collect();
    ids.push(union_list(account));
    for list in ids {
        for kind in [tree::PLAIN, tree::COLLAPSED] {
            let wanted = lists.remove(&(list, kind)).unwrap_or_default();
            check_list(r, (list, kind), &wanted, found).await?;
        }
    }
    Ok(())
}

fn collect(
    thread: i64,
    sum: &Contribution,
    counts: &mut BTreeMap<i64, Counts>,
    lists: &mut BTreeMap<(i64, i64), BTreeMap<i64, i64>>,
) {
    for (mailbox, n) in &sum.counts {
        counts.entry(*mailbox).or_default().iter_mut().zip(n).for_each(|(s, n)| *s += n);
    }
    for (list, keys) in &sum.lists {
        let plain = lists.entry((*list, tree::PLAIN)).or_default();
        plain.extend(keys.iter().map(|key| (*key, thread)));
        let collapsed = lists.entry((*list, tree::COLLAPSED)).or_default();
        collapsed.extend(keys.last().map(|key| (*key, thread)));
    }
}

/// A list's entries and its counted blocks.
async fn check_list(
    r: &mut Reader,
    (list, kind): (i64, i64),
    wanted: &BTreeMap<i64, i64>,
    found: &mut Findings,
) -> Result<()> {
    let name = format!("list {list} kind {kind}");
    let entries: BTreeMap<i64, i64> =
        sqlx::query_as(sql::ENTRIES).bind(list).bind(kind).fetch_all(r.db()).await?.into_iter().collect();
    if entries != *wanted {
        let off = entries.iter().filter(|(k, t)| wanted.get(k) != Some(t)).count()
            + wanted.keys().filter(|k| !entries.contains_key(k)).count();
        found.add("list entries", || format!("{name}: {off} of {} are off", wanted.len()));
    }
    for level in [0, 1] {
        let nodes: Vec<(i64, i64)> =
            sqlx::query_as(sql::NODES).bind(list).bind(kind).bind(level).fetch_all(r.db()).await?;
        let ends = nodes.iter().skip(1).map(|(first, _)| *first).chain([i64::MAX]);
        for ((first, n), end) in nodes.iter().zip(ends) {
            let has = entries.range(*first..end).count() as i64;
            if has != *n {
                found.add("list counters", || format!("{name} level {level} at {first} says {n}, has {has}"));
            }
        }
        if nodes.first().is_some_and(|(first, _)| *first != 0) || (nodes.is_empty() && !entries.is_empty()) {
            found.add("list counters", || format!("{name} level {level} does not begin at 0"));
        }
    }
    let borders: Vec<i64> = sqlx::query_scalar(sql::LOOSE_BRANCHES).bind(list).bind(kind).fetch_all(r.db()).await?;
    for border in borders {
        found.add("list counters", || format!("{name}: no leaf begins where a branch does ({border})"));
    }
    Ok(())
}

/// Durable files must be there; a cached one may be gone.
async fn blobs(store: &Store, r: &mut Reader, found: &mut Findings) -> Result<()> {
    let mut seen = BTreeSet::new();
    for row in sqlx::query(sql::BLOBS).fetch_all(r.db()).await? {
        let (name, owner): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let Some(blob) = BlobName::parse(&name) else {
            found.add("blob name", || format!("{owner}: {name}"));
            continue;
        };
        if !blob.is_cached() && seen.insert(name) && store.blobs().size(&blob).await?.is_none() {
            found.add("blob file", || format!("{owner}: {} is missing", blob.as_str()));
        }
    }
    Ok(())
}
