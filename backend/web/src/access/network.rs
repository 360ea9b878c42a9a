//! Networks of addresses (`10.0.0.0/8`, `192.168.1.7`, `fd00::/8`): which peers are proxies that we believe.

use std::{fmt, net::IpAddr, str::FromStr};

/// An address range in prefix notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// A text that is no address and no network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotANetwork(String);

impl fmt::Display for NotANetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is neither an address nor a network such as 10.0.0.0/8", self.0)
    }
}

impl std::error::Error for NotANetwork {}

impl Network {
    /// Whether `address` lies within. An IPv4 address that came through an IPv6 socket counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(it)) => same_prefix(&net.octets(), &it.octets(), self.prefix),
            (IpAddr::V6(net), IpAddr::V6(it)) => same_prefix(&net.octets(), &it.octets(), self.prefix),
            _ => false,
        }
    }
}

fn same_prefix(left: &[u8], right: &[u8], prefix: u8) -> bool {
    let mut bits = u32::from(prefix);
    for (a, b) in left.iter().zip(right) {
        let here = bits.min(8);
        let mask = u8::MAX.checked_shl(8 - here).unwrap_or(0);
        if a & mask != b & mask {
            return false;
        }
        bits -= here;
    }
    true
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), |p| p.parse().map_err(|_| wrong()))?;
        if prefix > longest { Err(wrong()) } else { Ok(Self { address, prefix }) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_network_contains_what_shares_its_prefix() {
        for (net, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("192.168.1.7", "192.168.1.7", "192.168.1.8"),
            ("172.16.0.0/12", "172.31.255.255", "172.32.0.0"),
            ("fd00::/8", "fd12::1", "fe80::1"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("127.0.0.0/8", "::ffff:127.0.0.1", "::1"),
        ] {
            let network: Network = net.parse().unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{inside} in {net}");
            assert!(!network.contains(outside.parse().unwrap()), "{outside} not in {net}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for odd in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "proxy", "10.0.0.0/-1", "10.0.0.0/"] {
            assert!(odd.parse::<Network>().is_err(), "{odd:?}");
        }
    }
}
