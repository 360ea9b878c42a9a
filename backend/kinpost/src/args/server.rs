//! Servers on the command line: `HOST:PORT/tls|starttls|plain`, and what POP3 keeps.

use mailclient::discovery::{Pop3Keep, Security, Server};

/// Reads `imap.example.org:993/tls`, `[::1]:143/plain`.
pub fn server(text: &str) -> Result<Server, String> {
    let wrong = || format!("'{text}' is not HOST:PORT/tls, HOST:PORT/starttls or HOST:PORT/plain");
    let (place, security) = text.rsplit_once('/').ok_or_else(wrong)?;
    let security = match security {
        "tls" => Security::Tls,
        "starttls" => Security::StartTls,
        "plain" => Security::Plain,
        _ => return Err(wrong()),
    };
    let (host, port) = place.rsplit_once(':').ok_or_else(wrong)?;
    let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?;
    if host.is_empty() || host.contains(char::is_whitespace) {
        return Err(wrong());
    }
    Ok(Server { host: host.to_owned(), port, security, username: String::new() })
}

/// Reads `delete`, `leave` or a number of days.
pub fn keep(text: &str) -> Result<Pop3Keep, String> {
    match text {
        "delete" => Ok(Pop3Keep::Delete),
        "leave" => Ok(Pop3Keep::Leave),
        days => {
            days.parse().map(Pop3Keep::Days).map_err(|_| format!("'{text}' is not delete, leave or a number of days"))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn servers_are_read_and_nonsense_is_explained() {
        let read = server("imap.example.org:993/tls").unwrap();
        assert_eq!((read.host.as_str(), read.port, read.security), ("imap.example.org", 993, Security::Tls));
        assert_eq!(server("[::1]:143/plain").unwrap().host, "::1");
        for odd in
            ["imap.example.org", "imap.example.org:993", "h:0/tls", "h:99999/tls", ":993/tls", "h:993/ssl", "a b:1/tls"]
        {
            assert!(server(odd).unwrap_err().contains(odd), "{odd}");
        }
    }

    #[test]
    fn what_pop3_keeps() {
        assert_eq!(keep("leave").unwrap(), Pop3Keep::Leave);
        assert_eq!(keep("14").unwrap(), Pop3Keep::Days(14));
        assert!(keep("-1").is_err() && keep("some").is_err());
    }
}
