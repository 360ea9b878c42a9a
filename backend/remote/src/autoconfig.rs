//! Reads Thunderbird's autoconfiguration XML (`config-v1.1.xml`), with limits.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::error::printable;
use crate::{Error, Result, Security};

/// Largest file.
const MAX_BYTES: usize = 256 << 10;
/// Deepest nesting.
const MAX_DEPTH: usize = 16;
/// Most servers.
const MAX_SERVERS: usize = 32;
/// Longest text of an element.
const MAX_TEXT: usize = 512;

/// Protocol of a server in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// IMAP.
    Imap,
    /// POP3.
    Pop3,
    /// SMTP submission.
    Smtp,
}

/// One `<incomingServer>` or `<outgoingServer>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its protocol.
    pub protocol: Protocol,
    /// Host name in lower case.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Security.
    pub security: Security,
    /// User name with the placeholders filled in.
    pub username: String,
    /// Whether a plain password is among the offered ways to log in (`password-cleartext`, `plain`).
    pub password: bool,
    /// Whether only OAuth2 (or another way that is no password) is offered.
    pub oauth_only: bool,
}

/// A whole file, servers in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// `<displayName>` of the provider.
    pub display_name: String,
    /// IMAP and POP3.
    pub incoming: Vec<Server>,
    /// SMTP.
    pub outgoing: Vec<Server>,
}

/// A server while its element is read.
#[derive(Default)]
struct Draft {
    kind: String,
    host: String,
    port: String,
    socket: String,
    username: String,
    ways: Vec<String>,
}

/// Parses a file for `address`; unknown elements and servers that are not usable are skipped.
///
/// # Errors
/// Protocol: not XML of that kind, or over the limits (256 kB, depth 16, 32 servers).
pub fn parse(xml: &[u8], address: &str) -> Result<Config> {
    let text = std::str::from_utf8(xml).map_err(|_| unreadable())?;
    if text.len() > MAX_BYTES {
        return Err(unreadable());
    }
    let mut reader = Reader::from_str(text);
    let mut config = Config::default();
    let mut path: Vec<String> = Vec::new();
    let mut draft: Option<Draft> = None;
    let mut words = String::new();
    loop {
        match reader.read_event().map_err(|_| unreadable())? {
            Event::Start(element) => {
                let name = local(&element);
                if path.len() >= MAX_DEPTH || (path.is_empty() && name != "clientConfig") {
                    return Err(unreadable());
                }
                if matches!(name.as_str(), "incomingServer" | "outgoingServer")
                    && path.last().is_some_and(|p| p == "emailProvider")
                {
                    draft = Some(Draft { kind: attribute(&element, "type"), ..Draft::default() });
                }
                path.push(name);
                words.clear();
            }
            Event::End(_) => {
                let Some(name) = path.pop() else { return Err(unreadable()) };
                finish(&name, words.trim(), path.last().map(String::as_str), &mut draft, &mut config, address);
                words.clear();
            }
            Event::Text(piece) => push(&mut words, &piece.xml10_content()),
            Event::CData(piece) => push(&mut words, &piece.xml10_content()),
            Event::GeneralRef(reference) => {
                if let Ok(Some(c)) = reference.resolve_char_ref() {
                    push(&mut words, c.encode_utf8(&mut [0; 4]));
                } else if let Some(text) = entity(&reference.xml10_content()) {
                    push(&mut words, text);
                }
            }
            Event::Eof => break,
            // A DTD could define entities: the format has none.
            Event::DocType(_) => return Err(unreadable()),
            _ => {}
        }
    }
    if !path.is_empty() || (config.incoming.is_empty() && config.outgoing.is_empty()) {
        return Err(unreadable());
    }
    Ok(config)
}

fn finish(name: &str, text: &str, parent: Option<&str>, draft: &mut Option<Draft>, config: &mut Config, address: &str) {
    match (name, parent) {
        ("displayName", Some("emailProvider")) => config.display_name = printable(text, 100),
        ("incomingServer" | "outgoingServer", Some("emailProvider")) => {
            let server = draft.take().and_then(|d| d.server(address));
            let count = config.incoming.len() + config.outgoing.len();
            if let Some(server) = server.filter(|_| count < MAX_SERVERS) {
                match (name, server.protocol) {
                    ("outgoingServer", Protocol::Smtp) => config.outgoing.push(server),
                    ("incomingServer", Protocol::Imap | Protocol::Pop3) => config.incoming.push(server),
                    _ => {}
                }
            }
        }
        (_, Some("incomingServer" | "outgoingServer")) => {
            let Some(draft) = draft else { return };
            match name {
                "hostname" => text.clone_into(&mut draft.host),
                "port" => text.clone_into(&mut draft.port),
                "socketType" => text.clone_into(&mut draft.socket),
                "username" => text.clone_into(&mut draft.username),
                "authentication" if draft.ways.len() < 10 => draft.ways.push(text.to_ascii_lowercase()),
                _ => {}
            }
        }
        _ => {}
    }
}

