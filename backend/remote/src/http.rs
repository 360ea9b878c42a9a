//! Guarded HTTP GET with limits: for discovery and the image proxy.

use std::time::Duration;

use crate::{Net, Result};

/// Limits of one request.
#[derive(Clone, Debug)]
pub struct GetOptions {
    /// Whole request with redirects and body.
    pub deadline: Duration,
    /// Largest body in bytes.
    pub max_bytes: usize,
    /// At most so many redirects; each is guarded again.
    pub redirects: usize,
    /// Whether `http:` URLs (also by redirect) are allowed.
    pub allow_http: bool,
    /// The `Accept` header.
    pub accept: &'static str,
}

impl Default for GetOptions {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(10), max_bytes: 1 << 20, redirects: 3, allow_http: false, accept: "*/*" }
    }
}

/// An answer with status 200.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Where it came from after redirects.
    pub url: String,
    /// Media type in lower case without parameters; empty when the server gave none.
    pub content_type: String,
    /// The body.
    pub bytes: Vec<u8>,
}

/// A guarded client; cheap to clone. No cookies, no referrer, no proxy.
#[derive(Clone)]
pub struct Http { }

impl Http {
    /// A client over `net`.
    ///
    /// # Errors
    /// Permanent: the TLS set-up cannot be used.
    pub fn new(_net: &Net) -> Result<Self> { todo!() }

    /// Fetches `url` (http or https only).
    ///
    /// # Errors
    /// Permanent (bad URL, guard, 4xx, too large), Temporary (5xx, network, deadline), Tls.
    pub async fn get(&self, _url: &str, _options: &GetOptions) -> Result<Fetched> { todo!() }
}
