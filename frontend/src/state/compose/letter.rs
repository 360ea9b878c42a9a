//! A letter being written: pure data and what can be told from it. Tested on the host.

use serde::{Deserialize, Serialize};
use shared::{
    ids::{EmailId, IdentityId},
    wire::{Address, NewAttachment},
};

/// What kind of letter, for its title and for what happens to the one it answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Begun from nothing.
    #[default]
    New,
    /// An answer.
    Reply,
    /// A letter passed on.
    Forward,
}

/// A file that the server has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// Blob, name and type.
    pub file: NewAttachment,
    /// Octets.
    pub size: u64,
}

/// All that is kept of a letter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Letter {
    /// What kind.
    pub kind: Kind,
    /// From whom.
    pub identity: Option<IdentityId>,
    /// Recipients.
    pub to: Vec<Address>,
    /// Copied recipients.
    pub cc: Vec<Address>,
    /// Blind recipients.
    pub bcc: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Files.
    pub files: Vec<Attached>,
    /// `Message-ID` of what it answers.
    pub in_reply_to: Vec<String>,
    /// The chain of what it answers.
    pub references: Vec<String>,
    /// The Email that it answers or passes on.
    pub origin: Option<EmailId>,
    /// Its Email in Drafts.
    pub draft: Option<EmailId>,
}

impl Letter {
    /// Everybody, each address once.
    pub fn recipients(&self) -> Vec<&Address> {
        let mut seen = Vec::new();
        let mut all = Vec::new();
        for address in self.to.iter().chain(&self.cc).chain(&self.bcc) {
            let key = address.email.to_lowercase();
            if !seen.contains(&key) {
                seen.push(key);
                all.push(address);
            }
        }
        all
    }

    /// Is there nothing in it that would be missed? `signature` and a quote that nobody wrote do not count.
    pub fn is_blank(&self, signature: &str) -> bool {
        let own = own_text(&self.body);
        let own = own.trim().strip_suffix(signature.trim()).unwrap_or(own.trim());
        let own = own.trim().trim_end_matches("--").trim();
        let greeting = self.kind != Kind::New || (self.to.is_empty() && self.cc.is_empty() && self.bcc.is_empty());
        own.is_empty()
            && greeting
            && (self.kind != Kind::New || self.subject.trim().is_empty())
            && (self.kind == Kind::Forward || self.files.is_empty())
    }
}

/// The text that the person wrote, without quotes and without what is passed on.
pub fn own_text(body: &str) -> String {
    let mut out = String::new();
    let mut lines = body.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("----------") {
            break;
        }
        let introduces = line.trim_end().ends_with(':') && lines.peek().is_some_and(|next| next.starts_with('>'));
        if line.starts_with('>') || introduces {
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// Beginnings of words by which people promise a file, in the languages that the household is likely to write.
const PROMISES: &[&str] = &[
    "attach",
    "enclosed",
    "anhang",
    "angehängt",
    "angehaengt",
    "beigefügt",
    "anbei",
    "bifog",
    "vedlagt",
    "vedhæft",
    "liite",
    "bijlage",
    "bijgevoegd",
    "pièce jointe",
    "pièces jointes",
    "ci-joint",
    "adjunt",
    "allegat",
    "anexo",
    "anexad",
    "załącz",
    "załącznik",
    "příloh",
    "вложен",
    "添付",
    "附件",
];

/// Does the person's own text, or the subject of a new letter, speak of a file that is not there?
pub fn promises_a_file(letter: &Letter) -> bool {
    if !letter.files.is_empty() {
        return false;
    }
    let mut text = own_text(&letter.body).to_lowercase();
    if letter.kind == Kind::New {
        text.push(' ');
        text.push_str(&letter.subject.to_lowercase());
    }
    PROMISES.iter().any(|promise| {
        text.match_indices(promise).any(|(at, _)| {
            // A word's beginning: nothing alphabetic before it. Scripts without blanks between words match anywhere.
            promise.chars().next().is_some_and(|first| u32::from(first) >= 0x2e80)
                || text
                    .get(..at)
                    .and_then(|before| before.chars().next_back())
                    .is_none_or(|before| !before.is_alphabetic())
        })
    })
}

/// Reads what was typed or pasted among the recipients: `Name <a@b>, c@d; "Last, First" <e@f>`. What is no address is
/// kept as it is, so that nothing typed is lost.
pub fn read_addresses(text: &str) -> Vec<Address> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let (mut quoted, mut angle) = (false, false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '<' if !quoted => angle = true,
            '>' if !quoted => angle = false,
            _ => {}
        }
        if matches!(c, ',' | ';' | '\n' | '\r' | '\t') && !quoted && !angle {
            pieces.push(std::mem::take(&mut piece));
        } else {
            piece.push(c);
        }
    }
    pieces.push(piece);
    pieces.iter().filter_map(|piece| read_one(piece)).collect()
}

