//! Guarded HTTP GET with limits: for discovery and the image proxy.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::time::timeout;
use url::{Host, Url};

use crate::{Error, Net, Result};

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
pub struct Http {
    client: reqwest::Client,
    net: Net,
}

impl Http {
    /// A client over `net`.
    ///
    /// # Errors
    /// Permanent: the TLS set-up cannot be used.
    pub fn new(net: &Net) -> Result<Self> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(net.tls.config().as_ref().clone())
            .dns_resolver(Guarded { net: net.clone() })
            // Each redirect is looked at by ourselves.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .http1_only()
            .connect_timeout(net.times.connect)
            .user_agent("Kinpost")
            // A kept connection would skip the guard's look at its address.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|e| Error::permanent(format!("The HTTP client cannot be set up: {e}.")))?;
        Ok(Self { client, net: net.clone() })
    }

    /// Fetches `url` (http or https only).
    ///
    /// # Errors
    /// Permanent (bad URL, guard, 4xx, too large), Temporary (5xx, network, deadline), Tls.
    pub async fn get(&self, url: &str, options: &GetOptions) -> Result<Fetched> {
        match timeout(options.deadline, self.follow(url, options)).await {
            Ok(result) => result,
            Err(_) => Err(Error::temporary("The web server did not answer in time.")),
        }
    }

    async fn follow(&self, url: &str, options: &GetOptions) -> Result<Fetched> {
        let mut url = Url::parse(url).map_err(|_| not_allowed())?;
        for _ in 0..=options.redirects {
            let host = self.check(&url, options)?;
            let request = self.client.get(url.clone()).header(http::header::ACCEPT, options.accept);
            let response = request.send().await.map_err(|e| explain(&host, &e))?;
            // What the connection really reached, whatever the resolver said.
            if let Some(peer) = response.remote_addr() {
                self.net.guard.check(&host, peer.ip())?;
            }
            let status = response.status();
            if status.is_redirection() {
                let target = response.headers().get(http::header::LOCATION).and_then(|l| l.to_str().ok());
                url = target.and_then(|t| url.join(t).ok()).ok_or_else(not_allowed)?;
                continue;
            }
            if status != http::StatusCode::OK {
                let words = format!("{host} answered with status {}.", status.as_u16());
                let error = if status.is_server_error() { Error::temporary(words) } else { Error::permanent(words) };
                return Err(error.coded(status.as_u16().to_string()));
            }
            return read(url, &host, response, options).await;
        }
        Err(Error::permanent("The web server sends us from place to place without an end."))
    }

    /// Scheme, host and, where the host is an address, the guard: no resolver would be asked for it.
    fn check(&self, url: &Url, options: &GetOptions) -> Result<String> {
        let scheme_fits = url.scheme() == "https" || (options.allow_http && url.scheme() == "http");
        if !scheme_fits || !url.username().is_empty() || url.password().is_some() {
            return Err(not_allowed());
        }
        let (host, address) = match url.host() {
            Some(Host::Domain(name)) => (name.to_owned(), name.parse::<IpAddr>().ok()),
            Some(Host::Ipv4(address)) => (address.to_string(), Some(IpAddr::V4(address))),
            Some(Host::Ipv6(address)) => (address.to_string(), Some(IpAddr::V6(address))),
            None => return Err(not_allowed()),
        };
        if let Some(address) = address {
            self.net.guard.check(&host, address)?;
        }
        Ok(host)
    }
}

async fn read(url: Url, host: &str, response: reqwest::Response, options: &GetOptions) -> Result<Fetched> {
    let too_large =
        || Error::permanent(format!("{host} sent more than {} kB.", options.max_bytes >> 10)).coded("TOOBIG");
    if response.content_length().is_some_and(|n| n > options.max_bytes as u64) {
        return Err(too_large());
    }
    let content_type = response
        .headers()
        .get(http::header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next())
        .map(|v| v.trim().to_ascii_lowercase())
        .unwrap_or_default();
    let mut bytes = Vec::new();
    let mut body = response.bytes_stream();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|e| explain(host, &e))?;
        if bytes.len() + piece.len() > options.max_bytes {
            return Err(too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Fetched { url: url.into(), content_type, bytes })
}

/// The resolver that reqwest asks: only addresses that the guard lets through, and it connects to exactly those.
struct Guarded {
    net: Net,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let net = self.net.clone();
        Box::pin(async move {
            let found = net.permitted(name.as_str()).await.map_err(Arc::new)?;
            let addresses: Addrs = Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}

fn not_allowed() -> Error {
    Error::permanent("This web address cannot be fetched.")
}

/// reqwest's error in our classes: our own error from the resolver, a TLS failure, or the network.
fn explain(host: &str, error: &reqwest::Error) -> Error {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(ours) = cause.downcast_ref::<Arc<Error>>() {
            return ours.as_ref().clone();
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return crate::tls::explain(host, tls);
        }
        if let Some(io) = cause.downcast_ref::<std::io::Error>()
            && let Some(tls) = crate::tls::find_tls_error(io)
        {
            return crate::tls::explain(host, tls);
        }
        source = cause.source();
    }
    Error::temporary(format!("{host} cannot be reached just now."))
}
