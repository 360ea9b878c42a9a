//! What every part of a Source's worker shares: the store, the way to the servers, who waits for whom.

use std::{
    sync::{
        Arc, Mutex as StdMutex, PoisonError,
        atomic::{AtomicU32, AtomicU64},
    },
    time::Duration,
};

use remote::{Class, Credentials, Endpoint, Error, ImapSession, Net, Pop3Session};
use shared::ids::{AccountId, SourceId};
use store::{
    Store,
    sources::{self, Health},
};
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

use super::Trouble;
use crate::{
    Config,
    settings::{Server, SourceConfig},
};

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

/// One Source while its worker runs.
pub(crate) struct Context {
    pub store: Store,
    pub config: Arc<Config>,
    pub net: Net,
    pub account: AccountId,
    pub source: SourceId,
    pub servers: SourceConfig,
    password: String,
    /// Held while folders are changed or compared: what one connection fetched is written before another one's action
    /// changes it. Never held by a body fetch.
    pub folders: Mutex<()>,
    /// A person (or an event) wants a look at the server now.
    pub check: Notify,
    /// The Source was given Tasks.
    pub tasks: Notify,
    /// The worker shall end.
    pub stop: CancellationToken,
    progress: StdMutex<Option<Progress>>,
    /// Failures in a row.
    pub failures: AtomicU32,
    /// Counts what was done to folders: a comparison that began before is out of date.
    pub deeds: AtomicU64,
}

impl Context {
    pub fn new(
        store: Store,
        config: Arc<Config>,
        net: &Net,
        row: &sources::Source,
        servers: SourceConfig,
        password: String,
        stop: CancellationToken,
    ) -> Result<Self, Error> {
        Ok(Self {
            store,
            config,
            net: net_for(net, &servers)?,
            account: row.account,
            source: row.id,
            servers,
            password,
            folders: Mutex::new(()),
            check: Notify::new(),
            tasks: Notify::new(),
            stop,
            progress: StdMutex::new(None),
            failures: AtomicU32::new(0),
            deeds: AtomicU64::new(0),
        })
    }

    /// Fails once the worker shall end: asked between steps.
    pub fn alive(&self) -> Result<(), Trouble> {
        if self.stop.is_cancelled() { Err(Trouble::Stopped) } else { Ok(()) }
    }

    pub async fn imap(&self) -> Result<ImapSession, Error> {
        let (endpoint, login) = self.incoming();
        ImapSession::open(&self.net, &endpoint, &login, self.servers.allow_plain).await
    }

    pub async fn pop3(&self) -> Result<Pop3Session, Error> {
        let (endpoint, login) = self.incoming();
        Pop3Session::open(&self.net, &endpoint, &login, self.servers.allow_plain).await
    }

    fn incoming(&self) -> (Endpoint, Credentials) {
        let server = &self.servers.incoming;
        (endpoint(server), Credentials::new(server.username.clone(), self.password.clone()))
    }

    pub fn progress(&self) -> Option<Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_progress(&self, progress: Option<Progress>) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }

    /// Says how the Source is doing; a failure to say so is only logged.
    pub async fn report(&self, state: &str, detail: Option<String>, next_try_at: Option<i64>) {
        let written = async {
            let mut tx = self.store.write().await?;
            let last = sources::get(&mut tx, self.account, self.source).await?.and_then(|s| s.last_checked_at);
            let last_checked_at = if state == "fresh" { Some(store::now_ms()) } else { last };
            let health = Health { state: state.to_owned(), detail, last_checked_at, next_try_at };
            sources::set_health(&mut tx, self.account, self.source, &health).await?;
            tx.commit().await
        };
        if let Err(error) = written.await {
            tracing::warn!(source = %self.source, %error, "the state of a source was not written");
        }
    }

    /// Says what is wrong and when it is tried again. Returns how long to wait.
    pub async fn report_failure(&self, error: &Error, failures: u32) -> Duration {
        let wait = back_off(&self.config.retry, failures, error.class);
        let next = store::now_ms().saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
        let (state, detail) = in_plain_words(error);
        tracing::info!(source = %self.source, class = ?error.class, wait_s = wait.as_secs(), "a source failed");
        self.report(state, Some(detail), Some(next)).await;
        wait
    }
}

pub(crate) fn endpoint(server: &Server) -> Endpoint {
    Endpoint::new(&server.host, server.port, server.security)
}

/// The network as this Source may use it: its own CA is trusted for it, and hosts that the operator named on the command
/// line pass the guard.
pub(crate) fn net_for(net: &Net, servers: &SourceConfig) -> Result<Net, Error> {
    let mut net = net.clone();
    if let Some(ca) = &servers.ca {
        net.tls = net.tls.with_ca(ca.as_bytes())?;
    }
    if servers.trusted {
        net.guard = net.guard.allowing(&servers.incoming.host);
        if let Some(outgoing) = &servers.outgoing {
            net.guard = net.guard.allowing(&outgoing.host);
        }
    }
    Ok(net)
}

/// State word and the sentence that says what to do.
pub(crate) fn in_plain_words(error: &Error) -> (&'static str, String) {
    match error.class {
        Class::Auth => ("needsYou", format!("{error} Check the user name and password of this mail account.")),
        Class::Tls => ("needsYou", error.to_string()),
        Class::Permanent => ("needsYou", error.to_string()),
        Class::Temporary | Class::Protocol => ("waiting", error.to_string()),
    }
}

/// How long to wait after so many failures in a row, with jitter. What does not heal by itself is tried rarely: a
/// certificate may be renewed, but a wrong password must not lock the account out.
pub(crate) fn back_off(retry: &[Duration], failures: u32, class: Class) -> Duration {
    let last = retry.last().copied().unwrap_or(Duration::from_secs(600));
    let index = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
    let base = match class {
        Class::Auth => last.max(Duration::from_secs(3_600)).saturating_mul(6),
        Class::Tls | Class::Permanent => last,
        Class::Temporary | Class::Protocol => retry.get(index).copied().unwrap_or(last),
    };
    base.mul_f64(0.9 + 0.2 * rand::random::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_to_the_last_step_and_jitters_a_little() {
        let retry = [30, 120, 600].map(Duration::from_secs);
        for (failures, base) in [(1, 30), (2, 120), (3, 600), (99, 600)] {
            let wait = back_off(&retry, failures, Class::Temporary).as_secs_f64();
            assert!((f64::from(base) * 0.89..f64::from(base) * 1.11).contains(&wait), "{failures}: {wait}");
        }
        assert!(back_off(&retry, 1, Class::Auth) > Duration::from_secs(3_600));
        assert!(back_off(&[], 1, Class::Temporary) > Duration::from_secs(500));
    }

    #[test]
    fn what_a_person_must_do_is_said() {
        let (state, words) = in_plain_words(&Error::auth("The server refused the password."));
        assert_eq!(state, "needsYou");
        assert!(words.contains("Check the user name and password"));
        assert_eq!(in_plain_words(&Error::temporary("x")).0, "waiting");
    }
}
