//! The sync model test: random edits on both sides while the connection is cut at arbitrary bytes. In the end the store is the
//! server, and no action was lost or applied twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Context, Result};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tests::{
    jmap::Client,
    kinpost::Kinpost,
    letters,
    maildir::{Folder, Maildir},
    mailhost::{Mailhost, address},
    proxy::{Fault, Proxy},
};

const FOLDERS: [&str; 3] = ["INBOX", "Archive", "Trash"];
const LANES: [&str; 4] = ["anna", "bert", "cora", "dora"];

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_random_schedules_with_cuts_end_with_store_and_server_equal() {
    let rounds: usize = std::env::var("KINPOST_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    let host = Mailhost::start(&LANES).unwrap();
    let kinpost = Kinpost::beside(&host).unwrap();
    let lanes =
        LANES.iter().enumerate().map(|(lane, name)| {
            let (host, kinpost) = (&host, &kinpost);
            async move {
                Lane::start(host, kinpost, name).await.unwrap().run(lane as u64, rounds.div_ceil(LANES.len())).await
            }
        });
    for outcome in futures::future::join_all(lanes).await {
        outcome.unwrap();
    }
    kinpost.verify().unwrap();
}

/// One person's account behind a proxy of its own; the four lanes run side by side.
struct Lane<'a> {
    host: &'a Mailhost,
    proxy: Proxy,
    client: Client,
    address: String,
    source: String,
}

/// What a schedule did, as far as the outcome can be foretold: message → folder (`None`: gone) and flags.
#[derive(Default)]
struct Foretold {
    certain: BTreeMap<String, Option<(String, Option<bool>)>>,
    touched_there: BTreeSet<String>,
}

impl<'a> Lane<'a> {
    async fn start(host: &'a Mailhost, kinpost: &Kinpost, name: &str) -> Result<Self> {
        let proxy = Proxy::start(host.dovecot.imaps).await?;
        let member = format!("{name}@home.test");
        kinpost.cli(&["member", "add", name, "--email", &member, "--password-stdin"], tests::kinpost::PASSWORD)?;
        let imap = format!("localhost:{}/tls", proxy.port);
        let smtp = format!("localhost:{}/starttls", host.postfix.submission);
        kinpost.add_source(&member, &address(name), &["--imap", &imap, "--smtp", &smtp], &host.ca())?;
        let client = kinpost.client(&member).await?;
        client.wait_for_roles().await?;
        let all = client.call("Source/get", json!({"ids": null})).await?;
        let source = all["list"][0]["id"].as_str().context("no Source")?.to_owned();
        Ok(Self { host, proxy, client, address: address(name), source })
    }

    async fn run(self, lane: u64, rounds: usize) -> Result<()> {
        for round in 0..rounds {
            let seed = lane * 1_000_000 + round as u64;
            let mut rng = StdRng::seed_from_u64(seed);
            self.schedule(&mut rng).await.with_context(|| format!("schedule {seed}"))?;
        }
        Ok(())
    }

    async fn schedule(&self, rng: &mut StdRng) -> Result<()> {
        let mut foretold = Foretold::default();
        if rng.random_bool(0.8) {
            self.proxy.set(Fault::CutDown(rng.random_range(0..20_000)));
        }
        for _ in 0..rng.random_range(3..10) {
            match rng.random_range(0..10) {
                0..3 => self.deliver(rng)?,
                3..6 => self.edit_there(rng, &mut foretold)?,
                _ => self.edit_here(rng, &mut foretold).await?,
            }
            if rng.random_bool(0.3) {
                let fault = match rng.random_range(0..4) {
                    0 => Fault::Refuse,
                    1 => Fault::CutUp(rng.random_range(0..3_000)),
                    2 => Fault::CutDown(rng.random_range(0..20_000)),
                    _ => Fault::None,
                };
                self.proxy.set(fault);
                self.check().await;
            }
            tokio::time::sleep(Duration::from_millis(rng.random_range(0..60))).await;
        }
        self.proxy.set(Fault::None);
        self.settle(&foretold).await
    }

    async fn check(&self) {
        let _ = self.client.call("Source/check", json!({"ids": [self.source]})).await;
    }

