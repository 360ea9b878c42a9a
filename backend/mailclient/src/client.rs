//! The facade: what `web` and `kinpost` may ask of the e-mail client besides actions.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use remote::{
    Dns, Guard, Net, Tls,
    http::{GetOptions, Http},
};
use shared::ids::{AccountId, EmailId, SourceId};
use store::{Store, address_book, emails, tasks};
use tokio::sync::oneshot;

use crate::{
    Config, FetchError, Progress, Section, Task,
    actions::send::Bodies,
    discovery::{self, Discovery, TestReport},
    images,
    link::cut,
    outbox,
    settings::SourceConfig,
    sync::{FetchRequest, Supervisor},
};

/// How long the explicit acts may take in all.
const ACT_MAX: Duration = Duration::from_secs(45);
/// The largest picture.
const IMAGE_MAX: usize = 10 << 20;

/// The running e-mail client; cheap to clone.
#[derive(Clone)]
pub struct MailClient {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    config: Arc<Config>,
    net: Net,
    http: Http,
    workers: Arc<Supervisor>,
    outbox: outbox::Outbox,
}

/// A mail account to connect.
#[derive(Debug, Clone)]
pub struct NewSource {
    /// What it is called on screen; empty: the address.
    pub label: String,
    /// Its colour, 1 to 12; `None`: the next free one.
    pub hue: Option<u8>,
    /// Where and how.
    pub config: SourceConfig,
    /// The password; kept sealed.
    pub password: String,
    /// The person's name for the Identity that comes with it; empty: the member's name.
    pub name: String,
    /// `false` skips the live test (`kinpost source add` beside an absent server, imports of settings).
    pub test: bool,
    /// The operator named the servers on the command line: they pass the guard. Never from the browser; it overrules
    /// [`SourceConfig::trusted`].
    pub trusted: bool,
}

/// What may change in a connected mail account; `None` = as it is.
#[derive(Debug, Clone, Default)]
pub struct SourceEdit {
    /// Where and how.
    pub config: Option<SourceConfig>,
    /// A new password.
    pub password: Option<String>,
    /// Makes it the primary one.
    pub primary: Option<bool>,
    /// Pauses or resumes it.
    pub paused: Option<bool>,
    /// `sortOrder`.
    pub sort_order: Option<u32>,
    /// What it is called on screen.
    pub label: Option<String>,
    /// Its colour, 1 to 12.
    pub hue: Option<u8>,
}

/// Why a mail account was not connected or changed.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// No such Source in this account.
    #[error("not found")]
    NotFound,
    /// A field is not usable.
    #[error("{why}")]
    Invalid {
        /// JMAP property name.
        property: &'static str,
        /// Plain words.
        why: String,
    },
    /// The live test failed; the report says which half and why.
    #[error("the live test failed")]
    Test(Box<TestReport>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// A picture fetched for the message view.
#[derive(Debug, Clone)]
pub struct Image {
    /// `image/…`, one of the allow-list, as recognised from the bytes.
    pub r#type: &'static str,
    /// At most 10 MiB.
    pub bytes: Vec<u8>,
}

/// Why a picture is not shown.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// Not http(s), an address that the guard refuses, not a picture, too large.
    #[error("refused: {0}")]
    Refused(String),
    /// The other side failed or was too slow.
    #[error("unreachable: {0}")]
    Unreachable(String),
}

/// An address known from past mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Display name, may be empty.
    pub name: String,
    /// Address.
    pub email: String,
}

impl MailClient {
    /// Prepares the client; nothing runs before [`start`](Self::start).
    pub fn new(store: Store, config: Config) -> Result<Self, remote::Error> {
        let config = Arc::new(config);
        let dns = Dns::new(config.network.resolver)?;
        let guard = Guard::new(&config.network.allow)?;
        let tls = Tls::new(config.network.extra_ca_pem.as_deref())?;
        let net = Net::new(dns, guard, tls);
        let http = Http::new(&net)?;
        let workers = Supervisor::new(store.clone(), Arc::clone(&config), net.clone());
        let outbox = outbox::Outbox::new(store.clone(), Arc::clone(&config), net.clone());
        Ok(Self { inner: Arc::new(Inner { store, config, net, http, workers, outbox }) })
    }

    /// Starts one worker a Source and the outbox. The command line (`import`, `source add` beside no server) does without.
    pub async fn start(&self) -> Result<(), store::Error> {
        self.inner.workers.start().await?;
        let client = self.clone();
        let read: outbox::ReadWhole = Arc::new(move |account, email| {
            let client = client.clone();
            Box::pin(async move { client.fetch(account, email, &Section::Whole).await })
        });
        self.inner.outbox.start(read).await
    }

    /// Stops all workers; returns when none runs any more (a few seconds at most).
    pub async fn shutdown(&self) {
        tokio::join!(self.inner.workers.shutdown(), self.inner.outbox.shutdown());
    }

    /// Checks Sources of an account for new mail now (`None`: all); returns as soon as the workers know.
    pub async fn check(&self, account: AccountId, sources: Option<&[SourceId]>) -> Result<(), SourceError> {
        let mut r = self.inner.store.read().await?;
        for id in sources.unwrap_or_default() {
            store::sources::get(&mut r, account, *id).await?.ok_or(SourceError::NotFound)?;
        }
        self.inner.workers.check(account, sources);
        Ok(())
    }

