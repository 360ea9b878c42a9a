//! Encoders of header fields: every form of RFC 8621 §4.1.2, folded (RFC 5322 §2.2.3), in ASCII (RFC 2047).

use base64::{Engine, engine::general_purpose::STANDARD};

use super::BuildError;
use crate::{
    Address,
    header::{Group, Value},
};

/// Where lines are folded when they can be.
const LINE: usize = 76;
/// Where they must have ended (RFC 5322 §2.1.1).
const MAX_LINE: usize = 998;

/// Writes one field with its line break.
pub(super) fn field(out: &mut Vec<u8>, name: &str, value: &Value) -> Result<(), BuildError> {
    if name.is_empty() || name.len() > 76 || !name.bytes().all(|b| b.is_ascii_graphic() && b != b':') {
        return Err(BuildError::Header(name.to_owned()));
    }
    let words = match value {
        Value::Raw(raw) => return raw_field(out, name, raw),
        Value::Text(text) => unstructured(name, text)?,
        Value::Addresses(list) => address_list(list)?,
        Value::GroupedAddresses(groups) => group_list(groups)?,
        Value::MessageIds(ids) => ids.iter().flatten().map(|id| message_id(id)).collect::<Result<_, _>>()?,
        Value::Date(date) => {
            date.iter().flat_map(|d| d.to_rfc5322().split(' ').map(str::to_owned).collect::<Vec<_>>()).collect()
        }
        Value::Urls(urls) => {
            joined(urls.iter().flatten().map(|url| Ok(vec![bracketed_url(url)?])).collect::<Result<_, _>>()?)
        }
    };
    folded(out, name, &words)
}

/// Writes `name: word word …`, folding between words.
pub(super) fn folded(out: &mut Vec<u8>, name: &str, words: &[String]) -> Result<(), BuildError> {
    out.extend_from_slice(name.as_bytes());
    out.push(b':');
    let mut column = name.len() + 1;
    let mut bare = true;
    for word in words {
        // A line must hold more than white space, so an empty word (two spaces) never begins or fills one.
        if column + 1 + word.len() > LINE && !bare && !word.is_empty() {
            out.extend_from_slice(b"\r\n ");
            column = 1;
        } else {
            out.push(b' ');
            column += 1;
        }
        if column + word.len() > MAX_LINE {
            return Err(BuildError::Malformed(name.to_owned()));
        }
        out.extend_from_slice(word.as_bytes());
        column += word.len();
        bare &= word.is_empty();
    }
    out.extend_from_slice(b"\r\n");
    Ok(())
}

/// A raw value: folding of its own is kept, anything that would end the field is refused.
fn raw_field(out: &mut Vec<u8>, name: &str, raw: &str) -> Result<(), BuildError> {
    let bad = || BuildError::Header(name.to_owned());
    let mut lines = raw.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let clean = |line: &str| !line.contains(['\r', '\n', '\0']) && line.len() + name.len() < MAX_LINE;
    let continues = |line: &str| line.starts_with([' ', '\t']) && !line.trim().is_empty();
    if !clean(first) || !lines.all(|line| clean(line) && continues(line)) {
        return Err(bad());
    }
    out.extend_from_slice(name.as_bytes());
    out.push(b':');
    out.extend_from_slice(raw.as_bytes());
    out.extend_from_slice(b"\r\n");
    Ok(())
}

/// No character that could end a line or a string.
fn one_line(name: &str, text: &str) -> Result<(), BuildError> {
    if text.contains(['\r', '\n', '\0']) { Err(BuildError::Header(name.to_owned())) } else { Ok(()) }
}

/// Is it printable ASCII that no reader would take for an encoded word, with words that fit on lines?
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| (b' '..=b'~').contains(&b))
        && !text.contains("=?")
        && text.split(' ').all(|word| word.len() < 200)
}

fn unstructured(name: &str, text: &str) -> Result<Vec<String>, BuildError> {
    one_line(name, text)?;
    if is_plain(text) && !text.starts_with(' ') && !text.ends_with(' ') {
        return Ok(text.split(' ').map(str::to_owned).collect());
    }
    Ok(encoded_words(text))
}

