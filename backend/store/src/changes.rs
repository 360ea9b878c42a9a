//! The change log (RFC 8620 §5.2): states and what changed since one.

use shared::ids::AccountId;

use crate::{DataType, Reader, Result, WriteTx};

/// What changed of one type since a state. Ids are the plain numbers of that type's id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The state after these changes.
    pub new_state: i64,
    /// More changes than were asked for; go on from `new_state`.
    pub has_more: bool,
    /// Born since and still there.
    pub created: Vec<i64>,
    /// Changed since, and there before and after.
    pub updated: Vec<i64>,
    /// There before and gone.
    pub destroyed: Vec<i64>,
    /// Mailbox only: nothing but counts changed in `updated` (RFC 8621 §2.2 `updatedProperties`).
    pub only_counts: bool,
}

/// The state of a type: the sequence number of its last change, 0 if there never was one.
pub async fn state(r: &mut Reader, account: AccountId, data: DataType) -> Result<i64> {
    let _ = (r, account, data);
    todo!()
}

/// The states of all types.
pub async fn states(r: &mut Reader, account: AccountId) -> Result<Vec<(DataType, i64)>> {
    let _ = (r, account);
    todo!()
}

/// What changed since `since`, at most `max` ids. `None` = `cannotCalculateChanges` (older than the log, or never a state).
pub async fn since(
    r: &mut Reader,
    account: AccountId,
    data: DataType,
    since: i64,
    max: usize,
) -> Result<Option<Changes>> {
    let _ = (r, account, data, since, max);
    todo!()
}

/// Forgets all but the newest `keep` changes of each type; older states become `cannotCalculateChanges`.
pub async fn compact(tx: &mut WriteTx, account: AccountId, keep: i64) -> Result<()> {
    let _ = (tx, account, keep);
    todo!()
}
