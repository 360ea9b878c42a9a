//! Name resolution by our own resolver, so that a test can serve its own zones.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{LookupIpStrategy, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData};

use crate::error::printable;
use crate::{Error, Result};

/// Most records of one answer that are looked at.
const MAX_RECORDS: usize = 32;

/// A resolver; cheap to clone.
#[derive(Clone)]
pub struct Dns {
    resolver: TokioResolver,
}

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
    pub fn new(resolver: Option<SocketAddr>) -> Result<Self> {
        let broken = |e: NetError| Error::permanent(format!("The name resolver cannot be set up: {e}."));
        let mut builder = match resolver {
            Some(address) => {
                let mut server = NameServerConfig::udp_and_tcp(address.ip());
                for connection in &mut server.connections {
                    connection.port = address.port();
                }
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
            None => TokioResolver::builder_tokio().map_err(broken)?,
        };
        let options = builder.options_mut();
        options.timeout = Duration::from_secs(3);
        options.attempts = 2;
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        Ok(Self { resolver: builder.build().map_err(broken)? })
    }

    /// IPv4 and IPv6 addresses of a host; an address literal answers itself.
    ///
    /// # Errors
    /// Permanent when the name does not exist, Temporary when the resolver does not answer.
    pub async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>> {
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        match self.resolver.lookup_ip(absolute(host)?).await {
            Ok(found) => Ok(found.iter().take(MAX_RECORDS).collect()),
            Err(e) if e.is_no_records_found() => {
                Err(Error::permanent(format!("There is no server named {}. Check the spelling.", printable(host, 100))))
            }
            Err(e) => Err(no_answer(host, &e)),
        }
    }

    /// Mail exchangers, most preferred first; empty when there are none.
    ///
    /// # Errors
    /// Temporary when the resolver does not answer.
    pub async fn mx(&self, domain: &str) -> Result<Vec<Mx>> {
        let answers = match self.resolver.mx_lookup(absolute(domain)?).await {
            Ok(found) => found,
            Err(e) if e.is_no_records_found() => return Ok(Vec::new()),
            Err(e) => return Err(no_answer(domain, &e)),
        };
        let mut list: Vec<Mx> = answers
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::MX(mx) => Some(Mx { preference: mx.preference, host: plain(&mx.exchange) }),
                _ => None,
            })
            .take(MAX_RECORDS)
            .collect();
        list.sort_by_key(|mx| mx.preference);
        Ok(list)
    }

    /// Service records such as `_imaps._tcp.example.org`, most preferred first; empty when there are none.
    ///
    /// # Errors
    /// Temporary when the resolver does not answer.
    pub async fn srv(&self, name: &str) -> Result<Vec<Srv>> {
        let answers = match self.resolver.srv_lookup(absolute(name)?).await {
            Ok(found) => found,
            Err(e) if e.is_no_records_found() => return Ok(Vec::new()),
            Err(e) => return Err(no_answer(name, &e)),
        };
        let mut list: Vec<Srv> = answers
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::SRV(s) => {
                    Some(Srv { priority: s.priority, weight: s.weight, port: s.port, target: plain(&s.target) })
                }
                _ => None,
            })
            .take(MAX_RECORDS)
            .collect();
        list.sort_by_key(|s| (s.priority, std::cmp::Reverse(s.weight)));
        Ok(list)
    }
}

/// A fully qualified name, so that the system's search domains never come in.
fn absolute(name: &str) -> Result<Name> {
    let name = name.trim_end_matches('.');
    let mut parsed = Name::from_utf8(name)
        .ok()
        .filter(|n| !n.is_root())
        .ok_or_else(|| Error::permanent(format!("“{}” is not a server name.", printable(name, 100))))?;
    parsed.set_fqdn(true);
    Ok(parsed)
}

fn plain(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_ascii_lowercase()
}

fn no_answer(name: &str, error: &NetError) -> Error {
    tracing::debug!(%error, "name look-up failed");
    Error::temporary(format!("The name {} could not be looked up just now. Check the network.", printable(name, 100)))
}
