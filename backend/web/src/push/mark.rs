//! How far a client has been told: the whole state that one person sees, as one short string. It is the event id of
//! EventSource (RFC 8620 §7.3) and the `pushState` of WebSocket (RFC 8887 §4.3.5).

use std::{collections::BTreeMap, fmt, str::FromStr};

use shared::ids::AccountId;
use store::{DataType, Store, changes};

use crate::access::Who;

/// Accounts in one mark; a longer one is not ours.
const MAX_ACCOUNTS: usize = 64;

/// For each account the sequence number of the last change told. Every change of an account takes its number from one
/// counter, so one number says where each of its types stood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark(BTreeMap<AccountId, i64>);

/// States by type.
pub type States = BTreeMap<DataType, i64>;

impl Mark {
    /// Everything that has happened until now.
    ///
    /// # Errors
    /// The store's.
    pub async fn now(store: &Store, who: &Who) -> store::Result<Self> {
        let mut mark = Self::default();
        for (account, states) in states(store, who).await? {
            mark.pass(account, states.values().copied().max().unwrap_or(0));
        }
        Ok(mark)
    }

    /// An account has come as far as `sequence`.
    pub fn pass(&mut self, account: AccountId, sequence: i64) {
        let at = self.0.entry(account).or_default();
        *at = sequence.max(*at);
    }

    /// How far an account was told; 0 for one that this client does not know of.
    pub fn of(&self, account: AccountId) -> i64 {
        self.0.get(&account).copied().unwrap_or(0)
    }
}

/// The present states of every account that a person sees.
///
/// # Errors
/// The store's.
pub async fn states(store: &Store, who: &Who) -> store::Result<BTreeMap<AccountId, States>> {
    let mut reader = store.read().await?;
    let mut all = BTreeMap::new();
    for access in who.accounts() {
        all.insert(access.account, changes::states(&mut reader, access.account).await?.into_iter().collect());
    }
    Ok(all)
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (account, sequence)) in self.0.iter().enumerate() {
            write!(f, "{}{account}.{sequence}", if i == 0 { "" } else { "-" })?;
        }
        Ok(())
    }
}

/// Not a mark of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAMark;

impl FromStr for Mark {
    type Err = NotAMark;

    fn from_str(text: &str) -> Result<Self, NotAMark> {
        let mut mark = Self::default();
        for piece in text.split('-').take(MAX_ACCOUNTS) {
            let (account, sequence) = piece.split_once('.').ok_or(NotAMark)?;
            let sequence: i64 = sequence.parse().map_err(|_| NotAMark)?;
            mark.pass(account.parse().map_err(|_| NotAMark)?, sequence);
        }
        Ok(mark)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_mark_survives_the_wire() {
        let mut mark = Mark::default();
        mark.pass(AccountId(1), 57);
        mark.pass(AccountId(12), 9);
        mark.pass(AccountId(1), 40);
        assert_eq!(mark.to_string(), "a1.57-a12.9");
        assert_eq!("a1.57-a12.9".parse::<Mark>().unwrap(), mark);
        for odd in ["", "a1", "a1.x", "m1.5", "a1.5-", "a1.5 a2.6"] {
            assert_eq!(odd.parse::<Mark>(), Err(NotAMark), "{odd:?}");
        }
    }
}
