//! Responses as data. Status lines, LIST, STATUS and SEARCH are read here; FETCH and what else concerns messages by
//! async-imap's reader. A response that nobody understands is skipped: it cannot lose the next one.

use std::pin::Pin;
use std::task::{Context, Poll};

use async_imap::imap_proto::{self, AttributeValue, MailboxDatum, Response};
use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::structure;
use super::token::{Token, Tokens, measure};
use super::types::{Folder, Meta, SpecialUse, Status};

/// Deepest nesting that the recursive parser is given.
const MAX_DEPTH: usize = 100;
/// Longest response outside its literals that the parser is given.
const MAX_PARSED_TEXT: usize = 512 << 10;
/// Most UIDs that one answer may name.
const MAX_UIDS: usize = 5_000_000;

/// OK, NO or BAD with its code and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub word: Word,
    /// Code in upper case, without its arguments.
    pub code: String,
    /// Arguments of the code, as they came.
    pub args: String,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Ok,
    No,
    Bad,
    Bye,
    Preauth,
}

/// One FETCH response.
#[derive(Clone, Debug, Default)]
pub(super) struct Fetch {
    pub meta: Meta,
    pub structure: Option<mime::BodyPart>,
    pub header: Option<Vec<u8>>,
    /// `(origin, octets)` of the other section, if one came.
    pub body: Option<(Option<u32>, Vec<u8>)>,
}

/// One response.
#[derive(Debug)]
pub(super) enum Reply {
    Tagged(String, Outcome),
    Status(Outcome),
    Continue,
    Capability(Vec<String>),
    List(Folder),
    FolderStatus(Status),
    Search(Vec<u32>),
    Flags(Vec<String>),
    Exists(u32),
    Expunge,
    /// Number of messages.
    Vanished(u32),
    Fetch(Box<Fetch>),
    /// Tokens of a NAMESPACE response after the word.
    Namespace(Vec<Token>),
    /// Not understood, or of no interest.
    Skipped,
}

/// Reads one response.
pub(super) async fn read(frame: BytesMut) -> Reply {
    let (first, rest) = word(&frame);
    if first == b"+" {
        return Reply::Continue;
    }
    let (second, after) = word(rest);
    if first != b"*" {
        return match outcome(second, after) {
            Some(outcome) => Reply::Tagged(String::from_utf8_lossy(first).into_owned(), outcome),
            None => Reply::Skipped,
        };
    }
    if let Some(outcome) = outcome(second, after) {
        return Reply::Status(outcome);
    }
    match second.to_ascii_uppercase().as_slice() {
        b"CAPABILITY" => Reply::Capability(capabilities(&String::from_utf8_lossy(after))),
        b"LIST" => list(after).map_or(Reply::Skipped, Reply::List),
        b"STATUS" => Reply::FolderStatus(folder_status(after)),
        b"SEARCH" => Reply::Search(search(after)),
        b"ESEARCH" => Reply::Search(esearch(after)),
        b"NAMESPACE" => Reply::Namespace(Tokens::new(after).take(200).collect()),
        b"ID" | b"ENABLED" | b"LSUB" => Reply::Skipped,
        _ => by_async_imap(frame).await,
    }
}

/// Splits off the first word.
fn word(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|b| matches!(b, b' ' | b'\r' | b'\n')).unwrap_or(bytes.len());
    let (word, rest) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
    (word, rest.strip_prefix(b" ").unwrap_or(rest))
}

fn outcome(status: &[u8], rest: &[u8]) -> Option<Outcome> {
    let word = match status.to_ascii_uppercase().as_slice() {
        b"OK" => Word::Ok,
        b"NO" => Word::No,
        b"BAD" => Word::Bad,
        b"BYE" => Word::Bye,
        b"PREAUTH" => Word::Preauth,
        _ => return None,
    };
    let text = String::from_utf8_lossy(rest);
    let text = text.trim();
    // The arguments of PERMANENTFLAGS hold no "]" at servers that keep to the grammar; cut at the last one that is
    // followed by a space or the end, so that the others are read as well as can be.
    let coded = text.strip_prefix('[').and_then(|t| t.split_once("] ").or_else(|| Some((t.strip_suffix(']')?, ""))));
    let (code, text) = coded.unwrap_or(("", text));
    let (code, args) = code.split_once(' ').unwrap_or((code, ""));
    Some(Outcome { word, code: code.to_ascii_uppercase(), args: args.to_owned(), text: text.to_owned() })
}

