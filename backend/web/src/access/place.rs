//! Where a request comes from and where it thinks we are: client address behind trusted proxies, scheme, host, and
//! whether the whole conversation stays on this machine.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::{HeaderMap, Version, header};

use super::network::Network;
use crate::urls::Urls;

/// Longest Host that is believed (RFC 1035 §2.3.4 plus a port).
const MAX_HOST: usize = 255 + 6;
/// Proxies in a row that are looked through.
const MAX_HOPS: usize = 16;

/// What the operator said about the surroundings of this server.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `public_url` without trailing slash; when set it is the only truth about scheme and host.
    pub public_url: Option<String>,
    /// Peers whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<Network>,
    /// Log-in over unencrypted HTTP beyond this machine is allowed.
    pub plain_http: bool,
    /// We listen on loopback addresses only.
    pub listens_locally: bool,
}

/// One request's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The client's address as far as it can be trusted.
    pub address: IpAddr,
    /// `https` or `http`.
    pub scheme: &'static str,
    /// Host with port, as in the request; `public_url`'s when that is set.
    pub host: String,
    /// Peer and Host are this very machine and no proxy stands between.
    pub is_here: bool,
    /// So it is, and nobody could have come from elsewhere: the listener is on loopback only.
    pub is_local: bool,
}

/// How much the cookie may be trusted to the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// HTTPS, or localhost where browsers accept `Secure` cookies.
    Secure,
    /// Unencrypted beyond this machine, and the operator allowed that.
    PlainAllowed,
    /// Unencrypted beyond this machine: no log-in here.
    PlainRefused,
}

impl Place {
    /// Reads the place off a request. `peer` is the TCP peer.
    pub fn of(surroundings: &Surroundings, peer: Option<SocketAddr>, version: Version, headers: &HeaderMap) -> Self {
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |p| p.ip().to_canonical());
        let trusted = surroundings.trusted_proxies.iter().any(|net| net.contains(peer));
        let sent_host = host(headers);
        let is_here = peer.is_loopback() && !is_proxied(version, headers) && is_local_host(&sent_host);
        let (scheme, host) = match surroundings.public_url.as_deref().and_then(|url| url.split_once("://")) {
            Some((scheme, rest)) => (known_scheme(scheme), rest.split('/').next().unwrap_or(rest).to_owned()),
            None => (if trusted { forwarded_scheme(headers) } else { "http" }, sent_host),
        };
        let address = if trusted { client_behind(surroundings, peer, headers) } else { peer };
        Self { address, scheme, host, is_here, is_local: is_here && surroundings.listens_locally }
    }

    /// The base of the Session object's URLs.
    pub fn urls(&self) -> Urls {
        Urls::new(&format!("{}://{}", self.scheme, self.host))
    }

    /// Whether a session cookie may travel here, and under which name.
    pub fn line(&self, surroundings: &Surroundings) -> Line {
        if self.scheme == "https" || is_local_host(&self.host) {
            Line::Secure
        } else if surroundings.plain_http {
            Line::PlainAllowed
        } else {
            Line::PlainRefused
        }
    }
}

/// Whether a proxy passed the request on. One that says nothing of it (nginx as it comes) speaks HTTP/1.0 to us, which no
/// browser does.
fn is_proxied(version: Version, headers: &HeaderMap) -> bool {
    version < Version::HTTP_11
        || ["x-forwarded-for", "forwarded", "via", "x-real-ip"].iter().any(|name| headers.contains_key(*name))
}

fn known_scheme(scheme: &str) -> &'static str {
    if scheme.eq_ignore_ascii_case("https") { "https" } else { "http" }
}

fn forwarded_scheme(headers: &HeaderMap) -> &'static str {
    headers.get("x-forwarded-proto").and_then(|v| v.to_str().ok()).map_or("http", |v| known_scheme(v.trim()))
}

/// The Host header, or `localhost` where there is none or it could not stand in a URL.
fn host(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let sound = !host.is_empty()
        && host.len() <= MAX_HOST
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']' | b'_'));
    if sound { host.to_ascii_lowercase() } else { "localhost".to_owned() }
}

