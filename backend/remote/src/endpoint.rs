//! Where a server is and how its connection is secured: `HOST:PORT/tls|starttls|plain`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// How a connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte (RFC 8314 §3).
    Tls,
    /// Plain greeting, then STARTTLS/STLS; refused when the server does not offer it.
    #[serde(alias = "startTls")]
    StartTls,
    /// No encryption. A password is sent only where the person allowed it for that very source.
    Plain,
}

/// A server's name, port and security.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    /// Host name (ASCII) or IP address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How it is secured.
    pub security: Security,
}

impl Endpoint {
    /// An endpoint; the host is lower-cased and loses a trailing dot.
    pub fn new(host: &str, port: u16, security: Security) -> Self {
        let host = host.trim().trim_end_matches('.').to_ascii_lowercase();
        Self { host, port, security }
    }
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::Plain => "plain",
        })
    }
}

impl FromStr for Security {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self> {
        match s.to_ascii_lowercase().as_str() {
            "tls" | "ssl" => Ok(Self::Tls),
            "starttls" => Ok(Self::StartTls),
            "plain" => Ok(Self::Plain),
            _ => Err(Error::permanent("The security must be tls, starttls or plain.")),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}/{}", self.host, self.port, self.security)
        } else {
            write!(f, "{}:{}/{}", self.host, self.port, self.security)
        }
    }
}

impl FromStr for Endpoint {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self> {
        let wrong = || Error::permanent("A server is written HOST:PORT/tls, HOST:PORT/starttls or HOST:PORT/plain.");
        let (address, security) = s.trim().rsplit_once('/').ok_or_else(wrong)?;
        let (host, port) = address.rsplit_once(':').ok_or_else(wrong)?;
        let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        let port: u16 = port.parse().map_err(|_| wrong())?;
        if port == 0 || host.is_empty() || host.len() > 255 || host.chars().any(|c| c.is_whitespace() || c.is_control())
        {
            return Err(wrong());
        }
        Ok(Self::new(host, port, security.parse()?))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn text_and_back() {
        for text in ["mail.example.org:993/tls", "127.0.0.1:1143/plain", "[::1]:587/starttls"] {
            assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), text);
        }
        let e: Endpoint = "Mail.Example.ORG.:143/STARTTLS".parse().unwrap();
        assert_eq!((e.host.as_str(), e.port, e.security), ("mail.example.org", 143, Security::StartTls));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "x", "x:1", ":1/tls", "x:0/tls", "x:70000/tls", "x:1/ssh", "a b:1/tls", "a\r\n:1/tls"] {
            assert!(text.parse::<Endpoint>().is_err(), "{text:?}");
        }
    }
}
