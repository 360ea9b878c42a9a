//! The configuration: `kinpost.toml`, over it the environment, over it the command line. Every key has a default.

mod env;
mod file;

use std::{net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context, Result, bail};
use clap::Args;
use web::access::{network::Network, place::Surroundings};

pub use file::Config;

/// Flags that go before file and environment.
#[derive(Debug, Clone, Default, Args)]
pub struct Overrides {
    /// Address and port to listen at [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// Where people reach this server: https://mail.example.org
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// A reverse proxy whose X-Forwarded-For is believed (address or network; may be repeated)
    #[arg(long = "trusted-proxy", value_name = "NET")]
    pub trusted_proxies: Vec<String>,
    /// Allow log-in over unencrypted HTTP beyond this machine
    #[arg(long)]
    pub plain_http: bool,
}

impl Config {
    /// Reads the file (if there is one), the environment and the flags, and checks every value.
    pub fn load(file: Option<&Path>, data: &Path, overrides: &Overrides) -> Result<Self> {
        let beside = data.join("kinpost.toml");
        let path = match file {
            Some(path) => Some(path),
            None => beside.exists().then_some(beside.as_path()),
        };
        let mut config = match path {
            Some(path) => Self::read(path)?,
            None => Self::default(),
        };
        env::apply(&mut config, |name| std::env::var(name).ok())?;
        config.apply(overrides);
        config.check()?;
        Ok(config)
    }

    fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("the configuration {} is not right", path.display()))
    }

    fn apply(&mut self, overrides: &Overrides) {
        if let Some(listen) = &overrides.listen {
            self.listen.clone_from(listen);
        }
        if let Some(url) = &overrides.public_url {
            self.public_url.clone_from(url);
        }
        if !overrides.trusted_proxies.is_empty() {
            self.trusted_proxies.clone_from(&overrides.trusted_proxies);
        }
        self.plain_http |= overrides.plain_http;
    }

    fn check(&self) -> Result<()> {
        self.listen_at()?;
        self.surroundings()?;
        self.mail_client()?;
        if self.times.poll_s == 0
            || self.times.fetch_s == 0
            || self.times.retry_s.is_empty()
            || self.times.retry_s.contains(&0)
        {
            bail!(
                "times.poll_s, times.fetch_s and every one of times.retry_s must be above 0, and there must be one retry_s"
            );
        }
        if self.mailserver.enabled {
            bail!("mailserver.enabled: this version of Kinpost has no mail server of its own yet; set it to false");
        }
        Ok(())
    }

    /// The address to listen at.
    pub fn listen_at(&self) -> Result<SocketAddr> {
        let text = self.listen.replace("localhost:", "127.0.0.1:");
        text.parse()
            .with_context(|| format!("listen: '{}' is not an address with a port such as 127.0.0.1:8080", self.listen))
    }

    /// What the door knows of its surroundings.
    pub fn surroundings(&self) -> Result<Surroundings> {
        let public_url = match self.public_url.trim().trim_end_matches('/') {
            "" => None,
            url => Some(checked_url(url)?),
        };
        let networks = self.trusted_proxies.iter().map(|text| text.parse::<Network>());
        let trusted_proxies = networks.collect::<Result<_, _>>().context("trusted_proxies")?;
        Ok(Surroundings {
            public_url,
            trusted_proxies,
            plain_http: self.plain_http,
            listens_locally: self.listen_at()?.ip().is_loopback(),
        })
    }

    /// What the mail client is told.
    pub fn mail_client(&self) -> Result<mailclient::Config> {
        let resolver = match self.dns.resolver.as_str() {
            "" => None,
            text => Some(text.parse().with_context(|| {
                format!("dns.resolver: '{text}' is not an address with a port such as 127.0.0.1:5353")
            })?),
        };
        let extra_ca_pem = match self.tls.extra_ca.as_str() {
            "" => None,
            path => Some(std::fs::read(path).with_context(|| format!("tls.extra_ca: cannot read {path}"))?),
        };
        let seconds = |s: u64| Duration::from_secs(s);
        Ok(mailclient::Config {
            poll: seconds(self.times.poll_s),
            retry: self.times.retry_s.iter().copied().map(seconds).collect(),
            undo: seconds(self.times.undo_s),
            fetch: seconds(self.times.fetch_s),
            network: mailclient::Network { resolver, extra_ca_pem, allow: self.network.allow.clone() },
            ispdb: self.discovery.ispdb.clone(),
            well_known: self.discovery.well_known,
        })
    }
}

