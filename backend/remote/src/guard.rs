//! The SSRF guard: which addresses an outgoing connection that a person's input can steer may reach.

use std::net::IpAddr;
use crate::Result;

/// Which private places are let through. Public addresses always are.
#[derive(Clone, Debug, Default)]
pub struct Guard {}

impl Guard {
    /// `allow`: host names (`nas.lan`), addresses (`192.168.1.5`) and networks (`10.0.0.0/8`, `fd00::/8`).
    ///
    /// # Errors
    /// Permanent: an entry is none of these.
    pub fn new(_allow: &[String]) -> Result<Self> { todo!() }

    /// The same guard that also lets `host` through, whatever address it has.
    #[must_use]
    pub fn allowing(&self, _host: &str) -> Self { todo!() }

    /// Checks the address that `host` leads to, just before connecting to exactly that address.
    ///
    /// # Errors
    /// Permanent, with words that say what the administrator can do.
    pub fn check(&self, _host: &str, _address: IpAddr) -> Result<()> { todo!() }
}

/// Whether an address is on the public internet.
pub fn is_public(_address: IpAddr) -> bool { todo!() }