impl Draft {
    fn server(self, address: &str) -> Option<Server> {
        let protocol = match self.kind.as_str() {
            "imap" => Protocol::Imap,
            "pop3" => Protocol::Pop3,
            "smtp" => Protocol::Smtp,
            _ => return None,
        };
        let security = match self.socket.to_ascii_uppercase().as_str() {
            "SSL" | "TLS" => Security::Tls,
            "STARTTLS" => Security::StartTls,
            "PLAIN" => Security::Plain,
            _ => return None,
        };
        let host = fill(&self.host, address)?.trim_end_matches('.').to_ascii_lowercase();
        let valid = !host.is_empty()
            && host.len() <= 253
            && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        let port: u16 = self.port.parse().ok().filter(|&p| p > 0)?;
        let username = fill(&self.username, address)?;
        if !valid || username.chars().any(char::is_control) {
            return None;
        }
        let password =
            self.ways.is_empty() || self.ways.iter().any(|w| matches!(w.as_str(), "password-cleartext" | "plain"));
        let oauth_only = !password && self.ways.iter().any(|w| w == "oauth2");
        Some(Server { protocol, host, port, security, username, password, oauth_only })
    }
}

/// Fills in the placeholders of the format.
fn fill(text: &str, address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let filled =
        text.replace("%EMAILADDRESS%", address).replace("%EMAILLOCALPART%", local).replace("%EMAILDOMAIN%", domain);
    (filled.len() <= MAX_TEXT).then_some(filled)
}

fn push(words: &mut String, piece: &str) {
    let room = MAX_TEXT.saturating_sub(words.len());
    words.extend(piece.chars().take(room));
}

fn entity(name: &str) -> Option<&'static str> {
    match name {
        "amp" => Some("&"),
        "lt" => Some("<"),
        "gt" => Some(">"),
        "quot" => Some("\""),
        "apos" => Some("'"),
        _ => None,
    }
}

fn local(element: &BytesStart<'_>) -> String {
    let name = element.local_name();
    printable(name.as_ref(), 100)
}

fn attribute(element: &BytesStart<'_>, wanted: &str) -> String {
    match element.try_get_attribute(wanted) {
        Ok(Some(attribute)) => printable(&attribute.value, 20).to_ascii_lowercase(),
        _ => String::new(),
    }
}

fn unreadable() -> Error {
    Error::protocol("The provider's settings file cannot be read.")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    const GOOD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="example.org">
    <domain>example.org</domain>
    <displayName>Example &amp; Sons</displayName>
    <incomingServer type="imap">
      <hostname>IMAP.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>
      <authentication>OAuth2</authentication><authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </incomingServer>
    <incomingServer type="pop3">
      <hostname>pop.example.org</hostname><port>110</port><socketType>STARTTLS</socketType>
      <authentication>OAuth2</authentication><username>%EMAILLOCALPART%</username>
      <pop3><leaveMessagesOnServer>true</leaveMessagesOnServer></pop3>
    </incomingServer>
    <incomingServer type="exchange"><hostname>x</hostname><port>443</port><socketType>SSL</socketType></incomingServer>
    <incomingServer type="imap"><hostname>bad host</hostname><port>1</port><socketType>SSL</socketType></incomingServer>
    <outgoingServer type="smtp">
      <hostname>smtp.example.org</hostname><port>587</port><socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username>
    </outgoingServer>
    <documentation url="http://x"><descr lang="en">Words</descr></documentation>
  </emailProvider>
</clientConfig>"#;

    #[test]
    fn a_usual_file() {
        let config = parse(GOOD.as_bytes(), "anna@example.org").unwrap();
        assert_eq!(config.display_name, "Example & Sons");
        assert_eq!((config.incoming.len(), config.outgoing.len()), (2, 1));
        let imap = &config.incoming[0];
        assert_eq!((imap.host.as_str(), imap.port, imap.security), ("imap.example.org", 993, Security::Tls));
        assert_eq!((imap.username.as_str(), imap.password, imap.oauth_only), ("anna@example.org", true, false));
        let pop = &config.incoming[1];
        assert_eq!((pop.username.as_str(), pop.password, pop.oauth_only), ("anna", false, true));
        assert_eq!(config.outgoing[0].security, Security::StartTls);
    }

    #[test]
    fn hostile_files_are_refused() {
        let bomb = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><clientConfig>&a;</clientConfig>"#;
        let deep = format!("<clientConfig>{}{}</clientConfig>", "<a>".repeat(1000), "</a>".repeat(1000));
        let large = format!("<clientConfig>{}</clientConfig>", " ".repeat(MAX_BYTES));
        for xml in [
            "",
            "hello",
            "<html></html>",
            "<clientConfig>",
            "<clientConfig></x>",
            "<clientConfig/>",
            bomb,
            &deep,
            &large,
        ] {
            assert!(parse(xml.as_bytes(), "a@b.c").is_err());
        }
        assert!(parse(b"\xff\xfe", "a@b.c").is_err());
    }

    #[test]
    fn many_servers_are_capped() {
        let one = GOOD[GOOD.find("<incomingServer").unwrap()..GOOD.find("<outgoingServer").unwrap()].repeat(100);
        let xml = format!("<clientConfig><emailProvider>{one}</emailProvider></clientConfig>");
        assert_eq!(parse(xml.as_bytes(), "a@b.c").unwrap().incoming.len(), MAX_SERVERS);
    }
}
