//! A session with an IMAP server (RFC 3501 and the extensions Kinpost uses).
//!
//! `async-imap`'s reader parses the responses; the commands are written by our own encoder, so that no untagged
//! response is ever dropped, literals are capped beneath the parser and a bad response cannot lose the next one.

mod types;

pub use types::{
    Appended, Copied, Fetched, Folder, IdleEnd, Limits, Meta, Selected, SpecialUse, Status, Summary, Unsolicited,
};

use std::time::Duration;

use crate::{Credentials, Endpoint, Net, Result};

/// A logged-in session. Dropping it closes the connection. When a call's future is dropped in the middle or a call
/// fails with `Temporary` or `Protocol`, the session is broken ([`ImapSession::is_broken`]) and must be replaced.
pub struct ImapSession {}

impl ImapSession {
    /// Connects, secures, logs in and reads the capabilities.
    ///
    /// STARTTLS is refused when it is not offered or when anything was sent after its answer. No password is sent
    /// on an unencrypted link unless `allow_plain`.
    ///
    /// # Errors
    /// `Auth`, `Tls`, `Temporary`, `Permanent`, `Protocol`.
    pub async fn open(_net: &Net, _endpoint: &Endpoint, _login: &Credentials, _allow_plain: bool) -> Result<Self> { todo!() }

    /// Whether the server announced a capability (upper case, e.g. `CONDSTORE`).
    pub fn has(&self, _capability: &str) -> bool { todo!() }

    /// Whether the connection can no longer be used.
    pub fn is_broken(&self) -> bool { todo!() }

    /// Sets the limits on what the server may send.
    pub fn set_limits(&mut self, _limits: Limits) { todo!() }

    /// What the server told unasked since the last call (EXISTS, EXPUNGE, FLAGS of others). Look after every command.
    pub fn take_unsolicited(&mut self) -> Unsolicited { todo!() }

    /// All folders with special use where offered (RFC 6154); personal namespace, at most `Limits::folders`.
    ///
    /// # Errors
    /// `Protocol` above the limit.
    pub async fn list(&mut self) -> Result<Vec<Folder>> { todo!() }

    /// Prefix and delimiter of the personal namespace (RFC 2342), if the server tells: (`"INBOX."`, `'.'`).
    ///
    /// # Errors
    /// As every command.
    pub async fn namespace(&mut self) -> Result<Option<(String, Option<char>)>> { todo!() }

    /// STATUS of a folder by wire name.
    ///
    /// # Errors
    /// `Permanent` when it does not exist.
    pub async fn status(&mut self, _folder: &str) -> Result<Status> { todo!() }

    /// SELECT (with CONDSTORE where offered).
    ///
    /// # Errors
    /// `Permanent` when it does not exist.
    pub async fn select(&mut self, _folder: &str) -> Result<Selected> { todo!() }

    /// EXAMINE: as [`Self::select`], read-only.
    ///
    /// # Errors
    /// `Permanent` when it does not exist.
    pub async fn examine(&mut self, _folder: &str) -> Result<Selected> { todo!() }

    /// UID, flags, date, size and MODSEQ of the messages in `set`, in the server's order; each UID at most once.
    ///
    /// # Errors
    /// As every command.
    pub async fn fetch_meta(&mut self, _set: &UidSet) -> Result<Vec<Meta>> { todo!() }

    /// UID, flags and MODSEQ only: the cheap pass over a whole folder without CONDSTORE. Size and date are `None`.
    ///
    /// # Errors
    /// As every command.
    pub async fn fetch_flags(&mut self, _set: &UidSet) -> Result<Vec<Meta>> { todo!() }

    /// Flags that changed since `modseq` (RFC 7162 §3.1.4).
    ///
    /// # Errors
    /// `Permanent` without CONDSTORE.
    pub async fn fetch_changed(&mut self, _set: &UidSet, _modseq: u64) -> Result<Vec<Meta>> { todo!() }

    /// Metadata, whole header and structure: what an Email needs at first sight besides its text slice.
    ///
    /// # Errors
    /// As every command.
    pub async fn fetch_summaries(&mut self, _set: &UidSet) -> Result<Vec<Summary>> { todo!() }

    /// The first `bytes` octets of a section of many messages, pipelined: `(uid, section)` → raw (still
    /// transfer-encoded) octets. Messages that are gone are left out.
    ///
    /// # Errors
    /// As every command.
    pub async fn fetch_slices(&mut self, _wanted: &[(u32, String)], _bytes: u32) -> Result<Vec<Fetched>> { todo!() }

