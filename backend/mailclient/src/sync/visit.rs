//! One visit to one folder: the steps of the plan carried out, newest first, each batch in its own transaction.

use std::{collections::BTreeSet, sync::atomic::Ordering};

use remote::{
    ImapSession,
    imap::{Selected, UidSet},
};
use serde::{Deserialize, Serialize};
use shared::ids::{EmailId, MailboxId};
use store::{
    emails,
    mailboxes::{self, Mailbox, RemoteState},
    tasks,
};

use super::{
    plan::{self, Known, Server, Step},
    take::take,
};
use crate::{
    Progress, Task,
    link::{Context, Keepable, Trouble, take_flags},
};

/// Without CONDSTORE: so many newest messages have their flags compared on every visit, the others on thorough ones.
const FLAGS_NEWEST: usize = 1_000;
/// How often a folder is compared though nothing seems to have changed, ms.
const THOROUGH_EVERY_MS: i64 = 3_600_000;

/// Sync's own notes about a folder (`RemoteState::cursor`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cursor {
    /// Everything below `uid_next` was fetched once.
    pub complete: bool,
    /// When it was last compared whole, ms.
    pub thorough_at: i64,
    /// Messages and unseen ones that STATUS told last.
    pub messages: u32,
    /// See `messages`.
    pub unseen: u32,
}

impl Cursor {
    pub fn of(state: &RemoteState) -> Self {
        state.cursor.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    }

    pub fn json(self) -> Option<String> {
        serde_json::to_string(&self).ok()
    }
}

/// A folder that is selected.
pub(crate) struct Visit<'a> {
    ctx: &'a Context,
    session: &'a mut ImapSession,
    mailbox: Mailbox,
    selected: Selected,
    keepable: Keepable,
    cursor: Cursor,
    state: RemoteState,
    first: bool,
    deeds: u64,
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Visited {
    /// Messages that came here.
    pub added: u64,
}

/// Looks after one folder. `is_first`: the very first sync, where the newest few shall be seen at once.
/// `between` is called between batches of a long back-fill; `true` ends it early (something is more urgent).
pub(crate) async fn visit(
    ctx: &Context,
    session: &mut ImapSession,
    mailbox: &Mailbox,
    between: &(dyn Fn() -> bool + Sync),
) -> Result<Visited, Trouble> {
    let wire = mailbox.remote_name.clone().unwrap_or_default();
    let selected = session.select(&wire).await?;
    session.take_unsolicited();
    let mailbox = {
        let mut r = ctx.store.read().await?;
        mailboxes::get(&mut r, ctx.account, mailbox.id).await?
    };
    let Some(mailbox) = mailbox else { return Ok(Visited::default()) };
    let state = mailbox.remote.clone();
    let keepable = Keepable::of(&selected);
    let cursor = Cursor::of(&state);
    let first = state.uid_validity == 0;
    let mut visit = Visit { ctx, session, mailbox, selected, keepable, cursor, state, first, deeds: 0 };
    visit.run(between).await
}

