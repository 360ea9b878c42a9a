//! `kinpost verify`: everything kept twice is compared. Works beside a running server: it reads one snapshot.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use store::Store;

use crate::place::Place;

/// Prints what is off; exit 1 if anything is.
pub async fn run(place: &Place) -> Result<ExitCode> {
    let data = place.data()?;
    if !data.join("kinpost.db").exists() {
        bail!("there is no household in {}", data.display());
    }
    let store = Store::open(&data).await.with_context(|| format!("cannot open the household in {}", data.display()))?;
    let problems = store::verify(&store).await.context("the check could not be finished")?;
    store.close().await;
    if problems.is_empty() {
        println!("Everything fits together.");
        return Ok(ExitCode::SUCCESS);
    }
    for problem in &problems {
        println!("{problem}");
    }
    eprintln!("kinpost: {} things are off", problems.len());
    Ok(ExitCode::FAILURE)
}
