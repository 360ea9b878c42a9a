//! First sync from the local Dovecot: first rows, end, rate, memory.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;
use tests::{
    generator::Generator,
    jmap::Client,
    kinpost::{Kinpost, PASSWORD},
    mailhost::{Mailhost, address},
    wait,
};

use crate::table::Table;

const END_MS: i64 = 1_793_000_000_000;

/// Writes generated mail into a person's Maildir, dated as it was received.
pub fn fill(host: &Mailhost, name: &str, count: u32) -> Result<()> {
    let address = address(name);
    let seed = name.bytes().map(u64::from).sum();
    for message in Generator::new(seed, count, END_MS) {
        host.dovecot.deliver_dated(&address, "INBOX", &message.raw, message.received_ms)?;
    }
    Ok(())
}

/// A member with these accounts connected and synchronised.
pub async fn connected(host: &Mailhost, kinpost: &Kinpost, member: &str, names: &[&str], total: u32) -> Result<Client> {
    let email = format!("{member}@home.test");
    kinpost.cli(&["member", "add", member, "--email", &email, "--password-stdin"], PASSWORD)?;
    for name in names {
        kinpost.add_imap(&email, host, &address(name))?;
    }
    let client = kinpost.client(&email).await?;
    whole(&client, total).await?;
    Ok(client)
}

async fn whole(client: &Client, total: u32) -> Result<()> {
    wait::until(&format!("{total} messages"), Duration::from_secs(900), || async {
        let boxes = client.call("Mailbox/get", json!({"properties": ["totalEmails"]})).await?;
        let sum: u64 = boxes["list"].as_array().into_iter().flatten().filter_map(|m| m["totalEmails"].as_u64()).sum();
        tokio::time::sleep(Duration::from_millis(30)).await;
        Ok((sum >= u64::from(total)).then_some(()))
    })
    .await
}

/// Times one account from `source add` to the end.
pub async fn measure(table: &mut Table, host: &Mailhost, kinpost: &Kinpost, name: &str, count: u32) -> Result<()> {
    let email = format!("sync-{name}@home.test");
    kinpost.cli(&["member", "add", name, "--email", &email, "--password-stdin"], PASSWORD)?;
    let client = kinpost.client(&email).await?;
    kinpost.add_imap(&email, host, &address(name))?;
    let start = Instant::now();
    whole(&client, 50).await?;
    let first = start.elapsed().as_secs_f64();
    whole(&client, count).await?;
    let all = start.elapsed().as_secs_f64();
    table.judged(&format!("first sync of {count}: newest 50 readable"), format!("{first:.2} s"), "≤ 2 s", first <= 2.);
    let rate = f64::from(count) / all;
    let budget = f64::from(count) * 60. / 100_000.;
    table.judged(
        &format!("first sync of {count}: end"),
        format!("{all:.1} s, {rate:.0} messages/s, server {} MiB", memory(kinpost)),
        &format!("≤ {:.1} s (100 k in 60 s)", budget.max(2.)),
        all <= budget.max(2.),
    );
    Ok(())
}

/// Resident memory in MiB.
pub fn memory(kinpost: &Kinpost) -> u64 {
    let status =
        kinpost.pid().and_then(|pid| std::fs::read_to_string(format!("/proc/{pid}/status")).ok()).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.and_then(|line| line.split_whitespace().nth(1)).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}
