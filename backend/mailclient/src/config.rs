//! What the configuration file says to the e-mail client: times, the way into the network, discovery.

use std::{net::SocketAddr, time::Duration};

/// Everything that steers the client from outside (`kinpost.toml`: `[times]`, `[dns]`, `[tls]`, `[network]`,
/// `[discovery]`).
#[derive(Debug, Clone)]
pub struct Config {
    /// `times.poll_s`: how often folders without IDLE, and POP3 boxes, are looked at.
    pub poll: Duration,
    /// `times.retry_s`: the waits after the first, second, … temporary failure; the last one repeats.
    pub retry: Vec<Duration>,
    /// `times.undo_s`: how long a letter waits by default before it leaves.
    pub undo: Duration,
    /// `times.fetch_s`: how long [`MailClient::fetch`](crate::MailClient::fetch) waits for a body.
    pub fetch: Duration,
    /// The way into the network.
    pub network: Network,
    /// `discovery.ispdb`: base URL of the provider database, empty = not asked.
    pub ispdb: String,
    /// `discovery.well_known`: whether the domain itself is asked (`autoconfig.DOMAIN`, `/.well-known/autoconfig`).
    pub well_known: bool,
}

/// DNS, trust and the guard for connections that a person's input can steer.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// `dns.resolver`: asked instead of the system's.
    pub resolver: Option<SocketAddr>,
    /// `tls.extra_ca`: further trusted certificates, PEM.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// `network.allow`: hosts and networks that the guard lets through.
    pub allow: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(300),
            retry: [30, 120, 600].map(Duration::from_secs).to_vec(),
            undo: Duration::from_secs(10),
            fetch: Duration::from_secs(15),
            network: Network::default(),
            ispdb: "https://autoconfig.thunderbird.net/v1.1/".to_owned(),
            well_known: true,
        }
    }
}
