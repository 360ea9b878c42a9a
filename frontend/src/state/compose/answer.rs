//! From a message to the letter that answers it or passes it on. Pure, so that it is tested on the host.

use shared::wire::{Address, BodyPart, EmailDetail, EmailText, Identity, NewAttachment};

use super::letter::{Attached, Kind, Letter};

/// Which answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// To the author.
    Reply,
    /// To everybody.
    ReplyAll,
    /// To somebody else.
    Forward,
}

/// The words that an answer is made with.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// `On {}, {} wrote:`, already filled.
    pub intro: &'a str,
    /// Title of what is passed on.
    pub forwarded: &'a str,
    /// `From`, `Date`, `Subject`, `To`, `Cc`.
    pub heads: [&'a str; 5],
    /// The date in words.
    pub date: &'a str,
}

fn same(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

fn is_own(address: &Address, own: &[Identity]) -> bool {
    own.iter().any(|identity| same(&identity.email, &address.email))
}

fn list(addresses: Option<&Vec<Address>>) -> &[Address] {
    addresses.map(Vec::as_slice).unwrap_or_default()
}

/// The address that was written to, so that the answer leaves from it: first among To and Cc, else the author's when it is
/// one's own, else none.
pub fn identity_for<'a>(detail: &EmailDetail, own: &'a [Identity]) -> Option<&'a Identity> {
    [&detail.to, &detail.cc, &detail.bcc, &detail.from]
        .into_iter()
        .flat_map(|addresses| list(addresses.as_ref()))
        .find_map(|address| own.iter().find(|identity| same(&identity.email, &address.email)))
}

/// `Re: ` or `Fwd: ` before a subject that has none of its kind yet.
pub fn subject(how: How, subject: &str) -> String {
    let subject = subject.trim();
    let (prefix, known): (&str, &[&str]) = match how {
        How::Forward => ("Fwd: ", &["fwd:", "fw:", "wg:", "vb:", "tr:"]),
        _ => ("Re: ", &["re:", "aw:", "sv:", "antw:", "odp:"]),
    };
    let lower = subject.to_lowercase();
    if known.iter().any(|start| lower.starts_with(start)) { subject.to_owned() } else { format!("{prefix}{subject}") }
}

/// Each line behind `> `, one level deeper; trailing blanks and the signature of the quoted text go.
pub fn quote(text: &str) -> String {
    let text = text.split("\n-- \n").next().unwrap_or_default().trim_end();
    let mut out = String::with_capacity(text.len() + text.len() / 20);
    for line in text.lines() {
        let line = line.trim_end();
        out.push_str(if line.is_empty() || line.starts_with('>') { ">" } else { "> " });
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// The plain text of a message; HTML is turned into text.
pub fn plain_text(text: &EmailText) -> String {
    let mut out = String::new();
    for part in &text.text_body {
        let value = part.part_id.as_ref().and_then(|id| text.body_values.get(id));
        let Some(value) = value else { continue };
        if !out.is_empty() {
            out.push('\n');
        }
        if part.r#type.eq_ignore_ascii_case("text/html") {
            out.push_str(&super::html_text::html_text(&value.value));
        } else {
            out.push_str(&value.value.replace("\r\n", "\n"));
        }
    }
    out
}

/// Files of a message, to be sent along.
pub fn files(parts: &[BodyPart]) -> Vec<Attached> {
    parts
        .iter()
        .filter_map(|part| {
            let name = part.name.clone().filter(|name| !name.is_empty());
            let name =
                name.unwrap_or_else(|| if part.r#type == "message/rfc822" { "message.eml" } else { "file" }.into());
            let file = NewAttachment {
                blob_id: part.blob_id.clone()?,
                r#type: part.r#type.clone(),
                name,
                disposition: "attachment".into(),
            };
            Some(Attached { file, size: part.size })
        })
        .collect()
}

fn signed(signature: &str) -> String {
    if signature.trim().is_empty() { String::new() } else { format!("\n\n-- \n{}", signature.trim_end()) }
}

/// The body of a new letter.
pub fn new_body(signature: &str) -> String {
    signed(signature)
}

/// Puts another signature in place of the present one; a text that was changed by hand stays.
pub fn swap_signature(body: &str, before: &str, after: &str) -> String {
    let (before, after) = (signed(before), signed(after));
    if before.is_empty() {
        return if after.is_empty() || !body.trim().is_empty() { body.to_owned() } else { after };
    }
    body.replacen(&before, &after, 1)
}

fn write_list(addresses: &[Address]) -> String {
    let each = |one: &Address| match one.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} <{}>", one.email),
        None => one.email.clone(),
    };
    addresses.iter().map(each).collect::<Vec<_>>().join(", ")
}

/// The letter that answers a message or passes it on.
pub fn answer(
    how: How,
    detail: &EmailDetail,
    text: &str,
    own: &[Identity],
    fallback: Option<&Identity>,
    words: Words<'_>,
) -> Letter {
    let identity = identity_for(detail, own).or(fallback).or(own.first());
    let from = list(detail.from.as_ref());
    let reply_to = list(detail.reply_to.as_ref());
    let author = if reply_to.is_empty() { from } else { reply_to };
    let mine = !from.is_empty() && from.iter().all(|address| is_own(address, own));
    let mut letter = Letter {
        kind: if how == How::Forward { Kind::Forward } else { Kind::Reply },
        identity: identity.map(|identity| identity.id),
        subject: subject(how, detail.subject.as_deref().unwrap_or_default()),
        origin: Some(detail.id),
        ..Letter::default()
    };
    let signature = signed(identity.map(|identity| identity.text_signature.as_str()).unwrap_or_default());
    if how == How::Forward {
        let values = [
            write_list(from),
            words.date.to_owned(),
            detail.subject.clone().unwrap_or_default(),
            write_list(list(detail.to.as_ref())),
            write_list(list(detail.cc.as_ref())),
        ];
        let mut head = format!("{signature}\n\n---------- {} ----------\n", words.forwarded);
        for (name, value) in words.heads.iter().zip(values).filter(|(_, value)| !value.is_empty()) {
            head.push_str(&format!("{name}: {value}\n"));
        }
        letter.body = format!("{head}\n{}", text.trim_end());
        letter.files = files(&detail.attachments);
        letter.references = detail.message_id.clone().unwrap_or_default();
        return letter;
    }
    // An answer to one's own letter goes on to those it went to.
    let mut to: Vec<Address> = if mine { list(detail.to.as_ref()).to_vec() } else { author.to_vec() };
    let mut cc = Vec::new();
    if how == How::ReplyAll {
        if !mine {
            to.extend(list(detail.to.as_ref()).iter().filter(|address| !is_own(address, own)).cloned());
        }
        cc.extend(list(detail.cc.as_ref()).iter().filter(|address| !is_own(address, own)).cloned());
    }
    letter.to = once(to, &[]);
    letter.cc = once(cc, &letter.to);
    letter.in_reply_to = detail.message_id.clone().unwrap_or_default();
    letter.references = detail.references.clone().or_else(|| detail.in_reply_to.clone()).unwrap_or_default();
    letter.references.extend(letter.in_reply_to.iter().cloned());
    letter.body = format!("{signature}\n\n{}\n{}", words.intro, quote(text));
    letter
}

fn once(addresses: Vec<Address>, elsewhere: &[Address]) -> Vec<Address> {
    let mut out: Vec<Address> = Vec::new();
    for address in addresses {
        if !out.iter().chain(elsewhere).any(|other| same(&other.email, &address.email)) {
            out.push(address);
        }
    }
    out
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
