//! Tests of the Mailboxes: tree, roles, destroying.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::{
    changes,
    tests::{email, folder, home, insert, member, role},
    verify,
};

async fn refused<T>(result: Result<T>) -> Option<Refusal> {
    result.err().and_then(|e| e.refusal())
}

#[tokio::test]
async fn a_new_account_has_its_role_mailboxes() {
    let (store, account) = home().await;
    let r = &mut store.read().await.unwrap();
    let names: Vec<_> =
        all(r, account).await.unwrap().into_iter().map(|m| (m.name, m.role.unwrap().as_str())).collect();
    let wanted = [("Inbox", "inbox"), ("Drafts", "drafts"), ("Sent", "sent"), ("Archive", "archive"), ("Junk", "junk")];
    assert_eq!(names[..5], wanted.map(|(name, role)| (name.to_owned(), role)));
    assert_eq!(names[5], ("Trash".to_owned(), "trash"));
}

#[tokio::test]
async fn siblings_differ_and_nothing_lies_below_itself() {
    let (store, account) = home().await;
    let a = folder(&store, account, None, "A", None).await;
    let mut tx = store.write().await.unwrap();
    let below = |name: &str, parent| NewMailbox {
        name: name.to_owned(),
        parent: Some(parent),
        selectable: true,
        ..NewMailbox::default()
    };
    let b = create(&mut tx, account, &below("B", a)).await.unwrap();
    assert_eq!(refused(create(&mut tx, account, &below("B", a)).await).await, Some(Refusal::NameTaken));
    let to = |parent| Update { parent: Some(Some(parent)), ..Update::default() };
    assert_eq!(refused(update(&mut tx, account, a, &to(b)).await).await, Some(Refusal::Loop));
    assert_eq!(refused(update(&mut tx, account, a, &to(a)).await).await, Some(Refusal::Loop));
    assert_eq!(refused(destroy(&mut tx, account, a, true).await).await, Some(Refusal::HasChild));
    let name = Update { name: Some("Inbox".into()), ..Update::default() };
    assert_eq!(refused(update(&mut tx, account, a, &name).await).await, Some(Refusal::NameTaken));
    let role = Update { role: Some(Some(Role::Inbox)), ..Update::default() };
    assert_eq!(refused(update(&mut tx, account, a, &role).await).await, Some(Refusal::RoleTaken));
    update(&mut tx, account, b, &Update { parent: Some(None), name: Some("C".into()), ..Update::default() })
        .await
        .unwrap();
    destroy(&mut tx, account, a, false).await.unwrap();
    tx.commit().await.unwrap();
    let r = &mut store.read().await.unwrap();
    assert_eq!(get(r, account, a).await.unwrap(), None);
    let b = get(r, account, b).await.unwrap().unwrap();
    assert_eq!((b.name.as_str(), b.parent), ("C", None));
}

#[tokio::test]
async fn destroying_takes_along_only_what_lies_nowhere_else() {
    let (store, account) = home().await;
    let inbox = role(&store, account, Role::Inbox).await;
    let a = folder(&store, account, None, "A", None).await;
    let ids = insert(&store, account, &[email("x", 1, &[a]), email("y", 2, &[a, inbox])]).await;
    let mut tx = store.write().await.unwrap();
    assert_eq!(refused(destroy(&mut tx, account, a, false).await).await, Some(Refusal::HasEmail));
    destroy(&mut tx, account, a, true).await.unwrap();
    tx.commit().await.unwrap();
    let r = &mut store.read().await.unwrap();
    let left = emails::get(r, account, &ids).await.unwrap();
    assert_eq!(left.iter().map(|e| (e.id, e.mailboxes.clone())).collect::<Vec<_>>(), [(ids[1], vec![inbox])]);
    assert_eq!(verify(&store).await.unwrap(), []);
}

#[tokio::test]
async fn nobody_reaches_another_members_mailbox() {
    let (store, account) = home().await;
    let bob = member(&store, "bob").await;
    let inbox = role(&store, account, Role::Inbox).await;
    let mut tx = store.write().await.unwrap();
    assert_eq!(get(&mut tx, bob, inbox).await.unwrap(), None);
    let name = Update { name: Some("mine".into()), ..Update::default() };
    assert_eq!(refused(update(&mut tx, bob, inbox, &name).await).await, Some(Refusal::NotFound));
    assert_eq!(refused(destroy(&mut tx, bob, inbox, true).await).await, Some(Refusal::NotFound));
    let below = NewMailbox { name: "x".into(), parent: Some(inbox), ..NewMailbox::default() };
    assert_eq!(refused(create(&mut tx, bob, &below).await).await, Some(Refusal::NotFound));
    let into = emails::insert(&mut tx, bob, &[email("x", 1, &[inbox])]).await;
    assert_eq!(refused(into).await, Some(Refusal::NotFound));
}

#[tokio::test]
async fn new_mail_changes_only_counts_of_a_mailbox() {
    let (store, account) = home().await;
    let inbox = role(&store, account, Role::Inbox).await;
    let r = &mut store.read().await.unwrap();
    let since = changes::state(r, account, DataType::Mailbox).await.unwrap();
    insert(&store, account, &[email("x", 1, &[inbox])]).await;
    let r = &mut store.read().await.unwrap();
    let found = changes::since(r, account, DataType::Mailbox, since, 100).await.unwrap().unwrap();
    assert_eq!((found.updated, found.only_counts), (vec![inbox.0], true));
}

#[tokio::test]
async fn a_path_is_made_once() {
    let (store, account) = home().await;
    let mut tx = store.write().await.unwrap();
    let a = ensure_local_path(&mut tx, account, "Family/Trips").await.unwrap();
    assert_eq!(ensure_local_path(&mut tx, account, " Family / Trips/").await.unwrap(), a);
    assert!(ensure_local_path(&mut tx, account, "//").await.is_err());
    let inbox = by_role(&mut tx, account, Role::Inbox).await.unwrap().unwrap().id;
    assert_eq!(ensure_local_path(&mut tx, account, "Inbox").await.unwrap(), inbox);
}
