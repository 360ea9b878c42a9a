//! Tests of the queries: every condition and sort of RFC 8621 §4.4, pages, plans.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::{
    Store, emails,
    emails::{NewEmail, SearchTexts, SortTexts},
    mailboxes::Role,
    tests::{Temp, email, folder, home, insert, keywords, member, role, source},
};

struct World {
    store: Temp,
    account: AccountId,
    inbox: MailboxId,
    archive: MailboxId,
    /// a..=e, received in seconds 1..=5.
    ids: Vec<EmailId>,
}

fn texts(from: &str, to: &str, subject: &str, body: &str, files: &str) -> SearchTexts {
    let words = mime::tokens::index;
    SearchTexts {
        from: words(from),
        to: words(to),
        cc: words("carol@example.net"),
        subject: words(subject),
        body: words(body),
        files: words(files),
        ..SearchTexts::default()
    }
}

fn sorts(from: &str, to: &str, subject: &str) -> SortTexts {
    SortTexts { from: from.into(), to: to.into(), subject: subject.into() }
}

async fn world() -> World {
    let (store, account) = home().await;
    let (inbox, archive) = (role(&store, account, Role::Inbox).await, role(&store, account, Role::Archive).await);
    let batch = vec![
        NewEmail {
            size: 10,
            keywords: keywords(&["$flagged", "$seen"]),
            search: texts("Ada Lovelace ada@example.org", "bob", "Zebra crossing", "the quick brown fox", "map.pdf"),
            sort: sorts("Ada", "bob", "Zebra"),
            has_attachment: true,
            sent_at: Some(50),
            ..email("one", 1, &[inbox])
        },
        NewEmail {
            size: 20,
            keywords: keywords(&["$seen", "work"]),
            search: texts("Bob", "ada", "北京欢迎你", "日本語のメール", ""),
            sort: sorts("Bob", "ada", "北京"),
            sent_at: Some(40),
            ..email("one", 2, &[archive])
        },
        NewEmail {
            size: 30,
            search: texts("Carol", "ada", "Café menu", "brown quick fox", "photo.jpg"),
            sort: sorts("carol", "ada", "cafe"),
            sent_at: Some(30),
            header: b"Subject: x\r\nX-Spam: =?utf-8?q?Gr=C3=BCn?= yes\r\n\r\n".to_vec(),
            ..email("two", 3, &[inbox, archive])
        },
        NewEmail {
            size: 40,
            keywords: keywords(&["$seen"]),
            search: texts("Dan", "ada", "apples", "nothing", ""),
            sort: sorts("dan", "ada", "apples"),
            ..email("two", 4, &[archive])
        },
        NewEmail { size: 50, sort: sorts("eve", "zoe", "b"), ..email("three", 5, &[inbox]) },
    ];
    let ids = insert(&store, account, &batch).await;
    World { store, account, inbox, archive, ids }
}

impl World {
    fn query(filter: Filter) -> Query {
        Query { filter, sort: vec![], collapse: false, start: Start::Position(0), limit: 100, want_total: true }
    }

    async fn run(&self, query: &Query) -> Page {
        run(&mut self.store.read().await.unwrap(), self.account, query).await.unwrap()
    }

    /// Letters of the Emails of an answer, in order.
    fn letters(&self, page: &Page) -> String {
        let place = |id| self.ids.iter().position(|i| *i == id).unwrap();
        page.rows.iter().map(|(id, _)| ["a", "b", "c", "d", "e"][place(*id)]).collect()
    }

    async fn find(&self, filter: Filter) -> String {
        let page = self.run(&Self::query(filter.clone())).await;
        assert_eq!(page.total, Some(page.rows.len() as u64));
        // The same question about given Emails must agree.
        let r = &mut self.store.read().await.unwrap();
        let mut same = matching(r, self.account, &filter, &self.ids).await.unwrap();
        same.reverse();
        assert_eq!(same, page.rows.iter().map(|(id, _)| *id).collect::<Vec<_>>(), "{filter:?}");
        self.letters(&page)
    }
}