/// `localhost`, `*.localhost` and loopback addresses, with or without port: what browsers take for trustworthy.
pub fn is_local_host(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.split(':').next().unwrap_or(host),
    };
    let name = name.trim_end_matches('.');
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// The right-most address in `X-Forwarded-For` that is not one of our proxies: everything left of it is hearsay.
fn client_behind(surroundings: &Surroundings, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let all: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect();
    let mut client = peer;
    for text in all.iter().rev().flat_map(|line| line.rsplit(',')).take(MAX_HOPS) {
        let Some(address) = address(text.trim()) else { break };
        client = address;
        if !surroundings.trusted_proxies.iter().any(|net| net.contains(address)) {
            break;
        }
    }
    client
}

/// `203.0.113.9`, `203.0.113.9:1234`, `2001:db8::1`, `[2001:db8::1]:1234`.
fn address(text: &str) -> Option<IpAddr> {
    let ip = text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|s| s.ip()));
    ip.or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()).map(|ip: IpAddr| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, value.parse().unwrap());
        }
        map
    }

    fn behind_proxy() -> Surroundings {
        Surroundings { trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()], ..Surroundings::default() }
    }

    fn peer(text: &str) -> Option<SocketAddr> {
        Some(format!("{text}:4000").parse().unwrap())
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_about_the_client() {
        let map = headers(&[
            ("host", "mail.example"),
            ("x-forwarded-for", "6.6.6.6, 203.0.113.9, 10.1.1.1"),
            ("x-forwarded-proto", "https"),
        ]);
        let place = Place::of(&behind_proxy(), peer("10.0.0.2"), Version::HTTP_11, &map);
        assert_eq!(place.address.to_string(), "203.0.113.9");
        assert_eq!(place.urls().base(), "https://mail.example");
        let stranger = Place::of(&behind_proxy(), peer("198.51.100.7"), Version::HTTP_11, &map);
        assert_eq!(stranger.address.to_string(), "198.51.100.7");
        assert_eq!(stranger.urls().base(), "http://mail.example");
    }

    #[test]
    fn a_garbled_hop_ends_the_walk() {
        let map = headers(&[("x-forwarded-for", "203.0.113.9, nonsense, 10.1.1.1")]);
        assert_eq!(
            Place::of(&behind_proxy(), peer("10.0.0.2"), Version::HTTP_11, &map).address.to_string(),
            "10.1.1.1"
        );
    }

    #[test]
    fn public_url_is_the_only_truth() {
        let here = Surroundings { public_url: Some("https://post.example:8443".into()), ..Surroundings::default() };
        let place = Place::of(&here, peer("127.0.0.1"), Version::HTTP_11, &headers(&[("host", "evil.example")]));
        assert_eq!(place.urls().base(), "https://post.example:8443");
        assert_eq!(place.line(&here), Line::Secure);
    }

    #[test]
    fn local_means_every_end_is_here() {
        let here = Surroundings { listens_locally: true, ..Surroundings::default() };
        let local =
            |p: &str, h: &[(&'static str, &str)]| Place::of(&here, peer(p), Version::HTTP_11, &headers(h)).is_local;
        assert!(local("127.0.0.1", &[("host", "localhost:8080")]));
        assert!(local("127.0.0.1", &[("host", "[::1]:8080")]));
        assert!(!local("127.0.0.1", &[("host", "rebound.example:8080")]));
        assert!(!local("127.0.0.1", &[("host", "localhost"), ("x-forwarded-for", "1.2.3.4")]));
        assert!(!local("127.0.0.1", &[("host", "localhost"), ("via", "1.1 proxy")]));
        let old = Place::of(&here, peer("127.0.0.1"), Version::HTTP_10, &headers(&[("host", "localhost")]));
        assert!(!old.is_here && !old.is_local);
        assert!(!local("192.168.1.4", &[("host", "localhost")]));
        assert!(!local("127.0.0.1", &[("host", "127.0.0.1.evil.example")]));
    }

    #[test]
    fn plain_http_beyond_this_machine_needs_the_switch() {
        let map = headers(&[("host", "nas.lan:8080")]);
        let closed = Surroundings::default();
        assert_eq!(Place::of(&closed, peer("192.168.1.4"), Version::HTTP_11, &map).line(&closed), Line::PlainRefused);
        let open = Surroundings { plain_http: true, ..Surroundings::default() };
        assert_eq!(Place::of(&open, peer("192.168.1.4"), Version::HTTP_11, &map).line(&open), Line::PlainAllowed);
    }

    #[test]
    fn an_impossible_host_cannot_reach_a_url() {
        let map = headers(&[("host", "a\"b.example/x")]);
        assert_eq!(Place::of(&Surroundings::default(), None, Version::HTTP_11, &map).host, "localhost");
    }
}
