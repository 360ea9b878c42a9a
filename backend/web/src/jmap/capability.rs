//! The capabilities of this server (RFC 8620 §2) and which of them a request opted into.

/// Something a client can ask for in `using`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capability {
    /// RFC 8620.
    Core,
    /// RFC 8621: Mailbox, Thread, Email, SearchSnippet.
    Mail,
    /// RFC 8621: Identity, EmailSubmission.
    Submission,
    /// RFC 8887. Has no methods.
    WebSocket,
    /// Ours: connected mail accounts.
    Sources,
    /// Ours: the people of the household, their log-ins and settings.
    Household,
}

impl Capability {
    /// All, in the order of the Session object.
    pub const ALL: [Self; 6] =
        [Self::Core, Self::Mail, Self::Submission, Self::WebSocket, Self::Sources, Self::Household];

    /// The URI.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Core => "urn:ietf:params:jmap:core",
            Self::Mail => "urn:ietf:params:jmap:mail",
            Self::Submission => "urn:ietf:params:jmap:submission",
            Self::WebSocket => "urn:ietf:params:jmap:websocket",
            Self::Sources => "urn:kinpost:sources",
            Self::Household => "urn:kinpost:household",
        }
    }

    /// The capability of this URI.
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.uri() == uri)
    }
}

/// The capabilities that a request opted into: everything else behaves as if it were not there (RFC 8620 §1.8).
#[derive(Debug, Clone, Default)]
pub struct Using(Vec<Capability>);

impl Using {
    /// From the request's list.
    pub fn new(capabilities: Vec<Capability>) -> Self {
        Self(capabilities)
    }

    /// Whether it was asked for.
    pub fn has(&self, capability: Capability) -> bool {
        self.0.contains(&capability)
    }
}
