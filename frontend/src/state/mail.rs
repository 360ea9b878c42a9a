//! Mailboxes, mail accounts, addresses to write from, and one map of all known conversations.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::{
    ids::{AccountId, EmailId, SourceId, ThreadId},
    wire::{Boot, Email, EmailDetail, Identity, Mailbox, Source, Thread},
};

use super::conversation::Conversation;

/// So many conversations are remembered; beyond, those not on the screen go.
const TALKS_MAX: usize = 3_000;

/// What the accounts hold.
#[derive(Clone, Copy)]
pub struct Mail {
    /// All mailboxes.
    pub mailboxes: RwSignal<Vec<Mailbox>>,
    /// All mail accounts, in their order.
    pub sources: RwSignal<Vec<Source>>,
    /// All addresses to write from.
    pub identities: RwSignal<Vec<Identity>>,
    /// Own addresses, lower case.
    pub own: Memo<Vec<String>>,
    cache: StoredValue<Cache>,
}

#[derive(Default)]
struct Cache {
    talks: BTreeMap<(AccountId, ThreadId), ArcRwSignal<Conversation>>,
    thread_of: BTreeMap<(AccountId, EmailId), ThreadId>,
    details: BTreeMap<(AccountId, EmailId), ArcRwSignal<Option<EmailDetail>>>,
    /// Emails with a change on its way: what the server says of their place and flags is older than what is shown.
    busy: BTreeMap<EmailId, u32>,
}

impl Mail {
    /// From the boot block.
    pub fn new(boot: &Boot) -> Self {
        fn list<T: Clone + Send + Sync + 'static>(got: &Option<shared::wire::GetResponse<T>>) -> RwSignal<Vec<T>> {
            RwSignal::new(got.as_ref().map(|got| got.list.clone()).unwrap_or_default())
        }
        let identities: RwSignal<Vec<Identity>> = list(&boot.identities);
        let sources: RwSignal<Vec<Source>> = list(&boot.sources);
        let login = boot.member.as_ref().map(|member| member.email.to_lowercase()).unwrap_or_default();
        let own = Memo::new(move |_| {
            let mut all = vec![login.clone()];
            identities.with(|list| all.extend(list.iter().map(|one| one.email.to_lowercase())));
            sources.with(|list| all.extend(list.iter().map(|one| one.email.to_lowercase())));
            all
        });
        Self { mailboxes: list(&boot.mailboxes), sources, identities, own, cache: StoredValue::new(Cache::default()) }
    }

    /// One conversation; an empty one when nothing is known of it yet.
    pub fn talk(&self, account: AccountId, thread: ThreadId) -> ArcRwSignal<Conversation> {
        if let Some(known) = self.known_talk(account, thread) {
            return known;
        }
        let fresh = ArcRwSignal::new(Conversation::default());
        self.cache.update_value(|cache| {
            cache.talks.insert((account, thread), fresh.clone());
        });
        fresh
    }

    /// One conversation, if something is known of it.
    pub fn known_talk(&self, account: AccountId, thread: ThreadId) -> Option<ArcRwSignal<Conversation>> {
        self.cache.with_value(|cache| cache.talks.get(&(account, thread)).cloned())
    }

    /// The conversation that an Email is known to belong to.
    pub fn thread_of(&self, account: AccountId, email: EmailId) -> Option<ThreadId> {
        self.cache.with_value(|cache| cache.thread_of.get(&(account, email)).copied())
    }

    /// One known Email.
    pub fn email(&self, account: AccountId, id: EmailId) -> Option<Email> {
        let talk = self.known_talk(account, self.thread_of(account, id)?)?;
        talk.with_untracked(|talk| talk.email(id).cloned())
    }

    /// What an opened message needs; `None` inside until it has come.
    pub fn detail(&self, account: AccountId, id: EmailId) -> ArcRwSignal<Option<EmailDetail>> {
        let known = self.cache.with_value(|cache| cache.details.get(&(account, id)).cloned());
        known.unwrap_or_else(|| {
            let fresh = ArcRwSignal::new(None);
            self.cache.update_value(|cache| {
                cache.details.insert((account, id), fresh.clone());
            });
            fresh
        })
    }

    /// Takes over what the server says: first the lists of ids, then the Emails.
    pub fn learn(&self, account: AccountId, threads: Vec<Thread>, emails: Vec<Email>) {
        let mut touched: BTreeMap<ThreadId, Conversation> = BTreeMap::new();
        let now = |id: ThreadId| self.talk(account, id).get_untracked();
        for thread in threads {
            touched.entry(thread.id).or_insert_with(|| now(thread.id)).set_ids(thread.email_ids);
        }
        for mut email in emails {
            let talk = touched.entry(email.thread_id).or_insert_with(|| now(email.thread_id));
            let busy = self.cache.with_value(|cache| cache.busy.contains_key(&email.id));
            if let (true, Some(shown)) = (busy, talk.email(email.id)) {
                email.mailbox_ids = shown.mailbox_ids.clone();
                email.keywords = shown.keywords.clone();
            }
            self.cache.update_value(|cache| {
                cache.thread_of.insert((account, email.id), email.thread_id);
            });
            talk.put(email);
        }
        for (id, talk) in touched {
            self.set_talk(account, id, talk);
        }
    }

    /// Shows a conversation in a new state, if it is one.
    pub fn set_talk(&self, account: AccountId, id: ThreadId, talk: Conversation) {
        let signal = self.talk(account, id);
        if signal.with_untracked(|shown| *shown != talk) {
            signal.set(talk);
        }
    }

    /// These Emails are no more.
    pub fn forget(&self, account: AccountId, ids: &[EmailId]) {
        for id in ids {
            let Some(thread) = self.thread_of(account, *id) else { continue };
            self.cache.update_value(|cache| {
                cache.thread_of.remove(&(account, *id));
                cache.details.remove(&(account, *id));
            });
            self.talk(account, thread).update(|talk| {
                talk.drop_email(*id);
            });
        }
    }

    /// Marks Emails whose change is on its way, or has arrived.
    pub fn set_busy(&self, ids: impl Iterator<Item = EmailId>, busy: bool) {
        self.cache.update_value(|cache| {
            for id in ids {
                let count = cache.busy.entry(id).or_default();
                *count = if busy { *count + 1 } else { count.saturating_sub(1) };
                if *count == 0 {
                    cache.busy.remove(&id);
                }
            }
        });
    }

    /// Forgets conversations beyond what is kept, but none that `needed` names.
    pub fn prune(&self, needed: impl Fn(ThreadId) -> bool) {
        self.cache.update_value(|cache| {
            if cache.talks.len() > TALKS_MAX {
                cache.talks.retain(|(_, thread), _| needed(*thread));
                let talks = &cache.talks;
                cache.thread_of.retain(|(account, _), thread| talks.contains_key(&(*account, *thread)));
                cache.details.clear();
            }
        });
    }

    /// The colour of a mail account's dot; `None` when there is only one and a dot would say nothing.
    pub fn hue(&self, source: Option<SourceId>) -> Option<u8> {
        self.sources.with(|sources| {
            if sources.len() < 2 {
                return None;
            }
            sources.iter().find(|one| Some(one.id) == source).map(|one| one.hue)
        })
    }
}
