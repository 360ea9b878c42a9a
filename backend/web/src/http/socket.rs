//! One WebSocket from its opening to its end: requests are answered side by side, changes told in between.

use std::{sync::Arc, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use futures::{FutureExt, StreamExt, stream::FuturesUnordered};
use tokio::time::timeout;

use super::{
    door::{Door, Gate},
    push::{GOING_AWAY, POLICY, UNSUPPORTED, closing},
};
use crate::{
    access::{Who, proof},
    jmap::{self, Problem},
    limits::REQUEST_TIME,
    push::{
        Feed, News,
        websocket::{self, Said},
    },
    urls::Urls,
};

/// A line that takes no byte for so long is dead.
const SEND_TIME: Duration = Duration::from_secs(30);
/// How long we wait for the other side's Close.
const CLOSE_TIME: Duration = Duration::from_secs(2);
/// A ping this often keeps middle boxes from closing a silent line.
const PING: Duration = Duration::from_secs(50);

/// Why a conversation ends.
enum End {
    /// The client went, or the line broke.
    Gone,
    /// We close, and say why.
    Close(Message),
}

/// Runs until one side ends it. Requests still under way are dropped with the line, as their answers have nowhere to go.
pub async fn converse(door: Door, who: Arc<Who>, urls: Urls, mut socket: WebSocket) {
    let end = talk(&door, &who, &urls, &mut socket).await;
    if let End::Close(message) = end {
        let _ = timeout(SEND_TIME, socket.send(message)).await;
    }
    // Whoever began, the other side's Close is awaited or answered, so that it does not look like a broken line.
    let rest = async { while let Some(Ok(_)) = socket.recv().await {} };
    let _ = timeout(CLOSE_TIME, rest).await;
}

async fn talk(door: &Door, who: &Who, urls: &Urls, socket: &mut WebSocket) -> End {
    let mut feed: Option<Feed> = None;
    let mut running = FuturesUnordered::new();
    let mut pings = tokio::time::interval_at(tokio::time::Instant::now() + PING, PING);
    loop {
        let out = tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => match websocket::read(&text) {
                    Ok(Said::Request { id }) => {
                        match door.enter(who.member, Gate::Request) {
                            Some(place) => running.push(async move { let _place = place; answer(door, who, urls, text.as_bytes(), id).await }),
                            None => {
                                let problem = Problem::limit("maxConcurrentRequests", "Too many requests at the same time.");
                                if !send(socket, websocket::request_error(&problem, id.as_deref())).await { return End::Gone }
                            }
                        }
                        continue;
                    }
                    Ok(Said::PushEnable { wanted, since }) => match Feed::open(&door.store, who, wanted, since).await {
                        Ok((open, missed)) => {
                            feed = Some(open);
                            match missed.map(told) { Some(Ok(text)) => text, Some(Err(end)) => return end, None => continue }
                        }
                        Err(error) => {
                            tracing::error!(%error, "push could not be enabled");
                            websocket::fault(None)
                        }
                    },
                    Ok(Said::PushDisable) => { feed = None; continue }
                    Err((problem, id)) => websocket::request_error(&problem, id.as_deref()),
                },
                Some(Ok(Message::Binary(_))) => return End::Close(closing(UNSUPPORTED, "JMAP is text (RFC 8887)")),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return End::Gone,
            },
            Some(text) = running.next(), if !running.is_empty() => match text { Some(text) => text, None => return ended() },
            news = next(&mut feed) => match news.map(told) {
                Ok(Ok(text)) => text,
                Ok(Err(end)) => return end,
                Err(error) => {
                    tracing::error!(%error, "a feed ended");
                    return End::Close(closing(GOING_AWAY, "server error"));
                }
            },
            _ = pings.tick() => {
                if !matches!(timeout(SEND_TIME, socket.send(Message::Ping(Vec::new().into()))).await, Ok(Ok(()))) { return End::Gone }
                continue;
            }
            () = door.stop.cancelled() => return End::Close(closing(GOING_AWAY, "the server stops")),
        };
        if !send(socket, out).await {
            return End::Gone;
        }
    }
}

fn ended() -> End {
    End::Close(closing(POLICY, "logged out"))
}

fn told(news: News) -> Result<String, End> {
    match news {
        News::Changed(change, mark) => Ok(websocket::state_change(change, &mark)),
        News::Over => Err(ended()),
    }
}

async fn next(feed: &mut Option<Feed>) -> store::Result<News> {
    match feed {
        Some(feed) => feed.next().await,
        None => std::future::pending().await,
    }
}

async fn send(socket: &mut WebSocket, text: String) -> bool {
    matches!(timeout(SEND_TIME, socket.send(Message::Text(text.into()))).await, Ok(Ok(())))
}

/// One request's answer; none when the log-in does not hold any more.
async fn answer(door: &Door, who: &Who, urls: &Urls, body: &[u8], id: Option<String>) -> Option<String> {
    match proof::still_holds(&door.store, who).await {
        Ok(true) => {}
        Ok(false) => return None,
        Err(error) => {
            tracing::error!(%error, "a WebSocket request failed");
            return Some(websocket::fault(id.as_deref()));
        }
    }
    let call = door.call(who, urls);
    let work = std::panic::AssertUnwindSafe(jmap::api(&call, body)).catch_unwind();
    Some(match timeout(REQUEST_TIME, work).await {
        Ok(Ok(Ok(answer))) => websocket::response(answer, id.as_deref()),
        Ok(Ok(Err(problem))) => websocket::request_error(&problem, id.as_deref()),
        Ok(Err(_)) | Err(_) => websocket::fault(id.as_deref()),
    })
}
