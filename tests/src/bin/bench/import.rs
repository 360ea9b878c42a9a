//! How fast `kinpost import` takes in an mbox.

use std::{fs::File, io::BufWriter, time::Instant};

use anyhow::Result;
use tests::{
    generator::{Generator, mbox},
    kinpost::{ALICE, Kinpost},
};

use crate::table::Table;

const COUNT: u32 = 20_000;

/// Imports a generated mbox beside a running server.
pub async fn measure(table: &mut Table) -> Result<()> {
    let kinpost = Kinpost::alone()?;
    let file = kinpost.folder.path().join("generated.mbox");
    mbox(Generator::new(11, COUNT, 1_793_000_000_000), &mut BufWriter::new(File::create(&file)?))?;
    let start = Instant::now();
    kinpost.cli(&["import", ALICE, &file.to_string_lossy(), "--mailbox", "Old"], "")?;
    let rate = f64::from(COUNT) / start.elapsed().as_secs_f64();
    table.judged(
        "import of an mbox, indexed and durable",
        format!("{rate:.0} messages/s"),
        "≥ 1,000/s",
        rate >= 1_000.,
    );
    kinpost.verify()
}
