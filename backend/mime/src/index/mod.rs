//! What the search index gets to see of a message.

pub mod tokens;

use crate::{BodyPart, Envelope};

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
    let _ = (envelope, structure, bodies);
    todo!()
}
