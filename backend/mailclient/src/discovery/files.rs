//! Settings files that providers publish: at the domain itself and in the provider database.

use std::time::Duration;

use remote::{
    autoconfig::{self, Protocol as FileProtocol},
    http::{GetOptions, Http},
};

use super::{Candidate, Protocol, Server, asked::Asked};

/// A settings file is small and its server near.
const DEADLINE: Duration = Duration::from_secs(8);
const MAX_BYTES: usize = 256 << 10;
/// Most candidates of one file.
const MAX_CANDIDATES: usize = 6;

/// `https://autoconfig.DOMAIN/mail/config-v1.1.xml`.
pub(super) async fn autoconfig(http: &Http, domain: &str, asked: &Asked) -> Vec<Candidate> {
    let url = format!("https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={}", escape(&asked.address));
    fetch(http, &url, asked, "autoconfig", false).await
}

/// `https://DOMAIN/.well-known/autoconfig/mail/config-v1.1.xml`.
pub(super) async fn well_known(http: &Http, domain: &str, asked: &Asked) -> Vec<Candidate> {
    let url = format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml");
    fetch(http, &url, asked, "well-known", false).await
}

/// The provider database; it learns the domain alone.
pub(super) async fn database(http: &Http, base: &str, domain: &str, asked: &Asked) -> Vec<Candidate> {
    if base.is_empty() {
        return Vec::new();
    }
    // Plain HTTP only where the operator wrote it into the configuration.
    let is_plain = base.starts_with("http://");
    fetch(http, &format!("{}/{domain}", base.trim_end_matches('/')), asked, "ispdb", is_plain).await
}

async fn fetch(http: &Http, url: &str, asked: &Asked, origin: &str, allow_http: bool) -> Vec<Candidate> {
    let options = GetOptions {
        deadline: DEADLINE,
        max_bytes: MAX_BYTES,
        redirects: 3,
        allow_http,
        accept: "text/xml,application/xml;q=0.9,*/*;q=0.1",
    };
    let fetched = match http.get(url, &options).await {
        Ok(fetched) => fetched,
        Err(error) => {
            tracing::debug!(%error, origin, "no settings file");
            return Vec::new();
        }
    };
    match autoconfig::parse(&fetched.bytes, &asked.address) {
        Ok(config) => candidates(&config, origin),
        Err(error) => {
            tracing::debug!(%error, origin, "a settings file could not be read");
            Vec::new()
        }
    }
}

/// Each incoming server with the best outgoing one.
fn candidates(config: &autoconfig::Config, origin: &str) -> Vec<Candidate> {
    let outgoing = config.outgoing.iter().min_by_key(|s| s.security == remote::Security::Plain).map(server);
    let provider = (!config.display_name.is_empty()).then(|| config.display_name.clone());
    config
        .incoming
        .iter()
        .filter_map(|incoming| {
            let protocol = match incoming.protocol {
                FileProtocol::Imap => Protocol::Imap,
                FileProtocol::Pop3 => Protocol::Pop3,
                FileProtocol::Smtp => return None,
            };
            Some(Candidate {
                protocol,
                incoming: server(incoming),
                outgoing: outgoing.clone(),
                origin: origin.to_owned(),
                provider: provider.clone(),
            })
        })
        .take(MAX_CANDIDATES)
        .collect()
}

fn server(found: &autoconfig::Server) -> Server {
    Server { host: found.host.clone(), port: found.port, security: found.security, username: found.username.clone() }
}

/// The address inside a URL's query.
fn escape(address: &str) -> String {
    address
        .bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_cannot_break_out_of_the_query() {
        assert_eq!(escape("a+b&c=d#e@x.org"), "a%2Bb%26c%3Dd%23e@x.org");
        assert_eq!(escape("ä@x"), "%C3%A4@x");
    }
}
