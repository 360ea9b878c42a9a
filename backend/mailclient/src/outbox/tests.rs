//! The state machine with a real store against a small SMTP server that fails where it is told to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use remote::{Dns, Guard, Net, Security, Tls};
use shared::ids::{AccountId, SourceId, SubmissionId};
use store::{
    Store,
    blobs::Keep,
    household, identities, mailboxes, sources,
    submissions::{self, NewSubmission, Stage, Submission, Update},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};

use super::{Outbox, ReadWhole};
use crate::{
    Config, FetchError,
    actions::{
        add_email::{self, Filing},
        send::{self, Decision, Envelope, EnvelopeAddress, Notes},
    },
    fate::Delivery,
    settings::{Pop3Keep, Protocol, Server, SourceConfig},
};

/// What the server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Good,
    /// Takes the message and hangs up without a word.
    SilentAfterDot,
    /// "later@…" has to wait, "never@…" is refused.
    Picky,
    /// Refuses everybody at MAIL for now.
    Busy,
    /// Hangs up at DATA.
    DropsAtData,
}

/// A letter that the server took: its RCPT lines and its text.
type Taken = (Vec<String>, String);

/// A server and the letters that it took.
struct Post {
    address: SocketAddr,
    mood: Arc<Mutex<Mood>>,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl Post {
    async fn open(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (mood, taken) = (Arc::new(Mutex::new(mood)), Arc::new(Mutex::new(Vec::new())));
        let (m, t) = (Arc::clone(&mood), Arc::clone(&taken));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (mood, taken) = (*m.lock().unwrap(), Arc::clone(&t));
                tokio::spawn(async move { serve(stream, mood, &taken).await });
            }
        });
        Self { address, mood, taken }
    }

    fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

async fn serve(stream: tokio::net::TcpStream, mood: Mood, taken: &Mutex<Vec<Taken>>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = Vec::new();
    write.write_all(b"220 post\r\n").await.ok()?;
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.split(' ').next().unwrap_or_default() {
            "EHLO" => "250-post\r\n250 8BITMIME",
            "MAIL" if mood == Mood::Busy => "451 4.3.2 busy",
            "RCPT" if mood == Mood::Picky && line.contains("later@") => "450 4.2.1 later",
            "RCPT" if mood == Mood::Picky && line.contains("never@") => "550 5.1.1 nobody",
            "RCPT" => {
                to.push(line);
                "250 ok"
            }
            "DATA" if mood == Mood::DropsAtData => return None,
            "DATA" => {
                write.write_all(b"354 go\r\n").await.ok()?;
                let mut text = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    text.push_str(&line);
                    text.push('\n');
                }
                taken.lock().unwrap().push((std::mem::take(&mut to), text));
                if mood == Mood::SilentAfterDot {
                    return None;
                }
                "250 2.0.0 taken"
            }
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    None
}

