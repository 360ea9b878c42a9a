//! Puts the practice household's people and letters into an empty store, by the same ways that real ones take.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result};
use mailclient::actions::{
    add_email::{self, Filing},
    mailbox::{self, NewMailbox},
};
use shared::ids::{AccountId, MailboxId};
use store::{Store, mailboxes, mailboxes::Role, now_ms};
use web::access::members::{Joining, join};

use super::content::{self, Filed, Person};

/// Letters in one transaction: few enough that nobody waits, many enough that it is quick.
const BATCH: usize = 100;

/// Fills an empty store.
pub async fn fill(store: &Store, password: &str) -> Result<()> {
    for person in content::household(now_ms())? {
        let joining = Joining { name: person.name, email: &person.email, password, is_admin: person.is_admin };
        let member = join(store, &joining).await.with_context(|| person.email.clone())?;
        letters(store, member.account, person).await?;
    }
    Ok(())
}

async fn letters(store: &Store, account: AccountId, person: Person) -> Result<()> {
    let mut known = role_mailboxes(store, account).await?;
    let mut letters = person.letters.into_iter().peekable();
    while letters.peek().is_some() {
        let mut batch = Vec::with_capacity(BATCH);
        for Filed { mailbox, keywords, received_at, raw } in letters.by_ref().take(BATCH) {
            let prepared = add_email::prepare(store.blobs(), raw).await?;
            batch.push((mailbox, keywords, received_at, prepared));
        }
        let mut tx = store.write().await?;
        for (name, keywords, received_at, prepared) in batch {
            let mailbox = match known.get(&name) {
                Some(id) => *id,
                None => {
                    let new =
                        NewMailbox { name: name.clone(), parent: None, role: None, sort_order: 0, is_subscribed: true };
                    let id = mailbox::create(&mut tx, account, &new).await?;
                    known.insert(name, id);
                    id
                }
            };
            let filing = Filing {
                mailboxes: BTreeSet::from([mailbox]),
                keywords: keywords.into_iter().collect(),
                received_at: Some(received_at),
            };
            add_email::apply(&mut tx, account, prepared, &filing).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// By the names that the letters use for them.
async fn role_mailboxes(store: &Store, account: AccountId) -> Result<HashMap<String, MailboxId>> {
    let names = [
        ("Inbox", Role::Inbox),
        ("Archive", Role::Archive),
        ("Sent", Role::Sent),
        ("Drafts", Role::Drafts),
        ("Trash", Role::Trash),
        ("Junk", Role::Junk),
    ];
    let mut reader = store.read().await?;
    let mut known = HashMap::new();
    for (name, role) in names {
        let mailbox = mailboxes::by_role(&mut reader, account, role).await?.with_context(|| format!("no {name}"))?;
        known.insert(name.to_owned(), mailbox.id);
    }
    Ok(known)
}