#[tokio::test]
async fn each_condition_finds_what_the_rfc_says() {
    use Filter::*;
    let w = world().await;
    let text = |field, text: &str| Text(field, text.to_owned());
    let word = |keyword: &str| keyword.to_owned();
    let cases: Vec<(Filter, &str)> = vec![
        (And(vec![]), "edcba"),
        (Or(vec![]), ""),
        (Not(vec![]), "edcba"),
        (InMailbox(w.inbox), "eca"),
        (Or(vec![InMailbox(w.inbox), InMailbox(w.archive)]), "edcba"),
        (And(vec![InMailbox(w.inbox), InMailbox(w.archive)]), "c"),
        (Not(vec![InMailbox(w.inbox)]), "db"),
        (InMailboxOtherThan(vec![w.archive]), "eca"),
        (InMailboxOtherThan(vec![w.archive, w.inbox]), ""),
        (Before(3000), "ba"),
        (Before(2001), "ba"),
        (After(3000), "edc"),
        (After(2001), "edc"),
        (And(vec![After(2000), Before(4000)]), "cb"),
        (MinSize(30), "edc"),
        (MaxSize(30), "ba"),
        (HasKeyword(word("$FLAGGED")), "a"),
        (And(vec![HasKeyword(word("$flagged")), InMailbox(w.archive)]), ""),
        (HasKeyword(word("work")), "b"),
        (NotKeyword(word("$seen")), "ec"),
        (NotKeyword(word("work")), "edca"),
        (AllInThreadHaveKeyword(word("$seen")), "ba"),
        (SomeInThreadHaveKeyword(word("$seen")), "dcba"),
        (SomeInThreadHaveKeyword(word("work")), "ba"),
        (NoneInThreadHaveKeyword(word("$seen")), "e"),
        (HasAttachment(true), "a"),
        (HasAttachment(false), "edcb"),
        (text(Field::Any, "brown fox"), "ca"),
        (text(Field::Any, "\"brown fox\""), "a"),
        (text(Field::Any, "\"brown quick\""), "c"),
        (text(Field::Any, "cafe"), "c"),
        (text(Field::Any, "欢迎"), "b"),
        (text(Field::Any, "メール"), "b"),
        (text(Field::Any, "zeb"), "a"),
        (text(Field::Any, "   "), "edcba"),
        (text(Field::Any, "?!"), ""),
        (text(Field::From, "ada"), "a"),
        (text(Field::To, "ada"), "dcb"),
        (text(Field::Cc, "carol"), "dcba"),
        (text(Field::Bcc, "carol"), ""),
        (text(Field::Subject, "menu"), "c"),
        (text(Field::Body, "menu"), ""),
        (text(Field::Filename, "photo.jpg"), "c"),
        (And(vec![text(Field::Body, "fox"), text(Field::From, "carol")]), "c"),
        (Or(vec![text(Field::Subject, "apples"), HasKeyword(word("work"))]), "db"),
        (And(vec![text(Field::Any, "fox"), Not(vec![HasKeyword(word("$seen"))])]), "c"),
        (Header("Subject".into(), None), "edcba"),
        (Header("x-SPAM".into(), None), "c"),
        (Header("X-Spam".into(), Some("grün".into())), "c"),
        (Header("X-Spam".into(), Some("no".into())), ""),
        (Header("Message-ID".into(), Some("<one.2@example.org>".into())), "b"),
        (Not(vec![Header("X-Spam".into(), None)]), "edba"),
    ];
    for (filter, wanted) in cases {
        assert_eq!(w.find(filter.clone()).await, wanted, "{filter:?}");
    }
}

