//! Connecting an account: how an address is reached (`discover`) and whether settings work (`test`).

mod asked;
mod files;
mod guess;
mod known;
mod live;
mod records;
#[cfg(test)]
mod served;

use std::collections::HashSet;

use remote::{Net, http::Http};
use serde::{Deserialize, Serialize};

pub use crate::settings::{Pop3Keep, Protocol, Security, Server, SourceConfig};
pub use live::test;

use crate::Config;
use asked::Asked;
use known::Known;
use records::Exchangers;

/// Most ways that are offered.
const CANDIDATES_MAX: usize = 8;
/// DNS has so long.
const DNS_MAX: std::time::Duration = std::time::Duration::from_secs(6);

/// What discovery found, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Discovery {
    /// Ways to connect.
    pub candidates: Vec<Candidate>,
    /// `google` or `microsoft`, who need an app password or their own sign-in.
    pub provider: Option<String>,
    /// Plain words for the person.
    pub note: Option<String>,
}

/// One way to connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// Incoming protocol.
    pub protocol: Protocol,
    /// Incoming server.
    pub incoming: Server,
    /// Outgoing server.
    pub outgoing: Option<Server>,
    /// Where this comes from, for the screen: `known`, `autoconfig`, `well-known`, `ispdb`, `srv`, `mx`, `guess`.
    pub origin: String,
    /// The provider's own name, when it says one.
    pub provider: Option<String>,
}

/// What a live test said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestReport {
    /// The incoming server.
    pub incoming: TestResult,
    /// The outgoing server; `None`: there is none.
    pub outgoing: Option<TestResult>,
}

impl TestReport {
    /// Nobody answered within the deadline.
    pub(crate) fn too_slow(deadline: std::time::Duration) -> Self {
        let detail = "The server did not answer in time. Check its name and port.".to_owned();
        let ms = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
        Self { incoming: TestResult { ok: false, ms, detail }, outgoing: None }
    }

    /// Whether everything worked.
    pub fn ok(&self) -> bool {
        self.incoming.ok && self.outgoing.as_ref().is_none_or(|o| o.ok)
    }
}

/// One half of a live test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestResult {
    /// Worked.
    pub ok: bool,
    /// How long it took, milliseconds.
    pub ms: u64,
    /// Plain words: what is wrong and what to do; empty when it worked.
    pub detail: String,
}

/// Finds out how an address is connected. No password is asked for and none is sent; a person confirms what is found.
pub async fn discover(net: &Net, http: &Http, config: &Config, address: &str) -> Discovery {
    let Some(asked) = Asked::parse(address) else {
        let note = "This is not a whole e-mail address such as anna@example.org.".to_owned();
        return Discovery { note: Some(note), ..Discovery::default() };
    };
    if let Some(known) = Known::by_domain(&asked.domain) {
        return conclude(vec![known.candidate(&asked)], Some(known), &asked, false);
    }
    let (mut found, exchangers) = published(net, http, config, &asked).await;
    if let Some(known) = exchangers.known {
        found.push(known.candidate(&asked));
    }
    if found.is_empty() && !exchangers.is_offline {
        found = guess::guess(net, &asked).await;
    }
    conclude(found, exchangers.known, &asked, exchangers.is_offline)
}

/// What the domain, the provider database, DNS and the provider behind the domain say, asked all at once.
async fn published(net: &Net, http: &Http, config: &Config, asked: &Asked) -> (Vec<Candidate>, Exchangers) {
    let own = async {
        if !config.well_known {
            return (Vec::new(), Vec::new());
        }
        tokio::join!(files::autoconfig(http, &asked.domain, asked), files::well_known(http, &asked.domain, asked))
    };
    let behind = async {
        let exchangers = soon(records::exchangers(&net.dns, asked)).await.unwrap_or_else(Exchangers::offline);
        let listed = match exchangers.provider.as_deref() {
            Some(provider) => of_provider(http, config, asked, provider).await,
            None => Vec::new(),
        };
        (listed, exchangers)
    };
    let ((autoconfig, well_known), listed, services, (provider, exchangers)) = tokio::join!(
        own,
        files::database(http, &config.ispdb, &asked.domain, asked),
        soon(records::services(&net.dns, asked)),
        behind,
    );
    let found =
        [autoconfig, well_known, listed, services.unwrap_or_default(), provider].into_iter().flatten().collect();
    (found, exchangers)
}

