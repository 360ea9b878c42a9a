//! Signed, expiring addresses for the pictures of a message view. Its frame has an opaque origin, so no cookie reaches
//! us from there: the signature alone says that we offered this picture to somebody who may see it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shared::ids::{AccountId, BlobId};
use subtle::ConstantTimeEq;
use url::form_urlencoded::{Serializer, byte_serialize, parse};

/// Seconds; an address lives between one and two of these. Expiries fall on whole steps, so that opening a message again
/// soon asks for the very same addresses and the browser has the pictures already.
const STEP_S: i64 = 3_600;
const SIGNATURE_LEN: usize = 16;
/// Longest remote address that is proxied.
pub const MAX_REMOTE_URL: usize = 4_096;

/// The path of the picture proxy.
pub const IMAGE_PATH: &str = "/view/image";
/// The folder of inline parts.
pub const BLOB_PATH: &str = "/view/blob/";

/// Makes and checks signatures.
#[derive(Clone)]
pub struct Signer {
    key: [u8; 32],
}

/// What a signed address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// A part of a message.
    Part(AccountId, BlobId),
    /// A picture elsewhere.
    Remote(String),
}

impl Signer {
    /// From a secret key that outlives a restart.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The address (path and query) of a picture, valid for one to two hours from `now_s`.
    pub fn url(&self, picture: &Picture, now_s: i64) -> String {
        let expires = (now_s.div_euclid(STEP_S) + 2) * STEP_S;
        let signature = URL_SAFE_NO_PAD.encode(self.sign(picture, expires));
        let mut query = Serializer::new(String::new());
        let path = match picture {
            Picture::Part(account, blob) => {
                format!("{BLOB_PATH}{account}/{}", byte_serialize(blob.to_string().as_bytes()).collect::<String>())
            }
            Picture::Remote(url) => {
                query.append_pair("u", url);
                IMAGE_PATH.to_owned()
            }
        };
        let query = query.append_pair("e", &expires.to_string()).append_pair("s", &signature).finish();
        format!("{path}?{query}")
    }

    /// Whether the signature fits and `expires` (seconds since the epoch) has not passed.
    pub fn is_valid(&self, picture: &Picture, expires: i64, signature: &str, now_s: i64) -> bool {
        let given = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        let fits: bool = self.sign(picture, expires).as_slice().ct_eq(&given).into();
        fits && now_s < expires
    }

    /// Reads an address of ours back; `None` if it is not, not any more, or somebody else's work.
    pub fn read(&self, path_and_query: &str, now_s: i64) -> Option<Picture> {
        let (path, query) = path_and_query.split_once('?')?;
        let (mut remote, mut expires, mut signature) = (None, None, None);
        for (name, value) in parse(query.as_bytes()) {
            match &*name {
                "u" => remote = Some(value.into_owned()),
                "e" => expires = value.parse().ok(),
                "s" => signature = Some(value.into_owned()),
                _ => return None,
            }
        }
        let picture = if path == IMAGE_PATH {
            Picture::Remote(remote?)
        } else {
            let (account, blob) = path.strip_prefix(BLOB_PATH)?.split_once('/')?;
            Picture::Part(account.parse().ok()?, blob.parse().ok()?)
        };
        self.is_valid(&picture, expires?, &signature?, now_s).then_some(picture)
    }

    fn sign(&self, picture: &Picture, expires: i64) -> [u8; SIGNATURE_LEN] {
        let text = match picture {
            Picture::Part(account, blob) => format!("part\n{expires}\n{account}\n{blob}"),
            Picture::Remote(url) => format!("remote\n{expires}\n{url}"),
        };
        let mut signature = [0; SIGNATURE_LEN];
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) {
            mac.update(text.as_bytes());
            signature.iter_mut().zip(mac.finalize().into_bytes()).for_each(|(to, from)| *to = from);
        }
        signature
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_764_000_123;

    fn pictures() -> [Picture; 2] {
        let part = BlobId::Part(shared::ids::EmailId(12), "1.2".into());
        [Picture::Part(AccountId(1), part), Picture::Remote("https://pics.example/a b.png?x=1&y=é#f".into())]
    }

    #[test]
    fn an_address_comes_back_as_what_it_named() {
        let signer = Signer::new([7; 32]);
        for picture in pictures() {
            let url = signer.url(&picture, NOW);
            assert_eq!(signer.read(&url, NOW), Some(picture.clone()), "{url}");
            assert_eq!(signer.read(&url, NOW + STEP_S - 1), Some(picture.clone()));
            assert_eq!(signer.read(&url, NOW + 2 * STEP_S), None, "expired");
            assert_eq!(Signer::new([8; 32]).read(&url, NOW), None, "another key");
        }
    }

    #[test]
    fn nothing_in_an_address_can_be_changed() {
        let signer = Signer::new([7; 32]);
        let [part, remote] = pictures().map(|p| signer.url(&p, NOW));
        for forged in [
            part.replace("be12_1-2", "be13_1-2"),
            part.replace("/a1/", "/a2/"),
            part.replace("?e=1", "?e=2"),
            remote.replace("pics", "evil"),
            remote.replace("&s=", "&s=A"),
            remote.replace("&s=", "&t="),
            format!("{remote}&x=1"),
            remote.split("&s=").next().unwrap_or_default().to_owned(),
        ] {
            assert_eq!(signer.read(&forged, NOW), None, "{forged}");
        }
    }
}
