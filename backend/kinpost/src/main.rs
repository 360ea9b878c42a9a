//! The program: reads the command line, runs one command, says what went wrong in a sentence.

mod act;
mod acts;
mod args;
mod command;
mod config;
mod control;
mod demo;
mod house;
mod lock;
mod password;
mod place;
mod serve;
mod stop;
mod upkeep;
mod verify;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    trace(&args.command);
    // One crypto provider in the whole program; a second call would only find it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(run(args)) {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args { place, command } = args;
    match command {
        Command::Serve(options) => serve::run(&place, options).await,
        Command::Demo(options) => demo::run(&place, options).await,
        Command::Verify => verify::run(&place).await,
        Command::Member { what } => command::run(&place, what.act()?).await,
        Command::AppPassword { what } => command::run(&place, what.act()).await,
        Command::Source { what } => command::run(&place, what.act()?).await,
        Command::Import(options) => command::run(&place, options.act()?).await,
    }
}

/// Servers tell what they do; a command only what went wrong.
fn trace(command: &Command) {
    let usual = if matches!(command, Command::Serve(_) | Command::Demo(_)) { "info,sqlx=warn" } else { "error" };
    let mut filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    // It would log the text of messages, at whatever level was asked for.
    if let Ok(silent) = "async_imap=off".parse() {
        filter = filter.add_directive(silent);
    }
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("kinpost: {error:#}");
    ExitCode::FAILURE
}
