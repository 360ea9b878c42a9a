//! Connected mail accounts come, change and go: checked, tested for real, written with their Identity, their worker told.

use remote::Endpoint;
use shared::ids::{AccountId, SourceId};
use store::{
    WriteTx, household,
    identities::{self, IdentityData},
    sources,
};

use crate::{
    MailClient, NewSource, SourceEdit, SourceError,
    settings::{Security, Server, SourceConfig},
};

impl MailClient {
    /// Connects a mail account: tests it, stores it with its Identity, starts its worker.
    pub async fn add_source(&self, account: AccountId, mut new: NewSource) -> Result<SourceId, SourceError> {
        new.config.trusted = new.trusted;
        check(&new.config)?;
        if new.password.is_empty() {
            return Err(invalid("password", "The password is missing."));
        }
        if new.test {
            self.test_or_fail(&new.config, &new.password).await?;
        }
        let label = if new.label.trim().is_empty() { new.config.email.clone() } else { new.label.trim().to_owned() };
        let row = sources::NewSource {
            label,
            email: new.config.email.clone(),
            hue: new.hue,
            config: json(&new.config),
            password: new.password,
        };
        let mut tx = self.store().write().await?;
        let id = sources::create(&mut tx, self.store().vault(), account, &row).await?;
        let name = match new.name.trim() {
            "" => household::of_account(&mut tx, account).await?.map(|m| m.name).unwrap_or_default(),
            name => name.to_owned(),
        };
        if new.config.outgoing.is_some() {
            identify(&mut tx, account, id, name, &new.config.email).await?;
        }
        tx.commit().await?;
        self.realign().await?;
        Ok(id)
    }

    /// Changes a mail account; new servers, user or password are tested first.
    pub async fn edit_source(&self, account: AccountId, source: SourceId, edit: SourceEdit) -> Result<(), SourceError> {
        let (row, old_password) = {
            let mut r = self.store().read().await?;
            let row = sources::get(&mut r, account, source).await?.ok_or(SourceError::NotFound)?;
            let password = sources::password(&mut r, self.store().vault(), account, source).await?;
            (row, password)
        };
        let old: SourceConfig = serde_json::from_str(&row.config).map_err(|_| store::Error::Damaged("source"))?;
        let config = edit.config.map(|config| {
            let trusted = old.trusted && !new_host(&config, &old);
            SourceConfig { trusted, ca: old.ca.clone(), ..config }
        });
        if let Some(config) = &config {
            check(config)?;
        }
        let password = edit.password.filter(|p| !p.is_empty());
        let new_servers = config.as_ref().filter(|config| reaches_elsewhere(config, &old));
        if new_servers.is_some() || password.is_some() {
            // A password never goes to a server that the person did not type it for.
            if new_servers.is_some_and(|new| new_host(new, &old)) && password.is_none() {
                return Err(invalid("password", "Type the password again for the new server."));
            }
            let password = password.as_deref().unwrap_or(&old_password);
            self.test_or_fail(config.as_ref().unwrap_or(&old), password).await?;
        }
        let update = sources::Update {
            label: edit.label,
            email: config.as_ref().map(|c| c.email.clone()),
            hue: edit.hue,
            sort_order: edit.sort_order,
            config: config.as_ref().map(json),
            password,
            paused: edit.paused,
            is_primary: edit.primary,
        };
        let mut tx = self.store().write().await?;
        sources::update(&mut tx, self.store().vault(), account, source, &update).await?;
        if edit.paused == Some(true) {
            let health = sources::Health {
                state: "paused".into(),
                detail: None,
                last_checked_at: row.last_checked_at,
                next_try_at: None,
            };
            sources::set_health(&mut tx, account, source, &health).await?;
        }
        tx.commit().await?;
        self.realign().await?;
        Ok(())
    }

    /// Disconnects a mail account: its mail goes from here and stays at the provider.
    pub async fn remove_source(&self, account: AccountId, source: SourceId) -> Result<(), SourceError> {
        let mut tx = self.store().write().await?;
        sources::get(&mut tx, account, source).await?.ok_or(SourceError::NotFound)?;
        sources::destroy(&mut tx, account, source).await?;
        identify_locally(&mut tx, account).await?;
        tx.commit().await?;
        self.realign().await?;
        Ok(())
    }

    async fn test_or_fail(&self, config: &SourceConfig, password: &str) -> Result<(), SourceError> {
        let report = self.test(config, password).await;
        if report.ok() { Ok(()) } else { Err(SourceError::Test(Box::new(report))) }
    }
}

/// The address to write from that comes with a mail account. The local one, by which no letter can leave, steps aside, so
/// that a client that takes the first Identity takes one that works.
async fn identify(
    tx: &mut WriteTx,
    account: AccountId,
    source: SourceId,
    name: String,
    email: &str,
) -> store::Result<()> {
    let data = IdentityData { name, email: email.to_owned(), may_delete: true, ..IdentityData::default() };
    identities::create(tx, account, Some(source), &data).await?;
    for local in identities::all(tx, account).await?.into_iter().filter(|i| i.source.is_none()) {
        let data = IdentityData { may_delete: true, ..local.data };
        identities::update(tx, account, local.id, &data).await?;
        identities::destroy(tx, account, local.id).await?;
    }
    Ok(())
}

