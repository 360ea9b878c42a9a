//! The facade: what `web` and `kinpost` may ask of the e-mail client besides actions.

use std::{collections::BTreeMap, sync::Arc};

use shared::ids::{AccountId, EmailId, SourceId};
use store::Store;

use crate::{
    Config,
    discovery::{Discovery, SourceConfig, TestReport},
};

/// The running e-mail client; cheap to clone.
#[derive(Clone)]
pub struct MailClient {
    inner: Arc<Inner>,
}

struct Inner {
    #[allow(dead_code)]
    store: Store,
    #[allow(dead_code)]
    config: Config,
}

/// Which bytes of an Email are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Section {
    /// The whole message, as it came.
    Whole,
    /// One part by its IMAP section number, transfer encoding already undone.
    Part(String),
}

/// Why a body cannot be had now.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No such Email or part in this account.
    #[error("not found")]
    NotFound,
    /// The provider did not answer in time or is away: `serverUnavailable`, a download answers 503.
    #[error("the mail provider cannot be reached now: {0}")]
    Unavailable(String),
    /// The provider does not hold the message any more.
    #[error("the mail provider no longer holds this message")]
    Gone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// How far a first sync (or another long work) is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Messages done.
    pub done: u64,
    /// Messages in all.
    pub total: u64,
    /// Plain words: which folder.
    pub what: String,
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
        Ok(Self { inner: Arc::new(Inner { store, config }) })
    }

    /// Starts one worker a Source and the outbox. The command line (`import`, `source add` beside no server) does without.
    pub async fn start(&self) -> Result<(), store::Error> {
        todo!()
    }

    /// Stops all workers; returns when none runs any more (a few seconds at most).
    pub async fn shutdown(&self) {
        todo!()
    }

    /// Checks Sources of an account for new mail now (`None`: all); returns as soon as the workers know.
    pub async fn check(&self, account: AccountId, sources: Option<&[SourceId]>) -> Result<(), SourceError> {
        let _ = (account, sources);
        todo!()
    }

    /// Bytes of an Email: from the store, else a prioritised fetch, awaited for at most `times.fetch_s`.
    pub async fn fetch(&self, account: AccountId, email: EmailId, section: &Section) -> Result<Arc<[u8]>, FetchError> {
        let _ = (account, email, section);
        todo!()
    }

    /// How far long work of a Source is; `None`: nothing to show. (State and detail are in the store's source row.)
    pub fn progress(&self, source: SourceId) -> Option<Progress> {
        let _ = source;
        todo!()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The hold that a letter gets when the person says nothing (`times.undo_s`), in seconds.
    pub fn undo_seconds(&self) -> u64 {
        self.inner.config.undo.as_secs()
    }

    /// Finds out how an address is connected (explicit act, with a deadline).
    pub async fn discover(&self, address: &str) -> Discovery {
        let _ = address;
        todo!()
    }

    /// Tries settings for real: log-in at the incoming and at the outgoing server (explicit act, with a deadline).
    pub async fn test(&self, config: &SourceConfig, password: &str) -> TestReport {
        let _ = (config, password);
        todo!()
    }

    /// Connects a mail account: tests it, stores it with its Identity, starts its worker.
    pub async fn add_source(&self, account: AccountId, new: NewSource) -> Result<SourceId, SourceError> {
        let _ = (account, new);
        todo!()
    }

    /// Changes a mail account; new servers, user or password are tested first.
    pub async fn edit_source(&self, account: AccountId, source: SourceId, edit: SourceEdit) -> Result<(), SourceError> {
        let _ = (account, source, edit);
        todo!()
    }

    /// Disconnects a mail account: its mail goes from here and stays at the provider.
    pub async fn remove_source(&self, account: AccountId, source: SourceId) -> Result<(), SourceError> {
        let _ = (account, source);
        todo!()
    }

    /// Fetches a remote picture through the guard: image types only, at most 10 MiB, with a deadline.
    pub async fn proxy_image(&self, url: &str) -> Result<Image, ImageError> {
        let _ = url;
        todo!()
    }

    /// Addresses from past mail whose name or address begins with `text`, best first.
    pub async fn contacts(&self, account: AccountId, text: &str, limit: u32) -> Result<Vec<Contact>, store::Error> {
        let _ = (account, text, limit);
        todo!()
    }

    /// Live figures for `/metrics`: name → value.
    pub fn metrics(&self) -> BTreeMap<&'static str, u64> {
        BTreeMap::new()
    }
}
