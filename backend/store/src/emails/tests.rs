//! Tests of the Emails: placements and ghosts, threads, what others may not see.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{insert::THREAD_MAX, *};
use crate::{
    Refusal, Store, changes,
    tests::{Role, email, folder, home, insert as insert_now, keywords, member, role, source},
    threads, verify,
};

struct Remote {
    store: crate::tests::Temp,
    account: AccountId,
    source: SourceId,
    inbox: MailboxId,
    archive: MailboxId,
}

async fn remote() -> Remote {
    let (store, account) = home().await;
    let source = source(&store, account, "mail").await;
    let inbox = folder(&store, account, Some(source), "Inbox", Some(Role::Inbox)).await;
    let archive = folder(&store, account, Some(source), "Archive", Some(Role::Archive)).await;
    Remote { store, account, source, inbox, archive }
}

fn at(source: SourceId, thread: &str, second: i64, mailbox: MailboxId, uid: u32) -> NewEmail {
    let mut new = email(thread, second, &[mailbox]);
    new.source = Some(source);
    new.placements[0].uid = Some(uid);
    new
}

async fn uids(store: &Store, account: AccountId, mailbox: MailboxId) -> Vec<(u32, EmailId, bool)> {
    let placed = placed(&mut store.read().await.unwrap(), account, mailbox).await.unwrap();
    placed.into_iter().map(|p| (p.uid, p.email, p.ghost)).collect()
}

