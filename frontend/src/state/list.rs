//! The list on the screen: which mail, which rows are known, where the cursor is, what is ticked.

use std::{collections::BTreeSet, ops::Range};

use leptos::prelude::*;
use shared::{
    ids::{AccountId, EmailId, ThreadId},
    wire::{Boot, Snippet},
};

use super::{
    folders::Chip,
    slots::{Slot, Slots},
};
use crate::route::Scope;

/// So many lists are remembered, so that going back shows rows at once.
const KEPT_LISTS: usize = 12;

/// Which mail a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListKey {
    /// Whose.
    pub account: AccountId,
    /// Where.
    pub scope: Scope,
    /// Narrowed by a chip.
    pub chip: Chip,
    /// Searched for.
    pub query: Option<String>,
}

/// The list on the screen.
#[derive(Clone, Copy)]
pub struct List {
    /// Which mail.
    pub key: RwSignal<ListKey>,
    /// Its known rows.
    pub slots: RwSignal<Slots>,
    /// Why it could not be brought.
    pub failed: RwSignal<Option<String>>,
    /// The row that keys act on.
    pub cursor: RwSignal<Option<ThreadId>>,
    /// Ticked rows.
    pub checked: RwSignal<BTreeSet<ThreadId>>,
    /// Ticking is on (a phone's select mode).
    pub picking: RwSignal<bool>,
    /// Where searched words were found.
    pub snippets: RwSignal<Vec<Snippet>>,
    /// Rows moved by so many positions without the person's doing: the view should follow.
    pub drift: RwSignal<i64>,
    /// Asks the view to bring a row into sight.
    pub reveal: RwSignal<Option<usize>>,
    seen: StoredValue<Range<usize>>,
    epoch: StoredValue<u32>,
    loading: StoredValue<bool>,
    /// Changes on their way to the server: until they are there, its lists are older than what is shown.
    pending: StoredValue<u32>,
    /// A list was not believed because of that.
    skipped: StoredValue<bool>,
    last_place: StoredValue<usize>,
    kept: StoredValue<Vec<(ListKey, Slots)>>,
    last_ticked: StoredValue<Option<ThreadId>>,
}

impl List {
    /// With the boot block's first page, when it is the route's.
    pub fn new(boot: &Boot, account: AccountId, scope: Scope) -> Self {
        let mut slots = Slots::default();
        if let Some(list) = boot.list.as_ref().filter(|list| list.key == scope.key()) {
            let thread =
                |id: EmailId| list.emails.list.iter().find(|email| email.id == id).map(|email| email.thread_id);
            let page: Vec<Slot> =
                list.query.ids.iter().filter_map(|id| thread(*id).map(|thread| Slot { email: *id, thread })).collect();
            slots.put(0, &page, list.query.total.unwrap_or(page.len() as u64) as usize, true);
        }
        Self {
            key: RwSignal::new(ListKey { account, scope, chip: Chip::All, query: None }),
            slots: RwSignal::new(slots),
            failed: RwSignal::new(None),
            cursor: RwSignal::new(None),
            checked: RwSignal::new(BTreeSet::new()),
            picking: RwSignal::new(false),
            snippets: RwSignal::new(Vec::new()),
            drift: RwSignal::new(0),
            reveal: RwSignal::new(None),
            seen: StoredValue::new(0..0),
            epoch: StoredValue::new(0),
            loading: StoredValue::new(false),
            pending: StoredValue::new(0),
            skipped: StoredValue::new(false),
            last_place: StoredValue::new(0),
            kept: StoredValue::new(Vec::new()),
            last_ticked: StoredValue::new(None),
        }
    }

    /// Shows another list; what was known of it is there at once. Tells whether it is another.
    pub fn show(&self, key: ListKey) -> bool {
        let old = self.key.get_untracked();
        if old == key {
            return false;
        }
        let slots = self.slots.get_untracked();
        let known =
            self.kept.with_value(|kept| kept.iter().find(|(one, _)| *one == key).map(|(_, slots)| slots.clone()));
        self.kept.update_value(|kept| {
            kept.retain(|(one, _)| *one != old);
            kept.push((old.clone(), slots));
            if kept.len() > KEPT_LISTS {
                kept.remove(0);
            }
        });
        self.bump();
        self.loading.set_value(false);
        self.failed.set(None);
        self.cursor.set(None);
        self.untick();
        self.snippets.set(Vec::new());
        self.seen.set_value(0..0);
        // While a search is being typed the old rows stay until the new ones are here.
        let typing = old.query.is_some() && key.query.is_some();
        if known.is_some() || !typing {
            self.slots.set(known.unwrap_or_default());
        }
        self.key.set(key);
        true
    }

    /// Forgets all remembered lists (after a change too large to follow).
    pub fn forget_kept(&self) {
        self.kept.set_value(Vec::new());
    }

    /// Rows in view.
    pub fn seen(&self) -> Range<usize> {
        self.seen.get_value()
    }

