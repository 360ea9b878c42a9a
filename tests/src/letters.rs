//! Letters for the tests: short, complete, each with a Message-ID of its own.

use std::sync::atomic::{AtomicU64, Ordering};

/// A plain letter with CRLF line ends.
pub fn plain(from: &str, to: &str, subject: &str, text: &str) -> Vec<u8> {
    dated("Tue, 3 Nov 2026 10:00:00 +0100", from, to, subject, text)
}

/// The same with a chosen Date field.
pub fn dated(date: &str, from: &str, to: &str, subject: &str, text: &str) -> Vec<u8> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let text = text.replace('\n', "\r\n");
    format!(
        "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\n\
         Message-ID: <{number}.{}@kit.test>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n",
        std::process::id(),
    )
    .into_bytes()
}

/// An HTML letter.
pub fn html(from: &str, to: &str, subject: &str, html: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(&plain(from, to, subject, html)).replace("text/plain", "text/html");
    text.into_bytes()
}