/// RFC 2047 words of at most 75 characters, no character split, safe also within a phrase (§5 (3)).
pub(super) fn encoded_words(text: &str) -> Vec<String> {
    let safe = |b: u8| b.is_ascii_alphanumeric() || b"!*+-/".contains(&b);
    let q_length: usize = text.bytes().map(|b| if safe(b) || b == b' ' { 1 } else { 3 }).sum();
    let q = q_length <= text.len() * 4 / 3;
    let mut words = Vec::new();
    let mut chunk = String::new();
    let mut size = 0;
    for c in text.chars() {
        let cost = if !q {
            c.len_utf8()
        } else {
            c.encode_utf8(&mut [0; 4]).bytes().map(|b| if safe(b) || b == b' ' { 1 } else { 3 }).sum()
        };
        // "=?utf-8?q?" and "?=" take 12 of the 75; base64 turns 45 octets into 60 characters.
        let room = if q { 60 } else { 45 };
        if size + cost > room {
            words.push(encoded_word(&chunk, q));
            chunk.clear();
            size = 0;
        }
        chunk.push(c);
        size += cost;
    }
    words.push(encoded_word(&chunk, q));
    words
}

fn encoded_word(chunk: &str, q: bool) -> String {
    if !q {
        return format!("=?utf-8?b?{}?=", STANDARD.encode(chunk));
    }
    let mut out = String::from("=?utf-8?q?");
    for byte in chunk.bytes() {
        match byte {
            b' ' => out.push('_'),
            b if b.is_ascii_alphanumeric() || b"!*+-/".contains(&b) => out.push(char::from(b)),
            b => out.push_str(&format!("={b:02X}")),
        }
    }
    out.push_str("?=");
    out
}

/// A display name: atoms, a quoted string or encoded words.
fn phrase(text: &str) -> Result<Vec<String>, BuildError> {
    one_line("display name", text)?;
    let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    if !is_plain(text) {
        return Ok(encoded_words(text));
    }
    if !text.is_empty() && text.split(' ').all(|word| !word.is_empty() && word.bytes().all(atom)) {
        return Ok(text.split(' ').map(str::to_owned).collect());
    }
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    Ok(format!("\"{escaped}\"").split(' ').map(str::to_owned).collect())
}

fn address(address: &Address) -> Result<Vec<String>, BuildError> {
    let email = address.email.trim();
    one_line("address", email)?;
    let name = address.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    // Half-typed recipients of a draft: kept as words, so that they come back as they were.
    if !email.contains('@') {
        return match name {
            None => phrase(email),
            Some(name) => Ok([phrase(name)?, vec![format!("<{}>", loose_spec(email)?)]].concat()),
        };
    }
    let spec = addr_spec(email)?;
    match name {
        None => Ok(vec![spec]),
        Some(name) => Ok([phrase(name)?, vec![format!("<{spec}>")]].concat()),
    }
}

/// Something without "@" inside angle brackets: nothing but letters that cannot end them.
fn loose_spec(email: &str) -> Result<String, BuildError> {
    let fine = email.chars().all(|c| !c.is_control() && !c.is_whitespace() && !"<>()[]:;,\\\"".contains(c));
    if fine { Ok(email.to_owned()) } else { Err(BuildError::Malformed(email.to_owned())) }
}

/// An addr-spec (RFC 5322 §3.4.1, RFC 6532): nothing in it can end the address; a domain beyond ASCII goes by IDNA.
fn addr_spec(email: &str) -> Result<String, BuildError> {
    let bad = || BuildError::Malformed(email.to_owned());
    let (local, domain) = email.rsplit_once('@').ok_or_else(bad)?;
    let quoted = local.strip_prefix('"').and_then(|l| l.strip_suffix('"'));
    let local_fine = match quoted {
        Some(inside) => quoted_fine(inside),
        None => {
            !local.is_empty()
                && local.chars().all(|c| !c.is_control() && !c.is_whitespace() && !"<>()[]:;,@\\\"".contains(c))
        }
    };
    let literal = domain.strip_prefix('[').and_then(|d| d.strip_suffix(']'));
    let domain = match literal {
        Some(inside) if inside.bytes().all(|b| b.is_ascii_alphanumeric() || b".:-".contains(&b)) => domain.to_owned(),
        Some(_) => return Err(bad()),
        None if domain.is_ascii() => domain.to_owned(),
        None => match url::Host::parse(domain) {
            Ok(url::Host::Domain(ascii)) => ascii,
            _ => return Err(bad()),
        },
    };
    let domain_fine = literal.is_some()
        || (!domain.is_empty() && domain.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b)));
    if local_fine && domain_fine && local.len() + domain.len() < 500 {
        Ok(format!("{local}@{domain}"))
    } else {
        Err(bad())
    }
}

