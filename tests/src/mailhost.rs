//! A whole mail provider for the tests: Dovecot and Postfix of one domain under the kit's own certificates.

use std::path::PathBuf;

use anyhow::Result;
use tempfile::TempDir;

use crate::{autoconfig::Autoconfig, certs::Authority, dovecot::Dovecot, postfix::Postfix};

/// The domain of the kit's provider.
pub const DOMAIN: &str = "kin.test";
/// Everybody's password there.
pub const PASSWORD: &str = "correct horse";

/// The provider. Dropping it ends its servers and removes its folder.
pub struct Mailhost {
    pub postfix: Postfix,
    pub dovecot: Dovecot,
    pub autoconfig: Autoconfig,
    pub authority: Authority,
    pub folder: TempDir,
}

impl Mailhost {
    /// Starts it with mailboxes for these local parts.
    pub fn start(people: &[&str]) -> Result<Self> {
        Self::with(people, "", "")
    }

    /// The same with more lines for Dovecot's and Postfix's configuration.
    pub fn with(people: &[&str], dovecot_extra: &str, postfix_extra: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("kinpost-kit-").tempdir()?;
        let authority = Authority::new(folder.path())?;
        let certificate = authority.certificate("localhost", &["localhost", "127.0.0.1"])?;
        let addresses: Vec<String> = people.iter().map(|name| address(name)).collect();
        let accounts: Vec<(&str, &str)> = addresses.iter().map(|address| (address.as_str(), PASSWORD)).collect();
        let dovecot = Dovecot::start(folder.path(), &accounts, &certificate, dovecot_extra)?;
        let postfix = Postfix::start(folder.path(), DOMAIN, &accounts, &dovecot, &certificate, postfix_extra)?;
        let autoconfig = Autoconfig::start(&dovecot, &postfix)?;
        Ok(Self { postfix, dovecot, autoconfig, authority, folder })
    }

    /// The kit's authority as a PEM file.
    pub fn ca(&self) -> PathBuf {
        self.authority.pem()
    }
}

/// The address of a local part.
pub fn address(local: &str) -> String {
    format!("{local}@{DOMAIN}")
}