#[tokio::test]
async fn each_sort_orders_and_collapsing_keeps_the_first_of_a_thread() {
    use SortBy::*;
    let w = world().await;
    let by = |by, ascending| vec![Sort { by, ascending }];
    let cases = vec![
        (by(ReceivedAt, true), "abcde", "ace"),
        (by(ReceivedAt, false), "edcba", "edb"),
        (by(Size, false), "edcba", "edb"),
        (by(From, true), "abcde", "ace"),
        (by(To, true), "dcbae", "dbe"),
        (by(Subject, true), "decab", "dea"),
        (by(HasKeyword("$flagged".into()), false), "aedcb", "aed"),
        (by(AllInThreadHaveKeyword("$seen".into()), false), "baedc", "bed"),
        (by(SomeInThreadHaveKeyword("$seen".into()), true), "edcba", "edb"),
    ];
    for (sort, plain, collapsed) in cases {
        let mut query = Query { sort: sort.clone(), ..World::query(Filter::And(vec![])) };
        assert_eq!(w.letters(&w.run(&query).await), plain, "{sort:?}");
        query.collapse = true;
        assert_eq!(w.letters(&w.run(&query).await), collapsed, "{sort:?} collapsed");
    }
    let sent = Query { sort: by(SentAt, true), ..World::query(Filter::Before(4000)) };
    assert_eq!(w.letters(&w.run(&sent).await), "cba");
    let two = vec![Sort { by: To, ascending: true }, Sort { by: Size, ascending: true }];
    assert_eq!(w.letters(&w.run(&Query { sort: two, ..World::query(Filter::And(vec![])) }).await), "bcdae");
}

#[tokio::test]
async fn pages_begin_where_they_were_asked_to() {
    let w = world().await;
    // The same rows on the fast and on the general way.
    let filters = [Filter::InMailbox(w.archive), Filter::And(vec![Filter::InMailbox(w.archive), Filter::MinSize(0)])];
    for (filter, is_list) in filters.into_iter().zip([true, false]) {
        let ask = |start, limit| Query { start, limit, want_total: true, ..World::query(filter.clone()) };
        for (start, limit, position, rows) in [
            (Start::Position(0), 2, 0, "dc"),
            (Start::Position(1), 1, 1, "c"),
            (Start::Position(-1), 9, 2, "b"),
            (Start::Position(-9), 1, 0, "d"),
            (Start::Position(7), 9, 7, ""),
            (Start::Anchor(w.ids[2], 0), 9, 1, "cb"),
            (Start::Anchor(w.ids[2], -1), 2, 0, "dc"),
            (Start::Anchor(w.ids[2], -5), 1, 0, "d"),
            (Start::Anchor(w.ids[2], 1), 1, 2, "b"),
        ] {
            let page = w.run(&ask(start, limit)).await;
            let got = (page.position, w.letters(&page), page.total, page.list.is_some());
            assert_eq!(got, (position, rows.to_owned(), Some(3), is_list), "{start:?} {limit}");
        }
        let page = w.run(&ask(Start::Anchor(w.ids[4], 0), 9)).await;
        assert!(page.anchor_missing && page.rows.is_empty());
    }
}

#[tokio::test]
async fn the_union_of_inboxes_is_recognised_whatever_the_order() {
    let (store, account) = home().await;
    let mut inboxes = Vec::new();
    for label in ["one", "two"] {
        let source = source(&store, account, label).await;
        inboxes.push(folder(&store, account, Some(source), "Inbox", Some(Role::Inbox)).await);
    }
    let other = folder(&store, account, None, "Other", None).await;
    let r = &mut store.read().await.unwrap();
    let any = |ids: &[MailboxId]| Filter::Or(ids.iter().map(|id| Filter::InMailbox(*id)).collect());
    let newest = [Sort { by: SortBy::ReceivedAt, ascending: false }];
    let both = any(&[inboxes[1], inboxes[0]]);
    // The member's own Inbox lost its role to the first Source.
    assert_eq!(as_list(r, account, &both, &newest).await.unwrap(), Some(ListKey::Inboxes));
    assert_eq!(as_list(r, account, &any(&[inboxes[0]]), &[]).await.unwrap(), Some(ListKey::Mailbox(inboxes[0])));
    assert_eq!(as_list(r, account, &any(&[inboxes[0], other]), &[]).await.unwrap(), None);
    let oldest = [Sort { by: SortBy::ReceivedAt, ascending: true }];
    assert_eq!(as_list(r, account, &both, &oldest).await.unwrap(), None);
}