fn read_one(piece: &str) -> Option<Address> {
    let piece = piece.trim().trim_end_matches(',');
    if piece.is_empty() {
        return None;
    }
    let (name, email) = match piece.rsplit_once('<') {
        Some((name, rest)) => (name.trim(), rest.trim_end_matches('>').trim()),
        None => ("", piece.strip_prefix("mailto:").unwrap_or(piece)),
    };
    let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    let name = name.replace("\\\"", "\"");
    Some(Address { name: Some(name.trim().to_owned()).filter(|name| !name.is_empty()), email: email.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(name: &str, email: &str) -> Address {
        Address { name: Some(name.to_owned()).filter(|name| !name.is_empty()), email: email.into() }
    }

    #[test]
    fn pasted_addresses_become_people() {
        assert_eq!(
            read_addresses("Anna <anna@a.example>, \"Berg, Erik\" <e@b.example>; plain@c.example\nx"),
            [
                address("Anna", "anna@a.example"),
                address("Berg, Erik", "e@b.example"),
                address("", "plain@c.example"),
                address("", "x"),
            ]
        );
        assert_eq!(read_addresses(" , ; "), []);
        assert_eq!(read_addresses("mailto:a@b.example"), [address("", "a@b.example")]);
    }

    #[test]
    fn each_recipient_once_whatever_the_case() {
        let letter = Letter {
            to: vec![address("A", "a@x")],
            cc: vec![address("", "A@X"), address("", "b@x")],
            bcc: vec![address("", "c@x")],
            ..Letter::default()
        };
        let all: Vec<&str> = letter.recipients().iter().map(|one| one.email.as_str()).collect();
        assert_eq!(all, ["a@x", "b@x", "c@x"]);
    }

    #[test]
    fn a_promised_file_is_missed_only_in_own_words() {
        let says = |body: &str| promises_a_file(&Letter { kind: Kind::Reply, body: body.into(), ..Letter::default() });
        assert!(says("I attach the pictures."));
        assert!(says("Die Fotos sind ANGEHÄNGT"));
        assert!(says("写真を添付します"));
        assert!(!says("Thanks!\n\nOn Monday Erik wrote:\n> I attached the pictures"));
        assert!(!says("We are unattached"));
        assert!(!says("See\n---------- Forwarded message ----------\nattached"));
        let file = Attached {
            file: NewAttachment {
                blob_id: "bu1".into(),
                r#type: "a/b".into(),
                name: "x".into(),
                disposition: "attachment".into(),
            },
            size: 1,
        };
        assert!(!promises_a_file(&Letter { body: "attached".into(), files: vec![file], ..Letter::default() }));
    }

    #[test]
    fn a_signature_or_a_quote_alone_is_blank() {
        let letter = |kind, body: &str| Letter { kind, body: body.into(), ..Letter::default() };
        assert!(letter(Kind::New, "").is_blank(""));
        assert!(letter(Kind::New, "\n\n-- \nAnna").is_blank("Anna"));
        assert!(letter(Kind::Reply, "\n\nOn Monday Erik wrote:\n> hello").is_blank(""));
        assert!(!letter(Kind::Reply, "yes\n\nOn Monday Erik wrote:\n> hello").is_blank(""));
        assert!(!Letter { to: vec![address("", "a@b")], ..Letter::default() }.is_blank(""));
    }
}
