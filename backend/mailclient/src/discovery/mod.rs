//! Connecting an account: how an address is reached (`discover`) and whether settings work (`test`).

pub use remote::Security;
use serde::{Deserialize, Serialize};

/// Where and how a mail account is reached (wire and store form of `Source`, camelCase; no password).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceConfig {
    /// The address that mail is written from.
    pub email: String,
    /// `imap` or `pop3`.
    pub protocol: Protocol,
    /// Where mail comes from.
    pub incoming: Server,
    /// Where letters go; `None`: read only.
    pub outgoing: Option<Server>,
    /// POP3: what stays on the server.
    #[serde(default)]
    pub pop3_keep: Pop3Keep,
    /// The person allowed an unencrypted link for this very source.
    #[serde(default)]
    pub allow_plain: bool,
    /// Further trusted certificates for this source, PEM (`--ca`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
}

/// Protocol of the incoming server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Protocol {
    /// RFC 3501 / 9051.
    Imap,
    /// RFC 1939.
    Pop3,
}

/// One server of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the link is protected.
    pub security: Security,
    /// Log-in name.
    pub username: String,
}

/// What stays on a POP3 server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pop3Keep {
    /// Deleted there once it is durably here.
    #[default]
    Delete,
    /// Stays for ever.
    Leave,
    /// Stays so many days.
    Days(u32),
}

/// What discovery found, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Discovery {
    /// Ways to connect.
    pub candidates: Vec<Candidate>,
    /// `google` or `microsoft`, who need an app password or their own sign-in.
    pub provider: Option<String>,
    /// Plain words for the person.
    pub note: Option<String>,
}

/// One way to connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// Incoming protocol.
    pub protocol: Protocol,
    /// Incoming server.
    pub incoming: Server,
    /// Outgoing server.
    pub outgoing: Option<Server>,
    /// Where this comes from, for the screen: `autoconfig`, `well-known`, `ispdb`, `srv`, `mx`, `guess`.
    pub origin: String,
    /// The provider's own name, when it says one.
    pub provider: Option<String>,
}

/// What a live test said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestReport {
    /// The incoming server.
    pub incoming: TestResult,
    /// The outgoing server; `None`: there is none.
    pub outgoing: Option<TestResult>,
}

impl TestReport {
    /// Whether everything worked.
    pub fn ok(&self) -> bool {
        self.incoming.ok && self.outgoing.as_ref().is_none_or(|o| o.ok)
    }
}

/// One half of a live test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestResult {
    /// Worked.
    pub ok: bool,
    /// How long it took, milliseconds.
    pub ms: u64,
    /// Plain words: what is wrong and what to do; empty when it worked.
    pub detail: String,
}
