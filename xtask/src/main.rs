//! `cargo xtask …`: everything that builds, runs, tests and measures Kinpost, so that a fresh machine needs two commands only.

mod bench;
mod licences;
mod root;
mod run;
mod step;
mod test;
mod tidy;
mod tools;
mod web;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, run, test and measure Kinpost")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing, build both sides and start the practice household
    Run {
        /// Passed on to `kinpost demo`, e.g. `-- --listen 127.0.0.1:9090`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Make the one complete `kinpost` binary with the frontend embedded
    Build,
    /// Build the frontend into `dist/`
    Web,
    /// Make the style sheet and the icon sprite that Trunk takes up (Trunk calls this)
    Style,
    /// Install what the tests need and run everything
    Test {
        /// Only the steps whose name contains this word
        only: Option<String>,
    },
    /// Check walls, circles, headers, sizes, licences and forgotten files
    Tidy {
        /// Record today's excesses as the new ratchet
        #[arg(long)]
        record: bool,
    },
    /// Measure against the budgets and print a table
    Bench {
        /// Messages in the large mailbox
        #[arg(long, default_value_t = 100_000)]
        large: u32,
        /// Only the parts whose name contains this word
        #[arg(long)]
        only: Option<String>,
    },
    /// The long rounds of the long tests
    Soak {
        /// How many rounds of each
        #[arg(long, default_value_t = 500)]
        rounds: u32,
    },
}

fn main() {
    let outcome = match Cli::parse().command {
        Command::Run { arguments } => run::run(&arguments),
        Command::Build => run::build().map(|binary| println!("{}", binary.display())),
        Command::Web => web::build(),
        Command::Style => web::style(),
        Command::Test { only } => test::test(only.as_deref()),
        Command::Tidy { record } => tidy::tidy(record),
        Command::Bench { large, only } => bench::bench(large, only.as_deref()),
        Command::Soak { rounds } => test::soak(rounds),
    };
    if let Err(error) = outcome {
        eprintln!("\nxtask: {error:#}");
        std::process::exit(1);
    }
}
