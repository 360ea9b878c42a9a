//! The accept loop: connections counted, headers with a deadline, a graceful end with another.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use http::Request;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::{door::Door, router};

/// Connections at the same time; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 2_048;
/// How long a client may take to say what it wants. Also ends idle connections.
const HEADER_TIME: Duration = Duration::from_secs(75);
/// How long requests under way may still run after the stop.
const FINISH_TIME: Duration = Duration::from_secs(5);
/// Rest after the system refused a connection (too many open files).
const REST: Duration = Duration::from_millis(100);

/// Answers until the door's stop, then lets requests finish for a few seconds.
pub async fn serve(listener: TcpListener, door: Door) {
    let stop = door.stop.clone();
    let routes = router(door);
    let (connections, places) = (TaskTracker::new(), Arc::new(Semaphore::new(MAX_CONNECTIONS)));
    let cut = CancellationToken::new();
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (routes, stop, cut) = (routes.clone(), stop.clone(), cut.clone());
                connections.spawn(async move {
                    tokio::select! {
                        () = connection(stream, peer, routes, stop) => {}
                        () = cut.cancelled() => {}
                    }
                    drop(place);
                });
            }
            Err(error) => {
                if !is_of_one_connection(&error) {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(REST).await;
                }
            }
        }
    }
    drop(listener);
    connections.close();
    if timeout(FINISH_TIME, connections.wait()).await.is_err() {
        cut.cancel();
        connections.wait().await;
    }
}

/// The peer went away before we looked; says nothing about us.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn connection(stream: TcpStream, peer: SocketAddr, routes: Router, stop: CancellationToken) {
    // Small answers must not wait for a larger packet.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        routes.clone().oneshot(request)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER_TIME);
    let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.as_mut().await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
