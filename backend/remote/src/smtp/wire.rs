//! What lies beneath lettre: a stream that keeps the last reply, caps what the server may send, and knows whether the
//! final dot was begun.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::reply::Reply;
use crate::Stream;

/// Most bytes of one reply.
const MAX_REPLY: usize = 64 << 10;

/// The view from outside on what passes the stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Tap(Arc<Mutex<Passed>>);

#[derive(Debug, Default)]
struct Passed {
    /// What the server sent since the last command.
    reply: Vec<u8>,
    /// Bytes written since the message was begun.
    written: u64,
    /// Size of the message itself, when one is on its way.
    message: Option<u64>,
}

impl Tap {
    fn with<T>(&self, f: impl FnOnce(&mut Passed) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A new command begins.
    pub fn clear(&self) {
        self.with(|p| *p = Passed::default());
    }

    /// A message of `size` bytes begins.
    pub fn start_message(&self, size: u64) {
        self.with(|p| *p = Passed { message: Some(size), ..Passed::default() });
    }

    /// Whether bytes beyond the message were handed to the connection.
    pub fn dot_begun(&self) -> bool {
        self.with(|p| p.message.is_some_and(|size| p.written > size))
    }

    /// The whole reply to the last command, if it came.
    pub fn reply(&self) -> Option<Reply> {
        self.with(|p| Reply::parse(&p.reply).map(|(reply, _)| reply))
    }

    /// The lines of the last whole reply among several, for instance EHLO's after the greeting.
    pub fn last_lines(&self) -> Option<Vec<String>> {
        self.with(|p| Reply::parse(&p.reply).map(|(_, lines)| lines))
    }
}

/// The stream that lettre drives.
#[derive(Debug)]
pub(super) struct Tapped {
    stream: Stream,
    tap: Tap,
    /// Given to the reader before anything else.
    prefix: &'static [u8],
    /// Commands written so far; each begins a new reply.
    reading: bool,
}

impl Tapped {
    /// `prefix` stands for a greeting that was read already.
    pub fn new(stream: Stream, tap: Tap, prefix: &'static [u8]) -> Self {
        Self { stream, tap, prefix, reading: false }
    }
}

impl AsyncTokioStream for Tapped {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer()
    }
}

impl AsyncRead for Tapped {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.reading = true;
        if !this.prefix.is_empty() {
            let (now, later) = this.prefix.split_at(buf.remaining().min(this.prefix.len()));
            buf.put_slice(now);
            this.prefix = later;
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        std::task::ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        let fresh = buf.filled_mut().get_mut(before..).unwrap_or_default();
        // Replies are ASCII; lettre gives up on anything else, and people are shown the text.
        for byte in fresh.iter_mut().filter(|b| !b.is_ascii()) {
            *byte = b'?';
        }
        let too_long = this.tap.with(|p| {
            p.reply.extend_from_slice(fresh);
            p.reply.len() > MAX_REPLY
        });
        if too_long {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "reply without an end")));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if std::mem::take(&mut this.reading) {
            this.tap.with(|p| p.reply.clear());
        }
        // Marked before the attempt: bytes that a failing write may have let out count as sent.
        let outcome = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.tap.with(|p| match &outcome {
            Poll::Ready(Ok(count)) => p.written += *count as u64,
            Poll::Ready(Err(_)) => p.written += bytes.len() as u64,
            Poll::Pending => {}
        });
        outcome
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// The message with CRLF line ends (bare CR and LF become CRLF: they could smuggle a second message, RFC 5321 §2.3.8)
/// and without the last one, which lettre adds.
pub(super) fn canonical(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 16);
    let mut bytes = message.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' => {
                bytes.next_if_eq(&b'\n');
                out.extend_from_slice(b"\r\n");
            }
            b'\n' => out.extend_from_slice(b"\r\n"),
            other => out.push(other),
        }
    }
    if out.ends_with(b"\r\n") {
        out.truncate(out.len() - 2);
    }
    out
}

/// Size with its dots stuffed (RFC 5321 §4.5.2).
pub(super) fn stuffed_size(canonical: &[u8]) -> u64 {
    let inner = canonical.windows(3).filter(|w| *w == b"\r\n.").count();
    (canonical.len() + inner + usize::from(canonical.first() == Some(&b'.'))) as u64
}

/// Size as SIZE counts it (RFC 1870 §3): with CRLF line ends, without stuffing.
pub(super) fn wire_size(canonical: &[u8]) -> u64 {
    canonical.len() as u64 + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_crlf() {
        assert_eq!(canonical(b"a\nb\rc\r\nd\r\n"), b"a\r\nb\r\nc\r\nd");
        assert_eq!(canonical(b"a\r\n.\nRCPT"), b"a\r\n.\r\nRCPT");
        assert_eq!(canonical(b"\r\r\n"), b"\r\n");
        assert_eq!(canonical(b""), b"");
    }

    #[test]
    fn stuffing_is_counted() {
        assert_eq!(stuffed_size(b".a\r\n..b\r\n.c."), 15);
        assert_eq!(stuffed_size(b"a.b"), 3);
        assert_eq!(wire_size(&canonical(b"a\nb")), 6);
    }
}
