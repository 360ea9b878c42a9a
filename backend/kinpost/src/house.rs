//! The household opened: store and mail client, as the configuration says.

use std::path::Path;

use anyhow::{Context, Result};
use mailclient::MailClient;
use store::Store;

use crate::config::Config;

/// What every command works on.
#[derive(Clone)]
pub struct House {
    /// The database and files.
    pub store: Store,
    /// The e-mail client; its workers run in a server only.
    pub mail: MailClient,
}

impl House {
    /// Opens a data directory, which is made if it is missing.
    pub async fn open(data: &Path, config: &Config) -> Result<Self> {
        let store =
            Store::open(data).await.with_context(|| format!("cannot open the household in {}", data.display()))?;
        let mail = MailClient::new(store.clone(), config.mail_client()?).context("the mail client cannot start")?;
        Ok(Self { store, mail })
    }
}
