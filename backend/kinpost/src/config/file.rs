//! The shape of `kinpost.toml`. An unknown key is an error: a mistyped one must not be silently ignored.

use serde::Deserialize;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen at.
    pub listen: String,
    /// Where people reach this server; empty: by the request's Host.
    pub public_url: String,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// Log-in over unencrypted HTTP beyond this machine.
    pub plain_http: bool,
    /// `[dns]`
    pub dns: Dns,
    /// `[tls]`
    pub tls: Tls,
    /// `[network]`
    pub network: Network,
    /// `[discovery]`
    pub discovery: Discovery,
    /// `[times]`
    pub times: Times,
    /// `[mailserver]`
    pub mailserver: Mailserver,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            public_url: String::new(),
            trusted_proxies: Vec::new(),
            plain_http: false,
            dns: Dns::default(),
            tls: Tls::default(),
            network: Network::default(),
            discovery: Discovery::default(),
            times: Times::default(),
            mailserver: Mailserver::default(),
        }
    }
}

/// Name resolution.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dns {
    /// Asked instead of the system's resolver.
    pub resolver: String,
}

/// Trust.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// PEM file of further certificate authorities.
    pub extra_ca: String,
}

/// The guard of outgoing connections.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// Hosts and networks that it lets through.
    pub allow: Vec<String>,
}

/// How servers of an address are found.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Discovery {
    /// Base of the provider database; empty: not asked.
    pub ispdb: String,
    /// Whether the domain itself is asked.
    pub well_known: bool,
}

impl Default for Discovery {
    fn default() -> Self {
        Self { ispdb: "https://autoconfig.thunderbird.net/v1.1/".to_owned(), well_known: true }
    }
}

/// Times in seconds.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Times {
    /// Between two looks where nothing tells us.
    pub poll_s: u64,
    /// After the first, second, … failure.
    pub retry_s: Vec<u64>,
    /// How long a letter can be taken back.
    pub undo_s: u64,
    /// How long a body is awaited.
    pub fetch_s: u64,
}

impl Default for Times {
    fn default() -> Self {
        Self { poll_s: 300, retry_s: vec![30, 120, 600], undo_s: 10, fetch_s: 15 }
    }
}

/// The bundled mail server; not in this version, but a file that switches it off is right.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(dead_code, reason = "the keys are part of the documented file")]
pub struct Mailserver {
    /// Whether it runs.
    pub enabled: bool,
    smtp: String,
    submission: String,
    submissions: String,
    imap: String,
    imaps: String,
    pop3: String,
    pop3s: String,
    smart_host: String,
}
