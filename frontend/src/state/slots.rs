//! The rows of a list by position: sparse, since a mailbox may hold a million. Pure.

use std::{collections::BTreeMap, ops::Range};

use shared::ids::{EmailId, ThreadId};

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The Email that stands for the conversation in this list.
    pub email: EmailId,
    /// The conversation.
    pub thread: ThreadId,
}

/// So many rows are kept; those farthest from where the person looks go first.
const KEPT: usize = 2_000;

/// The known rows of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Slots {
    /// How many rows the list has; `None` until the first answer.
    pub total: Option<usize>,
    rows: BTreeMap<usize, Slot>,
    places: BTreeMap<ThreadId, usize>,
}

impl Slots {
    /// The row at a position.
    pub fn at(&self, position: usize) -> Option<Slot> {
        self.rows.get(&position).copied()
    }

    /// Where a conversation stands.
    pub fn place(&self, thread: ThreadId) -> Option<usize> {
        self.places.get(&thread).copied()
    }

    /// The row of a conversation.
    pub fn of(&self, thread: ThreadId) -> Option<Slot> {
        self.at(self.place(thread)?)
    }

    /// All known rows, in order.
    pub fn known(&self) -> impl Iterator<Item = (usize, Slot)> + '_ {
        self.rows.iter().map(|(position, slot)| (*position, *slot))
    }

    /// Takes over a page of the server's answer. With `fresh` everything else is forgotten (after a change, when other
    /// positions may have moved).
    pub fn put(&mut self, position: usize, page: &[Slot], total: usize, fresh: bool) {
        if fresh {
            self.rows.clear();
            self.places.clear();
        }
        for (offset, slot) in page.iter().enumerate() {
            if let Some(old) = self.places.insert(slot.thread, position + offset)
                && old != position + offset
            {
                self.rows.remove(&old);
            }
            if let Some(other) = self.rows.insert(position + offset, *slot)
                && other.thread != slot.thread
                && self.places.get(&other.thread) == Some(&(position + offset))
            {
                self.places.remove(&other.thread);
            }
        }
        self.total = Some(total);
        let gone: Vec<usize> = self.rows.range(total..).map(|(position, _)| *position).collect();
        for position in gone {
            self.forget(position);
        }
        self.trim(position);
    }

    fn forget(&mut self, position: usize) {
        if let Some(slot) = self.rows.remove(&position)
            && self.places.get(&slot.thread) == Some(&position)
        {
            self.places.remove(&slot.thread);
        }
    }

    fn trim(&mut self, centre: usize) {
        while self.rows.len() > KEPT {
            let (Some((&first, _)), Some((&last, _))) = (self.rows.first_key_value(), self.rows.last_key_value())
            else {
                return;
            };
            let far = if centre.abs_diff(first) > centre.abs_diff(last) { first } else { last };
            self.forget(far);
        }
    }

    /// Takes a conversation out: later rows move up. Gives its former position.
    pub fn remove(&mut self, thread: ThreadId) -> Option<usize> {
        let place = self.place(thread)?;
        let old = std::mem::take(&mut self.rows);
        self.places.clear();
        for (position, slot) in old {
            if position != place {
                let position = if position > place { position - 1 } else { position };
                self.rows.insert(position, slot);
                self.places.insert(slot.thread, position);
            }
        }
        self.total = self.total.map(|total| total.saturating_sub(1));
        Some(place)
    }

    /// Puts a row (back) in: later rows move down.
    pub fn insert(&mut self, place: usize, slot: Slot) {
        if self.places.contains_key(&slot.thread) {
            return;
        }
        let old = std::mem::take(&mut self.rows);
        self.places.clear();
        for (position, slot) in
            old.into_iter().map(|(at, slot)| (at + usize::from(at >= place), slot)).chain([(place, slot)])
        {
            self.rows.insert(position, slot);
            self.places.insert(slot.thread, position);
        }
        self.total = self.total.map(|total| total + 1);
    }

    /// The smallest run of positions that must be asked for so that all of `range` is known; at most `limit` long.
    pub fn missing(&self, range: Range<usize>, limit: usize) -> Option<Range<usize>> {
        let end = self.total.map_or(range.end, |total| range.end.min(total));
        let unknown = |position: &usize| !self.rows.contains_key(position);
        let first = (range.start..end).find(unknown)?;
        let last = (first..end).rev().find(unknown)?;
        Some(first..(last + 1).min(first + limit))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn page(ids: Range<i64>) -> Vec<Slot> {
        ids.map(|id| Slot { email: EmailId(id), thread: ThreadId(id) }).collect()
    }

    fn sound(slots: &Slots) {
        assert_eq!(slots.rows.len(), slots.places.len());
        for (position, slot) in slots.known() {
            assert_eq!(slots.place(slot.thread), Some(position));
        }
    }

    #[test]
    fn pages_land_where_the_server_says() {
        let mut slots = Slots::default();
        slots.put(0, &page(0..30), 1_000_000, false);
        slots.put(500_000, &page(900..950), 1_000_000, false);
        assert_eq!(slots.at(500_049).unwrap().thread, ThreadId(949));
        assert_eq!(slots.missing(20..60, 100), Some(30..60));
        assert_eq!(slots.missing(20..60, 10), Some(30..40));
        assert_eq!(slots.missing(0..30, 100), None);
        assert_eq!(slots.missing(999_990..1_000_050, 100), Some(999_990..1_000_000));
        sound(&slots);
    }

    #[test]
    fn a_row_that_leaves_lets_the_others_move_up() {
        let mut slots = Slots::default();
        slots.put(0, &page(0..5), 5, false);
        assert_eq!(slots.remove(ThreadId(1)), Some(1));
        assert_eq!(slots.remove(ThreadId(1)), None);
        assert_eq!(slots.at(1).unwrap().thread, ThreadId(2));
        assert_eq!((slots.total, slots.place(ThreadId(4))), (Some(4), Some(3)));
        sound(&slots);
        slots.insert(1, Slot { email: EmailId(1), thread: ThreadId(1) });
        slots.insert(0, Slot { email: EmailId(1), thread: ThreadId(1) });
        let mut whole = Slots::default();
        whole.put(0, &page(0..5), 5, false);
        assert_eq!(slots, whole, "back as it was, and only once");
    }

    #[test]
    fn a_conversation_that_rises_stands_only_once() {
        let mut slots = Slots::default();
        slots.put(0, &page(0..10), 10, false);
        slots.put(0, &[page(7..8), page(0..3)].concat(), 10, false);
        sound(&slots);
        assert_eq!(slots.place(ThreadId(7)), Some(0));
        slots.put(0, &page(20..23), 3, true);
        assert_eq!(slots.known().count(), 3);
        sound(&slots);
    }

    #[test]
    fn a_shrunk_total_cuts_and_far_rows_are_forgotten() {
        let mut slots = Slots::default();
        slots.put(0, &page(0..10), 10, false);
        slots.put(0, &page(0..2), 4, false);
        assert_eq!(slots.known().count(), 4);
        for step in 0..60 {
            let at = step * 50;
            slots.put(at, &page(at as i64..at as i64 + 50), 10_000, false);
        }
        assert_eq!(slots.known().count(), KEPT);
        assert!(slots.at(2_999).is_some() && slots.at(0).is_none());
        sound(&slots);
    }
}
