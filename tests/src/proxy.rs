//! A TCP proxy that misbehaves on demand: cuts, hangs, slows or garbles a connection at a chosen byte.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What happens to connections accepted from now on. Bytes are counted per connection and direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Everything passes.
    None,
    /// Both sides are closed after so many bytes came from the server.
    CutDown(u64),
    /// Both sides are closed after so many bytes came from the client.
    CutUp(u64),
    /// After so many bytes from the server nothing passes any more, and nothing is closed.
    HangDown(u64),
    /// The server's byte at this place is replaced by `#`.
    GarbleDown(u64),
    /// Nobody is let in.
    Refuse,
}

/// The proxy. It ends with this value.
pub struct Proxy {
    pub port: u16,
    target: Arc<AtomicU16>,
    fault: Arc<Mutex<Fault>>,
    down: Arc<AtomicU64>,
    up: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port and passes on to `target` on loopback.
    pub async fn start(target: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let fault = Arc::new(Mutex::new(Fault::None));
        let (down, up) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let shared = (Arc::clone(&fault), Arc::clone(&down), Arc::clone(&up));
        let target = Arc::new(AtomicU16::new(target));
        let towards = Arc::clone(&target);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let now = *shared.0.lock().unwrap();
                if now != Fault::Refuse {
                    tokio::spawn(pass(
                        client,
                        towards.load(Ordering::Relaxed),
                        now,
                        Arc::clone(&shared.1),
                        Arc::clone(&shared.2),
                    ));
                }
            }
        });
        Ok(Self { port, target, fault, down, up, task })
    }

    /// The fault for connections from now on.
    pub fn set(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }

    /// Where connections go from now on.
    pub fn aim(&self, target: u16) {
        self.target.store(target, Ordering::Relaxed);
    }

    /// Bytes that came from the server over all connections, and from the client.
    pub fn bytes(&self) -> (u64, u64) {
        (self.down.load(Ordering::Relaxed), self.up.load(Ordering::Relaxed))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(client: TcpStream, target: u16, fault: Fault, down: Arc<AtomicU64>, up: Arc<AtomicU64>) {
    let Ok(server) = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, target))).await else { return };
    let (client_in, client_out) = client.into_split();
    let (server_in, server_out) = server.into_split();
    let upward = copy(client_in, server_out, up, move |at, bytes| match fault {
        Fault::CutUp(limit) => cut(at, bytes, limit),
        _ => Next::Pass(bytes.len()),
    });
    let downward = copy(server_in, client_out, down, move |at, bytes| match fault {
        Fault::CutDown(limit) => cut(at, bytes, limit),
        Fault::HangDown(limit) if at + bytes.len() as u64 > limit => Next::Hang,
        Fault::GarbleDown(place) => {
            if let Some(byte) = place.checked_sub(at).and_then(|offset| bytes.get_mut(offset as usize)) {
                *byte = b'#';
            }
            Next::Pass(bytes.len())
        }
        _ => Next::Pass(bytes.len()),
    });
    // Whichever side ends first ends both: dropping the halves closes the sockets.
    tokio::select! { () = upward => (), () = downward => () }
}

enum Next {
    Pass(usize),
    /// Pass so many, then close.
    Cut(usize),
    Hang,
}

fn cut(at: u64, bytes: &[u8], limit: u64) -> Next {
    let left = limit.saturating_sub(at) as usize;
    if bytes.len() >= left { Next::Cut(left) } else { Next::Pass(bytes.len()) }
}

async fn copy(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    counter: Arc<AtomicU64>,
    mut decide: impl FnMut(u64, &mut [u8]) -> Next,
) {
    let (mut buffer, mut at) = (vec![0; 16 * 1024], 0_u64);
    while let Ok(count) = from.read(&mut buffer).await {
        if count == 0 {
            return;
        }
        let bytes = &mut buffer[..count];
        let next = decide(at, bytes);
        at += count as u64;
        counter.fetch_add(count as u64, Ordering::Relaxed);
        match next {
            Next::Pass(count) => {
                if to.write_all(&bytes[..count]).await.is_err() {
                    return;
                }
            }
            Next::Cut(count) => {
                let _ = to.write_all(&bytes[..count]).await;
                return;
            }
            // Long enough for every deadline of the program under test.
            Next::Hang => return tokio::time::sleep(Duration::from_secs(600)).await,
        }
    }
}