#[tokio::test]
async fn a_moved_email_leaves_a_ghost_until_the_server_was_told() {
    let Remote { store, account, source, inbox, archive } = remote().await;
    let id = insert_now(&store, account, &[at(source, "x", 1, inbox, 7)]).await[0];
    let mut tx = store.write().await.unwrap();
    set_mailboxes(&mut tx, account, id, &[archive]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(uids(&store, account, inbox).await, [(7, id, true)]);
    let ghost = Ghost { email: id, mailbox: inbox, uid: 7 };
    let r = &mut store.read().await.unwrap();
    assert_eq!(ghosts(r, account, &[id]).await.unwrap(), [ghost]);
    assert_eq!(awaiting_uid(r, account, archive).await.unwrap()[0].email, id);

    // Undone before the server heard of it: back under the same UID.
    let mut tx = store.write().await.unwrap();
    set_mailboxes(&mut tx, account, id, &[inbox]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(uids(&store, account, inbox).await, [(7, id, false)]);
    assert_eq!(uids(&store, account, archive).await, []);

    // Moved again and told: COPYUID says where it is.
    let mut tx = store.write().await.unwrap();
    set_mailboxes(&mut tx, account, id, &[archive]).await.unwrap();
    place(&mut tx, account, archive, &[(id, 70)]).await.unwrap();
    forget_ghosts(&mut tx, account, inbox, &[7]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        (uids(&store, account, inbox).await, uids(&store, account, archive).await),
        (vec![], vec![(70, id, false)])
    );
    assert_eq!(verify(&store).await.unwrap(), []);
}

#[tokio::test]
async fn a_destroyed_email_leaves_a_ghost_that_vanishes_with_its_uid() {
    let Remote { store, account, source, inbox, .. } = remote().await;
    let ids = insert_now(&store, account, &[at(source, "x", 1, inbox, 7), at(source, "y", 2, inbox, 8)]).await;
    let mut tx = store.write().await.unwrap();
    assert_eq!(destroy(&mut tx, account, &[ids[0], EmailId(999)]).await.unwrap(), [ids[0]]);
    tx.commit().await.unwrap();
    assert_eq!(uids(&store, account, inbox).await, [(7, ids[0], true), (8, ids[1], false)]);
    let mut tx = store.write().await.unwrap();
    vanished(&mut tx, account, inbox, &[7, 8]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(uids(&store, account, inbox).await, []);
    assert!(get(&mut store.read().await.unwrap(), account, &ids).await.unwrap().is_empty());
    assert_eq!(verify(&store).await.unwrap(), []);
}

#[tokio::test]
async fn renumbered_uids_are_matched_by_content() {
    let Remote { store, account, source, inbox, .. } = remote().await;
    let ids = insert_now(&store, account, &[at(source, "x", 1, inbox, 7), at(source, "y", 2, inbox, 8)]).await;
    let mut tx = store.write().await.unwrap();
    clear_uids(&mut tx, account, inbox).await.unwrap();
    let found = by_content(&mut tx, account, inbox, &[b"x.1".to_vec(), b"z".to_vec()]).await.unwrap();
    assert_eq!(found, [(b"x.1".to_vec(), ids[0])]);
    place(&mut tx, account, inbox, &[(ids[0], 1)]).await.unwrap();
    assert_eq!(drop_unmatched(&mut tx, account, inbox, &[]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(uids(&store, account, inbox).await, [(1, ids[0], false)]);
    assert_eq!(verify(&store).await.unwrap(), []);
}

#[tokio::test]
async fn a_server_that_uses_a_uid_twice_ends_nothing() {
    let Remote { store, account, source, inbox, .. } = remote().await;
    let first = insert_now(&store, account, &[at(source, "x", 1, inbox, 7)]).await;
    let more = insert_now(&store, account, &[at(source, "y", 2, inbox, 7), at(source, "z", 3, inbox, 7)]).await;
    assert_eq!(uids(&store, account, inbox).await, [(7, more[0], false)]);
    let r = &mut store.read().await.unwrap();
    assert_eq!(placements(r, account, first[0]).await.unwrap(), [Placement { mailbox: inbox, uid: None }]);
    assert_eq!(verify(&store).await.unwrap(), []);
}

#[tokio::test]
async fn an_email_is_of_one_source_and_somewhere() {
    let Remote { store, account, source, inbox, .. } = remote().await;
    let local = folder(&store, account, None, "Local", None).await;
    let id = insert_now(&store, account, &[at(source, "x", 1, inbox, 7)]).await[0];
    let mut tx = store.write().await.unwrap();
    let refusal = |r: Result<()>| r.unwrap_err().refusal();
    assert_eq!(refusal(set_mailboxes(&mut tx, account, id, &[inbox, local]).await), Some(Refusal::TwoSources));
    assert_eq!(refusal(set_mailboxes(&mut tx, account, id, &[]).await), Some(Refusal::NoMailbox));
    let strange = set_mailboxes(&mut tx, account, id, &[MailboxId(999)]).await;
    assert_eq!(refusal(strange), Some(Refusal::NotFound));
    rehome(&mut tx, account, id, None, &[local]).await.unwrap();
    tx.commit().await.unwrap();
    let r = &mut store.read().await.unwrap();
    let moved = get(r, account, &[id]).await.unwrap().remove(0);
    assert_eq!((moved.source, moved.mailboxes), (None, vec![local]));
    assert_eq!(uids(&store, account, inbox).await, [(7, id, true)]);
    assert_eq!(verify(&store).await.unwrap(), []);
}

#[tokio::test]
async fn threads_gather_by_key_and_full_ones_are_continued() {
    let (store, account) = home().await;
    let inbox = role(&store, account, Role::Inbox).await;
    let n = usize::try_from(THREAD_MAX).unwrap() + 3;
    let mut batch: Vec<NewEmail> = (0..n).map(|n| email("big", n as i64, &[inbox])).collect();
    batch.push(NewEmail { thread_key: None, ..email("x", 1, &[inbox]) });
    batch.push(NewEmail { thread_key: None, ..email("x", 1, &[inbox]) });
    let ids = insert_now(&store, account, &batch).await;
    let r = &mut store.read().await.unwrap();
    let found = get(r, account, &ids).await.unwrap();
    let big = found[0].thread;
    assert!(found[..n - 3].iter().all(|e| e.thread == big));
    assert!(found[n - 3..n].iter().all(|e| e.thread == found[n - 1].thread && e.thread != big));
    assert_ne!(found[n].thread, found[n + 1].thread);
    let oldest_first = threads::get(r, account, &[found[n - 1].thread]).await.unwrap();
    assert_eq!(oldest_first, [(found[n - 1].thread, ids[n - 3..n].to_vec())]);
    assert_eq!(verify(&store).await.unwrap(), []);
}

#[tokio::test]
async fn what_was_stored_comes_back() {
    let (store, account) = home().await;
    let inbox = role(&store, account, Role::Inbox).await;
    let new = NewEmail {
        keywords: keywords(&["$flagged", "work"]),
        header: b"X: \xff\0odd\r\n\r\n".to_vec(),
        envelope: "{\"subject\":\"\\\"ünï\\\"\"}".into(),
        received_at: 1_234_567,
        sent_at: Some(-5),
        ..email("x", 1, &[inbox])
    };
    let second = NewEmail { header: Vec::new(), received_at: i64::MAX, ..email("y", 2, &[inbox]) };
    let ids = insert_now(&store, account, &[new.clone(), second]).await;
    let r = &mut store.read().await.unwrap();
    let found = get(r, account, &[ids[1], EmailId(0), ids[0]]).await.unwrap();
    assert_eq!(found.iter().map(|e| e.id).collect::<Vec<_>>(), [ids[1], ids[0]]);
    let e = &found[1];
    assert_eq!((e.received_at, e.sent_at, &e.envelope), (1_234_000, Some(-5), &new.envelope));
    assert_eq!((&e.keywords, &e.content_hash, &e.message_id), (&new.keywords, &new.content_hash, &new.message_id));
    let detail = details(r, account, &ids).await.unwrap();
    assert_eq!((detail[0].header.as_slice(), detail[1].header.as_slice()), (new.header.as_slice(), &b""[..]));
    assert_eq!(by_message_id(r, account, "x.1@example.org").await.unwrap(), [ids[0]]);
}

#[tokio::test]
async fn a_change_is_announced_by_its_commit_alone() {
    let (store, account) = home().await;
    let inbox = role(&store, account, Role::Inbox).await;
    let id = insert_now(&store, account, &[email("x", 1, &[inbox])]).await[0];
    let mut events = store.events();
    let mut tx = store.write().await.unwrap();
    set_keywords(&mut tx, account, &[(id, keywords(&["$seen"]))]).await.unwrap();
    drop(tx);
    let mut tx = store.write().await.unwrap();
    assert!(!get(&mut tx, account, &[id]).await.unwrap()[0].keywords.contains("$seen"));
    set_keywords(&mut tx, account, &[(id, keywords(&["$seen"]))]).await.unwrap();
    tx.flush().await.unwrap();
    let state = changes::state(&mut tx, account, crate::DataType::Email).await.unwrap();
    assert!(events.try_recv().is_err());
    tx.commit().await.unwrap();
    assert_eq!(events.recv().await.unwrap().changes[&crate::DataType::Email], state);
    // The same wish again changes nothing.
    let mut tx = store.write().await.unwrap();
    set_keywords(&mut tx, account, &[(id, keywords(&["$seen"]))]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(events.try_recv().is_err());
}

#[tokio::test]
async fn nobody_reaches_another_members_email() {
    let (store, account) = home().await;
    let bob = member(&store, "bob").await;
    let (inbox, bobs) = (role(&store, account, Role::Inbox).await, role(&store, bob, Role::Inbox).await);
    let ids = insert_now(&store, account, &[email("x", 1, &[inbox])]).await;
    let thread = get(&mut store.read().await.unwrap(), account, &ids).await.unwrap()[0].thread;
    let mut tx = store.write().await.unwrap();
    assert!(get(&mut tx, bob, &ids).await.unwrap().is_empty());
    assert!(details(&mut tx, bob, &ids).await.unwrap().is_empty());
    assert!(placements(&mut tx, bob, ids[0]).await.unwrap().is_empty());
    assert!(threads::get(&mut tx, bob, &[thread]).await.unwrap().is_empty());
    assert!(by_message_id(&mut tx, bob, "x.1@example.org").await.unwrap().is_empty());
    assert!(placed(&mut tx, bob, inbox).await.unwrap().is_empty());
    assert!(by_content(&mut tx, bob, inbox, &[b"x.1".to_vec()]).await.unwrap().is_empty());
    assert!(destroy(&mut tx, bob, &ids).await.unwrap().is_empty());
    set_keywords(&mut tx, bob, &[(ids[0], keywords(&["$seen"]))]).await.unwrap();
    set_search(&mut tx, bob, &[(ids[0], SearchTexts::default())]).await.unwrap();
    assert!(set_mailboxes(&mut tx, bob, ids[0], &[bobs]).await.is_err());
    assert!(vanished(&mut tx, bob, inbox, &[1]).await.is_err());
    place(&mut tx, bob, bobs, &[(ids[0], 5)]).await.unwrap();
    tx.commit().await.unwrap();
    let e = get(&mut store.read().await.unwrap(), account, &ids).await.unwrap().remove(0);
    assert_eq!((e.mailboxes, e.keywords.is_empty()), (vec![inbox], true));
    assert_eq!(verify(&store).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_not_indexed_yet_is_known() {
    let Remote { store, account, source, inbox, .. } = remote().await;
    let mut batch = vec![at(source, "x", 1, inbox, 1), at(source, "y", 2, inbox, 2), at(source, "z", 3, inbox, 3)];
    batch.iter_mut().for_each(|e| e.indexed = false);
    let ids = insert_now(&store, account, &batch).await;
    let r = &mut store.read().await.unwrap();
    assert_eq!(unindexed_count(r, account).await.unwrap(), 3);
    assert_eq!(unindexed(r, account, source, 2).await.unwrap(), [ids[2], ids[1]]);
    let mut tx = store.write().await.unwrap();
    let texts = SearchTexts { body: "späte körper".into(), ..SearchTexts::default() };
    set_search(&mut tx, account, &[(ids[1], texts.clone()), (ids[1], texts)]).await.unwrap();
    destroy(&mut tx, account, &ids[..1]).await.unwrap();
    tx.commit().await.unwrap();
    let r = &mut store.read().await.unwrap();
    assert_eq!(unindexed_count(r, account).await.unwrap(), 1);
    assert_eq!(unindexed(r, account, source, 9).await.unwrap(), [ids[2]]);
    assert_eq!(verify(&store).await.unwrap(), []);
}
