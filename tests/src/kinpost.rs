//! The program under test: `kinpost serve` on a free port with a data directory of its own, and its command line.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::{jmap::Client, mailhost::Mailhost, ports, wait};

/// The first member's address; an administrator.
pub const ALICE: &str = "alice@home.test";
/// The second member's address.
pub const BOB: &str = "bob@home.test";
/// Both members' log-in password.
pub const PASSWORD: &str = "a long enough password";

/// Kinpost with its data directory. `kill -9` and start again as often as wanted; dropping it kills it.
pub struct Kinpost {
    pub folder: TempDir,
    pub port: u16,
    process: Option<Child>,
}

impl Kinpost {
    /// Starts it empty, with this text as its configuration besides short retry times.
    pub fn start(configuration: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("kinpost-data-").tempdir()?;
        fs::write(folder.path().join("kinpost.toml"), configuration)?;
        let mut made = Self { folder, port: ports::free()?, process: None };
        made.restart()?;
        Ok(made)
    }

    /// Starts it with alice and bob, trusting `host` and knowing its autoconfig server.
    pub fn beside(host: &Mailhost) -> Result<Self> {
        let made = Self::start(&configuration(host))?;
        made.members()?;
        Ok(made)
    }

    /// Starts it with alice and bob and no provider.
    pub fn alone() -> Result<Self> {
        let made = Self::start("[discovery]\nwell_known = false\nispdb = \"\"\n")?;
        made.members()?;
        Ok(made)
    }

    fn members(&self) -> Result<()> {
        self.cli(&["member", "add", "Alice", "--email", ALICE, "--admin", "--password-stdin"], PASSWORD)?;
        self.cli(&["member", "add", "Bob", "--email", BOB, "--password-stdin"], PASSWORD).map(drop)
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// `http://localhost:PORT`
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Starts the server, after an end of whatever kind.
    pub fn restart(&mut self) -> Result<()> {
        self.kill();
        let log = File::options().create(true).append(true).open(self.folder.path().join("log"))?;
        let process = Command::new(binary()?)
            .args(["serve", "--listen", &format!("127.0.0.1:{}", self.port), "--data"])
            .arg(self.data())
            .arg("--config")
            .arg(self.folder.path().join("kinpost.toml"))
            .env("RUST_LOG", "info")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.process = Some(process);
        let port = self.port;
        wait::blocking("kinpost to listen", Duration::from_secs(30), || ports::open(port)).with_context(|| self.log())
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// A graceful end by SIGTERM; fails if it takes longer than 15 s.
    pub fn stop(&mut self) -> Result<()> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        Command::new("kill").arg(process.id().to_string()).status()?;
        let gone =
            wait::blocking("kinpost to stop", Duration::from_secs(15), || matches!(process.try_wait(), Ok(Some(_))));
        if gone.is_err() {
            let _ = process.kill();
        }
        gone
    }

    /// The process id while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Runs `kinpost WORDS --data DIR` with one line on standard input; its output, or an error with what it said.
    pub fn cli(&self, words: &[&str], line: &str) -> Result<String> {
        let (ok, said) = self.try_cli(words, line)?;
        if ok { Ok(said) } else { bail!("kinpost {}: {said}", words.join(" ")) }
    }

    /// The same, telling success and output apart.
    pub fn try_cli(&self, words: &[&str], line: &str) -> Result<(bool, String)> {
        let mut child = Command::new(binary()?)
            .args(words)
            .arg("--data")
            .arg(self.data())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that reads nothing may have closed it already.
            let _ = writeln!(stdin, "{line}");
        }
        let output = child.wait_with_output()?;
        let mut said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() {
            said.push_str(&String::from_utf8_lossy(&output.stderr));
        }
        Ok((output.status.success(), said))
    }

    /// `kinpost verify` must exit 0.
    pub fn verify(&self) -> Result<()> {
        self.cli(&["verify"], "").map(drop)
    }

    /// A JMAP client of a member, with a new app password.
    pub async fn client(&self, member: &str) -> Result<Client> {
        let secret = self.cli(&["app-password", "create", member, "--label", "test"], "")?;
        Client::connect(&self.url(), member, secret.trim()).await
    }

    /// Connects the kit's IMAP account of `address` to a member.
    pub fn add_imap(&self, member: &str, host: &Mailhost, address: &str) -> Result<String> {
        let imap = format!("localhost:{}/tls", host.dovecot.imaps);
        let smtp = format!("localhost:{}/starttls", host.postfix.submission);
        self.add_source(member, address, &["--imap", &imap, "--smtp", &smtp], &host.ca())
    }

    /// Connects the kit's POP3 account of `address` to a member.
    pub fn add_pop3(&self, member: &str, host: &Mailhost, address: &str, keep: &str) -> Result<String> {
        let pop3 = format!("localhost:{}/tls", host.dovecot.pop3s);
        let smtp = format!("localhost:{}/starttls", host.postfix.submission);
        self.add_source(member, address, &["--pop3", &pop3, "--smtp", &smtp, "--pop3-keep", keep], &host.ca())
    }

    /// `kinpost source add` with the servers given as words.
    pub fn add_source(&self, member: &str, address: &str, servers: &[&str], ca: &Path) -> Result<String> {
        let ca = ca.to_string_lossy();
        let mut words = vec!["source", "add", member, "--email", address];
        words.extend(servers);
        words.extend(["--user", address, "--password-stdin", "--ca", &ca]);
        self.cli(&words, crate::mailhost::PASSWORD)
    }
}

impl Drop for Kinpost {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(60).collect();
            eprintln!("kinpost's last words:\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
    }
}

/// The configuration that trusts the kit's provider.
pub fn configuration(host: &Mailhost) -> String {
    format!(
        "[tls]\nextra_ca = {:?}\n[network]\nallow = [\"localhost\", \"127.0.0.0/8\"]\n\
         [discovery]\nispdb = {:?}\nwell_known = false\n[times]\npoll_s = 5\nretry_s = [1, 2, 5]\nundo_s = 2\n",
        host.ca(),
        host.autoconfig.base(),
    )
}

/// The program: `$KINPOST_BIN`, else the one beside the running test.
pub fn binary() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("KINPOST_BIN") {
        return Ok(path.into());
    }
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(|deps| if deps.ends_with("deps") { deps.parent() } else { Some(deps) });
    let beside = folder.context("the test has no folder")?.join("kinpost");
    if beside.exists() { Ok(beside) } else { bail!("no kinpost beside the tests: run `cargo build -p kinpost` first") }
}
