//! The measuring program behind `cargo xtask bench`: realistic mailboxes at a local Dovecot, Kinpost in release, and a table
//! against the budgets. Figures are p50 of many runs on an otherwise idle machine; ratios come from the same run.

mod import;
mod load;
mod pages;
mod sync;
mod table;

use anyhow::Result;
use table::Table;
use tests::{
    kinpost::Kinpost,
    mailhost::{Mailhost, address},
};

/// Messages in the small, the middle and (by `--large`) the large mailbox.
const SMALL: u32 = 1_000;
const MIDDLE: u32 = 10_000;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().collect();
    let value = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1)).cloned();
    let large: u32 = value("--large").map_or(Ok(100_000), |n| n.parse())?;
    let only = value("--only");
    let wanted = |part: &str| only.as_deref().is_none_or(|word| part.contains(word));
    let mut table = Table::default();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        if wanted("import") {
            import::measure(&mut table).await?;
        }
        if wanted("sync") || wanted("pages") || wanted("load") {
            let host = Mailhost::start(&["small", "middle", "large", "other"])?;
            sync::fill(&host, "small", SMALL)?;
            sync::fill(&host, "other", SMALL)?;
            let kinpost = Kinpost::beside(&host)?;
            if wanted("sync") {
                sync::fill(&host, "middle", MIDDLE)?;
                sync::measure(&mut table, &host, &kinpost, "small", SMALL).await?;
                sync::measure(&mut table, &host, &kinpost, "middle", MIDDLE).await?;
            }
            if wanted("pages") || wanted("load") {
                sync::fill(&host, "large", large)?;
                let few = sync::connected(&host, &kinpost, "few", &["small", "other"], SMALL * 2).await?;
                let many = sync::connected(&host, &kinpost, "many", &["large", "small"], large + SMALL).await?;
                if wanted("pages") {
                    pages::measure(&mut table, &kinpost, &few, &many).await?;
                    pages::arrival(&mut table, &host, &few, &address("small")).await?;
                }
            }
            if wanted("load") {
                load::measure(&mut table, &kinpost)?;
            }
            kinpost.verify()?;
        }
        anyhow::Ok(())
    })?;
    table.print(large);
    Ok(())
}
