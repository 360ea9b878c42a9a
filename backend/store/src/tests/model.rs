//! Random histories against a model so plain that it cannot be wrong: counts, pages, ranks, changes, list changes.

use std::collections::{BTreeMap, BTreeSet};

use shared::ids::{AccountId, EmailId, MailboxId};

use super::{email, home, keywords, role};
use crate::{
    DataType, ListKey, Order, Store, changes, emails, lists,
    mailboxes::{self, Role},
    verify,
};

/// A small generator with a seed, so that a failure can be run again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n.max(1)
    }
}

#[derive(Clone, Debug)]
struct Item {
    thread: String,
    second: i64,
    seen: bool,
    mailboxes: BTreeSet<MailboxId>,
}

#[derive(Clone, Default)]
struct Model {
    emails: BTreeMap<EmailId, Item>,
}

impl Model {
    fn list(&self, boxes: &[MailboxId], order: Order) -> Vec<EmailId> {
        let mut rows: Vec<(i64, EmailId)> = self
            .emails
            .iter()
            .filter(|(_, e)| boxes.iter().any(|m| e.mailboxes.contains(m)))
            .map(|(id, e)| (e.second, *id))
            .collect();
        rows.sort_unstable();
        rows.reverse();
        let mut seen = BTreeSet::new();
        let shown = |id: &EmailId| order == Order::Plain || seen.insert(self.emails[id].thread.clone());
        rows.into_iter()
            .map(|(_, id)| id)
            .filter({
                let mut shown = shown;
                move |id| shown(id)
            })
            .collect()
    }

    fn counts(&self, mailbox: MailboxId, trash: MailboxId) -> [u64; 4] {
        let here: Vec<&Item> = self.emails.values().filter(|e| e.mailboxes.contains(&mailbox)).collect();
        let threads: BTreeSet<&String> = here.iter().map(|e| &e.thread).collect();
        let unread_threads = threads.iter().filter(|t| {
            self.emails.values().any(|e| {
                e.thread == ***t
                    && !e.seen
                    && if mailbox == trash {
                        e.mailboxes.contains(&trash)
                    } else {
                        e.mailboxes.iter().any(|m| *m != trash)
                    }
            })
        });
        [
            here.len() as u64,
            here.iter().filter(|e| !e.seen).count() as u64,
            threads.len() as u64,
            unread_threads.count() as u64,
        ]
    }
}

struct World {
    account: AccountId,
    boxes: Vec<MailboxId>,
    trash: MailboxId,
    model: Model,
}

impl World {
    async fn step(&mut self, store: &Store, dice: &mut Dice) {
        let mut tx = store.write().await.unwrap();
        for _ in 0..=dice.below(3) {
            let ids: Vec<EmailId> = self.model.emails.keys().copied().collect();
            let some: Vec<EmailId> =
                (0..dice.below(5)).filter_map(|_| ids.get(dice.below(ids.len())).copied()).collect();
            match dice.below(10) {
                0..=3 => {
                    let mut new = Vec::new();
                    for _ in 0..dice.below(40) {
                        let boxes: BTreeSet<MailboxId> =
                            (0..=dice.below(2)).map(|_| self.boxes[dice.below(self.boxes.len())]).collect();
                        let boxes: Vec<MailboxId> = boxes.into_iter().collect();
                        let mut e = email(&format!("t{}", dice.below(60)), dice.below(400) as i64, &boxes);
                        if dice.below(2) == 0 {
                            e.keywords = keywords(&["$seen"]);
                        }
                        new.push(e);
                    }
                    let ids = emails::insert(&mut tx, self.account, &new).await.unwrap();
                    for (id, e) in ids.into_iter().zip(new) {
                        self.model.emails.insert(
                            id,
                            Item {
                                thread: e.thread_key.unwrap(),
                                second: e.received_at / 1000,
                                seen: e.keywords.contains("$seen"),
                                mailboxes: e.placements.iter().map(|p| p.mailbox).collect(),
                            },
                        );
                    }
                }
                4 | 5 => {
                    for id in some {
                        let boxes: BTreeSet<MailboxId> =
                            (0..=dice.below(2)).map(|_| self.boxes[dice.below(self.boxes.len())]).collect();
                        let list: Vec<MailboxId> = boxes.iter().copied().collect();
                        emails::set_mailboxes(&mut tx, self.account, id, &list).await.unwrap();
                        self.model.emails.get_mut(&id).unwrap().mailboxes = boxes;
                    }
                }
                6..=8 => {
                    let seen = dice.below(2) == 0;
                    let words = if seen { keywords(&["$seen"]) } else { keywords(&["work"]) };
                    let wishes: Vec<_> = some.iter().map(|id| (*id, words.clone())).collect();
                    emails::set_keywords(&mut tx, self.account, &wishes).await.unwrap();
                    for id in some {
                        self.model.emails.get_mut(&id).unwrap().seen = seen;
                    }
                }
                _ => {
                    emails::destroy(&mut tx, self.account, &some).await.unwrap();
                    for id in some {
                        self.model.emails.remove(&id);
                    }
                }
            }
        }
        tx.commit().await.unwrap();
    }

    fn lists(&self) -> Vec<(ListKey, Vec<MailboxId>)> {
        let mut lists: Vec<_> = self.boxes.iter().map(|m| (ListKey::Mailbox(*m), vec![*m])).collect();
        lists.push((ListKey::Inboxes, vec![self.boxes[0]]));
        lists
    }

