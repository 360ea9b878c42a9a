//! Credentials and the encodings of the SASL mechanisms we use: PLAIN (RFC 4616) and LOGIN.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Error, Result};

/// A user name and its password. `Debug` does not show the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User name as the server knows it.
    pub username: String,
    /// Password in clear; never logged.
    pub password: String,
}

impl Credentials {
    /// Both parts.
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self { username: username.into(), password: password.into() }
    }

    /// Refuses what no mechanism can carry safely: NUL, CR and LF (RFC 4616 §2, RFC 3501 §9).
    pub(crate) fn check(&self) -> Result<()> {
        let bad = |s: &str| s.chars().any(|c| matches!(c, '\0' | '\r' | '\n')) || s.len() > 1024;
        if self.username.is_empty() || bad(&self.username) || bad(&self.password) {
            return Err(Error::auth(
                "The user name or password has characters that mail servers cannot take. Please type them again.",
            ));
        }
        Ok(())
    }

    /// The base64 of `NUL authcid NUL passwd` (RFC 4616 §2).
    pub(crate) fn plain(&self) -> String {
        STANDARD.encode(format!("\0{}\0{}", self.username, self.password))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &"…").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_is_rfc_4616() {
        assert_eq!(Credentials::new("tim", "tanstaaftanstaaf").plain(), "AHRpbQB0YW5zdGFhZnRhbnN0YWFm");
    }

    #[test]
    fn line_breaks_and_nul_are_refused() {
        for (u, p) in [("", "x"), ("a\r\nb", "x"), ("a", "x\0y"), ("a", "x\n")] {
            assert!(Credentials::new(u, p).check().is_err());
        }
        assert!(Credentials::new("ä@example.org", "pass word").check().is_ok());
    }

    #[test]
    fn debug_hides_the_password() {
        assert!(!format!("{:?}", Credentials::new("me", "hunter2")).contains("hunter2"));
    }
}
