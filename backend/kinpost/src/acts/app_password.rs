//! `kinpost app-password …`.

use anyhow::{Result, bail};
use store::{app_passwords, now_ms};

use super::member_named;
use crate::{
    act::{Line, Say},
    house::House,
};

/// Characters of a label.
const MAX_LABEL: usize = 100;

/// Makes one and tells only the secret.
pub async fn create(house: &House, named: &str, label: &str, say: Say<'_>) -> Result<()> {
    if label.trim().is_empty() || label.chars().count() > MAX_LABEL || label.chars().any(char::is_control) {
        bail!("give a label of at most {MAX_LABEL} characters that says what the app password is for");
    }
    let member = member_named(&mut house.store.read().await?, named).await?;
    let mut tx = house.store.write().await?;
    let (_, secret) = app_passwords::create(&mut tx, house.store.vault(), member.id, label.trim(), now_ms()).await?;
    tx.commit().await?;
    say(Line::Out(secret.split_whitespace().collect()));
    Ok(())
}

/// A person's, one a line: number, label, day of the last use.
pub async fn list(house: &House, named: &str, say: Say<'_>) -> Result<()> {
    let mut reader = house.store.read().await?;
    let member = member_named(&mut reader, named).await?;
    for one in app_passwords::of_member(&mut reader, member.id).await? {
        let used = one.last_used_at.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
        let used = used.map_or_else(|| "never used".to_owned(), |at| format!("last used {at:.0}"));
        say(Line::Out(format!("{}\t{}\t{used}", one.id, one.label)));
    }
    Ok(())
}

/// Takes one back; connections that it opened end.
pub async fn revoke(house: &House, named: &str, id: i64) -> Result<()> {
    let member = member_named(&mut house.store.read().await?, named).await?;
    let mut tx = house.store.write().await?;
    if !app_passwords::revoke(&mut tx, member.id, id).await? {
        bail!("{} has no app password {id}: `kinpost app-password list` shows them", member.name);
    }
    tx.commit().await?;
    Ok(())
}
