//! What the search index gets to see of a message.

#[cfg(test)]
mod tests;
pub mod tokens;

use crate::{Address, BodyPart, Envelope, html};

/// Plain texts by column; run each through [`tokens::index`] before storing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexTexts {
    /// Names and addresses of From.
    pub from: String,
    /// Names and addresses of To.
    pub to: String,
    /// Names and addresses of Cc.
    pub cc: String,
    /// Names and addresses of Bcc.
    pub bcc: String,
    /// The decoded subject.
    pub subject: String,
    /// Text bodies, HTML as text; capped at [`MAX_BODY`] octets.
    pub body: String,
    /// Names of attachments.
    pub filenames: String,
}

/// Octets of body text that are indexed.
pub const MAX_BODY: usize = 512 * 1024;

/// The texts of a message whose bodies come apart (IMAP): `bodies` are (text, is_html) in order.
pub fn texts(envelope: &Envelope, structure: &BodyPart, bodies: &[(&str, bool)]) -> IndexTexts {
    let mut body = String::new();
    for (text, is_html) in bodies {
        let room = MAX_BODY.saturating_sub(body.len());
        if room == 0 {
            break;
        }
        if *is_html {
            // Markup is several times its text; what is far beyond the room need not be read.
            let html = text.get(..text.floor_char_boundary(room.saturating_mul(8))).unwrap_or_default();
            push(&mut body, &html::to_text(html), room);
        } else {
            push(&mut body, text, room);
        }
    }
    let names: Vec<&str> = structure.walk().into_iter().filter_map(|part| part.name.as_deref()).collect();
    IndexTexts {
        from: people(envelope.from.as_deref()),
        to: people(envelope.to.as_deref()),
        cc: people(envelope.cc.as_deref()),
        bcc: people(envelope.bcc.as_deref()),
        subject: envelope.subject.clone().unwrap_or_default(),
        body,
        filenames: names.join("\n"),
    }
}

fn push(body: &mut String, text: &str, room: usize) {
    if !body.is_empty() {
        body.push('\n');
    }
    body.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or_default());
}

fn people(list: Option<&[Address]>) -> String {
    let mut out = String::new();
    for address in list.into_iter().flatten() {
        for text in address.name.as_deref().into_iter().chain([address.email.as_str()]) {
            out.push_str(text);
            out.push('\n');
        }
    }
    out
}
