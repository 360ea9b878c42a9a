//! Is it alive, and how is it doing.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use store::{Store, household};

use super::{
    answer::Refused,
    door::Door,
    extract::{Here, Visitor},
};

/// The routes.
pub fn routes() -> Router<Door> {
    Router::new().route("/healthz", get(health)).route("/metrics", get(metrics))
}

/// 200 when the database answers.
async fn health(State(door): State<Door>) -> Result<&'static str, Refused> {
    let mut reader = door.store.read().await?;
    household::is_empty(&mut reader).await?;
    Ok("ok\n")
}

/// Figures tell strangers about the household's habits: only this machine and administrators see them.
async fn metrics(State(door): State<Door>, here: Here, Visitor(who): Visitor) -> Result<Response, Refused> {
    if !here.place.is_here && !who.is_some_and(|who| who.is_admin) {
        return Err(Refused::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Only this machine and administrators see the figures.",
        ));
    }
    let mut figures: BTreeMap<String, u64> = door.mail.metrics().await?;
    figures.insert("store_rows_read_total".to_owned(), Store::rows_read());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], door.metrics.page(&figures))
        .into_response())
}
