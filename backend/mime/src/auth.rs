//! Authentication-Results (RFC 8601): the words a reader may see about a sender.

use crate::HeaderBlock;

/// One method's verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// "spf", "dkim", "dmarc", …
    pub method: String,
    /// "pass", "fail", "none", …
    pub result: String,
    /// The domain it was about, where told (header.d, header.from, smtp.mailfrom).
    pub domain: Option<String>,
}

/// The verdicts of the topmost Authentication-Results field. Only trust it when the given server wrote it:
/// `server` (its authserv-id) `None` takes the topmost whoever wrote it.
pub fn verdicts(header: &HeaderBlock, server: Option<&str>) -> Vec<Verdict> {
    let _ = (header, server);
    todo!()
}
