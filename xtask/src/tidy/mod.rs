//! `cargo xtask tidy`: the house's own rules, checked from the files.

mod circles;
mod files;
mod forgotten;
mod map;
mod sizes;
mod walls;

use anyhow::{Result, bail};

use crate::licences;

/// Runs every check; prints what is off and fails if anything is. `record` renews the size ratchet.
pub fn tidy(record: bool) -> Result<()> {
    let sources = files::rust_sources()?;
    let mut found = walls::problems()?;
    found.extend(circles::problems(&sources));
    found.extend(files::problems(&sources));
    found.extend(sizes::problems(&sources, record)?);
    found.extend(forgotten::problems()?);
    found.extend(map::problems()?);
    found.extend(licences::problems()?);
    for warning in forgotten::unused_classes()? {
        println!("  warning: {warning}");
    }
    if found.is_empty() {
        println!("tidy: {} files in order", sources.len());
        return Ok(());
    }
    for problem in &found {
        eprintln!("  {problem}");
    }
    bail!("tidy found {} problems", found.len())
}
