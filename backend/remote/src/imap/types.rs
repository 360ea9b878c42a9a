//! What an IMAP session answers.

/// What a folder is for (RFC 6154 §2, RFC 8457).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpecialUse {
    /// `\All`: every message, usually virtual.
    All,
    /// `\Archive`.
    Archive,
    /// `\Drafts`.
    Drafts,
    /// `\Flagged`: virtual.
    Flagged,
    /// `\Important`: virtual.
    Important,
    /// `\Junk`.
    Junk,
    /// `\Sent`.
    Sent,
    /// `\Trash`.
    Trash,
}

/// A folder as LIST tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The name exactly as the server wrote it: give this back in commands.
    pub wire: String,
    /// The name for people (modified UTF-7 decoded), whole path.
    pub name: String,
    /// Hierarchy delimiter; `None` = flat.
    pub delimiter: Option<char>,
    /// It cannot be selected (`\Noselect`, `\NonExistent`).
    pub no_select: bool,
    /// It cannot have children.
    pub no_inferiors: bool,
    /// What it is for.
    pub special_use: Option<SpecialUse>,
}

/// What SELECT or EXAMINE told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    /// Number of messages, as the server claims.
    pub exists: u32,
    /// UIDVALIDITY; 0 when the server told none (treat UIDs as not durable).
    pub uid_validity: u32,
    /// UIDNEXT.
    pub uid_next: Option<u32>,
    /// HIGHESTMODSEQ; `None` without CONDSTORE or with NOMODSEQ.
    pub highest_modseq: Option<u64>,
    /// PERMANENTFLAGS without `\*`; the FLAGS when the server told none.
    pub permanent_flags: Vec<String>,
    /// Whether new keywords can be kept (`\*`).
    pub keeps_keywords: bool,
    /// Whether the folder is read-only.
    pub read_only: bool,
}

/// What STATUS told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// MESSAGES.
    pub messages: Option<u32>,
    /// UNSEEN.
    pub unseen: Option<u32>,
    /// UIDNEXT.
    pub uid_next: Option<u32>,
    /// UIDVALIDITY.
    pub uid_validity: Option<u32>,
    /// HIGHESTMODSEQ.
    pub highest_modseq: Option<u64>,
}

/// What changes or is cheap about a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// UID.
    pub uid: u32,
    /// Flags (`\Seen`, `$Forwarded`), without `\Recent`; `None` when the server did not tell.
    pub flags: Option<Vec<String>>,
    /// INTERNALDATE in milliseconds since the epoch.
    pub received_ms: Option<i64>,
    /// RFC822.SIZE in octets.
    pub size: Option<u64>,
    /// MODSEQ.
    pub modseq: Option<u64>,
    /// A server-wide id of the message: `EMAILID` (RFC 8474) or Gmail's `X-GM-MSGID` in decimal.
    pub object_id: Option<String>,
}

/// First sight of a message.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Its metadata.
    pub meta: Meta,
    /// The raw header block with its empty line.
    pub header: Vec<u8>,
    /// The structure; `None` when the server's cannot be understood: fetch the whole message and parse it.
    pub structure: Option<mime::BodyPart>,
}

/// Octets of a message or section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// UID.
    pub uid: u32,
    /// Section that was asked for; empty = whole message.
    pub section: String,
    /// Raw octets.
    pub bytes: Vec<u8>,
}

/// APPENDUID (RFC 4315 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// UIDVALIDITY of the folder.
    pub uid_validity: u32,
    /// UID of the new message.
    pub uid: u32,
}

/// COPYUID (RFC 4315 §3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// UIDVALIDITY of the target folder.
    pub uid_validity: u32,
    /// (old UID, new UID).
    pub uids: Vec<(u32, u32)>,
}

/// What the server told unasked about the selected folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsolicited {
    /// Last EXISTS.
    pub exists: Option<u32>,
    /// Number of EXPUNGE and VANISHED messages: the UIDs of EXPUNGE are not known, compare the UID list.
    pub expunged: u32,
    /// FETCH responses with a UID.
    pub flags: Vec<Meta>,
    /// Something came that cannot be followed in detail (FETCH without UID, overflow): resync the folder.
    pub resync: bool,
}

impl Unsolicited {
    /// Whether nothing was told.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Why IDLE ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdleEnd {
    /// The server told something: see `take_unsolicited`.
    Changed,
    /// The caller woke it.
    Woken,
    /// The time was up: go round.
    TimedOut,
}

/// Limits on what a server may send.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest single literal in bytes.
    pub literal: usize,
    /// Largest single response with all its literals in bytes.
    pub response: usize,
    /// All responses to one command together in bytes.
    pub answer: usize,
    /// Most folders.
    pub folders: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { literal: 32 << 20, response: 40 << 20, answer: 128 << 20, folders: 5_000 }
    }
}
