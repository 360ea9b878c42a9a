//! Name resolution by our own resolver, so that a test can serve its own zones.

use std::net::{IpAddr, SocketAddr};
use crate::Result;

/// A resolver; cheap to clone.
#[derive(Clone)]
pub struct Dns { }

/// A mail exchanger (RFC 5321 §5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mx {
    /// Lower is preferred.
    pub preference: u16,
    /// Host name, lower case, no trailing dot; empty for a null MX (RFC 7505).
    pub host: String,
}

/// A service record (RFC 2782, RFC 6186).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Srv {
    /// Lower is preferred.
    pub priority: u16,
    /// Larger is chosen more often among equals.
    pub weight: u16,
    /// TCP port.
    pub port: u16,
    /// Host name, lower case, no trailing dot; empty means "not available here".
    pub target: String,
}

impl Dns {
    /// The given resolver, else the system's.
    ///
    /// # Errors
    /// Permanent: the system's resolver configuration cannot be read.
    pub fn new(_resolver: Option<SocketAddr>) -> Result<Self> { todo!() }

    /// IPv6 and IPv4 addresses of a host; an address literal answers itself.
    ///
    /// # Errors
    /// Permanent when the name does not exist, Temporary when the resolver does not answer.
    pub async fn addresses(&self, _host: &str) -> Result<Vec<IpAddr>> { todo!() }

    /// Mail exchangers, most preferred first; empty when there are none.
    ///
    /// # Errors
    /// Temporary when the resolver does not answer.
    pub async fn mx(&self, _domain: &str) -> Result<Vec<Mx>> { todo!() }

    /// Service records such as `_imaps._tcp.example.org`, most preferred first; empty when there are none.
    ///
    /// # Errors
    /// Temporary when the resolver does not answer.
    pub async fn srv(&self, _name: &str) -> Result<Vec<Srv>> { todo!() }
}
