//! Counters, lists and threads, kept right in one way: what a Thread contributes to them is a pure function of its rows. It
//! is taken before a Thread is touched and again when the transaction settles; the difference is applied.

use std::collections::{BTreeMap, BTreeSet};

use shared::ids::AccountId;
use sqlx::Row;

use crate::{
    DataType, Reader, Result, WriteTx,
    changes::json,
    event::Op,
    keywords::Keywords,
    lists::{
        tree::{self, ListDelta},
        union_list,
    },
};

/// Threads read by one statement.
const THREADS_AT_ONCE: usize = 500;

pub(crate) const FACTS: &str = "SELECT e.thread_id, e.id, e.sort_key, e.keywords, p.mailbox_id
    FROM json_each($1) t
    CROSS JOIN email e INDEXED BY email_thread ON e.thread_id = t.value
    LEFT JOIN placement p ON p.email_id = e.id
    WHERE e.account_id = $2";
const SPECIAL: &str = "SELECT id, role, source_role FROM mailbox WHERE account_id = $1
    AND (role IN ('inbox', 'trash') OR source_role IN ('inbox', 'trash'))";
/// The plus keeps the account's index out: the few rows come first, each looked up by its id.
const ADD_COUNTS: &str = "UPDATE mailbox SET
        total_emails = total_emails + d.te, unread_emails = unread_emails + d.ue,
        total_threads = total_threads + d.tt, unread_threads = unread_threads + d.ut
    FROM (SELECT value->>0 AS id, value->>1 AS te, value->>2 AS ue, value->>3 AS tt, value->>4 AS ut
        FROM jsonb_each($1)) d
    WHERE mailbox.id = d.id AND +mailbox.account_id = $2";
const ADD_THREAD_COUNTS: &str = "UPDATE thread SET emails = emails + d.grown
    FROM (SELECT value->>0 AS id, value->>1 AS grown FROM jsonb_each($1)) d
    WHERE thread.id = d.id AND +thread.account_id = $2";
const DROP_EMPTY_THREADS: &str = "DELETE FROM thread WHERE +account_id = $2 AND emails <= 0
    AND id IN (SELECT value FROM json_each($1))";
const ADD_UNINDEXED: &str = "UPDATE account SET unindexed = unindexed + $2 WHERE id = $1";

/// Mailboxes with a meaning for counts and lists, by role or source role.
#[derive(Debug, Clone, Default)]
pub(crate) struct Special {
    pub(crate) inboxes: BTreeSet<i64>,
    pub(crate) trashes: BTreeSet<i64>,
}

/// What counts need to know of an Email.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) sort_key: i64,
    pub(crate) unread: bool,
    pub(crate) mailboxes: Vec<i64>,
}

/// Emails, unread Emails, Threads, unread Threads (RFC 8621 §2).
pub(crate) type Counts = [i64; 4];

/// What one Thread adds to everything that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Contribution {
    pub(crate) counts: BTreeMap<i64, Counts>,
    /// Sort keys in each list (a Mailbox, or minus the account for the union of inboxes).
    pub(crate) lists: BTreeMap<i64, BTreeSet<i64>>,
    pub(crate) emails: BTreeSet<i64>,
}

/// What a Thread with these Emails contributes.
///
/// `unreadThreads` follows RFC 8621 §2's quality rule: a Thread counts where any of its Emails is unread, but Emails in the
/// trash are as if they were a Thread of their own.
pub(crate) fn contribution(account: AccountId, emails: &BTreeMap<i64, Facts>, special: &Special) -> Contribution {
    let in_trash = |e: &Facts| e.mailboxes.iter().any(|m| special.trashes.contains(m));
    let only_in_trash = |e: &Facts| e.mailboxes.iter().all(|m| special.trashes.contains(m));
    let unread_in_trash = emails.values().any(|e| e.unread && in_trash(e));
    let unread_elsewhere = emails.values().any(|e| e.unread && !only_in_trash(e));
    let mut sum = Contribution::default();
    for (id, email) in emails {
        sum.emails.insert(*id);
        for mailbox in &email.mailboxes {
            let trash = special.trashes.contains(mailbox);
            let counts = sum.counts.entry(*mailbox).or_default();
            let [total, unread, ..] = *counts;
            let unread_thread = if trash { unread_in_trash } else { unread_elsewhere };
            *counts = [total + 1, unread + i64::from(email.unread), 1, i64::from(unread_thread)];
            sum.lists.entry(*mailbox).or_default().insert(email.sort_key);
            if special.inboxes.contains(mailbox) {
                sum.lists.entry(union_list(account)).or_default().insert(email.sort_key);
            }
        }
    }
    sum
}

