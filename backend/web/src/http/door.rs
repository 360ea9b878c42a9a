//! Everything the routes share. Below `http` nobody sees it: parts are passed on.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use mailclient::MailClient;
use shared::ids::MemberId;
use store::{Blobs, Store};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    access::{Who, place::Surroundings, setup_code::SetupCode, throttle::Throttle},
    assets::Assets,
    jmap::Call,
    limits::{MAX_CONCURRENT_REQUESTS, MAX_CONCURRENT_UPLOAD, MAX_PUSH_CONNECTIONS},
    metrics::Metrics,
    urls::Urls,
    view::Signer,
};

/// Log-ins whose argon2 may run at the same time: each takes 19 MiB and a core.
const HASHES_AT_ONCE: usize = 2;
/// How long the practice household remembers a log-in password that a program sent.
const PRACTICE_MEMORY: Duration = Duration::from_secs(600);

/// The open door; cheap to clone.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

/// What the door is made of.
pub struct Inner {
    /// The database.
    pub store: Store,
    /// The stored messages.
    pub blobs: Blobs,
    /// The e-mail client.
    pub mail: MailClient,
    /// What the operator said.
    pub surroundings: Surroundings,
    /// This is the practice household.
    pub practice: Option<Practice>,
    /// Slows guessing down.
    pub throttle: Throttle,
    /// Opens an empty house.
    pub setup_code: SetupCode,
    /// Signs picture addresses.
    pub signer: Signer,
    /// The frontend's files.
    pub assets: Assets,
    /// Counters.
    pub metrics: Metrics,
    /// Cancelled when the server stops: long answers end.
    pub stop: CancellationToken,
    /// Small notes to the store that no answer waits for.
    pub notes: TaskTracker,
    /// argon2 at most so often at once.
    pub hashing: Arc<Semaphore>,
    gates: Mutex<HashMap<(MemberId, Gate), Arc<Semaphore>>>,
    practised: Mutex<HashMap<[u8; 32], (MemberId, Instant)>>,
}

/// What is different in the practice household, whose one password is no secret: Basic takes log-in passwords too.
#[derive(Debug, Clone, Copy, Default)]
pub struct Practice {
    /// A browser on this machine is logged in as this member when it opens the first page.
    pub opens_as: Option<MemberId>,
}

/// What one member may do only so often at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gate {
    /// API requests.
    Request,
    /// Uploads.
    Upload,
    /// Push connections.
    Push,
}

impl Gate {
    fn width(self) -> usize {
        match self {
            Self::Request => MAX_CONCURRENT_REQUESTS,
            Self::Upload => MAX_CONCURRENT_UPLOAD,
            Self::Push => MAX_PUSH_CONNECTIONS,
        }
    }
}

impl Door {
    /// Over a store and a client, as the operator said.
    pub fn new(store: Store, mail: MailClient, surroundings: Surroundings, practice: Option<Practice>) -> Self {
        let signer = Signer::new(store.vault().mac("message view", b"picture addresses"));
        Self(Arc::new(Inner {
            blobs: store.blobs().clone(),
            store,
            mail,
            surroundings,
            practice,
            throttle: Throttle::default(),
            setup_code: SetupCode::random(),
            signer,
            assets: Assets::default(),
            metrics: Metrics::default(),
            stop: CancellationToken::new(),
            notes: TaskTracker::new(),
            hashing: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
            gates: Mutex::default(),
            practised: Mutex::default(),
        }))
    }

    /// What a JMAP request may touch.
    pub fn call<'a>(&'a self, who: &'a Who, urls: &'a Urls) -> Call<'a> {
        Call { store: &self.store, blobs: &self.blobs, mail: &self.mail, who, urls }
    }

    /// Room for one more; none when the member has as many under way as allowed.
    pub fn enter(&self, member: MemberId, gate: Gate) -> Option<OwnedSemaphorePermit> {
        self.gate(member, gate).try_acquire_owned().ok()
    }

    /// The gate itself, for connections that carry many requests.
    pub fn gate(&self, member: MemberId, gate: Gate) -> Arc<Semaphore> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.entry((member, gate)).or_insert_with(|| Arc::new(Semaphore::new(gate.width()))).clone()
    }

    /// The member whose log-in password a program proved lately (practice household only).
    pub fn practised(&self, key: &[u8; 32]) -> Option<MemberId> {
        let known = self.practised.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(_, at)| at.elapsed() < PRACTICE_MEMORY).map(|(member, _)| *member)
    }

    /// Remembers such a proof.
    pub fn practise(&self, key: [u8; 32], member: MemberId) {
        let mut known = self.practised.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (_, at)| at.elapsed() < PRACTICE_MEMORY);
        known.insert(key, (member, Instant::now()));
    }
}

impl std::ops::Deref for Door {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
