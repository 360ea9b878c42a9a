//! Packages from Debian for the tests: Dovecot, Postfix, Chromium, fonts. No service is started or left running:
//! the tests start their own servers on loopback.

use std::{
    env, fs,
    io::{IsTerminal, Write, stdin},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
};

use anyhow::{Result, bail};

use crate::step::{answers, quiet, step};

/// Package, and a file that shows that it is here.
const PACKAGES: &[(&str, &str)] = &[
    ("dovecot-core", "/usr/sbin/dovecot"),
    ("dovecot-imapd", "/usr/lib/dovecot/imap"),
    ("dovecot-pop3d", "/usr/lib/dovecot/pop3"),
    ("postfix", "/usr/sbin/postfix"),
    ("chromium", "/usr/bin/chromium"),
    ("fonts-inter", "/usr/share/doc/fonts-inter"),
    ("fonts-noto-core", "/usr/share/doc/fonts-noto-core"),
    ("fonts-noto-cjk", "/usr/share/doc/fonts-noto-cjk"),
    ("openssl", "/usr/bin/openssl"),
    ("python3-venv", "/usr/share/doc/python3-venv"),
];

/// Debian starts services on installation unless this script says no.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Installs what is missing, asking first where that could take something away (Postfix replaces another mail server).
pub fn ensure() -> Result<()> {
    let missing: Vec<&str> =
        PACKAGES.iter().filter(|(_, sign)| !Path::new(sign).exists()).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("sudo apt-get install --no-install-recommends {}", missing.join(" "));
    if answers("apt-get".as_ref(), &["--version"]).is_none() {
        bail!("the tests need {}; this is no Debian, so install them by its own means", missing.join(", "));
    }
    if env::var_os("CI").is_none() && !agreed(&missing)? {
        bail!("the tests need these packages: {by_hand}");
    }
    step(&format!("Installing {} from Debian", missing.join(", ")), || {
        let root = answers("id".as_ref(), &["-u"]).as_deref() == Some("0");
        let guard = root.then(NoServices::set).transpose()?.flatten();
        apt(root, &["update", "-qq"])?;
        let mut words = vec!["install", "-y", "-qq", "--no-install-recommends"];
        words.extend(&missing);
        apt(root, &words)?;
        drop(guard);
        Ok(())
    })
}

fn apt(root: bool, words: &[&str]) -> Result<()> {
    let mut command = if root { Command::new("apt-get") } else { Command::new("sudo") };
    if !root {
        command.args(["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get"]);
    }
    quiet(command.args(words).env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1")).map(drop)
}

fn agreed(missing: &[&str]) -> Result<bool> {
    if !stdin().is_terminal() {
        return Ok(false);
    }
    print!("The tests need {} from Debian", missing.join(", "));
    if missing.contains(&"postfix") {
        print!(" (postfix replaces another mail server on this machine; it is not started)");
    }
    print!(". Install now? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// While it lives, no package may start a service.
struct NoServices;

impl NoServices {
    /// `None` where the administrator has a policy already, which is left alone.
    fn set() -> Result<Option<Self>> {
        if Path::new(POLICY).exists() {
            return Ok(None);
        }
        fs::write(POLICY, "#!/bin/sh\nexit 101\n")?;
        fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755))?;
        Ok(Some(Self))
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        let _ = fs::remove_file(POLICY);
    }
}