    fn maildir(&self) -> Maildir<'_> {
        Maildir::of(&self.host.dovecot, &self.address)
    }

    fn deliver(&self, rng: &mut StdRng) -> Result<()> {
        let text = "word ".repeat(rng.random_range(1..400));
        let letter = letters::plain("a@b.test", &self.address, &format!("Letter {}", rng.next_u32()), &text);
        self.host.dovecot.deliver(&self.address, "INBOX", &letter)
    }

    /// A flag set or a message deleted at the provider, as another client would.
    fn edit_there(&self, rng: &mut StdRng, foretold: &mut Foretold) -> Result<()> {
        let folder = FOLDERS[rng.random_range(0..FOLDERS.len())];
        let there = self.maildir().read(folder)?;
        let Some(id) = there.keys().nth(rng.random_range(0..there.len().max(1))) else { return Ok(()) };
        foretold.touched_there.insert(id.clone());
        if rng.random_bool(0.25) {
            self.maildir().delete(folder, id)?;
        } else {
            self.maildir().set_flags(folder, id, ["", "S", "F", "FS"][rng.random_range(0..4)])?;
        }
        Ok(())
    }

    /// A flag, a move or a destruction here.
    async fn edit_here(&self, rng: &mut StdRng, foretold: &mut Foretold) -> Result<()> {
        let here = self.here().await?;
        let Some((email, id)) = here.emails.get(rng.random_range(0..here.emails.len().max(1))).cloned() else {
            return Ok(());
        };
        let target = FOLDERS[rng.random_range(0..FOLDERS.len())];
        let flagged = rng.random_bool(0.5);
        let (arguments, outcome) = match rng.random_range(0..10) {
            0 => (json!({"destroy": [email]}), None),
            1..5 => {
                let mailbox = self.client.mailbox(&role(target)).await?;
                (json!({"update": {email.as_str(): {"mailboxIds": {mailbox: true}}}}), Some((target.to_owned(), None)))
            }
            _ => {
                let patch = json!({"keywords/$flagged": if flagged { Value::Bool(true) } else { Value::Null }});
                let folder = here.folders.iter().find(|(_, list)| list.contains_key(&id)).map(|(name, _)| name.clone());
                (json!({"update": {email.as_str(): patch}}), Some((folder.unwrap_or_default(), Some(flagged))))
            }
        };
        let done = self.client.call("Email/set", arguments).await?;
        if done["notUpdated"].is_null() && done["notDestroyed"].is_null() {
            let flag_before = foretold.certain.get(&id).cloned().flatten().and_then(|(_, flag)| flag);
            let outcome = outcome.map(|(folder, flag)| (folder, flag.or(flag_before)));
            foretold.certain.insert(id, outcome);
        }
        Ok(())
    }

    /// Waits until both sides are equal, then holds the outcome against what could be foretold.
    async fn settle(&self, foretold: &Foretold) -> Result<()> {
        let mut difference = String::new();
        for _ in 0..300 {
            self.check().await;
            let (there, here) = (self.there()?, self.here().await?);
            difference = differs(&there, &here.folders);
            if difference.is_empty() {
                difference = contradiction(foretold, &there);
                if difference.is_empty() {
                    return Ok(());
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::bail!("store and server differ: {difference}")
    }

    fn there(&self) -> Result<BTreeMap<String, Folder>> {
        FOLDERS.iter().map(|name| Ok(((*name).to_owned(), self.maildir().read(name)?))).collect()
    }

    async fn here(&self) -> Result<Here> {
        let mut here = Here::default();
        for name in FOLDERS {
            let mailbox = self.client.mailbox(&role(name)).await?;
            let ids = self.client.query(json!({"inMailbox": mailbox})).await?;
            let mut folder = Folder::new();
            for chunk in ids.chunks(200) {
                let got = self
                    .client
                    .call("Email/get", json!({"ids": chunk, "properties": ["id", "messageId", "keywords"]}))
                    .await?;
                for email in got["list"].as_array().into_iter().flatten() {
                    let id = format!("<{}>", email["messageId"][0].as_str().context("no Message-ID")?);
                    let flags: String = [("$flagged", 'F'), ("$answered", 'R'), ("$seen", 'S')]
                        .iter()
                        .filter(|(keyword, _)| email["keywords"][*keyword] == true)
                        .map(|(_, letter)| *letter)
                        .collect();
                    here.emails.push((email["id"].as_str().unwrap_or_default().to_owned(), id.clone()));
                    folder.entry(id).or_insert((0, flags)).0 += 1;
                }
            }
            here.folders.insert(name.to_owned(), folder);
        }
        Ok(here)
    }
}

#[derive(Default)]
struct Here {
    folders: BTreeMap<String, Folder>,
    /// Email id and Message-ID.
    emails: Vec<(String, String)>,
}

fn role(folder: &str) -> String {
    folder.to_lowercase()
}

fn differs(there: &BTreeMap<String, Folder>, here: &BTreeMap<String, Folder>) -> String {
    let mut said = String::new();
    for (name, folder) in there {
        let ours = here.get(name).cloned().unwrap_or_default();
        let ids: BTreeSet<&String> = folder.keys().chain(ours.keys()).collect();
        for id in ids {
            if folder.get(id) != ours.get(id) {
                said.push_str(&format!("{name} {id}: there {:?}, here {:?}; ", folder.get(id), ours.get(id)));
            }
        }
    }
    said
}

/// An action on a message that nobody touched at the provider must have had exactly its effect.
fn contradiction(foretold: &Foretold, there: &BTreeMap<String, Folder>) -> String {
    let mut said = String::new();
    for (id, outcome) in &foretold.certain {
        if foretold.touched_there.contains(id) {
            continue;
        }
        let places: Vec<(&String, &(usize, String))> =
            there.iter().filter_map(|(name, folder)| Some((name, folder.get(id)?))).collect();
        let fine = match outcome {
            None => places.is_empty(),
            Some((folder, flag)) => matches!(places.as_slice(), [(name, (1, flags))]
                if *name == folder && flag.is_none_or(|flag| flags.contains('F') == flag)),
        };
        if !fine {
            said.push_str(&format!("{id} should be {outcome:?} and is {places:?}; "));
        }
    }
    said
}
