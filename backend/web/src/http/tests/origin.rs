//! Requests that change something come from our own pages or from programs.

use serde_json::json;

use super::*;

#[tokio::test]
async fn a_foreign_page_cannot_change_anything() {
    let (house, alice, _) = House::with_two().await;
    let cookie = house.log_in("alice", PASSWORD).await.cookie();
    let account = alice.account;
    for path in ["/jmap/api", "/api/login", "/api/logout", "/api/setup", &format!("/jmap/upload/{account}/")] {
        for (name, value) in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
        {
            let ask = Ask::json(path, &json!({})).with(header::COOKIE, &cookie).with(name, value);
            let reply = house.send(ask).await;
            assert_eq!(
                (reply.status, reply.json()["type"].as_str()),
                (StatusCode::FORBIDDEN, Some("foreignOrigin")),
                "{path} {value}"
            );
        }
    }
    let session = house.send(Ask::get("/jmap/session").with(header::COOKIE, &cookie)).await;
    assert_eq!(session.status, StatusCode::OK, "still logged in");
}

#[tokio::test]
async fn our_own_page_may() {
    let (house, ..) = House::with_two().await;
    let reply = house.send(Ask::log_in("alice", PASSWORD).with(header::ORIGIN, "http://localhost:8080")).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn no_answer_invites_other_origins() {
    let (house, alice, _) = House::with_two().await;
    let bearer = house.bearer(&alice).await;
    let reply = house
        .send(
            Ask::get("/jmap/session").with(header::AUTHORIZATION, &bearer).with(header::ORIGIN, "https://evil.example"),
        )
        .await;
    assert!(!reply.headers.keys().any(|name| name.as_str().starts_with("access-control-")));
}
