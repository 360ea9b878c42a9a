//! The acts themselves: the same within a running server and on a store that a command opened.

mod app_password;
mod import;
mod member;
mod source;

use anyhow::{Context, Result, bail};
use store::{Reader, household};

use crate::{
    act::{Act, Say},
    house::House,
};

/// Does it.
pub async fn perform(house: &House, act: Act, say: Say<'_>) -> Result<()> {
    match act {
        Act::MemberAdd { name, email, admin, password, tell_password } => {
            member::add(house, &member::New { name, email, admin, password, tell_password }, say).await
        }
        Act::MemberList => member::list(house, say).await,
        Act::MemberRemove { member } => member::remove(house, &member).await,
        Act::MemberResetPassword { member, password, tell_password } => {
            member::reset_password(house, &member, &password, tell_password, say).await
        }
        Act::AppPasswordCreate { member, label } => app_password::create(house, &member, &label, say).await,
        Act::AppPasswordList { member } => app_password::list(house, &member, say).await,
        Act::AppPasswordRevoke { member, id } => app_password::revoke(house, &member, id).await,
        Act::SourceAdd { member, label, config, password, test } => {
            source::add(house, &member, source::New { label, config: *config, password, test }, say).await
        }
        Act::SourceList { member } => source::list(house, &member, say).await,
        Act::SourceCheck { member, source } => source::check(house, &member, source.as_deref()).await,
        Act::SourceRemove { member, source } => source::remove(house, &member, &source).await,
        Act::Import { member, path, mailbox } => import::import(house, &member, &path, mailbox.as_deref(), say).await,
    }
}

/// The member that a command names.
async fn member_named(reader: &mut Reader, named: &str) -> Result<household::Member> {
    match household::find(reader, named).await {
        Ok(Some(member)) => Ok(member),
        Ok(None) => bail!("nobody here is called '{named}': `kinpost member list` shows who is"),
        Err(error) if error.refusal().is_some() => {
            bail!("several people are called '{named}': give the address instead")
        }
        Err(error) => Err(error).context("the members cannot be read"),
    }
}
