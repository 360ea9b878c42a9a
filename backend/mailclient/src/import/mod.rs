//! Mail from files into local mailboxes: mbox, Maildir(++), `.eml`. Streaming and resumable.

use std::path::Path;

use shared::ids::AccountId;
use store::Store;

/// How far an import is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Messages added by this run.
    pub added: u64,
    /// Messages that an earlier run had added already.
    pub skipped: u64,
    /// Octets read.
    pub bytes_done: u64,
    /// Octets in all.
    pub bytes_total: u64,
    /// Mailbox being filled.
    pub mailbox: String,
}

/// Why an import ended early; what was added stays, and a new run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The path cannot be read or holds no mail that is understood.
    #[error("{path}: {why}")]
    Source {
        /// The file or folder.
        path: String,
        /// Plain words.
        why: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Imports `path` (an mbox file, a Maildir or a folder of them, an `.eml` file or a folder of them).
///
/// `mailbox`: the local mailbox to fill (`/` separates levels); without it an mbox fills one named like the file,
/// a Maildir fills those of its own names, `.eml` files fill "Imported". Repeating an import adds nothing twice.
/// When this returns, everything is committed, listed and searchable.
pub async fn import(
    store: &Store,
    account: AccountId,
    path: &Path,
    mailbox: Option<&str>,
    progress: &mut (dyn FnMut(&ImportProgress) + Send),
) -> Result<ImportProgress, ImportError> {
    let _ = (store, account, path, mailbox, progress);
    todo!()
}