/// A household with one Source that sends through the given server.
struct House {
    store: Store,
    outbox: Outbox,
    account: AccountId,
    source: SourceId,
    identity: shared::ids::IdentityId,
    email: store::emails::Email,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new(post: &Post) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let member = household::NewMember {
            name: "Anna".into(),
            email: "anna@example.org".into(),
            password_hash: "x".into(),
            is_admin: true,
        };
        let account = household::create_first(&mut tx, &member).await.unwrap().account;
        let server =
            |port| Server { host: "127.0.0.1".into(), port, security: Security::Plain, username: String::new() };
        let config = SourceConfig {
            email: "anna@example.org".into(),
            protocol: Protocol::Pop3,
            incoming: server(1),
            outgoing: Some(server(post.address.port())),
            pop3_keep: Pop3Keep::Delete,
            allow_plain: true,
            ca: None,
            trusted: true,
        };
        let new = sources::NewSource {
            label: "Home".into(),
            email: config.email.clone(),
            config: serde_json::to_string(&config).unwrap(),
            password: "secret".into(),
            ..sources::NewSource::default()
        };
        let source = sources::create(&mut tx, store.vault(), account, &new).await.unwrap();
        let data = identities::IdentityData { email: config.email, ..identities::IdentityData::default() };
        let identity = identities::create(&mut tx, account, Some(source), &data).await.unwrap();
        mailboxes::ensure_local_roles(&mut tx, account).await.unwrap();
        let drafts = mailboxes::all(&mut tx, account).await.unwrap().into_iter().find(|m| m.source.is_none()).unwrap();
        tx.commit().await.unwrap();
        let raw = b"From: anna@example.org\r\nSubject: Hello\r\nMessage-ID: <1@example.org>\r\n\r\nText\r\n".to_vec();
        let prepared = add_email::prepare(store.blobs(), raw).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let filing =
            Filing { mailboxes: [drafts.id].into(), keywords: ["$draft".to_owned()].into(), received_at: None };
        let added = add_email::apply(&mut tx, account, prepared, &filing).await.unwrap();
        let email = store::emails::get(&mut tx, account, &[added.id]).await.unwrap().pop().unwrap();
        tx.commit().await.unwrap();
        let outbox = outbox(&store);
        Self { store, outbox, account, source, identity, email, _folder: folder }
    }

    /// Puts a letter into the outbox as `send::apply` does.
    async fn letter(&self, to: &[&str], stage: Stage, notes: &Notes) -> SubmissionId {
        let envelope = Envelope {
            mail_from: EnvelopeAddress { email: "anna@example.org".into(), parameters: None },
            rcpt_to: to.iter().map(|a| EnvelopeAddress { email: (*a).into(), parameters: None }).collect(),
        };
        let delivery: Delivery = to.iter().map(|a| ((*a).to_owned(), send::DeliveryStatus::default())).collect();
        let blob = self.store.blobs().put(b"Subject: Hello\r\n\r\nText\r\n", Keep::Durable).await.unwrap();
        let new = NewSubmission {
            identity: self.identity,
            email: self.email.id,
            thread: self.email.thread,
            source: Some(self.source),
            envelope: serde_json::to_string(&envelope).unwrap(),
            send_at: store::now_ms(),
            stage,
            blob,
            message_id: "1@example.org".into(),
            notes: notes.json(),
            delivery: serde_json::to_string(&delivery).unwrap(),
        };
        let mut tx = self.store.write().await.unwrap();
        let id = submissions::create(&mut tx, self.account, &new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn get(&self, id: SubmissionId) -> Submission {
        let mut r = self.store.read().await.unwrap();
        submissions::get(&mut r, self.account, Some(&[id])).await.unwrap().pop().unwrap()
    }

    /// Waits for the commits of the outbox until the letter is in `stage` with nobody at work.
    async fn reaches(&self, id: SubmissionId, wanted: impl Fn(&Submission) -> bool) -> Submission {
        let mut news = self.store.events();
        let wait = async {
            loop {
                let letter = self.get(id).await;
                if wanted(&letter) {
                    return letter;
                }
                news.recv().await.unwrap();
            }
        };
        match tokio::time::timeout(Duration::from_secs(10), wait).await {
            Ok(letter) => letter,
            Err(_) => panic!("the letter stays {:?}", self.get(id).await),
        }
    }

    async fn start(&self) {
        let read: ReadWhole = Arc::new(|_, _| Box::pin(async { Err(FetchError::NotFound) }));
        self.outbox.start(read).await.unwrap();
    }

    async fn decide(&self, id: SubmissionId, decision: Decision) {
        let mut tx = self.store.write().await.unwrap();
        send::decide(&mut tx, self.account, id, decision).await.unwrap();
        tx.commit().await.unwrap();
    }
}

fn outbox(store: &Store) -> Outbox {
    let guard = Guard::new(&["127.0.0.0/8".to_owned()]).unwrap();
    let net = Net::new(Dns::new(None).unwrap(), guard, Tls::new(None).unwrap());
    let config = Config { retry: vec![Duration::from_secs(3_600)], ..Config::default() };
    Outbox::new(store.clone(), Arc::new(config), net)
}

fn fates(letter: &Submission) -> BTreeMap<String, String> {
    let delivery: Delivery = serde_json::from_str(&letter.delivery).unwrap();
    delivery.into_iter().map(|(a, s)| (a, s.delivered)).collect()
}

#[tokio::test]
async fn a_letter_leaves_once_for_all_its_recipients() {
    let post = Post::open(Mood::Good).await;
    let house = House::new(&post).await;
    house.start().await;
    let id = house.letter(&["b@x.org", "c@x.org"], Stage::Queued, &Notes::default()).await;
    let letter = house.reaches(id, |l| l.stage == Stage::Sent).await;
    assert_eq!(fates(&letter).values().collect::<Vec<_>>(), ["unknown", "unknown"]);
    assert_eq!(letter.failure, None);
    house.outbox.shutdown().await;
    let taken = post.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].0, ["RCPT TO:<b@x.org>", "RCPT TO:<c@x.org>"]);
    assert_eq!(taken[0].1, "Subject: Hello\n\nText\n");
}