impl Visit<'_> {
    async fn run(&mut self, between: &(dyn Fn() -> bool + Sync)) -> Result<Visited, Trouble> {
        let now = store::now_ms();
        let thorough = now - self.cursor.thorough_at > THOROUGH_EVERY_MS;
        let known = self.known();
        let server = self.server();
        let mut visited = Visited::default();
        let mut compared = false;
        let mut finished = true;
        for step in plan::steps(&known, &server, thorough) {
            match step {
                Step::Rematch => self.rematch().await?,
                Step::New { from } => visited.added += self.new_from(from).await?,
                Step::FlagsSince(modseq) => self.flags_since(modseq).await?,
                Step::FlagsCompare => self.flags_compare(thorough).await?,
                Step::Compare => {
                    compared = true;
                    let (added, is_whole) = self.compare(between).await?;
                    visited.added += added;
                    finished = is_whole;
                }
            }
        }
        if !compared && plan::must_compare(self.count_here().await?, &server) {
            compared = true;
            let (added, is_whole) = self.compare(between).await?;
            visited.added += added;
            finished = is_whole;
        }
        if compared && finished {
            self.cursor.complete = true;
            self.cursor.thorough_at = now;
            self.drop_unmatched().await?;
        }
        if finished {
            // Only now: what came in between is asked for once more rather than missed.
            self.state.highest_modseq = self.selected.highest_modseq.unwrap_or_default();
        }
        self.save().await?;
        Ok(visited)
    }

    fn known(&self) -> Known {
        Known {
            uidvalidity: (self.state.uid_validity != 0).then_some(self.state.uid_validity),
            uidnext: self.state.uid_next,
            modseq: self.state.highest_modseq,
            complete: self.cursor.complete,
            count: self.mailbox.total_emails,
        }
    }

    fn server(&self) -> Server {
        Server {
            uidvalidity: self.selected.uid_validity,
            uidnext: self.selected.uid_next,
            exists: u64::from(self.selected.exists),
            modseq: self.selected.highest_modseq,
        }
    }

    async fn count_here(&self) -> Result<u64, Trouble> {
        let mut r = self.ctx.store.read().await?;
        let row = mailboxes::get(&mut r, self.ctx.account, self.mailbox.id).await?;
        Ok(row.map_or(0, |m| m.total_emails))
    }

    async fn save(&mut self) -> Result<(), Trouble> {
        self.state.uid_validity = self.selected.uid_validity;
        self.state.uid_next = self.state.uid_next.max(self.selected.uid_next.unwrap_or_default());
        self.state.cursor = self.cursor.json();
        let mut tx = self.ctx.store.write().await?;
        mailboxes::set_remote(&mut tx, self.ctx.account, self.mailbox.id, &self.state).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The UIDs are void. The Emails stay and are found again by their content as the folder is read anew.
    async fn rematch(&mut self) -> Result<(), Trouble> {
        tracing::info!(mailbox = %self.mailbox.id, "a folder was renumbered");
        let _changing = self.ctx.folders.lock().await;
        self.cursor = Cursor::default();
        self.state = RemoteState { uid_validity: self.selected.uid_validity, ..RemoteState::default() };
        self.state.cursor = self.cursor.json();
        let mut tx = self.ctx.store.write().await?;
        emails::clear_uids(&mut tx, self.ctx.account, self.mailbox.id).await?;
        mailboxes::set_remote(&mut tx, self.ctx.account, self.mailbox.id, &self.state).await?;
        tx.commit().await?;
        Ok(())
    }

    /// After a whole comparison an Email of this folder without UID is either owed an APPEND or gone.
    async fn drop_unmatched(&mut self) -> Result<(), Trouble> {
        let _changing = self.ctx.folders.lock().await;
        if self.ctx.deeds.load(Ordering::SeqCst) != self.deeds {
            // An action came in between: what it placed here is not in the comparison.
            self.cursor.thorough_at = 0;
            return Ok(());
        }
        let mut tx = self.ctx.store.write().await?;
        let owed = owed_here(self.ctx, &mut tx).await?;
        let gone = emails::drop_unmatched(&mut tx, self.ctx.account, self.mailbox.id, &owed).await?;
        if gone > 0 {
            tx.commit().await?;
        }
        Ok(())
    }

    async fn new_from(&mut self, from: u32) -> Result<u64, Trouble> {
        let mut uids = self.session.search_set(&UidSet::range(from..=u32::MAX)).await?;
        // "n:*" always names the newest message, also below n.
        uids.retain(|uid| *uid >= from);
        uids.reverse();
        let Some(newest) = uids.first().copied() else { return Ok(0) };
        let mut added = 0;
        for batch in plan::batches(&uids, false) {
            added += self.take(batch, true).await?;
        }
        self.state.uid_next = newest.saturating_add(1);
        Ok(added)
    }

    /// A session sees what others (our own actions too) did only after the server told it: NOOP lets it.
    async fn catch_up(&mut self) -> Result<(), Trouble> {
        Ok(self.session.noop().await?)
    }

    async fn take(&mut self, uids: &[u32], delivered: bool) -> Result<u64, Trouble> {
        let _changing = self.ctx.folders.lock().await;
        self.ctx.alive()?;
        take(self.ctx, self.session, &self.mailbox, uids, &self.keepable, delivered).await
    }

    async fn flags_since(&mut self, modseq: u64) -> Result<(), Trouble> {
        let _changing = self.ctx.folders.lock().await;
        self.catch_up().await?;
        let metas = self.session.fetch_changed(&UidSet::all(), modseq).await?;
        self.take_flags(&metas).await
    }

    async fn flags_compare(&mut self, thorough: bool) -> Result<(), Trouble> {
        let mut uids: Vec<u32> = {
            let mut r = self.ctx.store.read().await?;
            let placed = emails::placed(&mut r, self.ctx.account, self.mailbox.id).await?;
            placed.into_iter().filter(|p| !p.ghost).map(|p| p.uid).collect()
        };
        uids.reverse();
        if !thorough {
            uids.truncate(FLAGS_NEWEST);
        }
        for range in uids.chunks(plan::FLAG_RANGE) {
            let _changing = self.ctx.folders.lock().await;
            self.ctx.alive()?;
            self.catch_up().await?;
            let set: UidSet = range.iter().copied().collect();
            let metas = self.session.fetch_flags(&set).await?;
            self.take_flags(&metas).await?;
        }
        Ok(())
    }

    async fn take_flags(&self, metas: &[remote::imap::Meta]) -> Result<(), Trouble> {
        if metas.is_empty() {
            return Ok(());
        }
        let mut tx = self.ctx.store.write().await?;
        take_flags(self.ctx, &mut tx, self.mailbox.id, metas, &self.keepable).await?;
        tx.commit().await?;
        Ok(())
    }

    /// All UIDs there against all here. Returns how many came and whether it got to the end.
    async fn compare(&mut self, between: &(dyn Fn() -> bool + Sync)) -> Result<(u64, bool), Trouble> {
        let missing = {
            let _changing = self.ctx.folders.lock().await;
            self.deeds = self.ctx.deeds.load(Ordering::SeqCst);
            self.catch_up().await?;
            let there: BTreeSet<u32> = self.session.search_all().await?.into_iter().collect();
            let (here, masked) = self.uids_here().await?;
            let difference = plan::difference(&here, &there, &masked);
            // What an action placed here after SELECT may be beyond what this session sees.
            let horizon = self.selected.uid_next.unwrap_or(u32::MAX);
            let lost = difference.vanished.iter().chain(masked.difference(&there));
            let gone: Vec<u32> = lost.copied().filter(|uid| *uid < horizon).collect();
            if !gone.is_empty() {
                let mut tx = self.ctx.store.write().await?;
                emails::vanished(&mut tx, self.ctx.account, self.mailbox.id, &gone).await?;
                tx.commit().await?;
            }
            difference.missing
        };
        let total = missing.len() as u64;
        let mut added = 0;
        let mut done = 0;
        for (n, batch) in plan::batches(&missing, self.first).into_iter().enumerate() {
            self.show(done, total);
            if n > 0 && between() {
                return Ok((added, false));
            }
            added += self.take(batch, false).await?;
            done += batch.len() as u64;
            if n == 0 {
                // From here on what is new is told apart from what is back-filled, also after a restart.
                let newest = missing.first().copied().unwrap_or_default().saturating_add(1);
                self.state.uid_next = self.state.uid_next.max(newest);
                self.save().await?;
            }
        }
        self.ctx.set_progress(None);
        Ok((added, true))
    }

    fn show(&self, done: u64, total: u64) {
        if total > plan::FIRST_BATCH as u64 {
            self.ctx.set_progress(Some(Progress { done, total, what: self.mailbox.name.clone() }));
        }
    }

    async fn uids_here(&self) -> Result<(BTreeSet<u32>, BTreeSet<u32>), Trouble> {
        let mut r = self.ctx.store.read().await?;
        let placed = emails::placed(&mut r, self.ctx.account, self.mailbox.id).await?;
        let (ghosts, here): (Vec<_>, Vec<_>) = placed.into_iter().partition(|p| p.ghost);
        Ok((here.into_iter().map(|p| p.uid).collect(), ghosts.into_iter().map(|p| p.uid).collect()))
    }
}

