//! The household's keys (`secret.key`, outside the database) and what is done with them: sealing, keyed hashes, passwords.

use std::path::Path;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{Error, Result};

/// Random octets of a token or an app password: 160 bits.
pub const TOKEN_LEN: usize = 20;
/// The file's name below the data directory.
const KEY_FILE: &str = "secret.key";
const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 24;
/// RFC 7677 §4 asks for at least this many; the secret is random, so more would only cost time.
const SCRAM_ITERATIONS: u32 = 4096;
const SCRAM_SALT_LEN: usize = 16;
/// Lower-case base32 without padding (RFC 4648 §6): safe in a cookie, a URL and on paper.
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The keys. Cheap to clone; never printed.
#[derive(Clone)]
pub struct Vault {
    key: [u8; KEY_LEN],
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
        let path = data.join(KEY_FILE);
        match std::fs::read(&path) {
            Ok(bytes) => {
                let key = bytes.try_into().map_err(|_| Error::Damaged("secret.key has not 32 octets"))?;
                Ok(Self { key })
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let key: [u8; KEY_LEN] = rand::random();
                disk::files::replace(&path, &key, 0o600)?;
                Ok(Self { key })
            }
            Err(e) => Err(e.into()),
        }
    }

    /// Encrypts (XChaCha20-Poly1305); `context` binds the sealed text to its place.
    pub fn seal(&self, context: &str, clear: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let payload = Payload { msg: clear, aad: context.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::Damaged("cannot seal"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what [`Vault::seal`] made for the same context.
    pub fn unseal(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let torn = || Error::Damaged("a sealed secret does not fit secret.key");
        let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(torn)?;
        let payload = Payload { msg: text, aad: context.as_bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| torn())
    }

    /// HMAC-SHA-256 under a key of its own for each purpose (signed URLs, stored tokens).
    pub fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        hmac(&self.derived(purpose), message)
    }

    /// Whether `mac` is right, in constant time.
    pub fn check_mac(&self, purpose: &str, message: &[u8], mac: &[u8]) -> bool {
        self.mac(purpose, message).ct_eq(mac).into()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.derived("seal").into())
    }

    /// One key a purpose, so that a MAC made for one place means nothing in another.
    fn derived(&self, purpose: &str) -> [u8; 32] {
        hmac(&self.key, purpose.as_bytes())
    }
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length; a failure is impossible, an all-zero answer would fit nothing.
    match <Hmac<Sha256> as KeyInit>::new_from_slice(key) {
        Ok(mac) => mac.chain_update(message).finalize().into_bytes().into(),
        Err(_) => [0; 32],
    }
}

/// A new random token: 160 bits, lower-case base32.
pub fn new_token() -> String {
    base32(&rand::random::<[u8; TOKEN_LEN]>())
}

fn base32(bytes: &[u8]) -> String {
    let (mut text, mut buffer, mut bits) = (String::new(), 0_u32, 0_u32);
    for byte in bytes {
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            let at = (buffer >> bits) as usize & 31;
            text.extend(BASE32.get(at).map(|b| char::from(*b)));
        }
        buffer &= (1 << bits) - 1;
    }
    text
}

/// SCRAM keys of a secret (RFC 5802 §3 with SHA-256).
pub(crate) fn scram(secret: &str) -> Scram {
    let salt: [u8; SCRAM_SALT_LEN] = rand::random();
    scram_with(secret, &salt, SCRAM_ITERATIONS)
}

fn scram_with(secret: &str, salt: &[u8], iterations: u32) -> Scram {
    // Hi(): PBKDF2 with one block.
    let mut u = hmac(secret.as_bytes(), &[salt, &[0, 0, 0, 1]].concat());
    let mut salted = u;
    for _ in 1..iterations {
        u = hmac(secret.as_bytes(), &u);
        salted.iter_mut().zip(u).for_each(|(s, u)| *s ^= u);
    }
    Scram {
        salt: salt.to_vec(),
        iterations,
        stored_key: Sha256::digest(hmac(&salted, b"Client Key")).to_vec(),
        server_key: hmac(&salted, b"Server Key").to_vec(),
    }
}

/// argon2id of a password, as a PHC string; on a blocking thread.
pub async fn hash_password(password: &str) -> Result<String> {
    let password = password.to_owned();
    tokio::task::spawn_blocking(move || {
        let salt: [u8; 16] = rand::random();
        let hash: Result<argon2::PasswordHash, _> =
            Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|h| h.to_string()).map_err(|_| Error::Damaged("cannot hash this password"))
    })
    .await
    .map_err(|_| Error::Worker)?
}

/// Whether a password fits; takes the same time for an unknown person (`None`). On a blocking thread.
pub async fn check_password(hash: Option<&str>, password: &str) -> Result<bool> {
    let (hash, password) = (hash.map(str::to_owned), password.to_owned());
    tokio::task::spawn_blocking(move || {
        let Some(hash) = hash else {
            // The work counts, not the outcome: nobody shall tell an unknown person by the clock.
            let burnt: Result<argon2::PasswordHash, _> =
                Argon2::default().hash_password_with_salt(password.as_bytes(), &[0; 16]);
            std::hint::black_box(burnt.is_ok());
            return false;
        };
        PasswordHash::new(&hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
    .map_err(|_| Error::Worker)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn a_sealed_secret_opens_only_with_its_key_and_place() {
        let (vault, other) = (Vault { key: [1; 32] }, Vault { key: [2; 32] });
        let sealed = vault.seal("source 1", b"swordfish").unwrap();
        assert_ne!(sealed, vault.seal("source 1", b"swordfish").unwrap());
        assert_eq!(vault.unseal("source 1", &sealed).unwrap(), b"swordfish");
        assert!(vault.unseal("source 2", &sealed).is_err());
        assert!(other.unseal("source 1", &sealed).is_err());
        assert!(vault.unseal("source 1", &sealed[..10]).is_err());
    }

    #[test]
    fn macs_are_bound_to_their_purpose() {
        let vault = Vault { key: [1; 32] };
        let mac = vault.mac("session", b"x");
        assert!(vault.check_mac("session", b"x", &mac));
        assert!(!vault.check_mac("app", b"x", &mac));
        assert!(!vault.check_mac("session", b"x", &mac[..31]));
    }

    #[test]
    fn the_key_file_is_private_and_stays() {
        let dir = tempfile::tempdir().unwrap();
        let mac = Vault::open(dir.path()).unwrap().mac("a", b"b");
        assert_eq!(Vault::open(dir.path()).unwrap().mac("a", b"b"), mac);
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(dir.path().join(KEY_FILE)).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn tokens_are_base32_of_160_bits() {
        assert_eq!(base32(b"fooba"), "mzxw6ytb");
        assert_eq!(new_token().len(), 32);
        assert_ne!(new_token(), new_token());
    }

    #[test]
    fn scram_keys_are_those_of_rfc_7677() {
        // RFC 7677 §3: user "user", password "pencil".
        let salt = b"\x5b\x6d\x99\x68\x9d\x12\x35\x8e\xec\xa0\x4b\x14\x12\x36\xfa\x81";
        let keys = scram_with("pencil", salt, 4096);
        // The exchange's server signature proves ServerKey.
        let auth = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                    s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let signature =
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hmac(&keys.server_key, auth.as_bytes()));
        assert_eq!(signature, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let hash = hash_password("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(check_password(Some(&hash), "correct horse").await.unwrap());
        assert!(!check_password(Some(&hash), "wrong").await.unwrap());
        assert!(!check_password(None, "correct horse").await.unwrap());
        assert!(!check_password(Some("nonsense"), "x").await.unwrap());
    }
}
