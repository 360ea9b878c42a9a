//! From a parsed message to the row that the store keeps: threading key, sort keys, search words, people, fingerprint.

use mime::{BodyPart, Envelope, HeaderBlock, IndexTexts, Parsed, tokens};
use sha2::{Digest, Sha256};
use store::{
    Keywords,
    emails::{NewEmail, Person, SearchTexts, SortTexts},
};

/// At most so many people of one message go into the address book: a mailing of thousands is no acquaintance.
const PEOPLE_MAX: usize = 50;

/// By which the same message is known again in the same folder: its header block and its size.
pub(crate) fn fingerprint(header: &[u8], size: u64) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(header.trim_ascii());
    hash.update(size.to_le_bytes());
    hash.finalize().iter().take(16).copied().collect()
}

/// What is known of a message besides its own bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// Octets.
    pub size: u64,
    /// When it arrived, ms.
    pub received_at: i64,
    /// Keywords.
    pub keywords: Keywords,
    /// It was written by the account's owner: its recipients are people written to.
    pub is_own: bool,
    /// It came just now.
    pub delivered: bool,
}

/// The row of a message that was parsed whole. Placements, Source and blob are the caller's.
pub(crate) fn whole(parsed: &Parsed, facts: Facts) -> NewEmail {
    let mut email = from_parts(
        &parsed.header,
        &parsed.envelope,
        &parsed.structure,
        parsed.preview.clone(),
        Some(search(&parsed.index)),
        facts,
    );
    email.has_attachment = parsed.has_attachment;
    email
}

/// The row of a message of which header, structure and the first slice of its text are known.
pub(crate) fn from_parts(
    header: &HeaderBlock,
    envelope: &Envelope,
    structure: &BodyPart,
    preview: String,
    search: Option<SearchTexts>,
    facts: Facts,
) -> NewEmail {
    let message_id = envelope.message_id.as_ref().and_then(|ids| ids.first()).cloned();
    NewEmail {
        thread_key: mime::thread_key(
            envelope.references.as_deref(),
            envelope.in_reply_to.as_deref(),
            envelope.message_id.as_deref(),
            envelope.subject.as_deref(),
        ),
        size: facts.size,
        received_at: facts.received_at,
        sent_at: envelope.sent_at.map(|d| d.ms()),
        message_id,
        envelope: serde_json::to_string(envelope).unwrap_or_else(|_| "{}".to_owned()),
        structure: serde_json::to_string(structure).unwrap_or_else(|_| "{}".to_owned()),
        header: header.raw().to_vec(),
        preview,
        has_attachment: mime::has_attachment(structure),
        keywords: facts.keywords,
        content_hash: fingerprint(header.raw(), facts.size),
        sort: SortTexts {
            from: first_name(envelope.from.as_deref()),
            to: first_name(envelope.to.as_deref()),
            subject: mime::base_subject(envelope.subject.as_deref().unwrap_or_default()),
        },
        indexed: search.is_some(),
        search: search.unwrap_or_else(|| self::search(&mime::index::texts(envelope, structure, &[]))),
        people: people(envelope, facts.is_own),
        delivered: facts.delivered,
        ..NewEmail::default()
    }
}

/// Words for the index.
pub(crate) fn search(texts: &IndexTexts) -> SearchTexts {
    SearchTexts {
        from: tokens::index(&texts.from),
        to: tokens::index(&texts.to),
        cc: tokens::index(&texts.cc),
        bcc: tokens::index(&texts.bcc),
        subject: tokens::index(&texts.subject),
        body: tokens::index(&texts.body),
        files: tokens::index(&texts.filenames),
    }
}

fn first_name(addresses: Option<&[mime::Address]>) -> String {
    let first = addresses.and_then(|a| a.first());
    first.map(|a| a.name.clone().filter(|n| !n.is_empty()).unwrap_or_else(|| a.email.clone())).unwrap_or_default()
}

fn people(envelope: &Envelope, is_own: bool) -> Vec<Person> {
    let lists: &[&Option<Vec<mime::Address>>] =
        if is_own { &[&envelope.to, &envelope.cc, &envelope.bcc] } else { &[&envelope.from] };
    let addresses = lists.iter().filter_map(|l| l.as_deref()).flatten();
    let sound = addresses.filter(|a| a.email.contains('@') && a.email.len() <= 320);
    sound
        .take(PEOPLE_MAX)
        .map(|a| Person { name: a.name.clone(), email: a.email.clone(), written_to: is_own })
        .collect()
}
