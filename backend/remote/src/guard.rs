//! The SSRF guard: which addresses an outgoing connection that a person's input can steer may reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use crate::{Error, Result};

/// Which private places are let through. Public addresses always are.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    hosts: Arc<Vec<String>>,
    networks: Arc<Vec<Network>>,
}

#[derive(Clone, Copy, Debug)]
struct Network {
    address: IpAddr,
    bits: u8,
}

impl Guard {
    /// `allow`: host names (`nas.lan`), addresses (`192.168.1.5`) and networks (`10.0.0.0/8`, `fd00::/8`).
    ///
    /// # Errors
    /// Permanent: an entry is none of these.
    pub fn new(allow: &[String]) -> Result<Self> {
        let mut hosts = Vec::new();
        let mut networks = Vec::new();
        for entry in allow {
            let entry = entry.trim();
            if let Some(network) = Network::parse(entry) {
                networks.push(network);
            } else if is_host_name(entry) {
                hosts.push(tidy(entry));
            } else {
                return Err(Error::permanent(format!(
                    "“{}” is neither a host name nor an address nor a network such as 10.0.0.0/8.",
                    crate::error::printable(entry, 80)
                )));
            }
        }
        Ok(Self { hosts: Arc::new(hosts), networks: Arc::new(networks) })
    }

    /// The same guard that also lets `host` through, whatever address it has.
    #[must_use]
    pub fn allowing(&self, host: &str) -> Self {
        let mut hosts = self.hosts.as_ref().clone();
        hosts.push(tidy(host));
        Self { hosts: Arc::new(hosts), networks: Arc::clone(&self.networks) }
    }

    /// Checks the address that `host` leads to, just before connecting to exactly that address.
    ///
    /// # Errors
    /// Permanent, with words that say what the administrator can do.
    pub fn check(&self, host: &str, address: IpAddr) -> Result<()> {
        let meant = embedded(address);
        if is_public(address) || self.hosts.contains(&tidy(host)) {
            return Ok(());
        }
        if self.networks.iter().any(|n| n.contains(address) || n.contains(meant)) {
            return Ok(());
        }
        Err(Error::permanent(format!(
            "{host} is at a private address ({meant}) that Kinpost does not connect to on its own. \
             An administrator can let it through: add it to “allow” under [network] in the configuration."
        )))
    }
}

/// Whether an address is on the public internet. IPv4 inside IPv6 (mapped, NAT64) counts as what it leads to;
/// 6to4 and Teredo tunnels never do.
pub fn is_public(address: IpAddr) -> bool {
    match embedded(address) {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// The IPv4 address that an IPv4-mapped (RFC 4291 §2.5.5.2) or NAT64 (RFC 6052 §2.1) address leads to.
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return IpAddr::V4(v4);
    }
    match v6.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            IpAddr::V4(Ipv4Addr::new(a, b, c, d))
        }
        _ => address,
    }
}

/// RFC 6890 and its registry: everything that is not globally reachable is private, and so is multicast.
fn is_public_v4(address: Ipv4Addr) -> bool {
    match address.octets() {
        [0 | 10 | 127 | 224..=255, ..] => false,
        [100, 64..=127, ..] => false,
        // Azure's metadata and wire server, a public address that is answered inside the cloud.
        [168, 63, 129, 16] => false,
        [169, 254, ..] => false,
        [172, 16..=31, ..] => false,
        [192, 0, 0 | 2, _] => false,
        [192, 88, 99, _] => false,
        [192, 168, ..] => false,
        [198, 18 | 19, ..] => false,
        [198, 51, 100, _] => false,
        [203, 0, 113, _] => false,
        _ => true,
    }
}

/// Only global unicast (2000::/3) without its special blocks: protocol assignments with Teredo (2001::/23),
/// documentation (2001:db8::/32, 3fff::/20) and 6to4 (2002::/16).
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, second, ..] if second < 0x0200 || second == 0x0db8 => false,
        [0x2002, ..] => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address.parse::<IpAddr>().ok()?, bits.parse::<u8>().ok()?),
            None => {
                let text = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
                let address = text.parse::<IpAddr>().ok()?;
                (address, width(address))
            }
        };
        (bits <= width(address)).then_some(Self { address, bits })
    }

    fn contains(&self, other: IpAddr) -> bool {
        let (mine, theirs) = match (self.address, other) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits()), u128::from(b.to_bits())),
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits()),
            _ => return false,
        };
        let shift = u32::from(width(self.address) - self.bits);
        mine.checked_shr(shift).unwrap_or(0) == theirs.checked_shr(shift).unwrap_or(0)
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn is_host_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
}

fn tidy(host: &str) -> String {
    host.trim().trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn refused(address: &str) -> bool {
        Guard::default().check("host.example", address.parse().unwrap()).is_err()
    }

    #[test]
    fn private_forms_are_refused() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "100::1",
            "2001:db8::1",
            "2001::1",
            "2001:10::1",
            "2001:1ff::1",
            "3fff:fff::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:7f00:1",
            "::127.0.0.1",
            "2002:7f00:1::",
            "2002:0808:0808::1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::808:808",
        ] {
            assert!(refused(address), "{address} must be refused");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for address in [
            "8.8.8.8",
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.1.1",
            "192.0.1.1",
            "198.17.0.1",
            "223.255.255.1",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "2001:4860:4860::8888",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "3fff:1000::1",
        ] {
            assert!(!refused(address), "{address} must pass");
        }
    }

    #[test]
    fn the_allow_list_opens_exactly_what_it_names() {
        let guard =
            Guard::new(&["NAS.lan.".into(), "10.1.0.0/16".into(), "fd00::/8".into(), "127.0.0.1".into()]).unwrap();
        let ok = |host: &str, address: &str| guard.check(host, address.parse().unwrap()).is_ok();
        assert!(ok("nas.lan", "192.168.5.5"));
        assert!(!ok("evil.nas.lan", "192.168.5.5"));
        assert!(ok("x", "10.1.255.1") && ok("x", "::ffff:10.1.2.3") && !ok("x", "10.2.0.1"));
        assert!(ok("x", "fd12::1") && !ok("x", "fe80::1"));
        assert!(ok("x", "127.0.0.1") && !ok("x", "127.0.0.2"));
        assert!(guard.allowing("Home.Example").check("home.example", "192.168.1.1".parse().unwrap()).is_ok());
        assert!(!ok("home.example", "192.168.1.1"));
    }

    #[test]
    fn a_whole_family_can_be_allowed() {
        let guard = Guard::new(&["0.0.0.0/0".into(), "::/0".into()]).unwrap();
        assert!(guard.check("x", "127.0.0.1".parse().unwrap()).is_ok());
        assert!(guard.check("x", "::1".parse().unwrap()).is_ok());
    }

    #[test]
    fn nonsense_entries_are_named() {
        for entry in ["", "10.0.0.0/33", "fd00::/129", "a b", "http://x/", "10.0.0.0/"] {
            assert!(Guard::new(&[entry.to_owned()]).is_err(), "{entry}");
        }
    }

    #[test]
    fn the_refusal_says_what_to_do() {
        let error = Guard::default().check("nas.example", "192.168.1.9".parse().unwrap()).unwrap_err();
        assert!(error.message.contains("192.168.1.9") && error.message.contains("[network]"));
        assert_eq!(error.class, crate::Class::Permanent);
    }
}