/// Mailboxes of an account that are inbox or trash.
pub(crate) async fn special(r: &mut Reader, account: AccountId) -> Result<Special> {
    let rows: Vec<(i64, Option<String>, Option<String>)> =
        sqlx::query_as(SPECIAL).bind(account.0).fetch_all(r.db()).await?;
    let mut special = Special::default();
    for (id, role, source_role) in rows {
        for role in [role.as_deref(), source_role.as_deref()] {
            match role {
                Some("inbox") => special.inboxes.insert(id),
                Some("trash") => special.trashes.insert(id),
                _ => continue,
            };
        }
    }
    Ok(special)
}

/// Contributions of these Threads as the rows say now.
pub(crate) async fn contributions(
    r: &mut Reader,
    account: AccountId,
    threads: &[i64],
    special: &Special,
) -> Result<BTreeMap<i64, Contribution>> {
    let mut facts: BTreeMap<i64, BTreeMap<i64, Facts>> = BTreeMap::new();
    for chunk in threads.chunks(THREADS_AT_ONCE) {
        let rows = sqlx::query(FACTS).bind(json(chunk)).bind(account.0).fetch_all(r.db()).await?;
        for row in rows {
            let email = facts.entry(row.try_get(0)?).or_default().entry(row.try_get(1)?).or_default();
            email.sort_key = row.try_get(2)?;
            email.unread = Keywords::from_row(row.try_get(3)?, None).is_unread();
            email.mailboxes.extend(row.try_get::<Option<i64>, _>(4)?);
        }
    }
    let mut all = BTreeMap::new();
    for thread in threads {
        let sum = facts.get(thread).map(|emails| contribution(account, emails, special));
        all.insert(*thread, sum.unwrap_or_default());
    }
    Ok(all)
}

