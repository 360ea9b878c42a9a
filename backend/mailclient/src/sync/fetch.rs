//! Bodies that a person waits for: a connection of their own, so that an open never waits behind a back-fill.

use std::{sync::Arc, time::Duration};

use remote::{Class, ImapSession};
use shared::ids::EmailId;
use store::{blobs::Keep, emails};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::{
    FetchError, Section,
    link::{BODY_MAX, Context, Failure, cut, locate, whole},
};

/// Messages up to this size are fetched whole and kept, whatever part was asked for.
const KEEP_WHOLE_MAX: u64 = 1 << 20;
/// A connection that nobody needed for so long is closed.
const LINGER: Duration = Duration::from_secs(90);

/// A body that is wanted.
pub(crate) struct FetchRequest {
    pub email: EmailId,
    pub section: Section,
    pub answer: oneshot::Sender<Result<Arc<[u8]>, FetchError>>,
}

/// Serves requests one after the other; ends when the worker ends.
pub(crate) async fn run(ctx: Arc<Context>, requests: Arc<Mutex<mpsc::Receiver<FetchRequest>>>) {
    let mut requests = requests.lock().await;
    let mut session: Option<ImapSession> = None;
    loop {
        let request = tokio::select! {
            () = ctx.stop.cancelled() => break,
            request = requests.recv() => request,
            () = tokio::time::sleep(LINGER), if session.is_some() => {
                if let Some(old) = session.take() {
                    old.logout().await;
                }
                continue;
            }
        };
        let Some(request) = request else { break };
        if request.answer.is_closed() {
            continue;
        }
        let answer = tokio::select! {
            () = ctx.stop.cancelled() => break,
            answer = serve(&ctx, &mut session, &request) => answer,
        };
        if session.as_ref().is_some_and(ImapSession::is_broken) {
            session = None;
        }
        // Nobody waits any more: what was fetched is kept all the same.
        let _ = request.answer.send(answer);
    }
    if let Some(old) = session.take() {
        old.logout().await;
    }
}

async fn serve(
    ctx: &Context,
    session: &mut Option<ImapSession>,
    request: &FetchRequest,
) -> Result<Arc<[u8]>, FetchError> {
    let mut is_second = false;
    loop {
        let had_session = session.is_some();
        match attempt(ctx, session, request).await {
            Ok(bytes) => return Ok(bytes),
            // An old connection may have died quietly: once more with a new one.
            Err(Failure::Remote(error)) if had_session && !is_second && error.may_heal() => {
                *session = None;
                is_second = true;
            }
            Err(Failure::Remote(error)) if error.class == Class::Permanent => return Err(FetchError::Gone),
            Err(Failure::Remote(error)) => return Err(FetchError::Unavailable(error.to_string())),
            Err(Failure::Fetch(error)) => return Err(error),
        }
    }
}

async fn attempt(
    ctx: &Context,
    session: &mut Option<ImapSession>,
    request: &FetchRequest,
) -> Result<Arc<[u8]>, Failure> {
    // A request before this one may have brought it.
    let (row, encoding) = {
        let mut r = ctx.store.read().await?;
        let row = emails::get(&mut r, ctx.account, &[request.email]).await?.pop().ok_or(FetchError::NotFound)?;
        let detail = emails::details(&mut r, ctx.account, &[request.email]).await?.pop();
        let structure: mime::BodyPart =
            detail.and_then(|d| serde_json::from_str(&d.structure).ok()).unwrap_or_default();
        let encoding = match &request.section {
            Section::Whole => None,
            Section::Part(section) => structure.find(section).ok_or(FetchError::NotFound)?.encoding.clone(),
        };
        (row, encoding)
    };
    if let Some(blob) = &row.blob
        && let Some(raw) = ctx.store.blobs().get(blob).await?
    {
        return Ok(cut(raw, &request.section).await?);
    }
    if session.is_none() {
        *session = Some(ctx.imap().await?);
    }
    let Some(live) = session.as_mut() else { return Err(FetchError::Gone.into()) };
    match &request.section {
        Section::Part(section) if row.size > KEEP_WHOLE_MAX => {
            let uid = locate(ctx, live, request.email).await?;
            let raw = live.fetch_section(uid, section, BODY_MAX).await?.ok_or(FetchError::Gone)?;
            let decoded = tokio::task::spawn_blocking(move || mime::decode_transfer(&raw, encoding.as_deref()));
            Ok(decoded.await.map_err(|_| store::Error::Worker)?.bytes.into())
        }
        section => {
            let raw = whole(ctx, live, request.email, Keep::Cached).await?;
            Ok(cut(raw, section).await?)
        }
    }
}
