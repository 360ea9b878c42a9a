//! Members, sessions, app passwords: who gets in, and what a removal leaves.

use shared::ids::MemberId;

use super::{email, home, insert, member, role, source, store};
use crate::{
    Refusal, Store, address_book, app_passwords,
    emails::Person,
    household::{self, NewMember},
    mailboxes::Role,
    secrets, sessions, verify,
};

async fn new(name: &str, password: &str) -> NewMember {
    NewMember {
        name: name.into(),
        email: format!("{name}@Example.org"),
        password_hash: secrets::hash_password(password).await.unwrap(),
        is_admin: false,
    }
}

async fn add(store: &Store, new: &NewMember) -> crate::Result<household::Member> {
    let mut tx = store.write().await.unwrap();
    let member = household::create(&mut tx, new).await?;
    tx.commit().await?;
    Ok(member)
}

#[tokio::test]
async fn the_first_member_is_administrator_and_the_last_one_stays() {
    let store = store().await;
    let ada = add(&store, &new("Ada", "pw").await).await.unwrap();
    let bob = add(&store, &new("bob", "pw").await).await.unwrap();
    assert!(ada.is_admin && !bob.is_admin);
    assert_eq!(add(&store, &new("ADA", "pw").await).await.unwrap_err().refusal(), Some(Refusal::NameTaken));
    let mut tx = store.write().await.unwrap();
    let first = household::create_first(&mut tx, &new("eve", "pw").await).await;
    assert_eq!(first.unwrap_err().refusal(), Some(Refusal::Invalid));
    let demote = household::Update { is_admin: Some(false), ..household::Update::default() };
    let refused = household::update(&mut tx, ada.id, &demote, None).await;
    assert_eq!(refused.unwrap_err().refusal(), Some(Refusal::LastAdmin));
    assert_eq!(household::remove(&mut tx, ada.id).await.unwrap_err().refusal(), Some(Refusal::LastAdmin));
    let taken = household::Update { email: Some("BOB@example.org".into()), ..household::Update::default() };
    let refused = household::update(&mut tx, ada.id, &taken, None).await;
    assert_eq!(refused.unwrap_err().refusal(), Some(Refusal::NameTaken));
    assert_eq!(household::find(&mut tx, "Bob").await.unwrap().unwrap().id, bob.id);
    assert_eq!(household::find(&mut tx, "ada@example.org").await.unwrap().unwrap().id, ada.id);
}

#[tokio::test]
async fn only_the_password_opens_and_a_new_one_ends_other_sessions() {
    let store = store().await;
    let ada = add(&store, &new("ada", "right").await).await.unwrap();
    assert_eq!(household::log_in(&store, "ADA@example.org ", "right").await.unwrap().unwrap().id, ada.id);
    assert_eq!(household::log_in(&store, "ada@example.org", "wrong").await.unwrap(), None);
    assert_eq!(household::log_in(&store, "nobody@example.org", "right").await.unwrap(), None);
    let mut tx = store.write().await.unwrap();
    let (mine, token) = sessions::create(&mut tx, store.vault(), ada.id, "Browser", 1000).await.unwrap();
    let (_, other) = sessions::create(&mut tx, store.vault(), ada.id, "Phone", 1000).await.unwrap();
    let hash = secrets::hash_password("new").await.unwrap();
    let change = household::Update { password_hash: Some(hash), ..household::Update::default() };
    household::update(&mut tx, ada.id, &change, Some(mine)).await.unwrap();
    tx.commit().await.unwrap();
    let r = &mut store.read().await.unwrap();
    assert_eq!(sessions::by_token(r, store.vault(), &token, 2000).await.unwrap().unwrap().id, mine);
    assert_eq!(sessions::by_token(r, store.vault(), &other, 2000).await.unwrap(), None);
    assert_eq!(sessions::by_token(r, store.vault(), "", 2000).await.unwrap(), None);
    let late = 1001 + sessions::SESSION_LIFE_MS;
    assert_eq!(sessions::by_token(r, store.vault(), &token, late).await.unwrap(), None);
    let kept: Vec<Vec<u8>> = sqlx::query_scalar("SELECT token_hash FROM session").fetch_all(r.db()).await.unwrap();
    assert!(kept.iter().all(|hash| hash.len() == 32 && hash != token.as_bytes()));
    let mut tx = store.write().await.unwrap();
    assert!(!sessions::end(&mut tx, MemberId(99), mine).await.unwrap());
    assert!(sessions::end(&mut tx, ada.id, mine).await.unwrap());
}

