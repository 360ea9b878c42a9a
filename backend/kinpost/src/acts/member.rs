//! `kinpost member …`.

use anyhow::{Result, anyhow, bail};
use store::{
    Refusal,
    household::{self, Update},
    secrets,
};
use web::access::members::{self, Joining};

use super::member_named;
use crate::{
    act::{Line, Say},
    house::House,
};

/// A person to add.
pub struct New {
    pub name: String,
    pub email: String,
    pub admin: bool,
    pub password: String,
    pub tell_password: bool,
}

/// Adds a person.
pub async fn add(house: &House, new: &New, say: Say<'_>) -> Result<()> {
    let joining = Joining { name: &new.name, email: &new.email, password: &new.password, is_admin: new.admin };
    let joined = members::join(&house.store, &joining).await;
    let member = joined.map_err(|error| anyhow!("{} <{}> was not added: {error}", new.name, new.email))?;
    let role = if member.is_admin { ", an administrator" } else { "" };
    say(Line::Out(format!("{} <{}> lives here now{role}.", member.name, member.email)));
    tell(&new.password, new.tell_password, say);
    Ok(())
}

/// Everybody, one a line: id, address, name, role.
pub async fn list(house: &House, say: Say<'_>) -> Result<()> {
    for member in household::members(&mut house.store.read().await?).await? {
        let role = if member.is_admin { "\tadministrator" } else { "" };
        say(Line::Out(format!("{}\t{}\t{}{role}", member.id, member.email, member.name)));
    }
    Ok(())
}

/// Removes a person with everything of theirs.
pub async fn remove(house: &House, named: &str) -> Result<()> {
    let member = member_named(&mut house.store.read().await?, named).await?;
    let sources = store::sources::all(&mut house.store.read().await?, member.account).await?;
    for source in sources {
        house.mail.remove_source(member.account, source.id).await?;
    }
    let mut tx = house.store.write().await?;
    match household::remove(&mut tx, member.id).await {
        Ok(()) => {}
        Err(error) if error.refusal() == Some(Refusal::LastAdmin) => {
            bail!("{} is the only administrator: make somebody else one first", member.name)
        }
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    Ok(())
}

/// Gives a person a new password; every session of theirs ends.
pub async fn reset_password(
    house: &House,
    named: &str,
    password: &str,
    tell_password: bool,
    say: Say<'_>,
) -> Result<()> {
    members::check_password(password).map_err(|words| anyhow!(words))?;
    let member = member_named(&mut house.store.read().await?, named).await?;
    let update = Update { password_hash: Some(secrets::hash_password(password).await?), ..Update::default() };
    let mut tx = house.store.write().await?;
    household::update(&mut tx, member.id, &update, None).await?;
    tx.commit().await?;
    tell(password, tell_password, say);
    Ok(())
}

fn tell(password: &str, is_wanted: bool, say: Say<'_>) {
    if is_wanted {
        say(Line::Out(format!("Password: {password}")));
    }
}
