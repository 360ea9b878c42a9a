//! Typed JMAP and vendor objects as the frontend sends and reads them. Unknown properties are ignored on reading, absent
//! ones are left out on writing, so that no `serde_json::Value` tree is needed in the browser.

mod boot;
mod core;
mod draft;
mod email;
mod household;
mod mailbox;
mod push;
mod source;
mod submission;

pub use self::{boot::*, core::*, draft::*, email::*, household::*, mailbox::*, push::*, source::*, submission::*};

/// The core capability (RFC 8620 §2).
pub const CORE: &str = "urn:ietf:params:jmap:core";
/// Mail (RFC 8621 §1.3.1).
pub const MAIL: &str = "urn:ietf:params:jmap:mail";
/// Sending (RFC 8621 §1.3.2).
pub const SUBMISSION: &str = "urn:ietf:params:jmap:submission";
/// Vendor: connected mail accounts.
pub const SOURCES: &str = "urn:kinpost:sources";
/// Vendor: members, settings, passwords, browser sessions.
pub const HOUSEHOLD: &str = "urn:kinpost:household";
