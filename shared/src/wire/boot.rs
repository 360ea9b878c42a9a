//! The data block of the first document: all that the first screen shows, so that no request precedes it.

use serde::{Deserialize, Serialize};

use super::{Email, GetResponse, Identity, Mailbox, Member, QueryResponse, Session, Settings, Source, Thread};

/// Which first screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Nobody lives here yet.
    Setup,
    /// Somebody must log in.
    Login,
    /// A member is logged in.
    Member,
}

/// The first page of a list.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct BootList {
    /// `all` or a mailbox id, as in the route.
    pub key: String,
    /// Collapsed, newest first.
    pub query: QueryResponse,
    /// The conversations of these rows.
    #[serde(default)]
    pub threads: Option<GetResponse<Thread>>,
    /// Their Emails.
    pub emails: GetResponse<Email>,
}

/// The whole block; which members are there depends on `state`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Boot {
    /// Which first screen.
    pub state: Stage,
    /// Setup: does the house ask for the code printed at start?
    #[serde(default)]
    pub needs_code: bool,
    /// Does the page travel without TLS beyond localhost?
    #[serde(default)]
    pub insecure: bool,
    /// Who.
    #[serde(default)]
    pub member: Option<Member>,
    /// Accounts.
    #[serde(default)]
    pub session: Option<Session>,
    /// All mailboxes.
    #[serde(default)]
    pub mailboxes: Option<GetResponse<Mailbox>>,
    /// All mail accounts.
    #[serde(default)]
    pub sources: Option<GetResponse<Source>>,
    /// All addresses to write from.
    #[serde(default)]
    pub identities: Option<GetResponse<Identity>>,
    /// The route's first page.
    #[serde(default)]
    pub list: Option<BootList>,
    /// How the member likes it.
    #[serde(default)]
    pub settings: Option<Settings>,
    /// Only the theme, where settings are not sent.
    #[serde(default)]
    pub theme: Option<String>,
}
