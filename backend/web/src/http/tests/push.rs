//! EventSource: events, parameters, what was missed, whose they are, and when it ends.

use std::time::Duration;

use axum::body::BodyDataStream;
use futures::StreamExt;
use tokio::time::timeout;

use super::*;

const LETTER: &str = "From: c@else.test\nSubject: News\n\nText\n";
const SOON: Duration = Duration::from_secs(10);

/// An open stream.
struct Events(BodyDataStream, String);

impl Events {
    async fn open(house: &House, bearer: &str, query: &str, last: Option<&str>) -> Self {
        let ask = Ask::get(&format!("/jmap/eventsource/?{query}")).with(header::AUTHORIZATION, bearer);
        let ask = last.map_or(ask.clone(), |last| ask.with("last-event-id", last));
        let response = house.routes.clone().oneshot(ask.build()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(response.into_body().into_data_stream(), String::new())
    }

    /// The next block, `None` at the end.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.1.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.1 = rest;
                return Some(block);
            }
            let chunk = timeout(SOON, self.0.next()).await.expect("an event in time")?;
            self.1.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    /// The next block of this event name: its data and id.
    async fn event(&mut self, name: &str) -> (Value, String) {
        loop {
            let block = self.next().await.expect("not the end");
            let field = |field: &str| {
                block.lines().find_map(|l| l.strip_prefix(&format!("{field}: "))).unwrap_or_default().to_owned()
            };
            if field("event") == name {
                return (serde_json::from_str(&field("data")).unwrap(), field("id"));
            }
        }
    }
}

#[tokio::test]
async fn a_change_is_told_with_the_state_that_get_would_say() {
    let (house, alice, _) = House::with_two().await;
    let bearer = house.bearer(&alice).await;
    let mut events = Events::open(&house, &bearer, "types=*&closeafter=no&ping=0", None).await;
    assert!(events.next().await.unwrap().contains("id: "), "where to go on from, before anything happened");
    house.letter(&alice, LETTER).await;
    let (change, id) = events.event("state").await;
    assert_eq!(change["@type"], "StateChange");
    let told = &change["changed"][alice.account.to_string()];
    let states = store::changes::states(&mut house.door.store.read().await.unwrap(), alice.account).await.unwrap();
    for name in ["Email", "Mailbox", "Thread"] {
        let state = states.iter().find(|(data, _)| data.name() == name).unwrap().1;
        assert_eq!(told[name], state.to_string(), "{name}");
    }
    assert!(!id.is_empty());
}

#[tokio::test]
async fn only_the_wanted_types_are_told() {
    let (house, alice, _) = House::with_two().await;
    let mut events =
        Events::open(&house, &house.bearer(&alice).await, "types=Thread,Nonsense&closeafter=no&ping=0", None).await;
    house.letter(&alice, LETTER).await;
    let (change, _) = events.event("state").await;
    let told = change["changed"][alice.account.to_string()].as_object().unwrap();
    assert_eq!(told.keys().collect::<Vec<_>>(), ["Thread"]);
}

#[tokio::test]
async fn close_after_state_ends_the_answer() {
    let (house, alice, _) = House::with_two().await;
    let mut events = Events::open(&house, &house.bearer(&alice).await, "types=*&closeafter=state&ping=0", None).await;
    house.letter(&alice, LETTER).await;
    events.event("state").await;
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn what_was_missed_is_told_at_once() {
    let (house, alice, _) = House::with_two().await;
    let bearer = house.bearer(&alice).await;
    let mut events = Events::open(&house, &bearer, "types=*&closeafter=no&ping=0", None).await;
    house.letter(&alice, LETTER).await;
    let (_, id) = events.event("state").await;
    drop(events);
    house.letter(&alice, LETTER).await;
    let mut again = Events::open(&house, &bearer, "types=*&closeafter=state&ping=0", Some(&id)).await;
    let (change, now) = again.event("state").await;
    assert!(change["changed"][alice.account.to_string()]["Email"].is_string() && now != id);
    let mut current = Events::open(&house, &bearer, "types=*&closeafter=no&ping=1", Some(&now)).await;
    let (ping, none) = current.event("ping").await;
    assert_eq!(
        (&ping["interval"], none.as_str()),
        (&1.into(), ""),
        "nothing was missed, so a ping comes first; it sets no id"
    );
}

#[tokio::test]
async fn pings_come_when_nothing_else_does() {
    let (house, alice, _) = House::with_two().await;
    let mut events = Events::open(&house, &house.bearer(&alice).await, "types=*&closeafter=no&ping=1", None).await;
    assert_eq!(events.event("ping").await.0["interval"], 1);
    assert_eq!(events.event("ping").await.0["interval"], 1);
}

#[tokio::test]
async fn nobody_hears_of_anothers_mail() {
    let (house, alice, bob) = House::with_two().await;
    let mut events = Events::open(&house, &house.bearer(&bob).await, "types=*&closeafter=no&ping=0", None).await;
    house.letter(&alice, LETTER).await;
    house.letter(&bob, LETTER).await;
    let (change, _) = events.event("state").await;
    assert_eq!(change["changed"].as_object().unwrap().keys().collect::<Vec<_>>(), [&bob.account.to_string()]);
}

#[tokio::test]
async fn a_log_out_ends_the_stream_of_that_log_in() {
    let (house, ..) = House::with_two().await;
    let cookie = house.log_in("alice", PASSWORD).await.cookie();
    let ask = Ask::get("/jmap/eventsource/?types=*&closeafter=no&ping=0").with(header::COOKIE, &cookie);
    let response = house.routes.clone().oneshot(ask.build()).await.unwrap();
    let mut events = Events(response.into_body().into_data_stream(), String::new());
    events.next().await.unwrap();
    house.send(Ask::json("/api/logout", &serde_json::json!({})).with(header::COOKIE, &cookie)).await;
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn the_servers_stop_ends_every_stream() {
    let (house, alice, _) = House::with_two().await;
    let mut events = Events::open(&house, &house.bearer(&alice).await, "types=*&closeafter=no&ping=0", None).await;
    events.next().await.unwrap();
    house.door.stop.cancel();
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_listener_that_fell_behind_starts_afresh_and_misses_nothing() {
    let (house, alice, _) = House::with_two().await;
    let mut events = Events::open(&house, &house.bearer(&alice).await, "types=*&closeafter=no&ping=0", None).await;
    events.next().await.unwrap();
    let stranger = shared::ids::AccountId(9_999);
    // On this one thread the stream cannot run in between: the channel overflows.
    house.letter(&alice, LETTER).await;
    for _ in 0..5_000 {
        house.door.store.announce(store::Event { account: Some(stranger), ..store::Event::default() });
    }
    let (change, _) = events.event("state").await;
    let state =
        store::changes::state(&mut house.door.store.read().await.unwrap(), alice.account, store::DataType::Email)
            .await
            .unwrap();
    assert_eq!(change["changed"][alice.account.to_string()]["Email"], state.to_string());
}

#[tokio::test]
async fn parameters_are_checked() {
    let (house, alice, _) = House::with_two().await;
    let bearer = house.bearer(&alice).await;
    for query in ["", "types=*", "types=*&closeafter=maybe&ping=0", "types=*&closeafter=no&ping=x"] {
        assert_eq!(
            house.get(&format!("/jmap/eventsource/?{query}"), &bearer).await.status,
            StatusCode::BAD_REQUEST,
            "{query}"
        );
    }
    assert_eq!(
        house.send(Ask::get("/jmap/eventsource/?types=*&closeafter=no&ping=0")).await.status,
        StatusCode::UNAUTHORIZED
    );
}
