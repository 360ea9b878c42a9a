//! `kinpost source …`.

use anyhow::{Result, anyhow, bail};
use mailclient::{NewSource, SourceError, discovery::SourceConfig};
use shared::ids::SourceId;
use store::sources;

use super::member_named;
use crate::{
    act::{Line, Say},
    house::House,
};

/// A mail account to connect.
pub struct New {
    pub label: String,
    pub config: SourceConfig,
    pub password: String,
    pub test: bool,
}

/// Connects it and tells its id.
pub async fn add(house: &House, named: &str, new: New, say: Say<'_>) -> Result<()> {
    let member = member_named(&mut house.store.read().await?, named).await?;
    let email = new.config.email.clone();
    let source = NewSource {
        label: new.label,
        hue: None,
        config: new.config,
        password: new.password,
        name: String::new(),
        test: new.test,
        trusted: true,
    };
    match house.mail.add_source(member.account, source).await {
        Ok(id) => {
            say(Line::Out(id.to_string()));
            Ok(())
        }
        Err(error) => Err(anyhow!("{email} was not connected: {}", words(&error))),
    }
}

fn words(error: &SourceError) -> String {
    match error {
        SourceError::Test(report) => {
            let halves = [Some(("mail in", &report.incoming)), report.outgoing.as_ref().map(|out| ("mail out", out))];
            let wrong = halves.into_iter().flatten().filter(|(_, half)| !half.ok);
            wrong.map(|(name, half)| format!("{name}: {}", half.detail)).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

/// A person's, one a line: id, address, label, protocol and host, state, what it says.
pub async fn list(house: &House, named: &str, say: Say<'_>) -> Result<()> {
    let mut reader = house.store.read().await?;
    let member = member_named(&mut reader, named).await?;
    for source in sources::all(&mut reader, member.account).await? {
        let server = serde_json::from_str::<SourceConfig>(&source.config)
            .map_or_else(|_| String::new(), |c| format!("{:?} {}", c.protocol, c.incoming.host).to_lowercase());
        let detail = source.state_detail.unwrap_or_default();
        say(Line::Out(
            format!("{}\t{}\t{}\t{server}\t{}\t{detail}", source.id, source.email, source.label, source.state)
                .trim_end()
                .to_owned(),
        ));
    }
    Ok(())
}

/// Has one or all looked at now.
pub async fn check(house: &House, named: &str, id: Option<&str>) -> Result<()> {
    let member = member_named(&mut house.store.read().await?, named).await?;
    let wanted = id.map(parse).transpose()?;
    let list = wanted.as_ref().map(std::slice::from_ref);
    house.mail.check(member.account, list).await.map_err(|error| anyhow!("{}", words(&error)))
}

/// Disconnects one.
pub async fn remove(house: &House, named: &str, id: &str) -> Result<()> {
    let member = member_named(&mut house.store.read().await?, named).await?;
    match house.mail.remove_source(member.account, parse(id)?).await {
        Err(SourceError::NotFound) => {
            bail!("{} has no mail account {id}: `kinpost source list` shows them", member.name)
        }
        other => other.map_err(|error| anyhow!("{}", words(&error))),
    }
}

fn parse(id: &str) -> Result<SourceId> {
    id.parse().map_err(|_| anyhow!("'{id}' is no id of a mail account: `kinpost source list` shows them (r1, r2, …)"))
}
