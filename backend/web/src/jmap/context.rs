//! What a method may touch: the stores, the person who asks, and what this one request carries along.

use std::collections::BTreeMap;

use mailclient::MailClient;
use store::{Blobs, Store};

use super::capability::{Capability, Using};
use crate::{access::Who, urls::Urls};

/// Everything that a request may touch. There is nothing else: no global, no application object.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The database.
    pub store: &'a Store,
    /// The stored messages.
    pub blobs: &'a Blobs,
    /// The e-mail client.
    pub mail: &'a MailClient,
    /// Who asks, and which accounts they may see.
    pub who: &'a Who,
    /// Where this server is.
    pub urls: &'a Urls,
}

/// One request on its way: [`Call`] (by dereference) and what its method calls share.
pub struct Cx<'a> {
    call: Call<'a>,
    /// The capabilities that the request opted into.
    pub using: Using,
    /// Creation ids and what was made of them (RFC 8620 §3.3); one map for all types.
    pub created: CreatedIds,
}

impl<'a> Cx<'a> {
    /// A request that begins.
    pub fn new(call: Call<'a>, using: Using, created: BTreeMap<String, String>) -> Self {
        Self { call, using, created: CreatedIds(created) }
    }

    /// Whether the request opted into a capability.
    pub fn has(&self, capability: Capability) -> bool {
        self.using.has(capability)
    }
}

impl<'a> std::ops::Deref for Cx<'a> {
    type Target = Call<'a>;

    fn deref(&self) -> &Call<'a> {
        &self.call
    }
}

/// The map of creation ids.
#[derive(Debug, Clone, Default)]
pub struct CreatedIds(BTreeMap<String, String>);

impl CreatedIds {
    /// Notes what became of a creation id; the latest counts (RFC 8620 §5.3).
    pub fn insert(&mut self, creation: &str, id: impl ToString) {
        self.0.insert(creation.to_owned(), id.to_string());
    }

    /// The id that is meant: `#k` is looked up, anything else is an id already. `None` if `k` was never created.
    pub fn resolve<'b>(&'b self, id: &'b str) -> Option<&'b str> {
        match id.strip_prefix('#') {
            Some(creation) => self.0.get(creation).map(String::as_str),
            None => Some(id),
        }
    }

    /// As [`CreatedIds::resolve`]; the text itself where `k` was never created.
    pub fn real<'b>(&'b self, id: &'b str) -> &'b str {
        self.resolve(id).unwrap_or(id)
    }

    /// As [`CreatedIds::resolve`], parsed; `None` also for what is no id of this type.
    pub fn id<T: std::str::FromStr>(&self, id: &str) -> Option<T> {
        self.resolve(id)?.parse().ok()
    }

    /// The whole map, for the response.
    pub fn into_map(self) -> BTreeMap<String, String> {
        self.0
    }
}
