//! Debian's Postfix, run by hand on loopback: takes submissions of the people and delivers them into Dovecot's Maildirs.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{certs::Certificate, dovecot, ports, wait};

/// A running Postfix. It ends with this value.
pub struct Postfix {
    folder: PathBuf,
    /// The MX port: no log-in, takes mail for the people only.
    pub smtp: u16,
    /// Submission with STARTTLS and log-in.
    pub submission: u16,
    /// Submission over TLS from the first byte.
    pub submissions: u16,
}

impl Postfix {
    /// Starts it for the people of `dovecot`, all of `domain`; `extra` is added to main.cf.
    pub fn start(
        folder: &Path,
        domain: &str,
        people: &[(&str, &str)],
        dovecot: &dovecot::Dovecot,
        certificate: &Certificate,
        extra: &str,
    ) -> Result<Self> {
        if !Path::new("/usr/sbin/postfix").exists() {
            bail!("Postfix is missing: `sudo apt-get install postfix`");
        }
        if !dovecot::root() {
            bail!("Postfix can be started by root only: run `sudo -E env PATH=\"$PATH\" cargo xtask test`");
        }
        let folder = folder.join("postfix");
        for sub in ["spool", "data"] {
            fs::create_dir_all(folder.join(sub))?;
        }
        // Postfix's own user must reach its folders through every parent.
        for parent in folder.ancestors().take_while(|parent| parent.starts_with(std::env::temp_dir())) {
            let _ = fs::set_permissions(parent, fs::Permissions::from_mode(0o755));
        }
        run(Command::new("chown").arg("postfix").arg(folder.join("data")))?;
        let (smtp, submission, submissions) = (ports::free()?, ports::free()?, ports::free()?);
        let maps: String = people.iter().map(|(address, _)| format!("{address} {address}/Maildir/\n")).collect();
        fs::write(folder.join("mailboxes"), maps)?;
        fs::write(folder.join("main.cf"), main_cf(&folder, domain, dovecot, certificate, extra))?;
        fs::write(folder.join("master.cf"), master_cf(smtp, submission, submissions))?;
        fs::write(folder.join("empty"), "")?;
        run(Command::new("/usr/sbin/postfix").arg("-c").arg(&folder).arg("start"))
            .with_context(|| fs::read_to_string(folder.join("log")).unwrap_or_default())?;
        let started = Self { folder, smtp, submission, submissions };
        wait::blocking("Postfix to listen", Duration::from_secs(20), || {
            ports::open(smtp) && ports::open(submission) && ports::open(submissions)
        })?;
        Ok(started)
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let _ = Command::new("/usr/sbin/postfix").arg("-c").arg(&self.folder).arg("abort").output();
    }
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    bail!("{command:?}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn main_cf(folder: &Path, domain: &str, dovecot: &dovecot::Dovecot, certificate: &Certificate, extra: &str) -> String {
    let f = folder.display();
    format!(
        "compatibility_level = 3.6\nconfig_directory = {f}\nqueue_directory = {f}/spool\ndata_directory = {f}/data\n\
         command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\nmail_owner = postfix\n\
         setgid_group = postdrop\nmaillog_file = {f}/log\nmaillog_file_prefixes = {f}\nmyhostname = mail.{domain}\n\
         mydestination =\nalias_maps =\nalias_database =\nlocal_recipient_maps =\ninet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\nmynetworks = 127.0.0.2/32\nvirtual_mailbox_domains = {domain}\n\
         virtual_mailbox_base = {}/mail\nvirtual_mailbox_maps = texthash:{f}/mailboxes\nvirtual_minimum_uid = 1\n\
         virtual_uid_maps = static:5000\nvirtual_gid_maps = static:5000\nvirtual_mailbox_limit = 0\n\
         message_size_limit = 52428800\nmailbox_size_limit = 0\nsmtpd_sasl_type = dovecot\n\
         smtpd_sasl_path = {}/auth/sasl\nsmtpd_tls_cert_file = {}\nsmtpd_tls_key_file = {}\n\
         smtpd_tls_security_level = may\ndefault_transport = error:no way out of the test kit\n\
         smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination\n\
         smtpd_recipient_restrictions = reject_unlisted_recipient, permit_sasl_authenticated, reject_unauth_destination\n\
         smtputf8_enable = yes\nsmtpd_client_connection_rate_limit = 0\n{extra}\n",
        dovecot.folder.display(),
        dovecot.folder.display(),
        certificate.chain.display(),
        certificate.key.display(),
    )
}

fn master_cf(smtp: u16, submission: u16, submissions: u16) -> String {
    let mut text = format!(
        "127.0.0.1:{smtp} inet n - n - - smtpd\n\
         127.0.0.1:{submission} inet n - n - - smtpd\n  -o smtpd_sasl_auth_enable=yes\n  -o smtpd_recipient_restrictions=reject_unlisted_recipient,permit_sasl_authenticated,reject\n\
         127.0.0.1:{submissions} inet n - n - - smtpd\n  -o smtpd_tls_wrappermode=yes\n  -o smtpd_sasl_auth_enable=yes\n  -o smtpd_recipient_restrictions=reject_unlisted_recipient,permit_sasl_authenticated,reject\n"
    );
    for (name, program) in [
        ("pickup unix n - n 60 1", "pickup"),
        ("cleanup unix n - n - 0", "cleanup"),
        ("qmgr unix n - n 300 1", "qmgr"),
        ("tlsmgr unix - - n 1000? 1", "tlsmgr"),
        ("rewrite unix - - n - -", "trivial-rewrite"),
        ("bounce unix - - n - 0", "bounce"),
        ("defer unix - - n - 0", "bounce"),
        ("trace unix - - n - 0", "bounce"),
        ("verify unix - - n - 1", "verify"),
        ("flush unix n - n 1000? 0", "flush"),
        ("proxymap unix - - n - -", "proxymap"),
        ("smtp unix - - n - -", "smtp"),
        ("error unix - - n - -", "error"),
        ("retry unix - - n - -", "error"),
        ("discard unix - - n - -", "discard"),
        ("local unix - n n - -", "local"),
        ("virtual unix - n n - -", "virtual"),
        ("anvil unix - - n - 1", "anvil"),
        ("scache unix - - n - 1", "scache"),
        ("postlog unix-dgram n - n - 1", "postlogd"),
    ] {
        text.push_str(&format!("{name} {program}\n"));
    }
    text
}
