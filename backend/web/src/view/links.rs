//! What the cleaner asks about pictures: which part a Content-Id means, and whether remote ones may be loaded.

use std::collections::HashMap;

use mime::{BodyPart, html::Links};
use shared::ids::{AccountId, BlobId, EmailId};

use super::signer::{MAX_REMOTE_URL, Picture, Signer};

/// The signer of one message view.
pub struct PictureLinks<'a> {
    signer: &'a Signer,
    account: AccountId,
    parts: HashMap<String, BlobId>,
    with_remote: bool,
    now_s: i64,
}

impl<'a> PictureLinks<'a> {
    /// For one message; `with_remote` is the reader's leave to load remote pictures.
    pub fn new(
        signer: &'a Signer,
        account: AccountId,
        email: EmailId,
        structure: &BodyPart,
        with_remote: bool,
        now_s: i64,
    ) -> Self {
        let parts = structure.walk().into_iter().filter_map(|part| {
            let (cid, section) = (part.cid.clone()?, part.section.clone()?);
            Some((cid, BlobId::Part(email, section)))
        });
        Self { signer, account, parts: parts.collect(), with_remote, now_s }
    }

    fn url(&self, picture: &Picture) -> String {
        self.signer.url(picture, self.now_s)
    }
}

impl Links for PictureLinks<'_> {
    fn cid(&self, cid: &str) -> Option<String> {
        let blob = self.parts.get(cid)?.clone();
        Some(self.url(&Picture::Part(self.account, blob)))
    }

    fn remote(&self, url: &str) -> Option<String> {
        let wanted = self.with_remote && url.len() <= MAX_REMOTE_URL;
        wanted.then(|| self.url(&Picture::Remote(url.to_owned())))
    }

    fn own(&self, url: &str) -> bool {
        self.signer.read(url, self.now_s).is_some()
    }
}
