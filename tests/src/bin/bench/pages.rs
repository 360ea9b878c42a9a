//! Pages, opening, flags and search over JMAP on loopback: the same at 1 k and at the large size.

use std::{future::Future, time::Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tests::{
    generator::{COMMON_WORD, SELECTIVE_WORD},
    jmap::Client,
    kinpost::Kinpost,
    letters,
    mailhost::Mailhost,
};

use crate::{
    sync::memory,
    table::{Table, p50, percentile},
};

const RUNS: usize = 101;

/// A figure of one size.
struct Figure {
    p50: f64,
    p99: f64,
    rows: f64,
}

/// Measures every kind of request at both sizes.
pub async fn measure(table: &mut Table, kinpost: &Kinpost, few: &Client, many: &Client) -> Result<()> {
    for union in [false, true] {
        for collapsed in [false, true] {
            for place in ["first", "middle", "last"] {
                let name = format!(
                    "list page, {}{}, {place}",
                    if union { "All inboxes" } else { "mailbox" },
                    if collapsed { ", conversations" } else { "" }
                );
                let mut pair = Vec::new();
                for client in [few, many] {
                    let ask = page(client, union, collapsed, place).await?;
                    pair.push(time(kinpost, || client.request(ask.clone())).await?);
                }
                compare(table, &name, &pair, 5.);
            }
        }
    }
    for (name, budget, kind) in [("open a message", 5., 0), ("flag change", 5., 1)] {
        let mut pair = Vec::new();
        for client in [few, many] {
            let newest = client.query(json!({"inMailbox": client.mailbox("inbox").await?})).await?;
            let id = newest.first().context("an empty mailbox")?.clone();
            let mut on = false;
            let figure = time(kinpost, || {
                on = !on;
                let flag = if on { Value::Bool(true) } else { Value::Null };
                let ask = if kind == 0 {
                    json!([["Email/get", {"accountId": client.account, "ids": [id], "fetchAllBodyValues": true, "properties": ["id", "subject", "from", "to", "bodyValues", "htmlBody", "textBody", "attachments"]}, "0"]])
                } else {
                    json!([["Email/set", {"accountId": client.account, "update": {id.as_str(): {"keywords/$flagged": flag}}}, "0"]])
                };
                client.request(ask)
            })
            .await?;
            pair.push(figure);
        }
        compare(table, name, &pair, budget);
    }
    for (name, word, budget) in
        [("search, selective word", SELECTIVE_WORD, 50.), ("search, common word", COMMON_WORD, 100.)]
    {
        let figure = time(kinpost, || {
            many.request(json!([
                ["Email/query", {"accountId": many.account, "filter": {"text": word}, "sort": [{"property": "receivedAt", "isAscending": false}], "limit": 50, "collapseThreads": true}, "0"],
                ["Email/get", {"accountId": many.account, "#ids": {"resultOf": "0", "name": "Email/query", "path": "/ids"}, "properties": ["id", "subject", "preview"]}, "1"]
            ]))
        })
        .await?;
        let said = format!("{:.1} ms p50, {:.0} rows", figure.p50, figure.rows);
        table.judged(name, said, &format!("≤ {budget} ms"), figure.p50 <= budget);
    }
    table.noted("memory of the server with all of it", format!("{} MiB", memory(kinpost)));
    Ok(())
}

fn compare(table: &mut Table, name: &str, pair: &[Figure], budget: f64) {
    let [small, large] = pair else { return };
    let (times, rows) = (large.p50 / small.p50, large.rows / small.rows.max(1.));
    table.judged(
        name,
        format!(
            "{:.1} → {:.1} ms p50 (× {times:.2}), p99 {:.1} ms, {:.0} → {:.0} rows (× {rows:.2})",
            small.p50, large.p50, large.p99, small.rows, large.rows
        ),
        &format!("≤ {budget} ms p50, ≤ 20 ms p99, ≤ × 1.5"),
        large.p50 <= budget && large.p99 <= 20. && times <= 1.5 && rows <= 1.5,
    );
}

/// The request for a page of 50 rows with what a list shows.
async fn page(client: &Client, union: bool, collapsed: bool, place: &str) -> Result<Value> {
    let boxes = client.call("Mailbox/get", json!({})).await?;
    let inboxes: Vec<Value> = boxes["list"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|m| m["role"] == "inbox" || m["sourceRole"] == "inbox")
        .map(|m| json!({"inMailbox": m["id"]}))
        .collect();
    let filter = if union {
        json!({"operator": "OR", "conditions": inboxes})
    } else {
        inboxes.first().context("no inbox")?.clone()
    };
    let sort = json!([{"property": "receivedAt", "isAscending": false}]);
    let arguments = json!({"accountId": client.account, "filter": filter, "sort": sort, "collapseThreads": collapsed, "calculateTotal": true});
    let mut counted = arguments.clone();
    counted["limit"] = 1.into();
    let total = client.call("Email/query", counted).await?["total"].as_u64().context("no total")?;
    let position = match place {
        "first" => 0,
        "middle" => total / 2,
        _ => total.saturating_sub(50),
    };
    let mut arguments = arguments;
    arguments["position"] = position.into();
    arguments["limit"] = 50.into();
    let properties =
        ["id", "threadId", "mailboxIds", "keywords", "from", "subject", "receivedAt", "preview", "hasAttachment"];
    Ok(json!([
        ["Email/query", arguments, "0"],
        ["Email/get", {"accountId": client.account, "#ids": {"resultOf": "0", "name": "Email/query", "path": "/ids"}, "properties": properties}, "1"]
    ]))
}

async fn time<F: Future<Output = Result<Vec<Value>>>>(kinpost: &Kinpost, mut ask: impl FnMut() -> F) -> Result<Figure> {
    for _ in 0..5 {
        ask().await?;
    }
    let before = rows_read(kinpost).await?;
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let start = Instant::now();
        let answer = ask().await?;
        times.push(start.elapsed().as_secs_f64() * 1000.);
        if let Some(error) = answer.iter().find(|response| response[0] == "error") {
            anyhow::bail!("a measured request failed: {error}");
        }
    }
    let rows = (rows_read(kinpost).await? - before) / RUNS as f64;
    Ok(Figure { p50: p50(&mut times), p99: percentile(&mut times, 99), rows })
}

/// Rows that the store's statements returned since the start.
async fn rows_read(kinpost: &Kinpost) -> Result<f64> {
    let text = reqwest::get(format!("{}/metrics", kinpost.url())).await?.text().await?;
    let line = text.lines().find(|line| line.starts_with("kinpost_store_rows_read_total"));
    line.and_then(|line| line.split_whitespace().last())
        .and_then(|n| n.parse().ok())
        .context("no count of rows in /metrics")
}

/// From a delivery at the provider to the answer that has it, over a push connection's worth of waiting.
pub async fn arrival(table: &mut Table, host: &Mailhost, client: &Client, address: &str) -> Result<()> {
    let mut times = Vec::new();
    for number in 0..11 {
        let subject = format!("Arrival {number}");
        let start = Instant::now();
        host.dovecot.deliver(address, "INBOX", &letters::plain("a@b.test", address, &subject, "Text"))?;
        client.wait_for(json!({"subject": subject}), 1).await?;
        times.push(start.elapsed().as_secs_f64() * 1000.);
    }
    let middle = p50(&mut times);
    table.judged(
        "delivery at Dovecot → answered by JMAP",
        format!("{middle:.0} ms p50"),
        "≤ 800 ms (Dovecot waits 500)",
        middle <= 800.,
    );
    Ok(())
}
