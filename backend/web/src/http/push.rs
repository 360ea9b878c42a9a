//! The two ways to listen: EventSource (RFC 8620 §7.3) and WebSocket (RFC 8887).

use std::{convert::Infallible, sync::Arc, sync::atomic::Ordering};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{
        Query, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::{
    answer::Refused,
    door::{Door, Gate},
    extract::{Caller, Here},
    socket,
};
use crate::{
    access::{Who, origin},
    limits::MAX_SIZE_REQUEST,
    push::{
        Feed, News,
        event_source::{self, Parameters},
    },
};

/// Events that wait for a slow line; beyond them the feed waits too, and the store's channel tells it that it fell behind.
const WAITING: usize = 8;
/// RFC 8887 §3.
const SUBPROTOCOL: &str = "jmap";

/// The routes.
pub fn routes() -> Router<Door> {
    Router::new()
        .route("/jmap/eventsource/", get(events))
        .route("/jmap/eventsource", get(events))
        .route("/jmap/ws", get(websocket))
}

#[derive(Debug, Default, Deserialize)]
struct Wishes {
    types: Option<String>,
    closeafter: Option<String>,
    ping: Option<String>,
}

fn too_many() -> Refused {
    Refused::new(StatusCode::TOO_MANY_REQUESTS, "tooManyConnections", "Too many open connections of this person.")
}

/// Counts an open connection for as long as it lives.
pub struct Counted {
    door: Door,
    _place: OwnedSemaphorePermit,
}

impl Counted {
    fn new(door: &Door, place: OwnedSemaphorePermit) -> Self {
        door.metrics.push.fetch_add(1, Ordering::Relaxed);
        Self { door: door.clone(), _place: place }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.door.metrics.push.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn events(
    State(door): State<Door>,
    Caller(who): Caller,
    Query(wishes): Query<Wishes>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let parameters =
        event_source::parameters(wishes.types.as_deref(), wishes.closeafter.as_deref(), wishes.ping.as_deref());
    let parameters = parameters.map_err(|words| Refused::new(StatusCode::BAD_REQUEST, "badParameter", words))?;
    let place = door.enter(who.member, Gate::Push).ok_or_else(too_many)?;
    let since = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|mark| mark.parse().ok());
    let (feed, missed) = Feed::open(&door.store, &who, parameters.wanted.clone(), since).await?;
    let (to_client, stream) = mpsc::channel::<Result<Bytes, Infallible>>(WAITING);
    let counted = Counted::new(&door, place);
    door.clone().notes.spawn(async move {
        if let Err(error) = tell(&door, feed, missed, &parameters, &to_client).await {
            tracing::error!(%error, "an event stream ended");
        }
        drop(counted);
    });
    let stream = futures::stream::unfold(stream, async |mut stream| stream.recv().await.map(|item| (item, stream)));
    let mut response = Body::from_stream(stream).into_response();
    let to = response.headers_mut();
    to.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    to.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    to.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// Runs until the client goes, the log-in ends, the server stops or `closeafter` is met.
async fn tell(
    door: &Door,
    mut feed: Feed,
    missed: Option<News>,
    parameters: &Parameters,
    to_client: &mpsc::Sender<Result<Bytes, Infallible>>,
) -> store::Result<()> {
    let send = async |text: String| to_client.send(Ok(Bytes::from(text))).await.is_ok();
    let mut pending = missed;
    if pending.is_none() && !send(event_source::opening(feed.mark())).await {
        return Ok(());
    }
    let mut resyncs = 0;
    loop {
        let pause = async {
            match parameters.ping {
                Some(interval) => {
                    tokio::time::sleep(interval).await;
                    event_source::ping(interval)
                }
                None => std::future::pending().await,
            }
        };
        let news = match pending.take() {
            Some(news) => news,
            None => tokio::select! {
                news = feed.next() => news?,
                ping = pause => {
                    if !send(ping).await {
                        return Ok(());
                    }
                    continue;
                }
                () = to_client.closed() => return Ok(()),
                () = door.stop.cancelled() => return Ok(()),
            },
        };
        door.metrics.resyncs.fetch_add(feed.resyncs - resyncs, Ordering::Relaxed);
        resyncs = feed.resyncs;
        let News::Changed(change, mark) = news else { return Ok(()) };
        if !send(event_source::state(&change, &mark)).await || parameters.close_after_state {
            return Ok(());
        }
    }
}

async fn websocket(
    State(door): State<Door>,
    here: Here,
    Caller(who): Caller,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refused> {
    if !origin::is_ours(&here.place, &headers) {
        return Err(Refused::new(
            StatusCode::FORBIDDEN,
            "foreignOrigin",
            "This connection comes from another site's page.",
        ));
    }
    let place = door.enter(who.member, Gate::Push).ok_or_else(too_many)?;
    let upgrade = upgrade.protocols([SUBPROTOCOL]).max_message_size(MAX_SIZE_REQUEST).max_frame_size(MAX_SIZE_REQUEST);
    if upgrade.selected_protocol().is_none() {
        return Err(Refused::new(
            StatusCode::BAD_REQUEST,
            "subprotocol",
            "Ask for the WebSocket subprotocol 'jmap' (RFC 8887).",
        ));
    }
    let urls = here.place.urls();
    let counted = Counted::new(&door, place);
    let (door, who): (Door, Arc<Who>) = (door.clone(), Arc::new(who));
    Ok(upgrade.on_upgrade(async move |socket: WebSocket| {
        let tracker = door.notes.clone();
        let session = tracker.track_future(socket::converse(door, who, urls, socket));
        session.await;
        drop(counted);
    }))
}

/// Why we close a WebSocket.
pub fn closing(code: u16, reason: &'static str) -> Message {
    Message::Close(Some(CloseFrame { code, reason: reason.into() }))
}

/// RFC 6455 §7.4.1.
pub const GOING_AWAY: u16 = close_code::AWAY;
/// Binary data, which RFC 8887 §4.2 does not know.
pub const UNSUPPORTED: u16 = close_code::UNSUPPORTED;
/// The log-in has ended.
pub const POLICY: u16 = close_code::POLICY;
