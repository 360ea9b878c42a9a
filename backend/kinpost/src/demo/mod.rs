//! `kinpost demo`: a practice household to look around in, logged in, on this machine only. Real mail accounts can be
//! added to it.

mod content;
mod files;
mod letter;
mod pictures;
mod seed;
mod serials;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use store::household;
use web::{Door, Practice};

use crate::{
    args::Demo,
    config::{Config, Overrides},
    lock,
    place::Place,
    serve::{self, Running},
};

/// The one password of the practice household, for log-in and for JMAP programs alike.
const PASSWORD: &str = "practice-makes-perfect";
/// Where its people live.
const DOMAINS: &str = "berglund.example,example.net";

/// Runs the command.
pub async fn run(place: &Place, options: Demo) -> Result<ExitCode> {
    if !options.listen.ip().is_loopback() {
        bail!(
            "the practice household has a password that everybody knows, so it only listens on this machine: --listen 127.0.0.1:{}",
            options.listen.port()
        );
    }
    let folder = match &place.data {
        Some(_) => None,
        None => Some(
            tempfile::Builder::new()
                .prefix("kinpost-demo-")
                .tempdir()
                .context("cannot make a folder for the practice household")?,
        ),
    };
    let data = match &folder {
        Some(folder) => folder.path().to_owned(),
        None => place.data()?,
    };
    lock::make_folder(&data)?;
    let overrides = Overrides { listen: Some(options.listen.to_string()), ..Overrides::default() };
    let opened = serve::open(&data, Config::load(place.config.as_deref(), &data, &overrides)?).await?;
    if household::is_empty(&mut opened.house.store.read().await?).await? {
        println!("Writing the practice household's mail …");
        seed::fill(&opened.house.store, PASSWORD).await.context("the practice household could not be written")?;
    }
    let people = household::members(&mut opened.house.store.read().await?).await?;
    // Robots want to log in themselves.
    let opens_as = people.first().map(|first| first.id).filter(|_| options.print_env.is_none());
    let door = Door::new(
        opened.house.store.clone(),
        opened.house.mail.clone(),
        opened.config.surroundings()?,
        Some(Practice { opens_as }),
    );
    let url = serve::url(&opened);
    let running = Running::start(&data, opened, door).await?;
    println!("The practice household is at {url}");
    for person in &people {
        println!("  {} <{}>", person.name, person.email);
    }
    println!("Everybody's password is: {PASSWORD}");
    println!("To begin for real: kinpost serve --data DIR starts empty, on the first-run screens.");
    if let Some(path) = &options.print_env {
        let addresses: Vec<&str> = people.iter().map(|person| person.email.as_str()).collect();
        let lines = [
            ("KINPOST_URL", url.as_str()),
            ("KINPOST_DOMAINS", DOMAINS),
            ("KINPOST_PEOPLE", &addresses.join(",")),
            ("KINPOST_PASSWORD", PASSWORD),
        ];
        serve::write_env(path, &lines)?;
    }
    let done = running.until_stopped().await;
    drop(folder);
    done
}
