//! The absolute URLs of the Session object (RFC 8620 §2): from `public_url`, else from the request's Host.

/// Where this server is, as the client that asked sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    base: String,
}

impl Urls {
    /// `base` has a scheme and a host and no trailing slash: `https://mail.example.org`.
    pub fn new(base: &str) -> Self {
        Self { base: base.trim_end_matches('/').to_owned() }
    }

    /// The base itself, without trailing slash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// `apiUrl`.
    pub fn api(&self) -> String {
        format!("{}/jmap/api", self.base)
    }

    /// `downloadUrl`, a level 1 URI Template (RFC 6570).
    pub fn download(&self) -> String {
        format!("{}/jmap/download/{{accountId}}/{{blobId}}/{{name}}?type={{type}}", self.base)
    }

    /// `uploadUrl`, a level 1 URI Template (RFC 6570).
    pub fn upload(&self) -> String {
        format!("{}/jmap/upload/{{accountId}}/", self.base)
    }

    /// `eventSourceUrl`, a level 1 URI Template (RFC 6570).
    pub fn event_source(&self) -> String {
        format!("{}/jmap/eventsource/?types={{types}}&closeafter={{closeafter}}&ping={{ping}}", self.base)
    }

    /// The `url` of `urn:ietf:params:jmap:websocket` (RFC 8887 §3): the scheme is `ws` where ours is `http`.
    pub fn websocket(&self) -> String {
        match self.base.strip_prefix("http") {
            Some(rest) => format!("ws{rest}/jmap/ws"),
            None => format!("{}/jmap/ws", self.base),
        }
    }
}