/// What is published about the provider behind the domain.
async fn of_provider(http: &Http, config: &Config, asked: &Asked, domain: &str) -> Vec<Candidate> {
    let own = async { if config.well_known { files::autoconfig(http, domain, asked).await } else { Vec::new() } };
    let (mut listed, own) = tokio::join!(files::database(http, &config.ispdb, domain, asked), own);
    listed.extend(own);
    for candidate in &mut listed {
        "mx".clone_into(&mut candidate.origin);
    }
    listed
}

/// A resolver that is silent must not hold up what the others say.
async fn soon<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(DNS_MAX, work).await.ok()
}

/// Ranks, takes doubles out and says what a person has to know.
fn conclude(found: Vec<Candidate>, known: Option<Known>, asked: &Asked, is_offline: bool) -> Discovery {
    let candidates = ranked(found);
    let known = known.or_else(|| candidates.first().and_then(|c| Known::by_server(&c.incoming.host)));
    let domain = &asked.domain;
    let note = match (known, candidates.is_empty()) {
        (Some(known), _) => Some(known.note().to_owned()),
        (None, false) => None,
        (None, true) if is_offline => {
            Some("Names cannot be looked up just now. Check the network and try again.".into())
        }
        (None, true) => Some(format!(
            "Nothing says how mail of {domain} is reached. Type the servers in by hand: the provider's help pages name them."
        )),
    };
    Discovery { candidates, provider: known.map(|k| k.word().to_owned()), note }
}

/// In the order of the sources they come from; within that, encrypted before plain and IMAP before POP3.
fn ranked(mut found: Vec<Candidate>) -> Vec<Candidate> {
    found.sort_by_key(|c| {
        (c.incoming.security == Security::Plain, origin_rank(&c.origin), c.protocol == Protocol::Pop3)
    });
    let mut seen = HashSet::new();
    found.retain(|c| seen.insert((c.protocol == Protocol::Imap, c.incoming.host.clone(), c.incoming.port)));
    found.truncate(CANDIDATES_MAX);
    found
}

fn origin_rank(origin: &str) -> usize {
    ["known", "autoconfig", "well-known", "ispdb", "srv", "mx", "guess"].iter().position(|o| *o == origin).unwrap_or(99)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn candidate(origin: &str, protocol: Protocol, host: &str, security: Security) -> Candidate {
        let incoming = Server { host: host.into(), port: 1, security, username: "a".into() };
        Candidate { protocol, incoming, outgoing: None, origin: origin.into(), provider: None }
    }

    #[test]
    fn the_best_comes_first_and_only_once() {
        let list = ranked(vec![
            candidate("srv", Protocol::Imap, "a", Security::Tls),
            candidate("ispdb", Protocol::Pop3, "b", Security::Tls),
            candidate("ispdb", Protocol::Imap, "a", Security::StartTls),
            candidate("autoconfig", Protocol::Imap, "c", Security::Plain),
        ]);
        let order: Vec<_> = list.iter().map(|c| (c.origin.as_str(), c.incoming.host.as_str())).collect();
        assert_eq!(order, [("ispdb", "a"), ("ispdb", "b"), ("autoconfig", "c")]);
    }

    #[test]
    fn what_a_person_has_to_know_is_said() {
        let asked = Asked::parse("a@example.org").unwrap();
        let google =
            conclude(vec![candidate("ispdb", Protocol::Imap, "imap.gmail.com", Security::Tls)], None, &asked, false);
        assert_eq!(google.provider.as_deref(), Some("google"));
        assert!(google.note.unwrap().contains("app password"));
        assert!(conclude(Vec::new(), None, &asked, false).note.unwrap().contains("by hand"));
        assert!(conclude(Vec::new(), None, &asked, true).note.unwrap().contains("network"));
    }
}
