//! A write transaction: what it gathers besides rows (changes, counters, news) and the commit that settles and announces it.

use std::ops::{Deref, DerefMut};

use shared::ids::{AccountId, EmailId, SourceId};

use crate::{DataType, Reader, Result};

/// How an object changed, as the log keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Created = 1,
    Updated = 2,
    Destroyed = 3,
    /// A Mailbox of which only counts changed.
    Counts = 4,
}

/// The one writer. Derefs to [`Reader`]: reads see what was written, except counters and lists, which [`WriteTx::flush`]
/// brings up to date. Dropped without commit, nothing happened and nothing is announced.
pub struct WriteTx {
    reader: Reader,
}

impl Deref for WriteTx {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut Reader {
        &mut self.reader
    }
}

impl WriteTx {
    /// Brings counters, lists and threads up to date within the transaction. `commit` does it too.
    pub async fn flush(&mut self) -> Result<()> {
        todo!()
    }

    /// Makes everything durable, then announces it. Returns the state of each type that changed, of all accounts.
    pub async fn commit(self) -> Result<()> {
        todo!()
    }

    /// Says with the commit that this Source has something to do.
    pub fn wake_source(&mut self, account: AccountId, source: SourceId) {
        let _ = (account, source);
        todo!()
    }

    /// Says with the commit that the raw message of this Email is here.
    pub fn announce_body(&mut self, account: AccountId, email: EmailId) {
        let _ = (account, email);
        todo!()
    }

    #[expect(dead_code, reason = "used by the writers")]
    pub(crate) fn changed(&mut self, account: AccountId, data: DataType, object: i64, op: Op) {
        let _ = (account, data, object, op);
        todo!()
    }
}
