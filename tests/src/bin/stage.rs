//! The stage of the browser tests: a provider and Kinpost, started for a test written in JavaScript. The first line of
//! output tells where everything is; then each line of input is a command in JSON and each line of output its answer.
//! The end of the input ends the stage.

use std::io::{BufRead, Write};

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use tests::{
    kinpost::{ALICE, BOB, Kinpost, PASSWORD, configuration},
    mailhost::{self, Mailhost, address},
};

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Command {
    /// Put a message (base64) into a folder of the provider.
    Deliver { to: String, mailbox: Option<String>, letter: String },
    /// Run `kinpost WORDS` with one line of input.
    Cli { words: Vec<String>, line: Option<String> },
    /// Connect alice's IMAP and POP3 accounts by the command line.
    Connect { member: String, address: String, pop3: Option<String> },
    /// `kill -9`
    Kill,
    /// Start again.
    Restart,
    /// What the provider's Postfix logged.
    Log,
}

fn main() -> Result<()> {
    let empty = std::env::args().any(|word| word == "--empty");
    let host = Mailhost::start(&["anna", "bert", "cora", "dora"])?;
    let mut kinpost = if empty { Kinpost::start(&configuration(&host))? } else { Kinpost::beside(&host)? };
    let people = ["anna", "bert", "cora", "dora"].map(address);
    let place = json!({
        "url": kinpost.url(), "alice": ALICE, "bob": BOB, "password": PASSWORD,
        "mailPassword": mailhost::PASSWORD, "people": people,
        "imap": host.dovecot.imap, "imaps": host.dovecot.imaps, "pop3": host.dovecot.pop3, "pop3s": host.dovecot.pop3s,
        "smtp": host.postfix.smtp, "submission": host.postfix.submission, "submissions": host.postfix.submissions,
        "data": kinpost.data(), "ca": host.ca(),
    });
    say(&place)?;
    for line in std::io::stdin().lock().lines() {
        let answer =
            serde_json::from_str(&line?).map_err(Into::into).and_then(|command| act(command, &host, &mut kinpost));
        say(&answer.map_or_else(|error| json!({"error": format!("{error:#}")}), |said| json!({"said": said})))?;
    }
    Ok(())
}

fn act(command: Command, host: &Mailhost, kinpost: &mut Kinpost) -> Result<Value> {
    Ok(match command {
        Command::Deliver { to, mailbox, letter } => {
            let letter = STANDARD.decode(letter).context("the letter is not base64")?;
            host.dovecot.deliver(&to, mailbox.as_deref().unwrap_or("INBOX"), &letter)?;
            Value::Null
        }
        Command::Cli { words, line } => {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            kinpost.cli(&words, line.as_deref().unwrap_or_default())?.into()
        }
        Command::Connect { member, address, pop3: None } => kinpost.add_imap(&member, host, &address)?.into(),
        Command::Connect { member, address, pop3: Some(keep) } => {
            kinpost.add_pop3(&member, host, &address, &keep)?.into()
        }
        Command::Kill => {
            kinpost.kill();
            Value::Null
        }
        Command::Restart => {
            kinpost.restart()?;
            Value::Null
        }
        Command::Log => host.postfix.log().into(),
    })
}

fn say(value: &Value) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}")?;
    Ok(out.flush()?)
}