fn checked_url(url: &str) -> Result<String> {
    let wrong = || format!("public_url: '{url}' is not an address such as https://mail.example.org");
    let (scheme, host) = url.split_once("://").with_context(wrong)?;
    if !matches!(scheme, "http" | "https") || host.is_empty() || host.contains(['/', '?', '#', '@', ' ', '"', '<']) {
        bail!(wrong());
    }
    Ok(url.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn parsed(text: &str) -> Result<Config> {
        let config: Config = toml::from_str(text)?;
        config.check()?;
        Ok(config)
    }

    #[test]
    fn an_empty_file_is_the_documented_default() {
        let config = parsed("").unwrap();
        assert_eq!((config.listen.as_str(), config.plain_http), ("127.0.0.1:8080", false));
        assert_eq!((config.times.poll_s, config.times.retry_s.as_slice()), (300, [30, 120, 600].as_slice()));
        assert_eq!((config.times.undo_s, config.times.fetch_s), (10, 15));
        assert_eq!(config.discovery.ispdb, "https://autoconfig.thunderbird.net/v1.1/");
        assert!(config.discovery.well_known && config.surroundings().unwrap().listens_locally);
    }

    #[test]
    fn every_key_is_known() {
        let config = parsed(
            "listen = \"0.0.0.0:80\"\npublic_url = \"https://post.example/\"\ntrusted_proxies = [\"10.0.0.0/8\"]\nplain_http = true\n\
             [dns]\nresolver = \"127.0.0.1:5353\"\n[network]\nallow = [\"nas.lan\", \"192.168.0.0/16\"]\n\
             [discovery]\nispdb = \"\"\nwell_known = false\n[times]\npoll_s = 5\nretry_s = [1]\nundo_s = 0\nfetch_s = 3\n\
             [mailserver]\nenabled = false\nsmtp = \"0.0.0.0:25\"\nsubmission = \"0.0.0.0:587\"\nsubmissions = \"\"\nimap = \"\"\nimaps = \"\"\npop3 = \"\"\npop3s = \"\"\nsmart_host = \"\"\n",
        )
        .unwrap();
        let here = config.surroundings().unwrap();
        assert_eq!(here.public_url.as_deref(), Some("https://post.example"));
        assert!(here.plain_http && !here.listens_locally && here.trusted_proxies.len() == 1);
        assert_eq!(config.mail_client().unwrap().poll, Duration::from_secs(5));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, word) in [
            ("listne = 1", "listne"),
            ("[times]\npolls = 1", "polls"),
            ("listen = \"8080\"", "listen"),
            ("public_url = \"post.example\"", "public_url"),
            ("trusted_proxies = [\"proxy\"]", "trusted_proxies"),
            ("[dns]\nresolver = \"ns\"", "dns.resolver"),
            ("[tls]\nextra_ca = \"/no/such.pem\"", "/no/such.pem"),
            ("[times]\nretry_s = []", "retry_s"),
            ("[mailserver]\nenabled = true", "mailserver.enabled"),
        ] {
            let error = format!("{:#}", parsed(text).expect_err(text));
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn flags_go_before_environment_and_environment_before_the_file() {
        let mut config: Config = toml::from_str("listen = \"127.0.0.1:1\"\npublic_url = \"http://a\"").unwrap();
        env::apply(&mut config, |name| match name {
            "KINPOST_LISTEN" => Some("127.0.0.1:2".into()),
            "KINPOST_TIMES_RETRY_S" => Some("1, 2".into()),
            _ => None,
        })
        .unwrap();
        config.apply(&Overrides { listen: Some("127.0.0.1:3".into()), ..Overrides::default() });
        assert_eq!(
            (config.listen.as_str(), config.public_url.as_str(), config.times.retry_s.as_slice()),
            ("127.0.0.1:3", "http://a", [1, 2].as_slice())
        );
    }
}