#[tokio::test]
async fn app_passwords_are_found_however_they_are_spaced() {
    let (store, account) = home().await;
    let ada = household::of_account(&mut store.read().await.unwrap(), account).await.unwrap().unwrap().id;
    let mut tx = store.write().await.unwrap();
    let (id, secret) = app_passwords::create(&mut tx, store.vault(), ada, "phone", 5).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.write().await.unwrap();
    let spaced = format!("{} {}-{}", &secret[..4], &secret[4..8], secret[8..].to_uppercase());
    let found = app_passwords::by_secret(&mut tx, store.vault(), &spaced).await.unwrap().unwrap();
    assert_eq!((found.id, found.member, found.label.as_str()), (id, ada, "phone"));
    assert_eq!(app_passwords::by_secret(&mut tx, store.vault(), "x").await.unwrap(), None);
    assert_eq!(app_passwords::scram(&mut tx, ada).await.unwrap()[0].1.iterations, 4096);
    assert!(!app_passwords::revoke(&mut tx, MemberId(99), id).await.unwrap());
    assert!(app_passwords::revoke(&mut tx, ada, id).await.unwrap());
    assert_eq!(app_passwords::by_secret(&mut tx, store.vault(), &secret).await.unwrap(), None);
}

#[tokio::test]
async fn a_removed_member_leaves_nothing() {
    let (store, _ada) = home().await;
    let bob = member(&store, "bob").await;
    let source = source(&store, bob, "mail").await;
    let inbox = super::folder(&store, bob, Some(source), "Inbox", Some(Role::Inbox)).await;
    let mut letter = email("x", 1, &[inbox]);
    letter.source = Some(source);
    insert(&store, bob, &[letter]).await;
    let id = household::of_account(&mut store.read().await.unwrap(), bob).await.unwrap().unwrap().id;
    let mut tx = store.write().await.unwrap();
    sessions::create(&mut tx, store.vault(), id, "", 5).await.unwrap();
    household::remove(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(verify(&store).await.unwrap(), []);
    let r = &mut store.read().await.unwrap();
    for table in
        ["email", "placement", "list_entry", "search_docsize", "source", "session", "address", "thread", "email_row"]
    {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let n: i64 = sqlx::query_scalar(sql).fetch_one(r.db()).await.unwrap();
        assert_eq!(n, 0, "{table}");
    }
}

#[tokio::test]
async fn those_who_were_written_to_are_suggested_first() {
    let (store, account) = home().await;
    let inbox = role(&store, account, Role::Inbox).await;
    let person =
        |name: &str, email: &str, written_to| Person { name: Some(name.into()), email: email.into(), written_to };
    let mut batch = vec![email("a", 1, &[inbox]), email("b", 2, &[inbox]), email("c", 3, &[inbox])];
    batch[0].people = vec![person("Annabel Lee", "anna@x.org", true)];
    batch[1].people = vec![person("Anna News", "news@y.org", false), person("Zoë", "ANNA@x.org", false)];
    batch[2].people = vec![person("Anna News", "news@y.org", false), person("", "not an address", false)];
    insert(&store, account, &batch).await;
    let bob = member(&store, "bob").await;
    let r = &mut store.read().await.unwrap();
    let found = address_book::complete(r, account, "ANN", 10).await.unwrap();
    assert_eq!(found.iter().map(|c| c.email.as_str()).collect::<Vec<_>>(), ["anna@x.org", "news@y.org"]);
    assert_eq!(address_book::complete(r, account, "anna ne", 10).await.unwrap().len(), 1);
    assert_eq!(address_book::complete(r, account, "", 1).await.unwrap()[0].email, "anna@x.org");
    assert_eq!(address_book::complete(r, bob, "anna", 10).await.unwrap(), []);
}
