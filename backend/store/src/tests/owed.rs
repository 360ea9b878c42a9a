//! What is owed: Tasks, letters on their way, uploads, files.

use shared::ids::{EmailId, IdentityId, SourceId, ThreadId};

use super::{email, home, insert, member, role, source};
use crate::{
    BlobName, Refusal,
    blobs::{Keep, sweep},
    emails,
    mailboxes::Role,
    now_ms,
    submissions::{self, Filter, NewSubmission, Stage, Update},
    tasks::{self, NewTask},
    uploads, verify,
};

#[tokio::test]
async fn tasks_come_by_priority_and_age_and_stay_until_done() {
    let (store, account) = home().await;
    let bob = member(&store, "bob").await;
    let source = source(&store, account, "mail").await;
    let mut events = store.events();
    let task = |kind: &str, priority, not_before| NewTask {
        kind: kind.into(),
        priority,
        not_before,
        email: Some(EmailId(1)),
        ..NewTask::default()
    };
    let mut tx = store.write().await.unwrap();
    let later = tasks::enqueue(&mut tx, account, source, &task("later", 0, 500)).await.unwrap();
    let slow = tasks::enqueue(&mut tx, account, source, &task("slow", 5, 0)).await.unwrap();
    let fast = tasks::enqueue(&mut tx, account, source, &task("fast", 0, 0)).await.unwrap();
    let held = tasks::enqueue(&mut tx, account, source, &task("held", 0, i64::MAX)).await.unwrap();
    let strange = tasks::enqueue(&mut tx, bob, source, &task("x", 0, 0)).await;
    assert_eq!(strange.unwrap_err().refusal(), Some(Refusal::NotFound));
    tx.commit().await.unwrap();
    assert_eq!(events.recv().await.unwrap().tasks_for, [source]);
    let mut tx = store.write().await.unwrap();
    let ids = |tasks: Vec<tasks::Task>| tasks.into_iter().map(|t| t.id).collect::<Vec<_>>();
    assert_eq!(ids(tasks::due(&mut tx, source, 100, 10).await.unwrap()), [fast, slow]);
    assert_eq!(ids(tasks::of_emails(&mut tx, account, &[EmailId(1)]).await.unwrap()), [later, slow, fast, held]);
    assert_eq!(ids(tasks::of_emails(&mut tx, bob, &[EmailId(1)]).await.unwrap()), Vec::<i64>::new());
    tasks::done(&mut tx, &[fast]).await.unwrap();
    tasks::retry_at(&mut tx, slow, 900, "no answer").await.unwrap();
    tasks::release(&mut tx, held, 50).await.unwrap();
    assert_eq!(ids(tasks::due(&mut tx, source, 100, 10).await.unwrap()), [held]);
    assert_eq!(tasks::next_due(&mut tx, source).await.unwrap(), Some(50));
    let slow = tasks::get(&mut tx, slow).await.unwrap().unwrap();
    assert_eq!((slow.attempts, slow.error.as_deref()), (1, Some("no answer")));
}

fn letter(blob: &BlobName, send_at: i64, stage: Stage) -> NewSubmission {
    NewSubmission {
        identity: IdentityId(1),
        email: EmailId(2),
        thread: ThreadId(3),
        source: Some(SourceId(4)),
        envelope: "{}".into(),
        send_at,
        stage,
        blob: blob.clone(),
        message_id: "m@x".into(),
        notes: "{}".into(),
        delivery: "{}".into(),
    }
}