#[tokio::test]
async fn silence_after_the_dot_asks_and_sends_again_only_when_told() {
    let post = Post::open(Mood::SilentAfterDot).await;
    let house = House::new(&post).await;
    house.start().await;
    let id = house.letter(&["b@x.org"], Stage::Queued, &Notes::default()).await;
    let letter = house.reaches(id, |l| l.stage == Stage::Uncertain).await;
    assert!(letter.failure.unwrap().contains("may or may not"));
    assert_eq!(post.taken().len(), 1);
    *post.mood.lock().unwrap() = Mood::Good;
    house.decide(id, Decision::Resend).await;
    house.reaches(id, |l| l.stage == Stage::Sent).await;
    assert_eq!(post.taken().len(), 2);
    house.outbox.shutdown().await;
}

#[tokio::test]
async fn taken_as_sent_is_not_sent_again() {
    let post = Post::open(Mood::SilentAfterDot).await;
    let house = House::new(&post).await;
    house.start().await;
    let id = house.letter(&["b@x.org"], Stage::Queued, &Notes::default()).await;
    house.reaches(id, |l| l.stage == Stage::Uncertain).await;
    house.decide(id, Decision::AssumeSent).await;
    let letter = house.reaches(id, |l| l.stage == Stage::Sent).await;
    assert_eq!(fates(&letter)["b@x.org"], "unknown");
    house.outbox.shutdown().await;
    assert_eq!(post.taken().len(), 1);
}

#[tokio::test]
async fn each_recipient_has_a_fate_of_its_own() {
    let post = Post::open(Mood::Picky).await;
    let house = House::new(&post).await;
    house.start().await;
    let id = house.letter(&["b@x.org", "later@x.org", "never@x.org"], Stage::Queued, &Notes::default()).await;
    let letter = house.reaches(id, |l| l.stage == Stage::Queued && l.attempts == 1 && l.next_try_at.is_some()).await;
    let fates_now = fates(&letter);
    assert_eq!(
        (fates_now["b@x.org"].as_str(), fates_now["later@x.org"].as_str(), fates_now["never@x.org"].as_str()),
        ("unknown", "queued", "no")
    );
    // When its time comes only the one who had to wait is tried.
    *post.mood.lock().unwrap() = Mood::Good;
    let mut tx = house.store.write().await.unwrap();
    let soon = Update { next_try_at: Some(Some(0)), ..Update::default() };
    submissions::update(&mut tx, house.account, id, &soon).await.unwrap();
    tx.commit().await.unwrap();
    let letter = house.reaches(id, |l| l.stage == Stage::Sent).await;
    assert!(letter.failure.unwrap().contains("never@x.org was refused: 550 5.1.1 nobody"));
    house.outbox.shutdown().await;
    assert_eq!(post.taken()[1].0, ["RCPT TO:<later@x.org>"]);
}

#[tokio::test]
async fn refused_by_all_can_be_tried_again() {
    let post = Post::open(Mood::Picky).await;
    let house = House::new(&post).await;
    house.start().await;
    let id = house.letter(&["never@x.org"], Stage::Queued, &Notes::default()).await;
    house.reaches(id, |l| l.stage == Stage::Refused).await;
    *post.mood.lock().unwrap() = Mood::Good;
    house.decide(id, Decision::Retry).await;
    house.reaches(id, |l| l.stage == Stage::Sent).await;
    house.outbox.shutdown().await;
    assert_eq!(post.taken().len(), 1);
}

