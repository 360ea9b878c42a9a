//! The frontend's files. A release embeds what Trunk left in `dist/`; where nothing was built the door still opens and
//! serves the API.

mod brotli;
mod index;

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

pub use self::{
    brotli::{compress, is_accepted as accepts_brotli},
    index::{Index, Page},
};

#[derive(RustEmbed)]
#[folder = "../../dist"]
#[allow_missing = true]
struct Dist;

/// Smaller than this, compressing saves no packet.
const WORTH_COMPRESSING: usize = 1_024;
/// Larger than this, compressing at the first request would keep it waiting; only a development build has such files.
const TOO_LARGE: usize = 4_000_000;
/// Hex digits of a hash in a file name that make it immutable; Trunk writes sixteen.
const HASH_DIGITS: usize = 16;
/// Quality for files that came without a `.br` beside them (a development build).
const QUALITY: u32 = 5;

/// One file, ready to send.
#[derive(Debug, Clone)]
pub struct Asset {
    /// The bytes as they are.
    pub plain: Bytes,
    /// The same, brotli.
    pub brotli: Option<Bytes>,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// Strong validator with its quotes.
    pub etag: String,
    /// The name carries a hash of the content: it may be kept for ever.
    pub is_immutable: bool,
}

/// All files of the frontend.
#[derive(Debug, Default)]
pub struct Assets {
    /// Compressed once, by ETag: in development a file changes under us.
    compressed: Mutex<HashMap<String, Bytes>>,
}

impl Assets {
    /// The file at `path` (no leading slash), if there is one.
    pub fn get(&self, path: &str) -> Option<Asset> {
        if path.ends_with(".br") || path == "index.html" {
            return None;
        }
        let file = Dist::get(path)?;
        let content_type = content_type(path);
        let etag = etag(&file);
        let plain = bytes(file.data);
        let brotli = match Dist::get(&format!("{path}.br")) {
            Some(beside) => Some(bytes(beside.data)),
            None if is_text(content_type) && (WORTH_COMPRESSING..TOO_LARGE).contains(&plain.len()) => {
                Some(self.compress(&etag, &plain))
            }
            None => None,
        };
        Some(Asset { plain, brotli, content_type, etag, is_immutable: is_hashed(path) })
    }

    /// The page of the app, freshly read.
    pub fn index(&self) -> Option<Index> {
        Dist::get("index.html").map(|file| Index::new(String::from_utf8_lossy(&file.data).into_owned()))
    }

    fn compress(&self, etag: &str, plain: &Bytes) -> Bytes {
        if let Some(done) = self.compressed.lock().unwrap_or_else(PoisonError::into_inner).get(etag) {
            return done.clone();
        }
        let done = Bytes::from(compress(plain, QUALITY));
        self.compressed.lock().unwrap_or_else(PoisonError::into_inner).insert(etag.to_owned(), done.clone());
        done
    }
}

fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

fn etag(file: &EmbeddedFile) -> String {
    let hash = Sha256::digest(file.metadata.sha256_hash());
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn is_text(content_type: &str) -> bool {
    content_type.starts_with("text/")
        || matches!(
            content_type,
            "application/wasm" | "application/json" | "application/manifest+json" | "image/svg+xml"
        )
}

/// `app-0123456789abcdef.js`, `app-0123456789abcdef_bg.wasm`.
fn is_hashed(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split(['-', '_', '.']).any(|piece| piece.len() >= HASH_DIGITS && piece.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for name in
            ["frontend-0123456789abcdef.js", "frontend-0123456789abcdef_bg.wasm", "snippets/x/app-fedcba9876543210.css"]
        {
            assert!(is_hashed(name), "{name}");
        }
        for name in ["manifest.webmanifest", "icon-192.png", "app.js", "frontend_bg.wasm"] {
            assert!(!is_hashed(name), "{name}");
        }
    }

    #[test]
    fn the_index_and_compressed_twins_are_not_files_of_their_own() {
        let assets = Assets::default();
        assert!(assets.get("index.html").is_none());
        assert!(assets.get("app.js.br").is_none());
        assert!(assets.get("../Cargo.toml").is_none());
    }
}