/// The inside of a quoted string: quotes and backslashes only escaped.
fn quoted_fine(inside: &str) -> bool {
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        let fine = match c {
            '\\' => chars.next().is_some_and(|next| !next.is_control()),
            '"' | '<' | '>' => false,
            c => !c.is_control(),
        };
        if !fine {
            return false;
        }
    }
    true
}

fn address_list(list: &[Address]) -> Result<Vec<String>, BuildError> {
    Ok(joined(list.iter().map(address).collect::<Result<_, _>>()?))
}

fn group_list(groups: &[Group]) -> Result<Vec<String>, BuildError> {
    let mut items = Vec::new();
    for group in groups {
        let inside: Vec<Vec<String>> = group.addresses.iter().map(address).collect::<Result<_, _>>()?;
        match &group.name {
            None => items.extend(inside),
            Some(name) => {
                let mut words = phrase(name)?;
                append(&mut words, ":");
                words.extend(joined(inside));
                append(&mut words, ";");
                items.push(words);
            }
        }
    }
    Ok(joined(items))
}

/// Items with a comma after each but the last.
fn joined(items: Vec<Vec<String>>) -> Vec<String> {
    let count = items.len();
    let mut words = Vec::new();
    for (i, mut item) in items.into_iter().enumerate() {
        if i + 1 < count {
            append(&mut item, ",");
        }
        words.extend(item);
    }
    words
}

fn append(words: &mut [String], text: &str) {
    if let Some(last) = words.last_mut() {
        last.push_str(text);
    }
}

/// `<id>`: nothing in it can end it.
pub(super) fn message_id(id: &str) -> Result<String, BuildError> {
    let fine = !id.is_empty()
        && id.len() < 900
        && id.chars().all(|c| !c.is_control() && !c.is_whitespace() && !"<>".contains(c));
    if fine { Ok(format!("<{id}>")) } else { Err(BuildError::Malformed(id.to_owned())) }
}

/// `<url>`, what is beyond ASCII in percent notation.
fn bracketed_url(url: &str) -> Result<String, BuildError> {
    let mut out = String::from("<");
    for byte in url.bytes() {
        match byte {
            b'<' | b'>' => return Err(BuildError::Malformed(url.to_owned())),
            b if b.is_ascii_graphic() => out.push(char::from(b)),
            b if b.is_ascii() => return Err(BuildError::Malformed(url.to_owned())),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out.push('>');
    if out.len() < 900 { Ok(out) } else { Err(BuildError::Malformed(url.to_owned())) }
}

/// A parameter as words to append after a semicolon: token, quoted string, or RFC 2231 pieces.
pub(super) fn parameter(name: &str, value: &str) -> Result<Vec<String>, BuildError> {
    one_line(name, value)?;
    let token = |b: u8| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=*'%".contains(&b);
    if value.len() <= 60 && value.bytes().all(|b| (b' '..=b'~').contains(&b)) && !value.contains("=?") {
        if !value.is_empty() && value.bytes().all(token) {
            return Ok(vec![format!("{name}={value}")]);
        }
        return Ok(vec![format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))]);
    }
    let mut pieces = vec![String::from("utf-8''")];
    for c in value.chars() {
        let encoded: String = c
            .encode_utf8(&mut [0; 4])
            .bytes()
            .map(|b| {
                if b.is_ascii_alphanumeric() || b"-._".contains(&b) {
                    char::from(b).to_string()
                } else {
                    format!("%{b:02X}")
                }
            })
            .collect();
        if let Some(last) = pieces.last_mut().filter(|last| last.len() + encoded.len() <= 60) {
            last.push_str(&encoded);
        } else {
            pieces.push(encoded);
        }
    }
    if let [only] = pieces.as_slice() {
        return Ok(vec![format!("{name}*={only}")]);
    }
    Ok(pieces.iter().enumerate().map(|(i, piece)| format!("{name}*{i}*={piece}")).collect())
}