/// The last way out went with its mail account: drafts are written from the member's own address again.
async fn identify_locally(tx: &mut WriteTx, account: AccountId) -> store::Result<()> {
    if !identities::all(tx, account).await?.is_empty() {
        return Ok(());
    }
    let Some(member) = household::of_account(tx, account).await? else { return Ok(()) };
    let data = IdentityData { name: member.name, email: member.email, ..IdentityData::default() };
    identities::create(tx, account, None, &data).await?;
    Ok(())
}

fn json(config: &SourceConfig) -> String {
    serde_json::to_string(config).unwrap_or_default()
}

fn invalid(property: &'static str, why: &str) -> SourceError {
    SourceError::Invalid { property, why: why.to_owned() }
}

fn check(config: &SourceConfig) -> Result<(), SourceError> {
    let address = config.email.trim();
    let is_address = address == config.email
        && address.len() <= 320
        && !address.chars().any(|c| c.is_control() || c.is_whitespace())
        && address.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if !is_address {
        return Err(invalid("email", "This is not an e-mail address."));
    }
    check_server("incoming", &config.incoming, config.allow_plain)?;
    config.outgoing.as_ref().map_or(Ok(()), |server| check_server("outgoing", server, config.allow_plain))
}

fn check_server(property: &'static str, server: &Server, allow_plain: bool) -> Result<(), SourceError> {
    let text = Endpoint::new(&server.host, server.port, server.security).to_string();
    if text.parse::<Endpoint>().is_err() {
        return Err(invalid(property, "The server is a name and a port from 1 to 65535."));
    }
    if server.username.is_empty() || server.username.chars().any(char::is_control) {
        return Err(invalid(property, "The user name is missing."));
    }
    if server.security == Security::Plain && !allow_plain {
        return Err(invalid(property, "An unencrypted connection needs your explicit consent."));
    }
    Ok(())
}

/// Whether another log-in than before is made somewhere.
fn reaches_elsewhere(new: &SourceConfig, old: &SourceConfig) -> bool {
    (new.protocol, &new.incoming, &new.outgoing, new.allow_plain)
        != (old.protocol, &old.incoming, &old.outgoing, old.allow_plain)
}

/// Whether a host is met that did not know the password before.
fn new_host(new: &SourceConfig, old: &SourceConfig) -> bool {
    let known: Vec<&str> =
        [Some(&old.incoming), old.outgoing.as_ref()].into_iter().flatten().map(|s| s.host.as_str()).collect();
    let hosts = [Some(&new.incoming), new.outgoing.as_ref()];
    hosts.into_iter().flatten().any(|s| !known.contains(&s.host.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Pop3Keep, Protocol};

    fn server(host: &str, security: Security) -> Server {
        Server { host: host.into(), port: 993, security, username: "me".into() }
    }

    fn config() -> SourceConfig {
        SourceConfig {
            email: "me@example.org".into(),
            protocol: Protocol::Imap,
            incoming: server("imap.example.org", Security::Tls),
            outgoing: Some(server("smtp.example.org", Security::Tls)),
            pop3_keep: Pop3Keep::Delete,
            allow_plain: false,
            ca: None,
            trusted: false,
        }
    }

    #[test]
    fn settings_that_cannot_work_are_refused_by_the_field_at_fault() {
        let property = |config: &SourceConfig| match check(config) {
            Err(SourceError::Invalid { property, .. }) => property,
            _ => "",
        };
        assert_eq!(property(&config()), "");
        assert_eq!(property(&SourceConfig { email: "me".into(), ..config() }), "email");
        assert_eq!(property(&SourceConfig { email: "me@x\r\n".into(), ..config() }), "email");
        assert_eq!(property(&SourceConfig { incoming: server("", Security::Tls), ..config() }), "incoming");
        let plain = SourceConfig { incoming: server("imap.example.org", Security::Plain), ..config() };
        assert_eq!(property(&plain), "incoming");
        assert_eq!(property(&SourceConfig { allow_plain: true, ..plain }), "");
        let nobody = Server { username: String::new(), ..server("smtp.example.org", Security::Tls) };
        assert_eq!(property(&SourceConfig { outgoing: Some(nobody), ..config() }), "outgoing");
    }

    #[test]
    fn a_new_host_needs_the_password_again() {
        let elsewhere = SourceConfig { incoming: server("imap.evil.example", Security::Tls), ..config() };
        assert!(new_host(&elsewhere, &config()) && reaches_elsewhere(&elsewhere, &config()));
        assert!(!new_host(&config(), &config()) && !reaches_elsewhere(&config(), &config()));
    }
}