    async fn check(&self, store: &Store, dice: &mut Dice) {
        let r = &mut store.read().await.unwrap();
        for mailbox in mailboxes::all(r, self.account).await.unwrap().iter().filter(|m| self.boxes.contains(&m.id)) {
            let [emails, unread, threads, unread_threads] = self.model.counts(mailbox.id, self.trash);
            assert_eq!(
                [mailbox.total_emails, mailbox.unread_emails, mailbox.total_threads, mailbox.unread_threads],
                [emails, unread, threads, unread_threads],
                "{}",
                mailbox.name
            );
        }
        for (key, boxes) in self.lists() {
            for order in [Order::Plain, Order::Collapsed] {
                let wanted = self.model.list(&boxes, order);
                assert_eq!(lists::total(r, self.account, key, order).await.unwrap(), wanted.len() as u64);
                let position = dice.below(wanted.len() + 3);
                let page = lists::page(r, self.account, key, order, position as u64, 20).await.unwrap();
                let page: Vec<EmailId> = page.into_iter().map(|row| row.email).collect();
                let expected: Vec<EmailId> = wanted.iter().skip(position).take(20).copied().collect();
                assert_eq!(page, expected, "{key:?} {order:?} from {position}");
                if let Some(id) = wanted.get(position) {
                    let rank = lists::rank(r, self.account, key, order, *id).await.unwrap();
                    assert_eq!(rank, Some(position as u64));
                }
            }
        }
    }

    /// A client that knows the lists as of a state and applies list changes knows them now.
    async fn check_changes(&self, store: &Store, then: &Model, since: i64) {
        let r = &mut store.read().await.unwrap();
        let found = changes::since(r, self.account, DataType::Email, since, 100_000).await.unwrap().unwrap();
        let mut known: BTreeSet<i64> = then.emails.keys().map(|id| id.0).collect();
        known.extend(&found.created);
        known.retain(|id| !found.destroyed.contains(id));
        assert_eq!(known, self.model.emails.keys().map(|id| id.0).collect());
        for (key, boxes) in self.lists() {
            for order in [Order::Plain, Order::Collapsed] {
                let delta = lists::changes(r, self.account, key, order, since, 100_000).await.unwrap().unwrap();
                let mut rows = then.list(&boxes, order);
                rows.retain(|id| !delta.removed.contains(id));
                for (id, index) in &delta.added {
                    assert!(!rows.contains(id), "{id} was not removed before it was added");
                    rows.insert(usize::try_from(*index).unwrap(), *id);
                }
                assert_eq!(rows, self.model.list(&boxes, order), "{key:?} {order:?}");
                assert_eq!(delta.total, rows.len() as u64);
            }
        }
    }
}

async fn history(seed: u64, steps: usize) {
    let (store, account) = home().await;
    let mut boxes = Vec::new();
    for r in [Role::Inbox, Role::Archive, Role::Trash] {
        boxes.push(role(&store, account, r).await);
    }
    let mut world = World { account, trash: boxes[2], boxes, model: Model::default() };
    let mut dice = Dice(seed);
    let (mut then, mut since) = (Model::default(), 0);
    for n in 0..steps {
        world.step(&store, &mut dice).await;
        world.check(&store, &mut dice).await;
        if n % 4 == 3 {
            world.check_changes(&store, &then, since).await;
            then = world.model.clone();
            since = changes::state(&mut store.read().await.unwrap(), account, DataType::Email).await.unwrap();
        }
    }
    assert_eq!(verify(&store).await.unwrap(), []);
}

#[tokio::test]
async fn random_histories_end_as_the_model_says() {
    for seed in 1..=4 {
        history(seed, 40).await;
    }
}

#[tokio::test]
async fn long_lists_split_and_shrink() {
    let (store, account) = home().await;
    let inbox = role(&store, account, Role::Inbox).await;
    let mut dice = Dice(7);
    let mut known: Vec<(i64, EmailId)> = Vec::new();
    for round in 0..6 {
        let new: Vec<_> = (0..3000)
            .map(|n| {
                email(
                    &format!("t{}", dice.below(3000)),
                    if round == 2 { 5 } else { dice.below(1 << 28) as i64 + n },
                    &[inbox],
                )
            })
            .collect();
        let ids = super::insert(&store, account, &new).await;
        known.extend(new.iter().map(|e| e.received_at / 1000).zip(ids));
        if round % 2 == 1 {
            let doomed: Vec<EmailId> = known.iter().step_by(2).map(|(_, id)| *id).collect();
            let mut tx = store.write().await.unwrap();
            emails::destroy(&mut tx, account, &doomed).await.unwrap();
            tx.commit().await.unwrap();
            let doomed: BTreeSet<EmailId> = doomed.into_iter().collect();
            known.retain(|(_, id)| !doomed.contains(id));
        }
        known.sort_unstable();
        let r = &mut store.read().await.unwrap();
        for list in [ListKey::Mailbox(inbox), ListKey::Inboxes] {
            for _ in 0..20 {
                let position = dice.below(known.len());
                let wanted: Vec<EmailId> = known.iter().rev().skip(position).take(50).map(|(_, id)| *id).collect();
                let page = lists::page(r, account, list, Order::Plain, position as u64, 50).await.unwrap();
                assert_eq!(page.iter().map(|row| row.email).collect::<Vec<_>>(), wanted, "round {round} at {position}");
                let rank = lists::rank(r, account, list, Order::Plain, wanted[0]).await.unwrap();
                assert_eq!(rank, Some(position as u64));
            }
        }
    }
    assert_eq!(verify(&store).await.unwrap(), []);
}