    /// The whole message, fetched in ranges; `None` when it is gone.
    ///
    /// # Errors
    /// `Permanent` above `max` bytes.
    pub async fn fetch_message(&mut self, _uid: u32, _max: u64) -> Result<Option<Vec<u8>>> { todo!() }

    /// Whole messages in one command: for small ones, when many bodies are wanted (text index, first download).
    ///
    /// # Errors
    /// `Protocol` when one is above the literal limit.
    pub async fn fetch_messages(&mut self, _set: &UidSet) -> Result<Vec<Fetched>> { todo!() }

    /// One section (`1.2`, still transfer-encoded), fetched in ranges; `None` when the message is gone.
    ///
    /// # Errors
    /// `Permanent` above `max` bytes.
    pub async fn fetch_section(&mut self, _uid: u32, _section: &str, _max: u64) -> Result<Option<Vec<u8>>> { todo!() }

    /// All UIDs of the folder, ascending.
    ///
    /// # Errors
    /// As every command.
    pub async fn search_all(&mut self) -> Result<Vec<u32>> { todo!() }

    /// Those UIDs of `set` that exist, ascending.
    ///
    /// # Errors
    /// As every command.
    pub async fn search_set(&mut self, _set: &UidSet) -> Result<Vec<u32>> { todo!() }

    /// UIDs whose header `name` contains `value` (both ASCII), ascending.
    ///
    /// # Errors
    /// As every command.
    pub async fn search_header(&mut self, _name: &str, _value: &str) -> Result<Vec<u32>> { todo!() }

    /// Adds (`add`) or removes flags (`\Seen`, `$Junk`); what the server answered (flags, MODSEQ) comes back.
    ///
    /// # Errors
    /// `Permanent` when refused.
    pub async fn store(&mut self, _set: &UidSet, _add: bool, _flags: &[&str]) -> Result<Vec<Meta>> { todo!() }

    /// APPEND with flags and date (ms since epoch); the new UID where the server tells (UIDPLUS).
    ///
    /// # Errors
    /// `Permanent` with code `TRYCREATE` when the folder is missing.
    pub async fn append(&mut self, _folder: &str, _flags: &[&str], _date_ms: Option<i64>, _message: &[u8]) -> Result<Option<Appended>> { todo!() }

    /// COPY; the UID mapping where the server tells.
    ///
    /// # Errors
    /// `Permanent` with code `TRYCREATE` when the folder is missing.
    pub async fn copy(&mut self, _set: &UidSet, _folder: &str) -> Result<Option<Copied>> { todo!() }

    /// MOVE (RFC 6851); only with the capability `MOVE`. The UID mapping where the server tells.
    ///
    /// # Errors
    /// `Permanent` without the capability or when refused.
    pub async fn move_to(&mut self, _set: &UidSet, _folder: &str) -> Result<Option<Copied>> { todo!() }

    /// UID EXPUNGE; only with the capability `UIDPLUS`. The messages must carry `\Deleted`.
    ///
    /// # Errors
    /// `Permanent` without the capability or when refused.
    pub async fn expunge(&mut self, _set: &UidSet) -> Result<()> { todo!() }

    /// CREATE by wire name (see [`encode_name`]).
    ///
    /// # Errors
    /// `Permanent` when refused (code `ALREADYEXISTS` when the server tells).
    pub async fn create(&mut self, _folder: &str) -> Result<()> { todo!() }

    /// RENAME by wire names.
    ///
    /// # Errors
    /// `Permanent` when refused.
    pub async fn rename(&mut self, _from: &str, _to: &str) -> Result<()> { todo!() }

    /// DELETE by wire name.
    ///
    /// # Errors
    /// `Permanent` when refused (code `NONEXISTENT` when the server tells).
    pub async fn delete(&mut self, _folder: &str) -> Result<()> { todo!() }

    /// SUBSCRIBE or UNSUBSCRIBE by wire name.
    ///
    /// # Errors
    /// `Permanent` when refused.
    pub async fn subscribe(&mut self, _folder: &str, _subscribed: bool) -> Result<()> { todo!() }

    /// IDLE (RFC 2177) until the server tells something, `wake` completes or `max` (≤ 28 min) passes; ends with DONE.
    ///
    /// # Errors
    /// `Permanent` without the capability; `Temporary` when the connection is lost.
    pub async fn idle(&mut self, _wake: impl Future<Output = ()>, _max: Duration) -> Result<IdleEnd> { todo!() }

    /// NOOP: collects what is new.
    ///
    /// # Errors
    /// As every command.
    pub async fn noop(&mut self) -> Result<()> { todo!() }

    /// LOGOUT, best effort, at most two seconds.
    pub async fn logout(self) { todo!() }
}

mod set;
pub use set::UidSet;
mod name;
pub use name::{decode_name, encode_name};