    /// The view shows these rows now.
    pub fn set_seen(&self, range: Range<usize>) {
        self.seen.set_value(range);
    }

    /// Counts local changes: an answer to an older question is not believed.
    pub fn bump(&self) {
        self.epoch.update_value(|epoch| *epoch = epoch.wrapping_add(1));
    }

    /// The present count.
    pub fn epoch(&self) -> u32 {
        self.epoch.get_value()
    }

    /// Does the list fit into one request?
    pub fn is_small(&self) -> bool {
        self.slots.with_untracked(|slots| slots.total.is_none_or(|total| total < 100))
    }

    /// Is a page on its way?
    pub fn is_loading(&self) -> bool {
        self.loading.get_value()
    }

    /// A page is, or is no longer, on its way.
    pub fn set_loading(&self, loading: bool) {
        self.loading.set_value(loading);
    }

    /// A change goes out.
    pub fn begin_change(&self) {
        self.pending.update_value(|count| *count += 1);
        self.bump();
    }

    /// A change has arrived (or not); tells whether a list must be asked for again because of it.
    pub fn end_change(&self) -> bool {
        self.pending.update_value(|count| *count = count.saturating_sub(1));
        self.bump();
        self.pending.get_value() == 0 && self.skipped.try_update_value(std::mem::take).unwrap_or(false)
    }

    /// May an answer be believed that was asked for at this count? If not, it is asked for again in time.
    pub fn believes(&self, epoch: u32) -> bool {
        let believed = self.epoch.get_value() == epoch && self.pending.get_value() == 0;
        if !believed {
            self.skipped.set_value(true);
        }
        believed
    }

    /// The row under the cursor.
    pub fn current(&self) -> Option<Slot> {
        let thread = self.cursor.get_untracked()?;
        self.slots.with_untracked(|slots| slots.of(thread))
    }

    /// The row `step` below (above) another.
    pub fn beside(&self, thread: Option<ThreadId>, step: i64) -> Option<(usize, Slot)> {
        self.slots.with_untracked(|slots| {
            let place = match (thread, thread.and_then(|thread| slots.place(thread))) {
                (_, Some(place)) => place.checked_add_signed(step as isize)?,
                // It left the list under the reader's eyes: what followed it stands in its place now.
                (Some(_), None) => self.last_place.get_value().checked_add_signed(step.min(0) as isize)?,
                (None, None) => 0,
            };
            slots.at(place).map(|slot| (place, slot))
        })
    }

    /// Puts the cursor on a row and brings it into sight.
    pub fn point(&self, place: usize, thread: ThreadId) {
        self.last_place.set_value(place);
        self.cursor.set(Some(thread));
        self.reveal.set(Some(place));
    }

    /// Notes where a row stood when it was opened.
    pub fn note_place(&self, thread: ThreadId) {
        if let Some(place) = self.slots.with_untracked(|slots| slots.place(thread)) {
            self.last_place.set_value(place);
        }
    }

    /// Puts the cursor on the first row.
    pub fn point_first(&self) {
        if let Some((place, slot)) = self.beside(None, 0) {
            self.point(place, slot.thread);
        }
    }

    /// Ticks or unticks one row; with `reach`, all from the last ticked one.
    pub fn tick(&self, thread: ThreadId, reach: bool) {
        let slots = self.slots.get_untracked();
        let from = self.last_ticked.get_value().filter(|_| reach).and_then(|last| slots.place(last));
        match (from, slots.place(thread)) {
            (Some(from), Some(to)) => {
                let range = from.min(to)..=from.max(to);
                let all = range.filter_map(|place| slots.at(place)).map(|slot| slot.thread);
                self.checked.update(|checked| checked.extend(all));
            }
            _ => self.checked.update(|checked| {
                if !checked.remove(&thread) {
                    checked.insert(thread);
                }
            }),
        }
        self.last_ticked.set_value(Some(thread));
    }

    /// Ticks those known rows that the test picks.
    pub fn tick_where(&self, wanted: impl Fn(Slot) -> bool) {
        let all: BTreeSet<ThreadId> = self.slots.with_untracked(|slots| {
            slots.known().filter(|(_, slot)| wanted(*slot)).map(|(_, slot)| slot.thread).collect()
        });
        self.checked.set(all);
    }

    /// Unticks everything.
    pub fn untick(&self) {
        self.picking.set(false);
        self.last_ticked.set_value(None);
        if self.checked.with_untracked(|checked| !checked.is_empty()) {
            self.checked.set(BTreeSet::new());
        }
    }

    /// What an act is about: the ticked rows, else the one under the cursor.
    pub fn meant(&self) -> Vec<ThreadId> {
        let ticked: Vec<ThreadId> = self.checked.with_untracked(|checked| checked.iter().copied().collect());
        if ticked.is_empty() { self.cursor.get_untracked().into_iter().collect() } else { ticked }
    }
}
