//! What the command line can have done: the same act within a running server or, without one, on the opened store.

mod app_password;
mod import;
mod member;
mod source;

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use mailclient::discovery::SourceConfig;
use serde::{Deserialize, Serialize};
use store::{Reader, household};

use crate::{
    args::Place,
    config::{Config, Overrides},
    control::{Line, client},
    house::House,
    lock,
};

/// How long a command waits for a server that is starting or stopping.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);

/// One act, as the control socket carries it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[allow(missing_docs, reason = "the fields are the command line's words")]
pub enum Act {
    MemberAdd { name: String, email: String, admin: bool, password: String, tell_password: bool },
    MemberList,
    MemberRemove { member: String },
    MemberResetPassword { member: String, password: String, tell_password: bool },
    AppPasswordCreate { member: String, label: String },
    AppPasswordList { member: String },
    AppPasswordRevoke { member: String, id: i64 },
    SourceAdd { member: String, label: String, config: Box<SourceConfig>, password: String, test: bool },
    SourceList { member: String },
    SourceCheck { member: String, source: Option<String> },
    SourceRemove { member: String, source: String },
    Import { member: String, path: PathBuf, mailbox: Option<String> },
}

/// Where an act's words go.
pub type Say<'a> = &'a mut (dyn FnMut(Line) + Send);

/// Does it.
pub async fn perform(house: &House, act: Act, say: Say<'_>) -> Result<()> {
    match act {
        Act::MemberAdd { name, email, admin, password, tell_password } => {
            member::add(house, &member::New { name, email, admin, password, tell_password }, say).await
        }
        Act::MemberList => member::list(house, say).await,
        Act::MemberRemove { member } => member::remove(house, &member).await,
        Act::MemberResetPassword { member, password, tell_password } => member::reset_password(house, &member, &password, tell_password, say).await,
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

/// Runs a command: through the running server, else by itself.
pub async fn run(place: &Place, act: Act) -> Result<ExitCode> {
    let data = place.data()?;
    if !data.join("kinpost.db").exists() && !matches!(act, Act::MemberAdd { .. }) {
        bail!("there is no household in {}: start with `kinpost serve` or `kinpost member add`", data.display());
    }
    lock::make_folder(&data)?;
    let until = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(stream) = client::connect(&data).await {
            client::ask(stream, &act, &mut print).await?;
            return Ok(ExitCode::SUCCESS);
        }
        // No server listens. Without the lock one may just be starting; with it we are alone.
        if let Some(_alone) = lock::take(&data)? {
            let config = Config::load(place.config.as_deref(), &data, &Overrides::default())?;
            let house = House::open(&data, &config).await?;
            let done = perform(&house, act, &mut print).await;
            house.store.close().await;
            return done.map(|()| ExitCode::SUCCESS);
        }
        if tokio::time::Instant::now() > until {
            bail!("another kinpost holds {} but does not answer; end it, then try again", data.display());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn print(line: Line) {
    match line {
        Line::Out(text) => println!("{text}"),
        Line::Progress(text) => {
            let mut to = std::io::stderr();
            // On a screen one line that moves on; in a log one line each.
            let _ = if to.is_terminal() { write!(to, "\r\x1b[K{text}") } else { writeln!(to, "{text}") };
        }
        Line::Failed(_) | Line::Done => {}
    }
}

/// The member that a command names.
async fn member_named(reader: &mut Reader, named: &str) -> Result<household::Member> {
    match household::find(reader, named).await {
        Ok(Some(member)) => Ok(member),
        Ok(None) => bail!("nobody here is called '{named}': `kinpost member list` shows who is"),
        Err(error) if error.refusal().is_some() => bail!("several people are called '{named}': give the address instead"),
        Err(error) => Err(error).context("the members cannot be read"),
    }
}
