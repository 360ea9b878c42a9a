//! Folder names on the wire: modified UTF-7 (RFC 3501 §5.1.3).

/// The name for people; a name that is not valid modified UTF-7 is shown as it is.
pub fn decode_name(wire: &str) -> String {
    let decoded = utf7_imap::decode_utf7_imap(wire.to_owned());
    decoded.chars().filter(|c| !c.is_control()).collect()
}

/// The wire name of a name for people. Control characters are left out.
pub fn encode_name(name: &str) -> String {
    let clean: String = name.chars().filter(|c| !c.is_control()).collect();
    utf7_imap::encode_utf7_imap(clean)
}
