//! The address that is asked about: its domain in ASCII, and what is never asked because it is no one's own domain.

/// An address that can be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// The whole address as it was typed, trimmed.
    pub address: String,
    /// Its domain, lower case, ASCII (IDNA).
    pub domain: String,
}

impl Asked {
    /// `None`: not an address, or its domain is a public suffix, a single label or a number.
    pub fn parse(address: &str) -> Option<Self> {
        let address = address.trim();
        let (local, domain) = address.rsplit_once('@')?;
        if local.is_empty() || address.len() > 320 || address.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return None;
        }
        let domain = idna::domain_to_ascii_strict(domain.trim_end_matches('.')).ok()?;
        is_own_domain(&domain).then(|| Self { address: address.to_owned(), domain })
    }
}

/// Whether somebody can own this name: it lies below a public suffix. Nothing is ever asked at the suffix itself.
pub(super) fn is_own_domain(domain: &str) -> bool {
    domain.len() <= 253 && domain.parse::<std::net::IpAddr>().is_err() && psl::domain_str(domain).is_some()
}

/// The part of a host's name that somebody owns (`mx1.mail.example.co.uk` → `example.co.uk`).
pub(super) fn owned_part(host: &str) -> Option<&str> {
    psl::domain_str(host).filter(|_| host.parse::<std::net::IpAddr>().is_err())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_with_a_domain_of_their_own() {
        let asked = Asked::parse(" Anna@Example.ORG. ").unwrap();
        assert_eq!((asked.address.as_str(), asked.domain.as_str()), ("Anna@Example.ORG.", "example.org"));
        assert_eq!(Asked::parse("a@bücher.example").unwrap().domain, "xn--bcher-kva.example");
    }

    #[test]
    fn public_suffixes_and_nonsense_are_never_asked() {
        for address in [
            "",
            "anna",
            "@example.org",
            "a@",
            "a@com",
            "a@co.uk",
            "a@github.io",
            "a@localhost",
            "a@127.0.0.1",
            "a b@x.org",
            "a@x y.org",
            "a@x.\r\norg",
            "a@-x-.org/..",
        ] {
            assert_eq!(Asked::parse(address), None, "{address}");
        }
        assert_eq!(owned_part("mx1.mail.example.co.uk"), Some("example.co.uk"));
        assert_eq!(owned_part("co.uk"), None);
    }
}