#[tokio::test]
async fn a_busy_server_and_a_drop_before_the_text_are_tried_later() {
    for mood in [Mood::Busy, Mood::DropsAtData] {
        let post = Post::open(mood).await;
        let house = House::new(&post).await;
        house.start().await;
        let id = house.letter(&["b@x.org"], Stage::Queued, &Notes::default()).await;
        let letter =
            house.reaches(id, |l| l.stage == Stage::Queued && l.attempts == 1 && l.next_try_at.is_some()).await;
        assert!(letter.next_try_at.unwrap() > store::now_ms() + 1_000_000, "{mood:?}");
        house.outbox.shutdown().await;
        assert!(post.taken().is_empty());
    }
}

#[tokio::test]
async fn what_a_crash_left_is_judged_by_how_far_it_was() {
    let post = Post::open(Mood::Good).await;
    let house = House::new(&post).await;
    let early = house.letter(&["early@x.org"], Stage::Sending, &Notes::default()).await;
    let late = house.letter(&["late@x.org"], Stage::Sending, &Notes { message_begun: true, ..Notes::default() }).await;
    house.start().await;
    house.reaches(early, |l| l.stage == Stage::Sent).await;
    let letter = house.reaches(late, |l| l.stage == Stage::Uncertain).await;
    assert!(letter.failure.unwrap().contains("interrupted"));
    house.outbox.shutdown().await;
    assert_eq!(post.taken().len(), 1);
    assert_eq!(post.taken()[0].0, ["RCPT TO:<early@x.org>"]);
}

#[tokio::test]
async fn a_held_letter_that_was_called_back_never_leaves() {
    let post = Post::open(Mood::Good).await;
    let house = House::new(&post).await;
    let id = house.letter(&["b@x.org"], Stage::Held, &Notes::default()).await;
    let mut tx = house.store.write().await.unwrap();
    send::cancel(&mut tx, house.account, id).await.unwrap();
    tx.commit().await.unwrap();
    house.start().await;
    let other = house.letter(&["c@x.org"], Stage::Held, &Notes::default()).await;
    house.reaches(other, |l| l.stage == Stage::Sent).await;
    house.outbox.shutdown().await;
    assert_eq!(house.get(id).await.stage, Stage::Canceled);
    assert_eq!(post.taken().len(), 1);
}

#[tokio::test]
async fn a_delivery_report_reaches_its_letter() {
    let post = Post::open(Mood::Good).await;
    let house = House::new(&post).await;
    let report = b"From: MAILER-DAEMON@x.org\r\nTo: anna@example.org\r\nSubject: Undelivered\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=q\r\n\r\n\
        --q\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
        --q\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.org\r\n\r\n\
        Final-Recipient: rfc822; b@x.org\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such person\r\n\r\n\
        --q\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <1@example.org>\r\n\r\n--q--\r\n";
    let raw: Arc<[u8]> = Arc::from(&report[..]);
    let given = Arc::clone(&raw);
    let read: ReadWhole = Arc::new(move |_, _| {
        let raw = Arc::clone(&given);
        Box::pin(async move { Ok(raw) })
    });
    house.outbox.start(read).await.unwrap();
    let id = house.letter(&["b@x.org", "c@x.org"], Stage::Queued, &Notes::default()).await;
    house.reaches(id, |l| l.stage == Stage::Sent).await;

    let facts = crate::letter::Facts {
        size: raw.len() as u64,
        received_at: store::now_ms(),
        delivered: true,
        ..Default::default()
    };
    let mut row = crate::letter::whole(&mime::parse(&raw), facts);
    row.placements = vec![store::emails::Placement { mailbox: house.email.mailboxes[0], uid: None }];
    let mut tx = house.store.write().await.unwrap();
    store::emails::insert(&mut tx, house.account, &[row]).await.unwrap();
    tx.commit().await.unwrap();

    let letter = house.reaches(id, |l| fates(l)["b@x.org"] == "no").await;
    assert_eq!(fates(&letter)["c@x.org"], "unknown");
    assert!(letter.failure.unwrap().contains("b@x.org did not get it: 550 no such person"));
    house.outbox.shutdown().await;
}
