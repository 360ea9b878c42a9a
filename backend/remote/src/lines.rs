//! A connection that speaks in lines (POP3, the start of SMTP): bounded lines, dot-stuffed blocks, deadlines.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::{Error, Result, Stream, Tls};

/// Longest line of an answer; RFC 1939 §3 and RFC 5321 §4.5.3.1.5 say 512, servers say more.
const MAX_LINE: usize = 4_096;

pub(crate) struct Lines {
    stream: Stream,
    host: String,
    buffer: BytesMut,
    wait: Duration,
}

impl Lines {
    pub fn new(stream: Stream, host: &str, wait: Duration) -> Self {
        Self { stream, host: host.to_owned(), buffer: BytesMut::new(), wait }
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn is_encrypted(&self) -> bool {
        self.stream.is_encrypted()
    }

    /// The stream itself; what is buffered unread is lost, so only between commands.
    pub fn into_stream(self) -> Stream {
        self.stream
    }

    /// Encrypts after the server's go-ahead; anything buffered then was injected.
    pub async fn encrypt(self, tls: &Tls) -> Result<Self> {
        if !self.buffer.is_empty() {
            return Err(crate::imap::injected(&self.host));
        }
        let (wait, host) = (self.wait, self.host);
        let stream = timeout(wait, self.stream.encrypt(tls, &host)).await.map_err(|_| Error::timed_out(&host))??;
        Ok(Self::new(stream, &host, wait))
    }

    /// Sends bytes within the deadline.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let work = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        match timeout(self.wait, work).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(e)) => Err(Error::lost(&self.host, &e)),
            Err(_) => Err(Error::timed_out(&self.host)),
        }
    }

    /// One line without its end, within the deadline.
    pub async fn line(&mut self) -> Result<String> {
        let wait = self.wait;
        let work = async {
            let mut seen = 0;
            loop {
                let fresh = self.buffer.get(seen..).unwrap_or_default();
                if let Some(at) = fresh.iter().position(|&b| b == b'\n') {
                    let line = self.buffer.split_to(seen + at + 1);
                    let text = String::from_utf8_lossy(&line);
                    return Ok(text.trim_end_matches(['\r', '\n']).to_owned());
                }
                seen = self.buffer.len();
                if seen > MAX_LINE {
                    return Err(Error::protocol(format!(
                        "{} sends lines without an end, so Kinpost hung up.",
                        self.host
                    )));
                }
                self.fill().await?;
            }
        };
        match timeout(wait, work).await {
            Ok(result) => result,
            Err(_) => Err(Error::timed_out(&self.host)),
        }
    }

    /// A dot-stuffed block up to its final dot (RFC 1939 §3), unstuffed, with CRLF line ends; `None` above `max`
    /// bytes, and then the connection stands in the middle of it.
    pub async fn block(&mut self, max: usize) -> Result<Option<Vec<u8>>> {
        let mut unstuffer = Unstuffer::default();
        loop {
            let taken = unstuffer.feed(&self.buffer);
            let _ = self.buffer.split_to(taken.min(self.buffer.len()));
            if unstuffer.done {
                return Ok((unstuffer.out.len() <= max).then_some(unstuffer.out));
            }
            if unstuffer.out.len() > max {
                return Ok(None);
            }
            let wait = self.wait;
            match timeout(wait, self.fill()).await {
                Ok(result) => result?,
                Err(_) => return Err(Error::timed_out(&self.host)),
            }
        }
    }

    async fn fill(&mut self) -> Result<()> {
        self.buffer.reserve(32 << 10);
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) => Err(Error::lost(&self.host, &io::ErrorKind::UnexpectedEof.into())),
            Ok(_) => Ok(()),
            Err(e) => Err(Error::lost(&self.host, &e)),
        }
    }
}

/// Takes the dots out, byte by byte, so that no line is too long.
#[derive(Default)]
struct Unstuffer {
    out: Vec<u8>,
    at: At,
    done: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum At {
    #[default]
    LineStart,
    Dot,
    DotCr,
    Middle,
}

impl Unstuffer {
    /// Eats bytes until the end of the block; says how many it took.
    fn feed(&mut self, bytes: &[u8]) -> usize {
        let mut taken = 0;
        for &byte in bytes {
            if self.done {
                break;
            }
            taken += 1;
            self.byte(byte);
        }
        taken
    }

    fn byte(&mut self, byte: u8) {
        self.at = match (self.at, byte) {
            (At::LineStart, b'.') => At::Dot,
            (At::Dot, b'\r') => At::DotCr,
            (At::Dot | At::DotCr, b'\n') => {
                self.done = true;
                At::LineStart
            }
            (At::DotCr, _) => {
                // A stuffed line that begins with a bare CR: give back what was held.
                self.out.push(b'\r');
                self.out.push(byte);
                At::Middle
            }
            (_, b'\n') => {
                if self.out.last() != Some(&b'\r') {
                    self.out.push(b'\r');
                }
                self.out.push(b'\n');
                At::LineStart
            }
            _ => {
                self.out.push(byte);
                At::Middle
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unstuff(pieces: &[&[u8]]) -> (Vec<u8>, bool, usize) {
        let mut u = Unstuffer::default();
        let mut left = 0;
        for piece in pieces {
            left += piece.len() - u.feed(piece);
        }
        (u.out, u.done, left)
    }

    #[test]
    fn dots_come_out_and_the_end_is_found() {
        let raw = b"Subject: x\r\n\r\n..dot\r\n.\r.y\r\nend\r\n.\r\n+OK next\r\n";
        let wanted = b"Subject: x\r\n\r\n.dot\r\n\r.y\r\nend\r\n".to_vec();
        assert_eq!(unstuff(&[raw]), (wanted.clone(), true, 10));
        // The same whatever way the network cuts it.
        let bytes: Vec<&[u8]> = raw.chunks(1).collect();
        assert_eq!(unstuff(&bytes), (wanted, true, 10));
    }

    #[test]
    fn bare_line_feeds_become_crlf_and_an_empty_block_is_empty() {
        assert_eq!(unstuff(&[b"a\nb\n.\n"]), (b"a\r\nb\r\n".to_vec(), true, 0));
        assert_eq!(unstuff(&[b".\r\n"]), (Vec::new(), true, 0));
        assert_eq!(unstuff(&[b"a\r\n."]), (b"a\r\n".to_vec(), false, 0));
    }
}
