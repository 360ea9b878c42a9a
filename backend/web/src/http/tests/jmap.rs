//! Session and API endpoint: who may, and what a request must be.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use super::*;
use crate::limits::MAX_SIZE_REQUEST;

fn echo() -> Value {
    json!({ "using": ["urn:ietf:params:jmap:core"], "methodCalls": [["Core/echo", { "a": 1 }, "c"]] })
}

fn basic(name: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{secret}")))
}

#[tokio::test]
async fn programs_come_in_by_basic_and_bearer_with_an_app_password() {
    let (house, alice, _) = House::with_two().await;
    let secret = house.app_password(&alice).await;
    for proof in [basic("alice@home.test", &secret), basic("Alice@Home.test", &secret), format!("Bearer {secret}")] {
        let reply = house.get("/jmap/session", &proof).await;
        assert_eq!(reply.status, StatusCode::OK, "{proof}");
        assert_eq!(reply.json()["apiUrl"], "http://localhost:8080/jmap/api");
        assert!(reply.header("cache-control").contains("no-store"));
    }
    let reply = house
        .send(Ask::json("/jmap/api", &echo()).with(header::AUTHORIZATION, &basic("alice@home.test", &secret)))
        .await;
    assert_eq!(reply.json()["methodResponses"], json!([["Core/echo", { "a": 1 }, "c"]]));
    assert_eq!(reply.header("content-type"), "application/json");
}

#[tokio::test]
async fn nobody_else_comes_in() {
    let (house, alice, _) = House::with_two().await;
    let secret = house.app_password(&alice).await;
    for proof in [
        basic("bob@home.test", &secret),
        basic("alice@home.test", PASSWORD),
        basic("", &secret),
        "Bearer x".into(),
        "Basic x".into(),
        format!("Digest {secret}"),
    ] {
        let reply = house.get("/jmap/session", &proof).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{proof}");
        assert!(reply.header("www-authenticate").contains("Basic"));
    }
    assert_eq!(house.send(Ask::json("/jmap/api", &echo())).await.status, StatusCode::UNAUTHORIZED);
    let page = house.send(Ask::get("/jmap/session").with("sec-fetch-site", "same-origin")).await;
    assert!(!page.header("www-authenticate").contains("Basic"), "a browser would pop up its own window");
}

#[tokio::test]
async fn well_known_leads_to_the_session() {
    let (house, ..) = House::with_two().await;
    let reply = house.send(Ask::get("/.well-known/jmap")).await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::TEMPORARY_REDIRECT, "/jmap/session"));
}

#[tokio::test]
async fn the_session_speaks_of_the_address_that_the_client_uses() {
    let house =
        House::empty(Surroundings { public_url: Some("https://post.example".into()), ..Surroundings::default() }).await;
    let bearer = house.bearer(&house.member("alice").await).await;
    let session = house
        .send(Ask::get("/jmap/session").with(header::HOST, "127.0.0.1:8080").with(header::AUTHORIZATION, &bearer))
        .await
        .json();
    assert_eq!(session["apiUrl"], "https://post.example/jmap/api");
    assert_eq!(session["capabilities"]["urn:ietf:params:jmap:websocket"]["url"], "wss://post.example/jmap/ws");
    assert!(
        session["downloadUrl"].as_str().unwrap().ends_with("/jmap/download/{accountId}/{blobId}/{name}?type={type}")
    );
}

#[tokio::test]
async fn what_is_no_request_gets_the_rfcs_problem() {
    let (house, alice, _) = House::with_two().await;
    let bearer = house.bearer(&alice).await;
    let ask = |body: Vec<u8>, kind: &str| {
        Ask::new(Method::POST, "/jmap/api", body).with(header::CONTENT_TYPE, kind).with(header::AUTHORIZATION, &bearer)
    };
    for (request, kind, limit) in [
        (ask(b"{".to_vec(), "application/json"), "notJSON", Value::Null),
        (ask(b"[]".to_vec(), "application/json; charset=utf-8"), "notRequest", Value::Null),
        (ask(echo().to_string().into_bytes(), "text/plain"), "notJSON", Value::Null),
        (ask(vec![b' '; MAX_SIZE_REQUEST + 1], "application/json"), "limit", json!("maxSizeRequest")),
    ] {
        let reply = house.send(request).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        let problem = reply.json();
        assert_eq!(
            (problem["type"].as_str().unwrap(), &problem["limit"]),
            (format!("urn:ietf:params:jmap:error:{kind}").as_str(), &limit)
        );
        assert_eq!(problem["status"], 400);
    }
    assert_eq!(house.get("/jmap/api", &bearer).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn too_many_requests_at_once_are_refused_by_name() {
    let (house, alice, bob) = House::with_two().await;
    let held: Vec<_> = (0..crate::limits::MAX_CONCURRENT_REQUESTS)
        .map(|_| house.door.enter(alice.id, super::super::door::Gate::Request).unwrap())
        .collect();
    let reply =
        house.send(Ask::json("/jmap/api", &echo()).with(header::AUTHORIZATION, &house.bearer(&alice).await)).await;
    assert_eq!(reply.json()["limit"], "maxConcurrentRequests");
    let other =
        house.send(Ask::json("/jmap/api", &echo()).with(header::AUTHORIZATION, &house.bearer(&bob).await)).await;
    assert_eq!(other.status, StatusCode::OK, "one person's flood is not another's");
    drop(held);
    let again =
        house.send(Ask::json("/jmap/api", &echo()).with(header::AUTHORIZATION, &house.bearer(&alice).await)).await;
    assert_eq!(again.status, StatusCode::OK);
}

#[tokio::test]
async fn large_answers_travel_compressed_where_the_client_reads_that() {
    let (house, alice, _) = House::with_two().await;
    let body = json!({ "using": ["urn:ietf:params:jmap:core"], "methodCalls": [["Core/echo", { "a": "x".repeat(5_000) }, "c"]] });
    let ask = Ask::json("/jmap/api", &body).with(header::AUTHORIZATION, &house.bearer(&alice).await);
    let plain = house.send(ask.clone()).await;
    let small = house.send(ask.with(header::ACCEPT_ENCODING, "gzip, br")).await;
    assert_eq!((plain.header("content-encoding"), small.header("content-encoding")), ("", "br"));
    assert!(small.body.len() < plain.body.len() / 10);
}