/// Capability words in upper case.
pub(super) fn capabilities(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().take(500).map(str::to_ascii_uppercase).collect()
}

fn list(bytes: &[u8]) -> Option<Folder> {
    let mut tokens = Tokens::new(bytes);
    if tokens.next()? != Token::Open {
        return None;
    }
    let mut folder = Folder {
        wire: String::new(),
        name: String::new(),
        delimiter: None,
        no_select: false,
        no_inferiors: false,
        special_use: None,
    };
    loop {
        match tokens.next()? {
            Token::Close => break,
            Token::Open => return None,
            Token::Atom(a) | Token::Text(a) => attribute(&mut folder, &a),
        }
    }
    let delimiter = tokens.next()?;
    if !delimiter.is_nil() {
        folder.delimiter = delimiter.text()?.chars().next();
    }
    let wire = match tokens.next()? {
        Token::Atom(b) | Token::Text(b) => String::from_utf8(b).ok()?,
        Token::Open | Token::Close => return None,
    };
    folder.wire = if wire.eq_ignore_ascii_case("INBOX") { "INBOX".to_owned() } else { wire };
    folder.name = super::decode_name(&folder.wire);
    (!folder.wire.is_empty() && folder.wire.len() <= 2000).then_some(folder)
}

fn attribute(folder: &mut Folder, name: &[u8]) {
    let special = match name.to_ascii_lowercase().as_slice() {
        b"\\noselect" | b"\\nonexistent" => {
            folder.no_select = true;
            None
        }
        b"\\noinferiors" => {
            folder.no_inferiors = true;
            None
        }
        b"\\all" | b"\\allmail" => Some(SpecialUse::All),
        b"\\archive" => Some(SpecialUse::Archive),
        b"\\drafts" => Some(SpecialUse::Drafts),
        b"\\flagged" | b"\\starred" => Some(SpecialUse::Flagged),
        b"\\important" => Some(SpecialUse::Important),
        b"\\junk" | b"\\spam" => Some(SpecialUse::Junk),
        b"\\sent" => Some(SpecialUse::Sent),
        b"\\trash" => Some(SpecialUse::Trash),
        _ => None,
    };
    folder.special_use = special.or(folder.special_use);
}

fn folder_status(bytes: &[u8]) -> Status {
    let mut status = Status::default();
    let mut tokens = Tokens::new(bytes).skip_while(|t| *t != Token::Open).skip(1);
    while let (Some(name), Some(value)) = (tokens.next(), tokens.next()) {
        let (Some(name), Some(value)) = (name.text(), value.text()) else { break };
        match name.to_ascii_uppercase().as_str() {
            "MESSAGES" => status.messages = value.parse().ok(),
            "UNSEEN" => status.unseen = value.parse().ok(),
            "UIDNEXT" => status.uid_next = value.parse().ok(),
            "UIDVALIDITY" => status.uid_validity = value.parse().ok(),
            "HIGHESTMODSEQ" => status.highest_modseq = value.parse().ok().filter(|&m| m > 0),
            _ => {}
        }
    }
    status
}

fn search(bytes: &[u8]) -> Vec<u32> {
    // A MODSEQ in parentheses may follow (RFC 7162 §3.1.5): it ends the numbers.
    bytes
        .split(|b| matches!(b, b' ' | b'\r' | b'\n'))
        .filter(|w| !w.is_empty())
        .map_while(|w| std::str::from_utf8(w).ok()?.parse().ok())
        .take(MAX_UIDS)
        .collect()
}

/// `(TAG "A1") UID ALL 1:3,5` (RFC 4731 §3.1).
fn esearch(bytes: &[u8]) -> Vec<u32> {
    let text = String::from_utf8_lossy(bytes);
    let mut words = text.split_ascii_whitespace();
    let all = words.by_ref().find(|w| w.eq_ignore_ascii_case("ALL"));
    match (all, words.next()) {
        (Some(_), Some(set)) => expand(set),
        _ => Vec::new(),
    }
}

