//! The environment: `KINPOST_` and the key in capitals, a table's name before it (`KINPOST_TIMES_POLL_S`). Lists are
//! separated by commas.

use std::{fmt::Display, str::FromStr};

use anyhow::{Result, anyhow};

use super::Config;

/// Puts what `look_up` knows into the configuration.
pub fn apply(config: &mut Config, look_up: impl Fn(&str) -> Option<String>) -> Result<()> {
    let env = Env(look_up);
    env.value("KINPOST_LISTEN", &mut config.listen)?;
    env.value("KINPOST_PUBLIC_URL", &mut config.public_url)?;
    env.list("KINPOST_TRUSTED_PROXIES", &mut config.trusted_proxies)?;
    env.value("KINPOST_PLAIN_HTTP", &mut config.plain_http)?;
    env.value("KINPOST_DNS_RESOLVER", &mut config.dns.resolver)?;
    env.value("KINPOST_TLS_EXTRA_CA", &mut config.tls.extra_ca)?;
    env.list("KINPOST_NETWORK_ALLOW", &mut config.network.allow)?;
    env.value("KINPOST_DISCOVERY_ISPDB", &mut config.discovery.ispdb)?;
    env.value("KINPOST_DISCOVERY_WELL_KNOWN", &mut config.discovery.well_known)?;
    env.value("KINPOST_TIMES_POLL_S", &mut config.times.poll_s)?;
    env.list("KINPOST_TIMES_RETRY_S", &mut config.times.retry_s)?;
    env.value("KINPOST_TIMES_UNDO_S", &mut config.times.undo_s)?;
    env.value("KINPOST_TIMES_FETCH_S", &mut config.times.fetch_s)?;
    env.value("KINPOST_MAILSERVER_ENABLED", &mut config.mailserver.enabled)
}

struct Env<F>(F);

impl<F: Fn(&str) -> Option<String>> Env<F> {
    fn value<T: FromStr<Err: Display>>(&self, name: &str, to: &mut T) -> Result<()> {
        if let Some(text) = (self.0)(name) {
            *to = read(name, text.trim())?;
        }
        Ok(())
    }

    fn list<T: FromStr<Err: Display>>(&self, name: &str, to: &mut Vec<T>) -> Result<()> {
        if let Some(text) = (self.0)(name) {
            let pieces = text.split(',').map(str::trim).filter(|piece| !piece.is_empty());
            *to = pieces.map(|piece| read(name, piece)).collect::<Result<_>>()?;
        }
        Ok(())
    }
}

fn read<T: FromStr<Err: Display>>(name: &str, text: &str) -> Result<T> {
    text.parse().map_err(|error| anyhow!("the environment variable {name}: '{text}' is not right ({error})"))
}
