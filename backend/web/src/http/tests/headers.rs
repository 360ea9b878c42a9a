//! The security headers of every kind of answer.

use super::*;

#[tokio::test]
async fn every_answer_is_locked_down() {
    let (house, alice, _) = House::with_two().await;
    let bearer = house.bearer(&alice).await;
    for path in [
        "/",
        "/login",
        "/mail/all",
        "/jmap/session",
        "/healthz",
        "/nothing/here",
        "/view/a1/e1",
        "/jmap/download/a1/be1/x",
        "/metrics",
    ] {
        let reply = house.get(path, &bearer).await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert!(reply.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(reply.header("permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(reply.header("strict-transport-security"), "", "{path}: no TLS, no promise");
    }
}

#[tokio::test]
async fn under_tls_browsers_are_told_to_stay_there() {
    let house =
        House::empty(Surroundings { public_url: Some("https://post.example".into()), ..Surroundings::default() }).await;
    assert!(house.send(Ask::get("/healthz")).await.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn what_a_person_sees_is_kept_by_no_cache() {
    let (house, alice, _) = House::with_two().await;
    let bearer = house.bearer(&alice).await;
    for path in ["/", "/jmap/session"] {
        assert!(house.get(path, &bearer).await.header("cache-control").contains("no-store"), "{path}");
    }
}

#[tokio::test]
async fn figures_are_for_this_machine_and_administrators() {
    let (house, alice, bob) = House::with_two().await;
    let away = |bearer: String| Ask::get("/metrics").from("203.0.113.5").with(header::AUTHORIZATION, &bearer);
    assert_eq!(house.send(Ask::get("/metrics").from("203.0.113.5")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.send(away(house.bearer(&bob).await)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.send(away(house.bearer(&alice).await)).await.status, StatusCode::OK);
    let proxied = Ask::get("/metrics").with("x-forwarded-for", "203.0.113.5");
    assert_eq!(house.send(proxied).await.status, StatusCode::FORBIDDEN);
    let page = house.send(Ask::get("/metrics")).await.text();
    assert!(page.contains("kinpost_http_request_seconds_count") && !page.contains("alice"), "{page}");
}