#[tokio::test]
async fn a_letter_is_sent_or_cancelled_never_both() {
    let (store, account) = home().await;
    let bob = member(&store, "bob").await;
    let blob = store.blobs().put(b"letter", Keep::Durable).await.unwrap();
    let mut tx = store.write().await.unwrap();
    let id = submissions::create(&mut tx, account, &letter(&blob, 100, Stage::Held)).await.unwrap();
    let to = |stage| Update { stage: Some(stage), ..Update::default() };
    assert_eq!(submissions::due(&mut tx, 99, 9).await.unwrap(), []);
    assert_eq!(submissions::next_due(&mut tx).await.unwrap(), Some(100));
    assert_eq!(submissions::due(&mut tx, 100, 9).await.unwrap()[0].id, id);
    assert!(!submissions::advance(&mut tx, bob, id, Stage::Held, &to(Stage::Canceled)).await.unwrap());
    assert!(submissions::advance(&mut tx, account, id, Stage::Held, &to(Stage::Sending)).await.unwrap());
    assert!(!submissions::advance(&mut tx, account, id, Stage::Held, &to(Stage::Canceled)).await.unwrap());
    assert_eq!(submissions::in_stage(&mut tx, Stage::Sending).await.unwrap()[0].id, id);
    let failed = Update {
        stage: Some(Stage::Queued),
        failure: Some(Some("421 later".into())),
        next_try_at: Some(Some(700)),
        attempts: Some(1),
        ..Update::default()
    };
    submissions::update(&mut tx, account, id, &failed).await.unwrap();
    assert_eq!(submissions::next_due(&mut tx).await.unwrap(), Some(700));
    let cleared = Update { failure: Some(None), stage: Some(Stage::Sent), ..Update::default() };
    submissions::update(&mut tx, account, id, &cleared).await.unwrap();
    let now = submissions::get(&mut tx, account, Some(&[id])).await.unwrap().remove(0);
    assert_eq!((now.failure, now.attempts, now.stage.undo_status()), (None, 1, "final"));
    let second = submissions::create(&mut tx, account, &letter(&blob, 200, Stage::Held)).await.unwrap();
    let find = |filter: Filter| filter;
    let pending = find(Filter { undo_status: Some("pending".into()), ..Filter::default() });
    assert_eq!(submissions::query(&mut tx, account, &pending).await.unwrap()[0].id, second);
    let early = Filter { before: Some(200), emails: Some(vec![EmailId(2)]), ..Filter::default() };
    assert_eq!(submissions::query(&mut tx, account, &early).await.unwrap()[0].id, id);
    assert_eq!(submissions::query(&mut tx, bob, &Filter::default()).await.unwrap(), []);
    assert_eq!(submissions::by_message_id(&mut tx, account, "m@x").await.unwrap().unwrap().id, second);
    assert_eq!(submissions::destroy(&mut tx, bob, &[id]).await.unwrap(), []);
    assert_eq!(submissions::destroy(&mut tx, account, &[id]).await.unwrap(), [id]);
}

#[tokio::test]
async fn uploads_expire_and_have_a_quota() {
    let (store, account) = home().await;
    let bob = member(&store, "bob").await;
    let blob = store.blobs().put(b"file", Keep::Durable).await.unwrap();
    let mut tx = store.write().await.unwrap();
    let id = uploads::create(&mut tx, account, &blob, 60, "text/plain", 100).await.unwrap();
    let over = uploads::create(&mut tx, account, &blob, 60, "text/plain", 100).await;
    assert_eq!(over.unwrap_err().refusal(), Some(Refusal::OverLimit));
    uploads::create(&mut tx, bob, &blob, 60, "text/plain", 100).await.unwrap();
    assert_eq!(uploads::get(&mut tx, account, id).await.unwrap().unwrap().media_type, "text/plain");
    assert_eq!(uploads::get(&mut tx, bob, id).await.unwrap(), None);
    assert_eq!(uploads::expire(&mut tx, now_ms() + uploads::UPLOAD_LIFE_MS + 1).await.unwrap(), 2);
    assert_eq!(uploads::get(&mut tx, account, id).await.unwrap(), None);
}

#[tokio::test]
async fn a_sweep_takes_orphans_and_the_oldest_of_the_cache_only() {
    let (store, account) = home().await;
    let inbox = role(&store, account, Role::Inbox).await;
    let kept = store.blobs().put(b"kept", Keep::Durable).await.unwrap();
    let cached = store.blobs().put(b"cached", Keep::Cached).await.unwrap();
    let young = store.blobs().put(b"young orphan", Keep::Durable).await.unwrap();
    let old = store.blobs().put(b"old orphan", Keep::Durable).await.unwrap();
    let path = store.data().join("blobs").join(old.as_str().split('-').next().unwrap()).join(old.as_str());
    let hours_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(hours_ago).unwrap();
    let mut batch = vec![email("a", 1, &[inbox]), email("b", 2, &[inbox])];
    (batch[0].blob, batch[1].blob) = (Some(kept.clone()), Some(cached.clone()));
    let ids = insert(&store, account, &batch).await;
    let swept = sweep(&store, 1000).await.unwrap();
    assert_eq!((swept.orphans, swept.evicted), (1, 0));
    let there = |name: BlobName| {
        let blobs = store.blobs().clone();
        async move { blobs.get(&name).await.unwrap().is_some() }
    };
    assert!(there(kept.clone()).await && there(cached.clone()).await && there(young).await && !there(old).await);
    assert_eq!(sweep(&store, 0).await.unwrap().evicted, 1);
    let r = &mut store.read().await.unwrap();
    let found = emails::get(r, account, &ids).await.unwrap();
    assert_eq!((&found[0].blob, &found[1].blob), (&Some(kept.clone()), &None));
    assert!(!there(cached).await);
    store.blobs().delete(&kept).await.unwrap();
    let problems = verify(&store).await.unwrap();
    assert_eq!(problems.iter().map(|p| p.check).collect::<Vec<_>>(), ["blob file"]);
}
