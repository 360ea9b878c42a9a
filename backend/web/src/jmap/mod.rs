//! JMAP (RFC 8620, RFC 8621) and our own capabilities. Knows nothing of HTTP: bytes and a [`Call`] in, JSON out.
//!
//! A request is taken apart in `protocol`; `dispatch` is the only method table; each type is a folder with a file a method.

mod args;
mod blobs;
mod capability;
mod changes;
mod context;
mod core;
mod dispatch;
mod email;
mod error;
mod get;
mod heavy;
mod household;
mod identity;
mod json;
mod limits;
mod mailbox;
mod patch;
mod protocol;
mod query;
mod reference;
mod session;
mod set;
mod snippet;
mod source;
mod submission;
#[cfg(test)]
mod tests;
mod thread;
mod time;

use std::collections::BTreeMap;

use shared::ids::AccountId;

pub use context::Call;
pub use error::{MethodError, Problem};
pub use protocol::api;
pub use session::session;

/// The present states of every type of an account that is pushed (RFC 8620 §7.1): what `Foo/get` would say.
///
/// # Errors
/// A fault of the store; logged already.
pub async fn states(call: &Call<'_>, account: AccountId) -> Result<BTreeMap<&'static str, String>, MethodError> {
    let mut reader = call.store.read().await?;
    let states = store::changes::states(&mut reader, account).await?;
    Ok(states.into_iter().map(|(data, state)| (data.name(), state.to_string())).collect())
}
