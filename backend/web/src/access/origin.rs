//! Requests that change something must come from our own pages. Browsers send `Origin` with every POST and every WebSocket,
//! programs send none; a foreign or opaque one is refused whatever credential comes with it.

use http::{HeaderMap, header};

use super::place::Place;

/// Whether a state-changing request or WebSocket may proceed.
pub fn is_ours(place: &Place, headers: &HeaderMap) -> bool {
    if let Some(origin) = headers.get(header::ORIGIN) {
        return origin.to_str().is_ok_and(|origin| is_same(place, headers, origin));
    }
    // A browser too old to send Origin, or one told to hide it, still says whether the asking page is ours.
    match headers.get("sec-fetch-site").map(|v| v.as_bytes()) {
        None | Some(b"same-origin" | b"none") => true,
        Some(_) => false,
    }
}

fn is_same(place: &Place, headers: &HeaderMap, origin: &str) -> bool {
    let Some((scheme, host)) = origin.split_once("://") else { return false };
    let ours = |at: &str| without_default_port(scheme, host).eq_ignore_ascii_case(without_default_port(scheme, at));
    // With `public_url` set, the very machine may still be reached as localhost: Origin and Host then agree.
    let sent = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    (scheme.eq_ignore_ascii_case(place.scheme) && ours(&place.host))
        || (super::place::is_local_host(sent) && ours(sent))
}

fn without_default_port<'a>(scheme: &str, host: &'a str) -> &'a str {
    let default = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    host.strip_suffix(default).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::place::Surroundings, *};

    fn check(public_url: Option<&str>, pairs: &[(&'static str, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, value.parse().unwrap());
        }
        let here = Surroundings { public_url: public_url.map(str::to_owned), ..Surroundings::default() };
        is_ours(&Place::of(&here, None, http::Version::HTTP_11, &map), &map)
    }

    #[test]
    fn our_own_pages_and_programs_pass() {
        assert!(check(None, &[("host", "localhost:8080"), ("origin", "http://localhost:8080")]));
        assert!(check(None, &[("host", "localhost:8080")]));
        assert!(check(None, &[("host", "nas.lan"), ("origin", "http://nas.lan:80")]));
        assert!(check(Some("https://post.example"), &[("host", "10.0.0.3:8080"), ("origin", "https://post.example")]));
        assert!(check(
            Some("https://post.example"),
            &[("host", "localhost:8080"), ("origin", "http://localhost:8080")]
        ));
        assert!(check(None, &[("host", "nas.lan"), ("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn foreign_pages_do_not() {
        assert!(!check(None, &[("host", "localhost:8080"), ("origin", "http://evil.example")]));
        assert!(!check(None, &[("host", "localhost:8080"), ("origin", "null")]));
        assert!(!check(None, &[("host", "localhost:8080"), ("origin", "http://localhost:9090")]));
        assert!(!check(None, &[("host", "nas.lan"), ("origin", "https://nas.lan")]));
        assert!(!check(Some("https://post.example"), &[("host", "post.example"), ("origin", "http://post.example")]));
        assert!(!check(None, &[("host", "nas.lan"), ("sec-fetch-site", "cross-site")]));
        assert!(!check(None, &[("host", "nas.lan"), ("sec-fetch-site", "same-site")]));
    }
}
