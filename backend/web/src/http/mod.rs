//! The routes, one file a group, and what surrounds them. The only place that knows axum.

mod answer;
mod api;
mod door;
mod extract;
mod files;
mod guard;
mod health;
mod pages;
mod people;
mod push;
mod range;
mod serve;
mod socket;
#[cfg(test)]
mod tests;
mod view;

use axum::{Router, middleware};
use tower_http::timeout::RequestBodyTimeoutLayer;

pub use self::{
    door::{Door, Inner, Practice},
    serve::serve,
};
use crate::limits::BODY_SILENCE;

/// All routes of an open door.
pub fn router(door: Door) -> Router {
    Router::new()
        .merge(api::routes())
        .merge(files::routes())
        .merge(people::routes())
        .merge(push::routes())
        .merge(view::routes())
        .merge(health::routes())
        .merge(pages::routes())
        .layer(RequestBodyTimeoutLayer::new(BODY_SILENCE))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(door.clone(), guard::watch))
        .with_state(door)
}