/// Emails that some Task still owes to this Source: what has no UID because of that is not gone.
pub(crate) async fn owed_here(ctx: &Context, r: &mut store::Reader) -> store::Result<Vec<EmailId>> {
    let tasks = tasks::of_source(r, ctx.source).await?;
    let owed = tasks.iter().filter_map(Task::parse).filter_map(|task| match task {
        Task::Append { email, .. } | Task::SetMailboxes { email, .. } | Task::Cross { email, .. } => Some(email),
        _ => None,
    });
    Ok(owed.collect())
}

/// Whether STATUS says that a folder needs a visit.
pub(crate) fn needs_visit(mailbox: &Mailbox, status: &remote::imap::Status, now: i64) -> bool {
    let (state, cursor) = (&mailbox.remote, Cursor::of(&mailbox.remote));
    let differs = |told: Option<u32>, known: u32| told.is_some_and(|t| t != known);
    state.uid_validity == 0
        || !cursor.complete
        || now - cursor.thorough_at > THOROUGH_EVERY_MS
        || differs(status.uid_validity, state.uid_validity)
        || differs(status.uid_next, state.uid_next)
        || differs(status.messages, cursor.messages)
        || differs(status.unseen, cursor.unseen)
        || status.highest_modseq.is_some_and(|m| m != state.highest_modseq)
        || (status.uid_next.is_none() && status.messages.is_none())
}

/// Remembers what STATUS told, so that the same answer next time needs no visit.
pub(crate) async fn remember_status(
    ctx: &Context,
    mailbox: MailboxId,
    status: &remote::imap::Status,
) -> Result<(), Trouble> {
    let mut tx = ctx.store.write().await?;
    let Some(row) = mailboxes::get(&mut tx, ctx.account, mailbox).await? else { return Ok(()) };
    let mut cursor = Cursor::of(&row.remote);
    cursor.messages = status.messages.unwrap_or_default();
    cursor.unseen = status.unseen.unwrap_or_default();
    let state = RemoteState { cursor: cursor.json(), ..row.remote };
    mailboxes::set_remote(&mut tx, ctx.account, mailbox, &state).await?;
    tx.commit().await?;
    Ok(())
}
