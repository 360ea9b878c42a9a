//! The household's keys (`secret.key`, outside the database) and what is done with them: sealing, keyed hashes, passwords.

use std::path::Path;

use crate::Result;

/// Random octets of a token or an app password: 160 bits.
pub const TOKEN_LEN: usize = 20;

/// The keys. Cheap to clone; never printed.
#[derive(Clone)]
pub struct Vault {
    #[expect(dead_code, reason = "read once it seals")]
    key: [u8; 32],
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

/// What SCRAM-SHA-256 needs of a password (RFC 5802 §3, RFC 7677).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scram {
    /// Salt.
    pub salt: Vec<u8>,
    /// Iterations.
    pub iterations: u32,
    /// StoredKey.
    pub stored_key: Vec<u8>,
    /// ServerKey.
    pub server_key: Vec<u8>,
}

impl Vault {
    /// Reads `secret.key` below `data`, or makes it (mode 0600).
    pub fn open(data: &Path) -> Result<Self> {
        let _ = data;
        todo!()
    }

    /// Encrypts (XChaCha20-Poly1305); `context` binds the sealed text to its place.
    pub fn seal(&self, context: &str, clear: &[u8]) -> Result<Vec<u8>> {
        let _ = (context, clear);
        todo!()
    }

    /// Decrypts what [`Vault::seal`] made for the same context.
    pub fn unseal(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let _ = (context, sealed);
        todo!()
    }

    /// HMAC-SHA-256 under a key of its own for each purpose (signed URLs, stored tokens).
    pub fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let _ = (purpose, message);
        todo!()
    }

    /// Whether `mac` is right, in constant time.
    pub fn check_mac(&self, purpose: &str, message: &[u8], mac: &[u8]) -> bool {
        let _ = (purpose, message, mac);
        todo!()
    }
}

/// A new random token: 160 bits, lower-case base32.
pub fn new_token() -> String {
    todo!()
}

/// argon2id of a password, as a PHC string; on a blocking thread.
pub async fn hash_password(password: &str) -> Result<String> {
    let _ = password;
    todo!()
}

/// Whether a password fits; takes the same time for an unknown person (`None`). On a blocking thread.
pub async fn check_password(hash: Option<&str>, password: &str) -> Result<bool> {
    let _ = (hash, password);
    todo!()
}
