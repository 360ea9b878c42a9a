//! `kinpost verify`: recomputes what is kept twice and names what differs.

use std::fmt;

use crate::{Result, Store};

/// Something that is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which invariant.
    pub check: &'static str,
    /// What and where.
    pub detail: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.check, self.detail)
    }
}

/// Checks every invariant within one snapshot; empty = all is well. At most 100 problems a check.
pub async fn verify(store: &Store) -> Result<Vec<Problem>> {
    let _ = store;
    todo!()
}
