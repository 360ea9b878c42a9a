//! Bytes to whole responses: lines with their literals, every length capped before anything is buffered or parsed.

use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::Limits;
use crate::{Error, Result, Stream, Tls};

/// How much of a response outside its literals is kept; SEARCH of a million messages fits.
const MAX_TEXT: usize = 16 << 20;

/// A connection that gives one response at a time.
pub(super) struct Wire {
    stream: Stream,
    host: String,
    buffer: BytesMut,
    scan: Scan,
    wait: Duration,
    pub limits: Limits,
    /// Bytes that the answer to the running command may still have.
    pub budget: usize,
}

/// Where the search for the end of the response stands; kept between calls, so that a dropped read loses nothing.
#[derive(Default)]
struct Scan {
    /// Start of the current line within the buffer.
    line: usize,
    /// Up to here no line end was seen.
    seen: usize,
    /// Octets outside literals so far.
    text: usize,
}

impl Wire {
    pub fn new(stream: Stream, host: &str, wait: Duration) -> Self {
        let limits = Limits::default();
        Self {
            stream,
            host: host.to_owned(),
            buffer: BytesMut::with_capacity(16 << 10),
            scan: Scan::default(),
            wait,
            limits,
            budget: limits.answer,
        }
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    /// The deadline of one response.
    pub fn wait(&self) -> Duration {
        self.wait
    }

    pub fn is_encrypted(&self) -> bool {
        self.stream.is_encrypted()
    }

    /// Encrypts after STARTTLS's OK.
    ///
    /// Whatever is buffered then was sent in clear, perhaps by somebody in between: refused (RFC 3501 §6.2.1).
    pub async fn encrypt(self, tls: &Tls) -> Result<Self> {
        if !self.buffer.is_empty() {
            return Err(injected(&self.host));
        }
        let wait = self.wait;
        let host = self.host.clone();
        let stream = timeout(wait, self.stream.encrypt(tls, &host)).await.map_err(|_| Error::timed_out(&host))??;
        let mut wire = Self::new(stream, &host, wait);
        wire.limits = self.limits;
        Ok(wire)
    }

    /// Sends bytes; each 64 KiB has the whole deadline.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        for piece in bytes.chunks(64 << 10) {
            let outcome = timeout(self.wait, self.stream.write_all(piece)).await;
            self.done(outcome)?;
        }
        let outcome = timeout(self.wait, self.stream.flush()).await;
        self.done(outcome)
    }

    fn done(&self, outcome: Result<std::io::Result<()>, tokio::time::error::Elapsed>) -> Result<()> {
        match outcome {
            Ok(Ok(())) => Ok(()),
            Ok(Err(e)) => Err(Error::lost(&self.host, &e)),
            Err(_) => Err(Error::timed_out(&self.host)),
        }
    }

    /// The next whole response, within the deadline.
    pub async fn next(&mut self) -> Result<BytesMut> {
        let wait = self.wait;
        match timeout(wait, self.next_untimed()).await {
            Ok(result) => result,
            Err(_) => Err(Error::timed_out(&self.host)),
        }
    }

    /// The next whole response; dropping the future loses nothing.
    pub async fn next_untimed(&mut self) -> Result<BytesMut> {
        loop {
            if let Some(end) = self.find_end()? {
                let frame = self.buffer.split_to(end);
                self.scan = Scan::default();
                self.budget = self.budget.checked_sub(frame.len()).ok_or_else(|| too_much(&self.host))?;
                return Ok(frame);
            }
            let wanted = self.scan.line.saturating_sub(self.buffer.len()).clamp(16 << 10, 1 << 20);
            self.buffer.reserve(wanted);
            let count = self.stream.read_buf(&mut self.buffer).await.map_err(|e| Error::lost(&self.host, &e))?;
            if count == 0 {
                return Err(Error::lost(&self.host, &std::io::ErrorKind::UnexpectedEof.into()));
            }
        }
    }

    /// The length of the response at the start of the buffer, if it is whole.
    fn find_end(&mut self) -> Result<Option<usize>> {
        loop {
            let from = self.scan.seen.max(self.scan.line);
            let Some(open) = self.buffer.get(from..) else { return Ok(None) };
            let Some(at) = open.iter().position(|&b| b == b'\n') else {
                self.scan.seen = from + open.len();
                if self.scan.text + (self.scan.seen - self.scan.line) > MAX_TEXT {
                    return Err(too_much(&self.host));
                }
                return Ok(None);
            };
            let end = from + at + 1;
            let line = self.buffer.get(self.scan.line..end).unwrap_or_default();
            self.scan.text += line.len();
            if self.scan.text > MAX_TEXT {
                return Err(too_much(&self.host));
            }
            let literal = literal_length(line).filter(|_| self.scan.line > 0 || !is_status_line(line));
            match literal {
                None => return Ok(Some(end)),
                Some(length) => {
                    let length = usize::try_from(length).unwrap_or(usize::MAX);
                    let whole = end.saturating_add(length);
                    if length > self.limits.literal || whole > self.limits.response.min(self.budget) {
                        return Err(too_much(&self.host));
                    }
                    self.scan.line = whole;
                    self.scan.seen = whole;
                }
            }
        }
    }
}

/// The refusal of bytes that were sent between STARTTLS and the handshake.
pub(crate) fn injected(host: &str) -> Error {
    Error::tls(format!(
        "Somebody between Kinpost and {host} tampered with the start of encryption, so no password was sent. \
         Use a port with TLS from the start if there is one."
    ))
}

fn too_much(host: &str) -> Error {
    Error::protocol(format!("{host} sent far more than was asked for, so Kinpost hung up."))
}

/// The `n` of a line that ends in `{n}` or `{n+}`.
fn literal_length(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_suffix(b"}")?;
    let line = line.strip_suffix(b"+").unwrap_or(line);
    let open = line.iter().rposition(|&b| b == b'{')?;
    let digits = line.get(open + 1..)?;
    if digits.is_empty() || digits.len() > 20 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(std::str::from_utf8(digits).ok()?.parse().unwrap_or(u64::MAX))
}

/// Status responses and continuations end in free text, which may look like a literal but never is one.
fn is_status_line(line: &[u8]) -> bool {
    let mut words = line.split(|&b| b == b' ' || b == b'\r' || b == b'\n');
    if words.next() == Some(b"+") {
        return true;
    }
    let second = words.next().unwrap_or_default();
    [&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"].iter().any(|w| second.eq_ignore_ascii_case(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_recognised() {
        assert_eq!(literal_length(b"* 1 FETCH (BODY[] {42}\r\n"), Some(42));
        assert_eq!(literal_length(b"A APPEND x {42+}\n"), Some(42));
        assert_eq!(literal_length(b"x {99999999999999999999999}\r\n"), None);
        assert_eq!(literal_length(b"x {99999999999999999999}\r\n"), Some(u64::MAX));
        for line in [&b"* OK hello\r\n"[..], b"{}\r\n", b"{a}\r\n", b"x {4} \r\n", b"}\r\n"] {
            assert_eq!(literal_length(line), None);
        }
        assert!(
            is_status_line(b"* OK see {4}\r\n") && is_status_line(b"a1 no {4}\r\n") && is_status_line(b"+ {4}\r\n")
        );
        assert!(!is_status_line(b"* 1 FETCH {4}\r\n") && !is_status_line(b"\r\n"));
    }
}
