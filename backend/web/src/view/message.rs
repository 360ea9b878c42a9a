//! From a stored message to its document: which parts are shown, in what order, each cleaned on its own.

use std::sync::Arc;

use mailclient::{MailClient, Section};
use mime::{
    BodyPart, body_lists, decode_charset,
    html::{CleanOptions, clean, text_to_html},
};
use shared::ids::{AccountId, BlobId, EmailId};
use store::{Store, emails, now_ms};

use super::{
    document::{Content, escape, render},
    links::PictureLinks,
    signer::{Picture, Signer},
    theme::{Look, Theme},
};
use crate::blob::BlobError;

/// Octets of one text part that are shown; the whole is a download away.
const MAX_PART: usize = 2_000_000;
/// Parts of one message that are shown.
const MAX_PARTS: usize = 64;

/// What to show and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Whose; the caller has checked that the asker sees it.
    pub account: AccountId,
    /// Which message.
    pub email: EmailId,
    /// Only this part (its IMAP section number).
    pub part: Option<String>,
    /// Remote pictures may be loaded, through the proxy.
    pub with_images: bool,
    /// Colours of the reader.
    pub theme: Theme,
}

/// One piece of the body, with its bytes here.
enum Piece {
    Html(String),
    Text(String),
    Picture(String),
}

/// The document of a message.
///
/// # Errors
/// [`BlobError`] when the message or its text cannot be had.
pub async fn of_email(store: &Store, mail: &MailClient, signer: &Signer, wish: Wish) -> Result<String, BlobError> {
    let details = emails::details(&mut store.read().await?, wish.account, &[wish.email]).await?;
    let detail = details.into_iter().next().ok_or(BlobError::NotFound)?;
    let structure: BodyPart =
        serde_json::from_str(&detail.structure).map_err(|_| store::Error::Damaged("structure of an email"))?;
    let now_s = now_ms() / 1000;
    let part = match &wish.part {
        Some(section) => Some(structure.find(section).ok_or(BlobError::NotFound)?.clone()),
        None => None,
    };
    let mut pieces = Vec::new();
    match part {
        Some(part) if part.r#type == "message/rfc822" => {
            let section = part.section.ok_or(BlobError::NotFound)?;
            pieces = inner(mail.fetch(wish.account, wish.email, &Section::Part(section)).await?).await?;
        }
        part => {
            let all = || body_lists(&structure).html_body.into_iter().take(MAX_PARTS).cloned().collect();
            for part in part.map_or_else(all, |part| vec![part]) {
                let Some(section) = part.section.clone() else { continue };
                if part.is_text() {
                    let bytes = mail.fetch(wish.account, wish.email, &Section::Part(section)).await?;
                    pieces.push(text_piece(&part, &bytes));
                } else if part.r#type.starts_with("image/") {
                    let picture = Picture::Part(wish.account, BlobId::Part(wish.email, section));
                    pieces.push(Piece::Picture(signer.url(&picture, now_s)));
                }
            }
        }
    }
    let signer = signer.clone();
    // Cleaning a large newsletter is work for a core; the other connections of this thread must not wait for it.
    let done = tokio::task::spawn_blocking(move || {
        let links = PictureLinks::new(&signer, wish.account, wish.email, &structure, wish.with_images, now_s);
        assemble(&pieces, &links, wish.theme)
    });
    done.await.map_err(|_| store::Error::Worker.into())
}

/// A message within a message: its first header lines and its text. Its pictures are a download away.
async fn inner(raw: Arc<[u8]>) -> Result<Vec<Piece>, BlobError> {
    let read = move || {
        let message = mime::parse(&raw);
        let from = message.envelope.from.unwrap_or_default();
        let from: Vec<String> = from.into_iter().map(|a| a.name.unwrap_or(a.email)).collect();
        let subject = message.envelope.subject.unwrap_or_default();
        let mut pieces = vec![Piece::Text(format!("{subject}\n{}\n", from.join(", ")))];
        let parts = body_lists(&message.structure).html_body;
        for part in parts.into_iter().filter(|part| part.is_text()).take(MAX_PARTS) {
            let bytes = part.section.as_deref().and_then(|section| mime::part_bytes(&raw, section));
            pieces.extend(bytes.map(|decoded| text_piece(part, &decoded.bytes)));
        }
        pieces
    };
    tokio::task::spawn_blocking(read).await.map_err(|_| store::Error::Worker.into())
}

fn text_piece(part: &BodyPart, bytes: &[u8]) -> Piece {
    let (text, _) = decode_charset(bytes.get(..MAX_PART).unwrap_or(bytes), part.charset.as_deref());
    if part.r#type == "text/html" { Piece::Html(text) } else { Piece::Text(text) }
}

fn assemble(pieces: &[Piece], links: &PictureLinks<'_>, theme: Theme) -> String {
    let options = CleanOptions { links, fold_quotes: true };
    let (mut html, mut blocked, mut is_cut, mut is_html) = (String::new(), 0, false, false);
    for piece in pieces {
        match piece {
            Piece::Html(text) => {
                let cleaned = clean(text, &options);
                (blocked, is_cut, is_html) =
                    (blocked + cleaned.blocked, is_cut || cleaned.truncated || text.len() >= MAX_PART, true);
                html.push_str("<div>");
                html.push_str(&cleaned.html);
                html.push_str("</div>");
            }
            Piece::Text(text) => {
                is_cut |= text.len() >= MAX_PART;
                html.push_str("<div class=\"k-text\">");
                html.push_str(&text_to_html(text, true));
                html.push_str("</div>");
            }
            Piece::Picture(url) => html.push_str(&format!("<p><img src=\"{}\" alt=\"\"></p>", escape(url))),
        }
    }
    if html.is_empty() {
        return render(Content::Note("This message has no text."), Look { theme, is_card: false });
    }
    let look = Look::of(theme, &html);
    render(Content::Message { html: &html, is_html, blocked, is_cut }, look)
}
