//! Builders for the tests, and the tests that span modules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod model;
mod owed;
mod people;
mod plans;

use shared::ids::{AccountId, EmailId, MailboxId, SourceId};

use crate::{
    Keywords, Store,
    emails::{NewEmail, Person, Placement, SearchTexts},
    household::{self, NewMember},
    mailboxes::{self, NewMailbox},
    sources::{self, NewSource},
};

pub(crate) use crate::mailboxes::Role;

/// A store of its own in a folder that goes with it.
pub(crate) struct Temp {
    pub(crate) store: Store,
    _dir: tempfile::TempDir,
}

impl std::ops::Deref for Temp {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

pub(crate) async fn store() -> Temp {
    let dir = tempfile::tempdir().unwrap();
    Temp { store: Store::open(dir.path()).await.unwrap(), _dir: dir }
}

/// A store with a member.
pub(crate) async fn home() -> (Temp, AccountId) {
    let store = store().await;
    let account = member(&store, "ada").await;
    (store, account)
}

pub(crate) async fn member(store: &Store, name: &str) -> AccountId {
    let mut tx = store.write().await.unwrap();
    let new = NewMember {
        name: name.to_owned(),
        email: format!("{name}@example.org"),
        password_hash: "x".to_owned(),
        is_admin: false,
    };
    let account = household::create(&mut tx, &new).await.unwrap().account;
    tx.commit().await.unwrap();
    account
}

pub(crate) async fn source(store: &Store, account: AccountId, label: &str) -> SourceId {
    let mut tx = store.write().await.unwrap();
    let new = NewSource {
        label: label.to_owned(),
        email: format!("{label}@example.org"),
        config: "{}".to_owned(),
        password: "secret".to_owned(),
        hue: None,
    };
    let id = sources::create(&mut tx, store.vault(), account, &new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// A folder of a Source (or a local Mailbox).
pub(crate) async fn folder(
    store: &Store,
    account: AccountId,
    source: Option<SourceId>,
    name: &str,
    role: Option<Role>,
) -> MailboxId {
    let mut tx = store.write().await.unwrap();
    let new = NewMailbox {
        source,
        name: name.to_owned(),
        source_role: role.filter(|_| source.is_some()),
        role: role.filter(|_| source.is_none()),
        selectable: true,
        is_subscribed: true,
        remote_name: source.map(|_| name.to_owned()),
        rename_on_collision: true,
        ..NewMailbox::default()
    };
    let id = mailboxes::create(&mut tx, account, &new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

pub(crate) async fn role(store: &Store, account: AccountId, role: Role) -> MailboxId {
    mailboxes::by_role(&mut store.read().await.unwrap(), account, role).await.unwrap().unwrap().id
}

/// An Email of a Thread, received at a second.
pub(crate) fn email(thread: &str, second: i64, mailboxes: &[MailboxId]) -> NewEmail {
    NewEmail {
        thread_key: Some(thread.to_owned()),
        size: 1000,
        received_at: second * 1000,
        envelope: "{}".to_owned(),
        structure: "{}".to_owned(),
        header: format!("Subject: {thread}\r\nX-Second: {second}\r\n\r\n").into_bytes(),
        preview: "hello".to_owned(),
        message_id: Some(format!("{thread}.{second}@example.org")),
        content_hash: format!("{thread}.{second}").into_bytes(),
        placements: mailboxes.iter().map(|m| Placement { mailbox: *m, uid: None }).collect(),
        search: SearchTexts { subject: thread.to_owned(), body: format!("second {second}"), ..SearchTexts::default() },
        indexed: true,
        people: vec![Person { name: Some("Bob".into()), email: "bob@example.org".into(), written_to: false }],
        ..NewEmail::default()
    }
}

pub(crate) fn keywords(words: &[&str]) -> Keywords {
    words.iter().collect()
}

pub(crate) async fn insert(store: &Store, account: AccountId, batch: &[NewEmail]) -> Vec<EmailId> {
    let mut tx = store.write().await.unwrap();
    let ids = crate::emails::insert(&mut tx, account, batch).await.unwrap();
    tx.commit().await.unwrap();
    ids
}
