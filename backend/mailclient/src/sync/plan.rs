//! What to do in one folder: pure, from what is known here and what the server says now.

use std::collections::BTreeSet;

/// Messages of the very first batch: what a person sees first.
pub(crate) const FIRST_BATCH: usize = 50;
/// Messages of every later batch.
pub(crate) const BATCH: usize = 250;
/// UIDs whose flags are compared at once.
pub(crate) const FLAG_RANGE: usize = 2_000;

/// What is known here about a folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// UIDVALIDITY of the placements; `None` before the first visit.
    pub uidvalidity: Option<u32>,
    /// Every UID at or above it is unknown yet.
    pub uidnext: u32,
    /// HIGHESTMODSEQ up to which flags are known.
    pub modseq: u64,
    /// Everything below `uidnext` was fetched once.
    pub complete: bool,
    /// Messages that are placed here with a UID.
    pub count: u64,
}

/// What SELECT said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Server {
    /// UIDVALIDITY.
    pub uidvalidity: u32,
    /// UIDNEXT; `None`: the server does not say (RFC 3501 lets it).
    pub uidnext: Option<u32>,
    /// EXISTS.
    pub exists: u64,
    /// HIGHESTMODSEQ; `None`: no CONDSTORE in this folder.
    pub modseq: Option<u64>,
}

/// One thing to do, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The UIDs mean something else now: find the same messages again by content.
    Rematch,
    /// Fetch what has a UID of at least `from`.
    New {
        /// First unknown UID.
        from: u32,
    },
    /// Flags that changed after this MODSEQ (RFC 7162).
    FlagsSince(u64),
    /// No CONDSTORE: compare all flags, range by range, newest first.
    FlagsCompare,
    /// Ask for all UIDs: take away what is gone, fetch what is missing, newest first.
    Compare,
}

/// The steps of one visit. `thorough`: also where nothing seems to have changed (now and then, since servers lie).
pub(crate) fn steps(known: &Known, server: &Server, thorough: bool) -> Vec<Step> {
    if known.uidvalidity.is_some_and(|v| v != server.uidvalidity) {
        return vec![Step::Rematch, Step::Compare];
    }
    let mut steps = Vec::new();
    if known.uidvalidity.is_none() || !known.complete {
        if known.uidnext > 1 && server.uidnext.is_none_or(|next| next > known.uidnext) {
            steps.push(Step::New { from: known.uidnext });
        }
        steps.push(Step::Compare);
        push_flags(&mut steps, known, server);
        return steps;
    }
    if server.uidnext.is_none_or(|next| next > known.uidnext) {
        steps.push(Step::New { from: known.uidnext });
    }
    push_flags(&mut steps, known, server);
    // Whether something vanished shows only after the new ones are counted; the worker asks `must_compare` then.
    if thorough {
        steps.push(Step::Compare);
    }
    steps
}

fn push_flags(steps: &mut Vec<Step>, known: &Known, server: &Server) {
    if known.count == 0 {
        return;
    }
    match server.modseq {
        Some(now) if known.modseq > 0 && now == known.modseq => {}
        Some(_) if known.modseq > 0 => steps.push(Step::FlagsSince(known.modseq)),
        _ => steps.push(Step::FlagsCompare),
    }
}

/// After new messages were taken in: does the number of messages say that some vanished (or that some are missing)?
pub(crate) fn must_compare(count_here: u64, server: &Server) -> bool {
    count_here != server.exists
}

/// The difference between the UIDs there and those here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// To fetch, newest first.
    pub missing: Vec<u32>,
    /// To take away.
    pub vanished: Vec<u32>,
}

/// Compares the UIDs. `masked`: a pending Task owes their removal; they are not ours any more though still there.
pub(crate) fn difference(here: &BTreeSet<u32>, there: &BTreeSet<u32>, masked: &BTreeSet<u32>) -> Difference {
    Difference {
        missing: there.iter().rev().filter(|u| !here.contains(u) && !masked.contains(u)).copied().collect(),
        vanished: here.difference(there).copied().collect(),
    }
}

/// Cuts UIDs (newest first) into batches; the first is small so that something is to be seen at once.
pub(crate) fn batches(uids: &[u32], first: bool) -> Vec<&[u32]> {
    let mut rest = uids;
    let mut batches = Vec::new();
    if first && rest.len() > FIRST_BATCH {
        let (head, tail) = rest.split_at(FIRST_BATCH);
        batches.push(head);
        rest = tail;
    }
    batches.extend(rest.chunks(BATCH));
    batches
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn known() -> Known {
        Known { uidvalidity: Some(7), uidnext: 100, modseq: 50, complete: true, count: 40 }
    }

    fn server() -> Server {
        Server { uidvalidity: 7, uidnext: Some(100), exists: 40, modseq: Some(50) }
    }

    #[test]
    fn an_unchanged_folder_costs_nothing() {
        assert_eq!(steps(&known(), &server(), false), []);
    }

    #[test]
    fn a_first_visit_compares_everything_and_asks_no_flags() {
        assert_eq!(steps(&Known::default(), &server(), false), [Step::Compare]);
    }

    #[test]
    fn new_mail_comes_before_flags_and_before_an_unfinished_back_fill() {
        let newer = Server { uidnext: Some(103), exists: 43, modseq: Some(60), ..server() };
        assert_eq!(steps(&known(), &newer, false), [Step::New { from: 100 }, Step::FlagsSince(50)]);
        let half = Known { complete: false, ..known() };
        assert_eq!(steps(&half, &newer, false), [Step::New { from: 100 }, Step::Compare, Step::FlagsSince(50)]);
    }

    #[test]
    fn without_condstore_flags_are_compared() {
        let plain = Server { modseq: None, ..server() };
        assert_eq!(steps(&known(), &plain, false), [Step::FlagsCompare]);
        // A server that gained CONDSTORE: nothing is known up to a MODSEQ yet.
        assert_eq!(steps(&Known { modseq: 0, ..known() }, &server(), false), [Step::FlagsCompare]);
    }

    #[test]
    fn another_uidvalidity_rematches() {
        let renumbered = Server { uidvalidity: 8, ..server() };
        assert_eq!(steps(&known(), &renumbered, false), [Step::Rematch, Step::Compare]);
    }

    #[test]
    fn a_server_that_hides_uidnext_is_asked_for_new_mail_each_time() {
        let silent = Server { uidnext: None, ..server() };
        assert_eq!(steps(&known(), &silent, false), [Step::New { from: 100 }]);
    }

    #[test]
    fn counts_that_differ_demand_a_comparison() {
        assert!(!must_compare(40, &server()));
        assert!(must_compare(41, &server()) && must_compare(39, &server()));
        assert_eq!(steps(&known(), &server(), true), [Step::Compare]);
    }

    #[test]
    fn the_difference_is_newest_first_and_leaves_out_what_is_owed_away() {
        let set = |uids: &[u32]| uids.iter().copied().collect::<BTreeSet<_>>();
        let d = difference(&set(&[1, 2, 5]), &set(&[2, 5, 6, 7, 8]), &set(&[7]));
        assert_eq!(d, Difference { missing: vec![8, 6], vanished: vec![1] });
    }

    #[test]
    fn the_first_batch_is_small() {
        let uids: Vec<u32> = (0..700).rev().collect();
        let sizes: Vec<usize> = batches(&uids, true).iter().map(|b| b.len()).collect();
        assert_eq!(sizes, [50, 250, 250, 150]);
        assert_eq!(batches(&uids[..40], true).len(), 1);
        assert!(batches(&[], true).is_empty());
    }
}