    /// Bytes of an Email: from the store, else a prioritised fetch, awaited for at most `times.fetch_s`.
    pub async fn fetch(&self, account: AccountId, email: EmailId, section: &Section) -> Result<Arc<[u8]>, FetchError> {
        let (blob, source) = {
            let mut r = self.inner.store.read().await?;
            let row = emails::get(&mut r, account, &[email]).await?.pop().ok_or(FetchError::NotFound)?;
            let mut source = row.source;
            if row.blob.is_none() {
                // On its way to another Source it still lies at the one it leaves.
                let owed = tasks::of_emails(&mut r, account, &[email]).await?;
                let leaving = owed.iter().find(|t| matches!(Task::parse(t), Some(Task::Cross { .. })));
                source = leaving.map(|t| t.source).or(source);
            }
            (row.blob, source)
        };
        if let Some(blob) = blob
            && let Some(raw) = self.inner.store.blobs().get(&blob).await?
        {
            return cut(raw, section).await;
        }
        let source = source.ok_or(FetchError::Gone)?;
        let idle = || FetchError::Unavailable("The mail account is paused or not connected.".into());
        let fetcher = self.inner.workers.fetcher(source).ok_or_else(idle)?;
        let (answer, answered) = oneshot::channel();
        let request = FetchRequest { email, section: section.clone(), answer };
        let late = || FetchError::Unavailable("The mail provider did not answer in time.".into());
        let waited = tokio::time::timeout(self.inner.config.fetch, async {
            fetcher.send(request).await.map_err(|_| idle())?;
            answered.await.map_err(|_| idle())?
        });
        waited.await.map_err(|_| late())?
    }

    /// How far long work of a Source is; `None`: nothing to show. (State and detail are in the store's source row.)
    pub fn progress(&self, source: SourceId) -> Option<Progress> {
        self.inner.workers.progress(source)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) async fn realign(&self) -> Result<(), store::Error> {
        if self.inner.workers.is_started().await { self.inner.workers.align().await } else { Ok(()) }
    }

    /// The hold that a letter gets when the person says nothing (`times.undo_s`), in seconds.
    pub fn undo_seconds(&self) -> u64 {
        self.inner.config.undo.as_secs()
    }

    /// Finds out how an address is connected (explicit act, with a deadline).
    pub async fn discover(&self, address: &str) -> Discovery {
        let found = discovery::discover(&self.inner.net, &self.inner.http, &self.inner.config, address);
        tokio::time::timeout(ACT_MAX, found).await.unwrap_or_default()
    }

    /// Tries settings for real: log-in at the incoming and at the outgoing server (explicit act, with a deadline).
    pub async fn test(&self, config: &SourceConfig, password: &str) -> TestReport {
        let report = discovery::test(&self.inner.net, config, password);
        tokio::time::timeout(ACT_MAX, report).await.unwrap_or_else(|_| TestReport::too_slow(ACT_MAX))
    }

    /// Fetches a remote picture through the guard: image types only, at most 10 MiB, with a deadline.
    pub async fn proxy_image(&self, url: &str) -> Result<Image, ImageError> {
        let options = GetOptions {
            deadline: Duration::from_secs(15),
            max_bytes: IMAGE_MAX,
            redirects: 3,
            allow_http: true,
            accept: "image/avif,image/webp,image/png,image/jpeg,image/gif,image/*;q=0.5",
        };
        let fetched = self.inner.http.get(url, &options).await.map_err(|error| match error.class {
            remote::Class::Permanent | remote::Class::Auth => ImageError::Refused(error.message),
            _ => ImageError::Unreachable(error.message),
        })?;
        let kind = images::kind(&fetched.bytes).ok_or_else(|| ImageError::Refused("This is not a picture.".into()))?;
        Ok(Image { r#type: kind, bytes: fetched.bytes })
    }

    /// Addresses from past mail whose name or address begins with `text`, best first.
    pub async fn contacts(&self, account: AccountId, text: &str, limit: u32) -> Result<Vec<Contact>, store::Error> {
        let mut r = self.inner.store.read().await?;
        let found = address_book::complete(&mut r, account, text, limit).await?;
        Ok(found.into_iter().map(|c| Contact { name: c.name.unwrap_or_default(), email: c.email }).collect())
    }

    /// Live figures for `/metrics`: name (with labels in braces) → value.
    pub async fn metrics(&self) -> Result<BTreeMap<String, u64>, store::Error> {
        let mut figures = BTreeMap::from([("source_workers".to_owned(), self.inner.workers.count())]);
        let mut r = self.inner.store.read().await?;
        for source in store::sources::household(&mut r).await? {
            let state = if source.paused { "paused" } else { source.state.as_str() };
            *figures.entry(format!("sources{{state=\"{state}\"}}")).or_default() += 1;
        }
        let (mut queued, mut unknown) = (0, 0);
        for (kind, count) in tasks::waiting(&mut r).await? {
            queued += count;
            if !Task::is_known(&kind) {
                unknown += count;
            }
        }
        figures.insert("tasks_queued".to_owned(), queued);
        figures.insert("tasks_unknown_kinds".to_owned(), unknown);
        Ok(figures)
    }
}

impl Bodies for MailClient {
    fn store(&self) -> &Store {
        &self.inner.store
    }

    async fn whole(&self, account: AccountId, email: EmailId) -> Result<Arc<[u8]>, FetchError> {
        self.fetch(account, email, &Section::Whole).await
    }
}
