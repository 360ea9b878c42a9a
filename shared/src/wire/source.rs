//! Vendor capability `urn:kinpost:sources`: connected mail accounts.

use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, SourceId};

/// How the line is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte.
    #[default]
    Tls,
    /// TLS after STARTTLS.
    Starttls,
    /// None; only by explicit consent.
    Plain,
}

/// The way in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// RFC 9051, RFC 3501.
    #[default]
    Imap,
    /// RFC 1939.
    Pop3,
}

/// One server with the name to log in with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Server {
    /// Only in a discovered way in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protection.
    pub security: Security,
    /// User name.
    pub username: String,
}

/// What POP3 does with downloaded mail on the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pop3Keep {
    /// Delete it once it is durably here.
    #[default]
    Delete,
    /// Leave it.
    Leave,
    /// Leave it for so many days.
    Days(u32),
}

/// How a mail account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SourceState {
    /// All is here.
    Fresh,
    /// Asking now.
    Checking,
    /// Bringing much.
    Syncing,
    /// Waits for its next try.
    Waiting,
    /// A person must act.
    NeedsYou,
    /// Switched off by a person.
    Paused,
    /// Something newer than this program.
    #[serde(other)]
    Unknown,
}

/// How far long work is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Progress {
    /// Done.
    pub done: u64,
    /// Of so many; 0 = unknown.
    pub total: u64,
    /// What is being done, in words.
    #[serde(default)]
    pub what: String,
}

/// One connected mail account.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub label: String,
    /// Its address.
    pub email: String,
    /// Its colour, 1 to 12.
    #[serde(default)]
    pub hue: u8,
    /// Carries the account's roles.
    #[serde(default)]
    pub is_primary: bool,
    /// Order.
    #[serde(default)]
    pub sort_order: u32,
    /// The way in.
    #[serde(default)]
    pub protocol: Protocol,
    /// The server in.
    #[serde(default)]
    pub incoming: Server,
    /// The server out.
    #[serde(default)]
    pub outgoing: Option<Server>,
    /// POP3 only.
    #[serde(default)]
    pub pop3_keep: Pop3Keep,
    /// Switched off?
    #[serde(default)]
    pub paused: bool,
    /// May go unprotected?
    #[serde(default)]
    pub allow_plain: bool,
    /// How it is.
    pub state: SourceState,
    /// In plain words, with what to do.
    #[serde(default)]
    pub state_detail: Option<String>,
    /// UTCDate of the last complete look.
    #[serde(default)]
    pub last_checked_at: Option<String>,
    /// Of a first or large sync.
    #[serde(default)]
    pub progress: Option<Progress>,
    /// UTCDate of the next try.
    #[serde(default)]
    pub next_try_at: Option<String>,
}

/// A mail account to be made or tested.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSource {
    /// Its name.
    pub label: String,
    /// Its address.
    pub email: String,
    /// Its colour, 1 to 12; `None` = the server picks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hue: Option<u8>,
    /// The way in.
    pub protocol: Protocol,
    /// The server in.
    pub incoming: Server,
    /// The server out.
    pub outgoing: Option<Server>,
    /// POP3 only.
    pub pop3_keep: Pop3Keep,
    /// May go unprotected?
    pub allow_plain: bool,
    /// Write-only; one for both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// Arguments of `Source/discover`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiscoverArgs {
    /// Whose account.
    pub account_id: AccountId,
    /// The address that was typed.
    pub address: String,
}

/// One way that might work.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// In; `protocol` is set.
    pub incoming: Server,
    /// Out.
    #[serde(default)]
    pub outgoing: Option<Server>,
    /// Where it was found: `autoconfig`, `ispdb`, `srv`, `mx`, `guess` …
    #[serde(default)]
    pub origin: String,
    /// The provider's name.
    #[serde(default)]
    pub provider: Option<String>,
}

/// Answer of `Source/discover`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Discovered {
    /// Best first.
    pub candidates: Vec<Candidate>,
    /// `google`, `microsoft` or nothing special.
    pub provider: Option<String>,
    /// What to tell the person.
    pub note: Option<String>,
}

/// Arguments of `Source/test`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestArgs {
    /// Whose account.
    pub account_id: AccountId,
    /// What to try (without its password).
    pub config: NewSource,
    /// With which password.
    pub password: String,
}

/// How one way did.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub struct Probe {
    /// Logged in.
    pub ok: bool,
    /// Milliseconds.
    pub ms: u64,
    /// In plain words.
    pub detail: String,
}

/// Answer of `Source/test`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub struct Tested {
    /// The way in.
    pub incoming: Probe,
    /// The way out.
    pub outgoing: Option<Probe>,
}

/// Arguments of `Source/check`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckArgs {
    /// Whose account.
    pub account_id: AccountId,
    /// Which ones; `None` = all.
    pub ids: Option<Vec<SourceId>>,
}