#[tokio::test]
async fn nobody_finds_another_members_mail() {
    let w = world().await;
    let bob = member(&w.store, "bob").await;
    let r = &mut w.store.read().await.unwrap();
    let flagged = Filter::HasKeyword("$flagged".into());
    let all = Filter::And(vec![]);
    let text = Filter::Text(Field::Any, "fox".into());
    let header = Filter::Header("Subject".into(), None);
    let both = Filter::And(vec![Filter::InMailbox(w.inbox), Filter::MinSize(0)]);
    let or = Filter::Or(vec![text.clone(), flagged.clone()]);
    for filter in [all, flagged, text, header, Filter::InMailbox(w.inbox), both, or] {
        assert_eq!(run(r, bob, &World::query(filter.clone())).await.unwrap().rows, [], "{filter:?}");
        assert_eq!(matching(r, bob, &filter, &w.ids).await.unwrap(), [], "{filter:?}");
    }
}

#[tokio::test]
async fn text_answers_say_what_is_not_indexed_yet() {
    let w = world().await;
    let late = NewEmail { indexed: false, ..email("late", 9, &[w.inbox]) };
    insert(&w.store, w.account, &[late]).await;
    let page = w.run(&World::query(Filter::Text(Field::Any, "fox".into()))).await;
    assert_eq!((w.letters(&page).as_str(), page.unindexed), ("ca", Some(1)));
    assert_eq!(w.run(&World::query(Filter::MinSize(1))).await.unindexed, None);
}

/// Steps of the plan of a filter's rows.
async fn plan(store: &Store, account: AccountId, filter: Filter, sort: &[Sort]) -> String {
    let sql = build::rows(account, &filter, sort).unwrap().explained();
    let rows = sql.query().fetch_all(store.read().await.unwrap().db()).await.unwrap();
    let steps: Vec<String> = rows.iter().map(|row| sqlx::Row::get::<String, _>(row, 3)).collect();
    steps.join("\n")
}

#[tokio::test]
async fn hot_filters_read_along_an_index_and_never_sort() {
    let (store, account) = home().await;
    let inbox = role(&store, account, Role::Inbox).await;
    let text = Filter::Text(Field::Any, "fox".into());
    for (filter, along) in [
        (Filter::And(vec![]), "email_newest"),
        (Filter::HasKeyword("$flagged".into()), "email_flagged"),
        (Filter::NotKeyword("$seen".into()), "email_newest"),
        (Filter::And(vec![Filter::InMailbox(inbox), Filter::NotKeyword("$seen".into())]), "l USING PRIMARY KEY"),
        (text.clone(), "s VIRTUAL TABLE"),
        (Filter::And(vec![text, Filter::InMailbox(inbox)]), "s VIRTUAL TABLE"),
        (Filter::And(vec![Filter::After(0), Filter::Before(9)]), "sort_key>? AND sort_key<?"),
    ] {
        let plan = plan(&store, account, filter.clone(), &[]).await;
        assert!(plan.contains(along) && !plan.contains("TEMP B-TREE"), "{filter:?}\n{plan}");
    }
}

#[tokio::test]
async fn a_filter_has_a_size() {
    let (store, account) = home().await;
    let huge = Filter::Or((0..10_000).map(Filter::MinSize).collect());
    let r = &mut store.read().await.unwrap();
    assert_eq!(run(r, account, &World::query(huge)).await.unwrap_err().refusal(), Some(crate::Refusal::Invalid));
    assert!(emails::get(r, account, &[]).await.unwrap().is_empty());
}
