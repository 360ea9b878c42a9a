//! Debian's Dovecot, run by hand on loopback with its own folders and ports.

use std::{
    fs::{self, File},
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{certs::Certificate, ports, wait};

/// The numeric owner of the mail when the kit runs as root; no such account needs to exist.
const MAIL_UID: u32 = 5000;

/// A running Dovecot. It ends with this value.
pub struct Dovecot {
    process: Child,
    pub folder: PathBuf,
    /// IMAP with STARTTLS offered; plain log-in is allowed, as the tests of consent need it.
    pub imap: u16,
    pub imaps: u16,
    pub pop3: u16,
    pub pop3s: u16,
}

impl Dovecot {
    /// Starts it for these people (`address`, `password`); `extra` is added to its configuration.
    pub fn start(folder: &Path, people: &[(&str, &str)], certificate: &Certificate, extra: &str) -> Result<Self> {
        if !Path::new("/usr/sbin/dovecot").exists() {
            bail!("Dovecot is missing: `sudo apt-get install dovecot-core dovecot-imapd dovecot-pop3d`");
        }
        let folder = folder.join("dovecot");
        for sub in ["run", "state", "mail", "auth"] {
            fs::create_dir_all(folder.join(sub))?;
        }
        let root = root();
        let (uid, gid) = if root { (MAIL_UID, MAIL_UID) } else { own_ids()? };
        let mut users = String::new();
        for (address, password) in people {
            let home = folder.join("mail").join(address);
            fs::create_dir_all(&home)?;
            if root {
                chown(&home, Some(uid), Some(gid))?;
            }
            users.push_str(&format!("{address}:{{PLAIN}}{password}:{uid}:{gid}::{}::\n", home.display()));
        }
        fs::write(folder.join("users"), users)?;
        if root {
            chown(folder.join("mail"), Some(uid), Some(gid))?;
        }
        let (imap, imaps, pop3, pop3s) = (ports::free()?, ports::free()?, ports::free()?, ports::free()?);
        let text = configuration(&folder, certificate, uid, [imap, imaps, pop3, pop3s], extra)?;
        fs::write(folder.join("dovecot.conf"), text)?;
        let log = File::create(folder.join("out.log"))?;
        let process = Command::new("/usr/sbin/dovecot")
            .args(["-F", "-c"])
            .arg(folder.join("dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("could not start Dovecot")?;
        let started = Self { process, folder, imap, imaps, pop3, pop3s };
        wait::blocking("Dovecot to listen", Duration::from_secs(20), || ports::open(imap) && ports::open(pop3))
            .with_context(|| fs::read_to_string(started.folder.join("log")).unwrap_or_default())?;
        Ok(started)
    }

    /// The Maildir of a person, as Postfix delivers into it.
    pub fn maildir(&self, address: &str) -> PathBuf {
        self.folder.join("mail").join(address).join("Maildir")
    }

    /// Puts a message into a person's folder behind every client's back, as a delivery agent would (tmp, then new).
    pub fn deliver(&self, address: &str, mailbox: &str, message: &[u8]) -> Result<()> {
        self.put(address, mailbox, message, None)
    }

    /// The same with the time of arrival, in milliseconds since the epoch: Dovecot's INTERNALDATE is the file's time.
    pub fn deliver_dated(&self, address: &str, mailbox: &str, message: &[u8], received_ms: i64) -> Result<()> {
        self.put(address, mailbox, message, Some(received_ms))
    }

    fn put(&self, address: &str, mailbox: &str, message: &[u8], received_ms: Option<i64>) -> Result<()> {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut maildir = self.maildir(address);
        if mailbox != "INBOX" {
            maildir = maildir.join(format!(".{}", mailbox.replace('/', ".")));
        }
        for sub in ["tmp", "new", "cur"] {
            make_owned(&maildir.join(sub))?;
        }
        let name = format!("{}.M{}P{}.kit", seconds(), NEXT.fetch_add(1, Ordering::Relaxed), std::process::id());
        let temporary = maildir.join("tmp").join(&name);
        fs::write(&temporary, message)?;
        if let Some(ms) = received_ms.and_then(|ms| u64::try_from(ms).ok()) {
            let time = std::time::UNIX_EPOCH + Duration::from_millis(ms);
            File::options().write(true).open(&temporary)?.set_modified(time)?;
        }
        fs::set_permissions(&temporary, fs::Permissions::from_mode(0o644))?;
        if root() {
            chown(&temporary, Some(MAIL_UID), Some(MAIL_UID))?;
        }
        Ok(fs::rename(&temporary, maildir.join("new").join(name))?)
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // TERM to the master ends its children; KILL would leave them.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

fn make_owned(folder: &Path) -> Result<()> {
    if folder.exists() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_owned(parent)?;
    }
    fs::create_dir(folder)?;
    if root() {
        chown(folder, Some(MAIL_UID), Some(MAIL_UID))?;
    }
    Ok(())
}

fn seconds() -> u64 {
    std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs())
}

/// Whether the kit runs as root: then Dovecot needs owners for the mail, and Postfix can be started at all.
pub fn root() -> bool {
    own_ids().is_ok_and(|(uid, _)| uid == 0)
}

fn own_ids() -> Result<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    let own = fs::metadata("/proc/self")?;
    Ok((own.uid(), own.gid()))
}

fn configuration(folder: &Path, certificate: &Certificate, uid: u32, ports: [u16; 4], extra: &str) -> Result<String> {
    let [imap, imaps, pop3, pop3s] = ports;
    let d = folder.display();
    let mut text = format!(
        "base_dir = {d}/run\nstate_dir = {d}/state\nlog_path = {d}/log\ninstance_name = kit{imap}\nlisten = 127.0.0.1\n\
         protocols = imap pop3\nssl = yes\nssl_cert = <{}\nssl_key = <{}\ndisable_plaintext_auth = no\n\
         auth_mechanisms = plain login\nmail_location = maildir:~/Maildir\nfirst_valid_uid = 1\nlast_valid_uid = 0\n\
         mail_max_userip_connections = 50\nmail_fsync = never\nauth_failure_delay = 0 secs\n\
         passdb {{\n driver = passwd-file\n args = username_format=%u {d}/users\n}}\n\
         userdb {{\n driver = passwd-file\n args = username_format=%u {d}/users\n}}\n",
        certificate.chain.display(),
        certificate.key.display(),
    );
    text.push_str("namespace inbox {\n inbox = yes\n separator = /\n");
    for name in ["Drafts", "Sent", "Trash", "Junk", "Archive"] {
        text.push_str(&format!(" mailbox {name} {{\n  special_use = \\{name}\n  auto = subscribe\n }}\n"));
    }
    text.push_str("}\n");
    for (service, plain_name, plain, tls_name, tls) in
        [("imap-login", "imap", imap, "imaps", imaps), ("pop3-login", "pop3", pop3, "pop3s", pop3s)]
    {
        text.push_str(&format!(
            "service {service} {{\n inet_listener {plain_name} {{\n  port = {plain}\n }}\n inet_listener {tls_name} {{\n  \
             port = {tls}\n  ssl = yes\n }}\n}}\n"
        ));
    }
    text.push_str(&format!("service auth {{\n unix_listener {d}/auth/sasl {{\n  mode = 0666\n }}\n}}\n"));
    if uid != MAIL_UID {
        let name = String::from_utf8(Command::new("id").arg("-un").output()?.stdout)?;
        let name = name.trim();
        text.push_str(&format!("default_internal_user = {name}\ndefault_login_user = {name}\n"));
        for service in ["imap-login", "pop3-login", "anvil", "stats"] {
            text.push_str(&format!("service {service} {{\n chroot =\n}}\n"));
        }
    }
    text.push_str(extra);
    Ok(text)
}