/// To be called before rows of these Threads change.
pub(crate) async fn touch(tx: &mut WriteTx, account: AccountId, threads: impl IntoIterator<Item = i64>) -> Result<()> {
    let before = &tx.pending(account).before;
    let new: BTreeSet<i64> = threads.into_iter().filter(|t| !before.contains_key(t)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let special = special(tx, account).await?;
    let new: Vec<i64> = new.into_iter().collect();
    let found = contributions(tx, account, &new, &special).await?;
    tx.pending(account).before.extend(found);
    Ok(())
}

/// The difference of all touched Threads.
#[derive(Default)]
struct Delta {
    counts: BTreeMap<i64, Counts>,
    lists: BTreeMap<(i64, i64), ListDelta>,
    threads: Vec<(i64, i64)>,
    gone: Vec<i64>,
}

impl Delta {
    fn add(&mut self, thread: i64, before: &Contribution, after: &Contribution) {
        for (sign, side) in [(-1, before), (1, after)] {
            for (mailbox, counts) in &side.counts {
                let sum = self.counts.entry(*mailbox).or_default();
                sum.iter_mut().zip(counts).for_each(|(s, n)| *s += sign * n);
            }
        }
        let lists: BTreeSet<i64> = before.lists.keys().chain(after.lists.keys()).copied().collect();
        let none = BTreeSet::new();
        for list in lists {
            let old = before.lists.get(&list).unwrap_or(&none);
            let new = after.lists.get(&list).unwrap_or(&none);
            if old == new {
                continue;
            }
            let plain = self.lists.entry((list, tree::PLAIN)).or_default();
            plain.add.extend(new.difference(old).map(|key| (*key, thread)));
            plain.remove.extend(old.difference(new));
            if old.last() != new.last() {
                let collapsed = self.lists.entry((list, tree::COLLAPSED)).or_default();
                collapsed.add.extend(new.last().map(|key| (*key, thread)));
                collapsed.remove.extend(old.last());
            }
        }
        let grown = after.emails.len() as i64 - before.emails.len() as i64;
        if grown != 0 {
            self.threads.push((thread, grown));
        }
        if after.emails.is_empty() {
            self.gone.push(thread);
        }
    }
}

/// Applies what the touched Threads of an account changed.
pub(crate) async fn settle(tx: &mut WriteTx, account: AccountId) -> Result<()> {
    let before = std::mem::take(&mut tx.pending(account).before);
    let unindexed = std::mem::take(&mut tx.pending(account).unindexed);
    if unindexed != 0 {
        sqlx::query(ADD_UNINDEXED).bind(account.0).bind(unindexed).execute(tx.db()).await?;
    }
    if before.is_empty() {
        return Ok(());
    }
    let special = special(tx, account).await?;
    let threads: Vec<i64> = before.keys().copied().collect();
    let mut delta = Delta::default();
    for chunk in threads.chunks(THREADS_AT_ONCE) {
        let after = contributions(tx, account, chunk, &special).await?;
        for (thread, after) in after {
            let Some(before) = before.get(&thread) else { continue };
            delta.add(thread, before, &after);
            if before.emails != after.emails {
                let op = match (before.emails.is_empty(), after.emails.is_empty()) {
                    (true, true) => continue,
                    (true, false) => Op::Created,
                    (false, true) => Op::Destroyed,
                    (false, false) => Op::Updated,
                };
                tx.changed(account, DataType::Thread, thread, op);
            }
        }
    }
    apply(tx, account, delta).await
}

async fn apply(tx: &mut WriteTx, account: AccountId, delta: Delta) -> Result<()> {
    for ((list, kind), changes) in delta.lists {
        tree::apply(tx, list, kind, changes).await?;
    }
    let counts: Vec<(i64, i64, i64, i64, i64)> = delta
        .counts
        .into_iter()
        .filter(|(_, counts)| *counts != [0; 4])
        .map(|(mailbox, [emails, unread, threads, unread_threads])| (mailbox, emails, unread, threads, unread_threads))
        .collect();
    if !counts.is_empty() {
        sqlx::query(ADD_COUNTS).bind(json(&counts)).bind(account.0).execute(tx.db()).await?;
        for (mailbox, ..) in &counts {
            tx.changed(account, DataType::Mailbox, *mailbox, Op::Counts);
        }
    }
    if !delta.threads.is_empty() {
        sqlx::query(ADD_THREAD_COUNTS).bind(json(&delta.threads)).bind(account.0).execute(tx.db()).await?;
    }
    if !delta.gone.is_empty() {
        sqlx::query(DROP_EMPTY_THREADS).bind(json(&delta.gone)).bind(account.0).execute(tx.db()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    const INBOX: i64 = 1;
    const TRASH: i64 = 2;
    const OTHER: i64 = 3;

    fn of(emails: &[(i64, bool, &[i64])]) -> Contribution {
        let facts = emails
            .iter()
            .map(|(id, unread, mailboxes)| {
                (*id, Facts { sort_key: *id, unread: *unread, mailboxes: mailboxes.to_vec() })
            })
            .collect();
        let special = Special { inboxes: [INBOX].into(), trashes: [TRASH].into() };
        contribution(AccountId(9), &facts, &special)
    }

    #[test]
    fn the_trash_is_a_thread_of_its_own_for_unread_counts() {
        // RFC 8621 §2's example: unread in the trash, read in the inbox.
        let sum = of(&[(1, true, &[TRASH]), (2, false, &[INBOX])]);
        assert_eq!(sum.counts[&TRASH], [1, 1, 1, 1]);
        assert_eq!(sum.counts[&INBOX], [1, 0, 1, 0]);
        // The other way round.
        let sum = of(&[(1, false, &[TRASH]), (2, true, &[INBOX])]);
        assert_eq!((sum.counts[&TRASH][3], sum.counts[&INBOX][3]), (0, 1));
        // In both: it counts for both.
        let sum = of(&[(1, true, &[TRASH, OTHER])]);
        assert_eq!((sum.counts[&TRASH][3], sum.counts[&OTHER][3]), (1, 1));
    }

    #[test]
    fn an_unread_email_elsewhere_makes_the_thread_unread_here() {
        let sum = of(&[(1, true, &[OTHER]), (2, false, &[INBOX]), (3, false, &[INBOX])]);
        assert_eq!(sum.counts[&INBOX], [2, 0, 1, 1]);
        assert_eq!(sum.lists[&-9], [2, 3].into());
    }
}
