//! Uploading a file with progress, which `fetch` cannot tell: XMLHttpRequest.

use serde::Deserialize;
use shared::ids::AccountId;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{File, ProgressEvent, XmlHttpRequest};

/// What the server made of a file (RFC 8620 §6.1).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Uploaded {
    /// Where it is.
    pub blob_id: String,
    /// What it is.
    pub r#type: String,
    /// Octets.
    pub size: u64,
}

/// An upload on its way.
#[derive(Debug, Clone)]
pub struct Upload(XmlHttpRequest);

impl Upload {
    /// Stops it; `done` is not called.
    pub fn abort(&self) {
        self.0.set_onloadend(None);
        let _ = self.0.abort();
    }
}

/// Sends one file; `progress(sent, total)` in octets, then `done` once: what the server made of it, or its HTTP status
/// (0 when the network was away).
pub fn upload(
    account: AccountId,
    file: &File,
    progress: impl Fn(f64, f64) + 'static,
    done: impl FnOnce(Result<Uploaded, u16>) + 'static,
) -> Option<Upload> {
    let request = XmlHttpRequest::new().ok()?;
    request.open("POST", &format!("/jmap/upload/{account}/")).ok()?;
    let kind = file.type_();
    let kind = if kind.is_empty() { "application/octet-stream" } else { &kind };
    request.set_request_header("content-type", kind).ok()?;
    let moved = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        progress(event.loaded(), event.total());
    });
    request.upload().ok()?.set_onprogress(Some(moved.as_ref().unchecked_ref()));
    moved.forget();
    let finished = request.clone();
    let end = Closure::once_into_js(move || {
        let status = finished.status().unwrap_or(0);
        let text = finished.response_text().ok().flatten().unwrap_or_default();
        done(serde_json::from_str(&text).ok().filter(|_| (200..300).contains(&status)).ok_or(status));
    });
    request.set_onloadend(Some(end.unchecked_ref()));
    request.send_with_opt_blob(Some(file)).ok()?;
    Some(Upload(request))
}
