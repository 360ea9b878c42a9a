//! Runs a command: through the running server, so that the change is on every open screen at once, else by itself.

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Result, bail};

use crate::{
    act::{Act, Line},
    acts::perform,
    config::{Config, Overrides},
    control::client,
    house::House,
    lock,
    place::Place,
};

/// How long a command waits for a server that is starting or stopping.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);

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
