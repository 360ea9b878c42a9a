//! Which conversation a message belongs to (RFC 8621 §3), from its own header alone.

/// The key of a message's thread: first id of References, else of In-Reply-To, else its own Message-ID, together with
/// the base subject; 32 hex digits. `None` without any id: such a message is a thread of its own.
pub fn thread_key(
    references: Option<&[String]>,
    in_reply_to: Option<&[String]>,
    message_id: Option<&[String]>,
    subject: Option<&str>,
) -> Option<String> {
    let _ = (references, in_reply_to, message_id, subject);
    todo!()
}

/// The base subject (RFC 5256 §2.1, plus the reply prefixes of other languages), white space folded, case kept.
pub fn base_subject(subject: &str) -> String {
    let _ = subject;
    todo!()
}
