//! What the command line can have done, and what is said meanwhile: the words of the control socket.

use std::path::PathBuf;

use mailclient::discovery::SourceConfig;
use serde::{Deserialize, Serialize};

/// One act, as the control socket carries it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[allow(missing_docs, reason = "the fields are the command line's words")]
pub enum Act {
    MemberAdd { name: String, email: String, admin: bool, password: String, tell_password: bool },
    MemberList,
    MemberRemove { member: String },
    MemberResetPassword { member: String, password: String, tell_password: bool },
    AppPasswordCreate { member: String, label: String },
    AppPasswordList { member: String },
    AppPasswordRevoke { member: String, id: i64 },
    SourceAdd { member: String, label: String, config: Box<SourceConfig>, password: String, test: bool },
    SourceList { member: String },
    SourceCheck { member: String, source: Option<String> },
    SourceRemove { member: String, source: String },
    Import { member: String, path: PathBuf, mailbox: Option<String> },
}

/// What a running act says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Line {
    /// For standard output.
    Out(String),
    /// How far it is; for a person who waits.
    Progress(String),
    /// It failed; a sentence.
    Failed(String),
    /// It is done.
    Done,
}

/// Where an act's words go.
pub type Say<'a> = &'a mut (dyn FnMut(Line) + Send);
