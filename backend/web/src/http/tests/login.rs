//! Log-in, log-out, cookies, throttling.

use serde_json::json;

use super::*;

#[tokio::test]
async fn a_person_logs_in_reads_and_logs_out() {
    let (house, alice, _) = House::with_two().await;
    let reply = house.log_in("alice", PASSWORD).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.text());
    let set = reply.header("set-cookie");
    for part in ["__Host-kinpost=", "Path=/", "HttpOnly", "SameSite=Strict", "Secure"] {
        assert!(set.contains(part), "{part} in {set}");
    }
    let cookie = reply.cookie();
    let session = house.send(Ask::get("/jmap/session").with(header::COOKIE, &cookie)).await;
    assert_eq!(session.json()["username"], "alice@home.test");
    assert!(session.json()["accounts"][alice.account.to_string()].is_object());
    let out = house.send(Ask::json("/api/logout", &json!({})).with(header::COOKIE, &cookie)).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    let after = house.send(Ask::get("/jmap/session").with(header::COOKIE, &cookie)).await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED, "the cookie's session has ended, not only the cookie");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_are_answered_alike() {
    let (house, ..) = House::with_two().await;
    let wrong = house.log_in("alice", "not the password").await;
    let unknown = house.log_in("nobody", "not the password").await;
    assert_eq!((wrong.status, wrong.json()["type"].as_str()), (StatusCode::UNAUTHORIZED, Some("wrongLogin")));
    assert_eq!((wrong.status, &wrong.body), (unknown.status, &unknown.body));
    assert_eq!(wrong.header("set-cookie"), "");
}

#[tokio::test]
async fn guessing_is_slowed_down_for_known_and_unknown_people_alike() {
    let (house, ..) = House::with_two().await;
    for name in ["alice", "nobody"] {
        for i in 0..10 {
            let reply =
                house.send(Ask::log_in(name, "guess").from(&format!("203.0.113.{i}")).with(header::HOST, HOST)).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{name} {i}");
        }
        let reply = house.send(Ask::log_in(name, PASSWORD).from("203.0.113.99")).await;
        assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS, "{name}: the right password is not looked at either");
        let wait: u64 = reply.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait) && reply.json()["retryAfter"] == wait && reply.json()["type"] == "tooMany");
    }
    assert_eq!(house.log_in("bob", PASSWORD).await.status, StatusCode::NO_CONTENT, "others are not locked out");
}

#[tokio::test]
async fn guesses_at_app_passwords_are_slowed_down_too() {
    let (house, alice, _) = House::with_two().await;
    let right = house.bearer(&alice).await;
    for _ in 0..20 {
        assert_eq!(house.get("/jmap/session", "Bearer guess").await.status, StatusCode::UNAUTHORIZED);
    }
    let reply = house.get("/jmap/session", "Bearer guess").await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
    let elsewhere =
        house.send(Ask::get("/jmap/session").with(header::AUTHORIZATION, &right).from("198.51.100.7")).await;
    assert_eq!(elsewhere.status, StatusCode::OK);
}

#[tokio::test]
async fn a_forged_forwarded_address_does_not_help_a_guesser() {
    let (house, ..) = House::with_two().await;
    for i in 0..20 {
        let ask = Ask::log_in(&format!("p{i}"), "guess").from("198.51.100.7");
        house.send(ask.with("x-forwarded-for", &format!("203.0.113.{i}"))).await;
    }
    let ask = Ask::log_in("p99", "guess").from("198.51.100.7").with("x-forwarded-for", "203.0.113.200");
    assert_eq!(house.send(ask).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn nobody_logs_in_over_a_plain_line_unless_the_operator_said_so() {
    let closed = House::empty(Surroundings::default()).await;
    closed.member("alice").await;
    let lan = |ask: Ask| ask.with(header::HOST, "nas.lan:8080").from("192.168.1.9");
    let reply = closed.send(lan(Ask::log_in("alice", PASSWORD))).await;
    assert_eq!((reply.status, reply.json()["type"].as_str()), (StatusCode::FORBIDDEN, Some("insecure")));

    let open = House::empty(Surroundings { plain_http: true, ..Surroundings::default() }).await;
    open.member("alice").await;
    let reply = open.send(lan(Ask::log_in("alice", PASSWORD))).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert!(reply.header("set-cookie").starts_with("kinpost=") && !reply.header("set-cookie").contains("Secure"));
    let cookie = reply.cookie();
    assert_eq!(open.send(lan(Ask::get("/jmap/session").with(header::COOKIE, &cookie))).await.status, StatusCode::OK);
    let page = open.send(lan(Ask::get("/"))).await;
    assert_eq!(page.status, StatusCode::OK);
    let as_secure = cookie.replace("kinpost=", "__Host-kinpost=");
    assert_eq!(
        open.send(lan(Ask::get("/jmap/session").with(header::COOKIE, &as_secure))).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_malformed_form_is_told_so() {
    let (house, ..) = House::with_two().await;
    let missing = house.send(Ask::json("/api/login", &json!({ "email": "alice@home.test" }))).await;
    assert_eq!(missing.status, StatusCode::BAD_REQUEST);
    let form = Ask::new(Method::POST, "/api/login", "email=alice")
        .with(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(house.send(form).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let huge = house.send(Ask::json("/api/login", &json!({ "email": "x".repeat(100_000), "password": "" }))).await;
    assert_eq!(huge.status, StatusCode::BAD_REQUEST);
}
