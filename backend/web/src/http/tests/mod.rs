//! The routes against a real store in a temporary folder: alice and bob, and what strangers get.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod files;
mod headers;
mod isolation;
mod jmap;
mod login;
mod origin;
mod push;
mod setup;
mod socket;
mod view;

use std::{collections::BTreeSet, net::SocketAddr};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
};
use http::{HeaderMap, Method, Request, StatusCode, header};
use mailclient::{
    MailClient,
    actions::add_email::{self, Filing},
};
use serde_json::Value;
use shared::ids::EmailId;
use store::{Store, app_passwords, household::Member, mailboxes, mailboxes::Role, now_ms};
use tempfile::TempDir;
use tower::ServiceExt;

use super::{Door, router};
use crate::access::{
    members::{Joining, join},
    place::Surroundings,
};

/// Both members' log-in password.
const PASSWORD: &str = "a long enough password";
const HOST: &str = "localhost:8080";

/// A household with its door, not listening anywhere.
struct House {
    door: Door,
    routes: Router,
    _folder: TempDir,
}

/// What came back.
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// `name=value` of the session cookie that was set.
    fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap().to_owned()
    }
}

fn local() -> Surroundings {
    Surroundings { listens_locally: true, ..Surroundings::default() }
}

impl House {
    /// Nobody lives here.
    async fn empty(surroundings: Surroundings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let mail = MailClient::new(store.clone(), mailclient::Config::default()).unwrap();
        let door = Door::new(store, mail, surroundings, None);
        Self { routes: router(door.clone()), door, _folder: folder }
    }

    async fn member(&self, name: &str) -> Member {
        let email = format!("{name}@home.test");
        join(&self.door.store, &Joining { name, email: &email, password: PASSWORD, is_admin: false }).await.unwrap()
    }

    /// With alice (the administrator) and bob.
    async fn with_two() -> (Self, Member, Member) {
        let house = Self::empty(local()).await;
        let (alice, bob) = (house.member("alice").await, house.member("bob").await);
        (house, alice, bob)
    }

    async fn app_password(&self, member: &Member) -> String {
        let mut tx = self.door.store.write().await.unwrap();
        let (_, secret) =
            app_passwords::create(&mut tx, self.door.store.vault(), member.id, "test", now_ms()).await.unwrap();
        tx.commit().await.unwrap();
        secret
    }

    /// `Authorization` of a member.
    async fn bearer(&self, member: &Member) -> String {
        format!("Bearer {}", self.app_password(member).await)
    }

    /// Puts a message into a member's inbox.
    async fn letter(&self, member: &Member, raw: &str) -> EmailId {
        let store = &self.door.store;
        let inbox =
            mailboxes::by_role(&mut store.read().await.unwrap(), member.account, Role::Inbox).await.unwrap().unwrap();
        let prepared = add_email::prepare(store.blobs(), raw.replace('\n', "\r\n").into_bytes()).await.unwrap();
        let filing = Filing { mailboxes: BTreeSet::from([inbox.id]), keywords: BTreeSet::new(), received_at: None };
        let mut tx = store.write().await.unwrap();
        let added = add_email::apply(&mut tx, member.account, prepared, &filing).await.unwrap();
        tx.commit().await.unwrap();
        added.id
    }

    async fn send(&self, request: Ask) -> Reply {
        let response = self.routes.clone().oneshot(request.build()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
        Reply { status, headers, body }
    }

    async fn get(&self, path: &str, bearer: &str) -> Reply {
        self.send(Ask::get(path).with(header::AUTHORIZATION, bearer)).await
    }

    async fn log_in(&self, name: &str, password: &str) -> Reply {
        self.send(Ask::log_in(name, password)).await
    }
}

/// A request to be.
#[derive(Clone)]
struct Ask {
    method: Method,
    path: String,
    peer: SocketAddr,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Ask {
    fn new(method: Method, path: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = HeaderMap::from_iter([(header::HOST, HOST.parse().unwrap())]);
        Self { method, path: path.to_owned(), peer: "127.0.0.1:50000".parse().unwrap(), headers, body: body.into() }
    }

    fn get(path: &str) -> Self {
        Self::new(Method::GET, path, Vec::new())
    }

    fn json(path: &str, body: &Value) -> Self {
        Self::new(Method::POST, path, body.to_string()).with(header::CONTENT_TYPE, "application/json")
    }

    fn log_in(name: &str, password: &str) -> Self {
        let email = format!("{name}@home.test");
        Self::json("/api/login", &serde_json::json!({ "email": email, "password": password }))
    }

    fn with(mut self, name: impl header::IntoHeaderName, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    fn from(mut self, peer: &str) -> Self {
        self.peer = format!("{peer}:50000").parse().unwrap();
        self
    }

    fn build(self) -> Request<Body> {
        let mut request = Request::builder().method(self.method).uri(self.path).body(Body::from(self.body)).unwrap();
        *request.headers_mut() = self.headers;
        request.extensions_mut().insert(ConnectInfo(self.peer));
        request
    }
}