/// The numbers of `1:3,5`; nothing above the limit.
pub(super) fn expand(set: &str) -> Vec<u32> {
    let mut out = Vec::new();
    for part in set.split(',') {
        let (from, to) = part.split_once(':').unwrap_or((part, part));
        let (Ok(from), Ok(to)) = (from.parse::<u32>(), to.parse::<u32>()) else { continue };
        let (from, to) = (from.min(to), from.max(to));
        let room = MAX_UIDS.saturating_sub(out.len());
        out.extend((from..=to).take(room));
    }
    out
}

async fn by_async_imap(frame: BytesMut) -> Reply {
    let (depth, text) = measure(&frame);
    if depth > MAX_DEPTH || text > MAX_PARSED_TEXT {
        return Reply::Skipped;
    }
    // A reader for each response: what it does not understand is thrown away together with it.
    let mut client = async_imap::Client::new(Fed(frame));
    match client.read_response().await {
        Ok(Some(data)) => understood(data.parsed()),
        _ => {
            tracing::debug!("a response could not be parsed and is skipped");
            Reply::Skipped
        }
    }
}

fn understood(response: &Response<'_>) -> Reply {
    match response {
        Response::Fetch(_, attributes) => Reply::Fetch(Box::new(fetch(attributes))),
        Response::Expunge(_) => Reply::Expunge,
        Response::Vanished { uids, .. } => {
            let count = uids.iter().map(|r| u64::from(r.end().saturating_sub(*r.start())) + 1).sum::<u64>();
            Reply::Vanished(u32::try_from(count).unwrap_or(u32::MAX))
        }
        Response::MailboxData(MailboxDatum::Exists(n)) => Reply::Exists(*n),
        Response::MailboxData(MailboxDatum::Flags(flags)) => {
            Reply::Flags(flags.iter().map(ToString::to_string).collect())
        }
        _ => Reply::Skipped,
    }
}

fn fetch(attributes: &[AttributeValue<'_>]) -> Fetch {
    let mut out = Fetch::default();
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(uid) => out.meta.uid = *uid,
            AttributeValue::Flags(flags) => {
                let mut flags: Vec<String> = flags
                    .iter()
                    .filter(|f| !f.eq_ignore_ascii_case("\\Recent"))
                    .take(500)
                    .map(ToString::to_string)
                    .collect();
                flags.sort_unstable();
                flags.dedup();
                out.meta.flags = Some(flags);
            }
            AttributeValue::InternalDate(date) => out.meta.received_ms = super::date::parse(date),
            AttributeValue::Rfc822Size(size) => out.meta.size = Some(u64::from(*size)),
            AttributeValue::ModSeq(modseq) => out.meta.modseq = Some(*modseq).filter(|&m| m > 0),
            AttributeValue::GmailMsgId(id) => out.meta.object_id = Some(id.to_string()),
            AttributeValue::EmailId(id) => out.meta.object_id = Some(id.to_string()),
            AttributeValue::BodyStructure(tree) => out.structure = structure::convert(tree),
            AttributeValue::BodySection { section, index, data } => {
                let data = data.as_deref().unwrap_or_default().to_vec();
                match section {
                    Some(imap_proto::SectionPath::Full(imap_proto::MessageSection::Header)) => out.header = Some(data),
                    _ => out.body = Some((*index, data)),
                }
            }
            AttributeValue::Rfc822(data) => out.body = Some((None, data.as_deref().unwrap_or_default().to_vec())),
            AttributeValue::Rfc822Header(data) => out.header = Some(data.as_deref().unwrap_or_default().to_vec()),
            _ => {}
        }
    }
    out
}

/// A finished response as a stream: async-imap reads it as if it came from the network.
#[derive(Debug)]
struct Fed(BytesMut);

impl AsyncRead for Fed {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let count = buf.remaining().min(self.0.len());
        if let Some(bytes) = self.0.get(..count) {
            buf.put_slice(bytes);
        }
        self.0.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Fed {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests;
