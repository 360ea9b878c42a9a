//! WebSocket (RFC 8887) over a real connection.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::json;
use tokio::{
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest, protocol::frame::coding::CloseCode},
};

use super::*;

const LETTER: &str = "From: c@else.test\nSubject: News\n\nText\n";
const SOON: Duration = Duration::from_secs(10);

type Opened = Result<Socket, tungstenite::Error>;

struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Serves the house on a free port and connects.
    async fn open(house: &House, headers: &[(&'static str, &str)]) -> Opened {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(super::super::serve(listener, house.door.clone()));
        let mut request = format!("ws://{address}/jmap/ws").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(address).await.unwrap();
        let (socket, response) = client_async(request, stream).await?;
        assert_eq!(response.headers()["sec-websocket-protocol"], "jmap");
        Ok(Self(socket))
    }

    async fn of(house: &House, bearer: &str) -> Self {
        Self::open(house, &[("authorization", bearer), ("sec-websocket-protocol", "jmap")]).await.unwrap()
    }

    async fn say(&mut self, value: &Value) {
        self.0.send(Message::text(value.to_string())).await.unwrap();
    }

    async fn message(&mut self) -> Message {
        loop {
            match timeout(SOON, self.0.next()).await.expect("a message in time").expect("not the end").unwrap() {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    }

    async fn hear(&mut self) -> Value {
        match self.message().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    async fn closed(&mut self) -> CloseCode {
        match self.message().await {
            Message::Close(Some(frame)) => frame.code,
            other => panic!("{other:?}"),
        }
    }
}

fn echo(id: &str) -> Value {
    json!({ "@type": "Request", "id": id, "using": ["urn:ietf:params:jmap:core"], "methodCalls": [["Core/echo", { "id": id }, "c"]] })
}

fn status(opened: Opened) -> u16 {
    match opened {
        Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("opened"),
    }
}

#[tokio::test]
async fn requests_are_answered_with_their_ids() {
    let (house, alice, _) = House::with_two().await;
    let mut socket = Socket::of(&house, &house.bearer(&alice).await).await;
    let mut waiting: BTreeSet<String> = (0..6).map(|i| format!("R{i}")).collect();
    for id in &waiting {
        socket.say(&echo(id)).await;
    }
    while !waiting.is_empty() {
        let answer = socket.hear().await;
        assert_eq!(answer["@type"], "Response");
        let id = answer["requestId"].as_str().unwrap();
        assert_eq!(answer["methodResponses"][0][1]["id"], id);
        assert!(answer["sessionState"].is_string() && waiting.remove(id));
    }
}

#[tokio::test]
async fn errors_name_the_request_as_far_as_it_can_be_read() {
    let (house, alice, _) = House::with_two().await;
    let mut socket = Socket::of(&house, &house.bearer(&alice).await).await;
    for (text, kind, id) in [
        ("{".to_owned(), "notJSON", Value::Null),
        (json!({ "@type": "Wish", "id": "R1" }).to_string(), "notRequest", json!("R1")),
        (json!({ "@type": "Request", "id": "R2", "using": [] }).to_string(), "notRequest", json!("R2")),
        (
            json!({ "@type": "Request", "id": "R3", "using": ["urn:x"], "methodCalls": [] }).to_string(),
            "unknownCapability",
            json!("R3"),
        ),
    ] {
        socket.0.send(Message::text(text)).await.unwrap();
        let error = socket.hear().await;
        assert_eq!(error["@type"], "RequestError");
        assert_eq!((&error["type"], &error["requestId"]), (&json!(format!("urn:ietf:params:jmap:error:{kind}")), &id));
    }
    socket.say(&echo("after")).await;
    assert_eq!(socket.hear().await["requestId"], "after", "the line survives nonsense");
}

#[tokio::test]
async fn changes_are_pushed_only_while_asked_for() {
    let (house, alice, _) = House::with_two().await;
    let account = alice.account.to_string();
    let mut socket = Socket::of(&house, &house.bearer(&alice).await).await;
    house.letter(&alice, LETTER).await;
    socket.say(&json!({ "@type": "WebSocketPushEnable", "dataTypes": ["Email"] })).await;
    socket.say(&echo("enabled")).await;
    assert_eq!(socket.hear().await["requestId"], "enabled", "what happened before is not told");
    house.letter(&alice, LETTER).await;
    let change = socket.hear().await;
    assert_eq!(change["@type"], "StateChange");
    assert_eq!(change["changed"][&account].as_object().unwrap().keys().collect::<Vec<_>>(), ["Email"]);
    let mark = change["pushState"].clone();
    socket.say(&json!({ "@type": "WebSocketPushDisable" })).await;
    socket.say(&echo("disabled")).await;
    assert_eq!(socket.hear().await["requestId"], "disabled");
    house.letter(&alice, LETTER).await;
    socket.say(&echo("quiet")).await;
    assert_eq!(socket.hear().await["requestId"], "quiet");
    socket.say(&json!({ "@type": "WebSocketPushEnable", "dataTypes": null, "pushState": mark })).await;
    let missed = socket.hear().await;
    assert!(missed["changed"][&account]["Email"].is_string() && missed["pushState"] != mark, "{missed}");
}

#[tokio::test]
async fn only_members_our_pages_and_the_subprotocol_come_in() {
    let (house, alice, _) = House::with_two().await;
    let bearer = house.bearer(&alice).await;
    assert_eq!(status(Socket::open(&house, &[("sec-websocket-protocol", "jmap")]).await), 401);
    assert_eq!(status(Socket::open(&house, &[("authorization", &bearer)]).await), 400);
    assert_eq!(
        status(Socket::open(&house, &[("authorization", &bearer), ("sec-websocket-protocol", "chat")]).await),
        400
    );
    let foreign =
        [("authorization", bearer.as_str()), ("sec-websocket-protocol", "jmap"), ("origin", "https://evil.example")];
    assert_eq!(status(Socket::open(&house, &foreign).await), 403);
}

#[tokio::test]
async fn binary_data_and_the_end_of_the_log_in_close_the_line() {
    let (house, alice, _) = House::with_two().await;
    let bearer = house.bearer(&alice).await;
    let mut socket = Socket::of(&house, &bearer).await;
    socket.0.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(socket.closed().await, CloseCode::Unsupported);

    let mut socket = Socket::of(&house, &bearer).await;
    socket.say(&json!({ "@type": "WebSocketPushEnable", "dataTypes": null })).await;
    socket.say(&echo("open")).await;
    socket.hear().await;
    let store = &house.door.store;
    let ids = app_passwords::of_member(&mut store.read().await.unwrap(), alice.id).await.unwrap();
    let mut tx = store.write().await.unwrap();
    for one in ids {
        app_passwords::revoke(&mut tx, alice.id, one.id).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(socket.closed().await, CloseCode::Policy);
}

#[tokio::test]
async fn the_servers_stop_closes_the_line() {
    let (house, alice, _) = House::with_two().await;
    let mut socket = Socket::of(&house, &house.bearer(&alice).await).await;
    house.door.stop.cancel();
    assert_eq!(socket.closed().await, CloseCode::Away);
}

#[tokio::test]
async fn a_flood_of_requests_is_refused_by_name_and_the_line_stays() {
    let (house, alice, _) = House::with_two().await;
    let mut socket = Socket::of(&house, &house.bearer(&alice).await).await;
    let held: Vec<_> = (0..crate::limits::MAX_CONCURRENT_REQUESTS)
        .map(|_| house.door.enter(alice.id, super::super::door::Gate::Request).unwrap())
        .collect();
    socket.say(&echo("one")).await;
    let error = socket.hear().await;
    assert_eq!((&error["limit"], &error["requestId"]), (&json!("maxConcurrentRequests"), &json!("one")));
    drop(held);
    socket.say(&echo("two")).await;
    assert_eq!(socket.hear().await["@type"], "Response");
}

#[tokio::test]
async fn a_client_that_says_goodbye_is_answered() {
    let (house, alice, _) = House::with_two().await;
    let mut socket = Socket::of(&house, &house.bearer(&alice).await).await;
    socket.0.close(None).await.unwrap();
    while let Some(message) = timeout(SOON, socket.0.next()).await.expect("an end in time") {
        message.expect("no broken line");
    }
}
