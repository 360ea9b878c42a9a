//! Tests of the Sources: who is primary, where roles go, what a removal leaves.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::{
    Store,
    mailboxes::Mailbox,
    tests::{email, folder, home, insert, member, role, source},
    verify,
};

async fn tree(store: &Store, account: AccountId) -> Vec<(String, Option<&'static str>)> {
    let all = mailboxes::all(&mut store.read().await.unwrap(), account).await.unwrap();
    let path = |mailbox: &Mailbox| {
        let mut path = mailbox.name.clone();
        let mut parent = mailbox.parent;
        while let Some(above) = parent.and_then(|id| all.iter().find(|m| m.id == id)) {
            path = format!("{}/{path}", above.name);
            parent = above.parent;
        }
        path
    };
    let mut tree: Vec<_> = all.iter().map(|m| (path(m), m.role.map(Role::as_str))).collect();
    tree.sort();
    tree
}

fn rows(rows: &[(&str, Option<&'static str>)]) -> Vec<(String, Option<&'static str>)> {
    rows.iter().map(|(path, role)| ((*path).to_owned(), *role)).collect()
}

/// Connects a Source with an Inbox, a Trash and a folder.
async fn connect(store: &Store, account: AccountId, label: &str) -> SourceId {
    let id = source(store, account, label).await;
    folder(store, account, Some(id), "Inbox", Some(Role::Inbox)).await;
    folder(store, account, Some(id), "Trash", Some(Role::Trash)).await;
    folder(store, account, Some(id), "Work", None).await;
    let mut tx = store.write().await.unwrap();
    settle_roles(&mut tx, account, id).await.unwrap();
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn roles_pass_to_the_first_source_and_come_back() {
    let (store, account) = home().await;
    let local = role(&store, account, Role::Inbox).await;
    insert(&store, account, &[email("x", 1, &[local])]).await;
    let first = connect(&store, account, "mail").await;
    let connected = rows(&[
        ("Inbox", Some("inbox")),
        ("On this server", None),
        ("On this server/Inbox", None),
        ("Trash", Some("trash")),
        ("Work", None),
    ]);
    assert_eq!(tree(&store, account).await, connected);
    assert_eq!(verify(&store).await.unwrap(), []);
    let mut tx = store.write().await.unwrap();
    destroy(&mut tx, account, first).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(role(&store, account, Role::Inbox).await, local);
    let alone = ["Archive", "Drafts", "Inbox", "Junk", "Sent", "Trash"];
    assert_eq!(tree(&store, account).await.into_iter().map(|(path, _)| path).collect::<Vec<_>>(), alone);
    assert_eq!(verify(&store).await.unwrap(), []);
}

#[tokio::test]
async fn a_second_source_hangs_below_its_name_until_it_is_promoted() {
    let (store, account) = home().await;
    let first = connect(&store, account, "one").await;
    let second = connect(&store, account, "two").await;
    let both = rows(&[
        ("Inbox", Some("inbox")),
        ("Trash", Some("trash")),
        ("Work", None),
        ("two", None),
        ("two/Inbox", None),
        ("two/Trash", None),
        ("two/Work", None),
    ]);
    assert_eq!(tree(&store, account).await, both);
    let mut tx = store.write().await.unwrap();
    let inbox = mailboxes::by_source_role(&mut tx, account, Some(second), Role::Inbox).await.unwrap().unwrap();
    assert_eq!((inbox.role, inbox.source_role), (None, Some(Role::Inbox)));
    let swap = Update { is_primary: Some(true), label: Some("deux".into()), ..Update::default() };
    update(&mut tx, store.vault(), account, second, &swap).await.unwrap();
    tx.commit().await.unwrap();
    let swapped = rows(&[
        ("Inbox", Some("inbox")),
        ("Trash", Some("trash")),
        ("Work", None),
        ("one", None),
        ("one/Inbox", None),
        ("one/Trash", None),
        ("one/Work", None),
    ]);
    assert_eq!(tree(&store, account).await, swapped);
    assert_eq!(role(&store, account, Role::Inbox).await, inbox.id);
    assert_eq!(verify(&store).await.unwrap(), []);
    let mut tx = store.write().await.unwrap();
    destroy(&mut tx, account, second).await.unwrap();
    tx.commit().await.unwrap();
    let left = rows(&[("Inbox", Some("inbox")), ("Trash", Some("trash")), ("Work", None)]);
    assert_eq!(tree(&store, account).await, left);
    let r = &mut store.read().await.unwrap();
    assert!(get(r, account, first).await.unwrap().unwrap().is_primary);
    assert_eq!(verify(&store).await.unwrap(), []);
}

#[tokio::test]
async fn removing_a_source_removes_its_mail_and_nobody_elses() {
    let (store, account) = home().await;
    let first = connect(&store, account, "one").await;
    let second = connect(&store, account, "two").await;
    let r = &mut store.read().await.unwrap();
    let mine = mailboxes::by_source_role(r, account, Some(first), Role::Inbox).await.unwrap().unwrap().id;
    let other = mailboxes::by_source_role(r, account, Some(second), Role::Inbox).await.unwrap().unwrap().id;
    let mut new = [email("x", 1, &[mine]), email("x", 2, &[other])];
    (new[0].source, new[1].source) = (Some(first), Some(second));
    let ids = insert(&store, account, &new).await;
    let mut tx = store.write().await.unwrap();
    destroy(&mut tx, account, first).await.unwrap();
    tx.commit().await.unwrap();
    let r = &mut store.read().await.unwrap();
    let left = emails::get(r, account, &ids).await.unwrap();
    assert_eq!(left.iter().map(|e| e.id).collect::<Vec<_>>(), [ids[1]]);
    assert_eq!(verify(&store).await.unwrap(), []);
}

#[tokio::test]
async fn passwords_are_sealed_and_sources_are_their_owners() {
    let (store, account) = home().await;
    let bob = member(&store, "bob").await;
    let id = source(&store, account, "mail").await;
    let r = &mut store.read().await.unwrap();
    assert_eq!(password(r, store.vault(), account, id).await.unwrap(), "secret");
    assert_eq!(password(r, store.vault(), bob, id).await.unwrap_err().refusal(), Some(Refusal::NotFound));
    assert_eq!(get(r, bob, id).await.unwrap(), None);
    let sealed: Vec<u8> = sqlx::query_scalar(sql::PASSWORD).bind(account.0).bind(id.0).fetch_one(r.db()).await.unwrap();
    assert!(!sealed.windows(6).any(|w| w == b"secret"));
    let mut tx = store.write().await.unwrap();
    assert!(destroy(&mut tx, bob, id).await.is_err());
    let new = Update { password: Some("new".into()), ..Update::default() };
    update(&mut tx, store.vault(), account, id, &new).await.unwrap();
    assert_eq!(password(&mut tx, store.vault(), account, id).await.unwrap(), "new");
}

#[tokio::test]
async fn health_announces_only_what_differs() {
    let (store, account) = home().await;
    let id = source(&store, account, "mail").await;
    let mut events = store.events();
    let health = Health { state: "checking".into(), ..Health::default() };
    for _ in 0..2 {
        let mut tx = store.write().await.unwrap();
        set_health(&mut tx, account, id, &health).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert!(events.recv().await.unwrap().changes.contains_key(&DataType::Source));
    assert!(events.try_recv().is_err());
}

#[tokio::test]
async fn pop3_remembers_what_it_has() {
    let (store, account) = home().await;
    let id = source(&store, account, "mail").await;
    let seen = |uidl: &str| Pop3Seen { uidl: uidl.into(), email: shared::ids::EmailId(1), at: 5 };
    let mut tx = store.write().await.unwrap();
    pop3_remember(&mut tx, id, &[seen("a"), seen("b")]).await.unwrap();
    let ask = ["b".to_owned(), "c".to_owned()];
    assert_eq!(pop3_seen(&mut tx, id, &ask).await.unwrap(), [seen("b")]);
    pop3_forget_unlisted(&mut tx, id, &["a".to_owned()]).await.unwrap();
    assert_eq!(pop3_seen(&mut tx, id, &ask).await.unwrap(), []);
}
