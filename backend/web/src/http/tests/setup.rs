//! The empty house and its first member.

use serde_json::json;

use super::*;

fn first(code: Option<&str>) -> Ask {
    Ask::json("/api/setup", &json!({ "code": code, "name": "Ana", "email": "ana@home.test", "password": PASSWORD }))
}

fn beyond() -> Surroundings {
    Surroundings { public_url: Some("https://post.example".into()), ..Surroundings::default() }
}

#[tokio::test]
async fn on_this_machine_the_first_person_needs_no_code() {
    let house = House::empty(local()).await;
    let reply = house.send(first(None)).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.text());
    let members = store::household::members(&mut house.door.store.read().await.unwrap()).await.unwrap();
    assert!(members.len() == 1 && members[0].is_admin);
    let session = house.send(Ask::get("/jmap/session").with(header::COOKIE, &reply.cookie())).await;
    assert_eq!(session.status, StatusCode::OK, "logged in at once");
    let again = house.send(first(None)).await;
    assert_eq!((again.status, again.json()["type"].as_str()), (StatusCode::CONFLICT, Some("setUpAlready")));
}

#[tokio::test]
async fn from_elsewhere_the_printed_code_is_asked_for() {
    let house = House::empty(beyond()).await;
    let away = |ask: Ask| ask.with(header::HOST, "post.example").from("203.0.113.5");
    for code in [None, Some("AAAA-BBBB-CCCC"), Some("")] {
        let reply = house.send(away(first(code))).await;
        assert_eq!((reply.status, reply.json()["type"].as_str()), (StatusCode::FORBIDDEN, Some("wrongCode")));
    }
    let code = house.door.setup_code.shown().unwrap();
    assert_eq!(house.send(away(first(Some(&code)))).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.door.setup_code.shown(), None);
}

#[tokio::test]
async fn a_page_that_rebinds_its_name_to_us_cannot_claim_the_house() {
    let house = House::empty(local()).await;
    let rebound =
        first(None).with(header::HOST, "rebound.example:8080").with(header::ORIGIN, "http://rebound.example:8080");
    assert_eq!(house.send(rebound).await.status, StatusCode::FORBIDDEN);
    let proxied = first(None).with("x-forwarded-for", "203.0.113.5");
    assert_eq!(house.send(proxied).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_code_cannot_be_guessed_at_leisure() {
    let house = House::empty(beyond()).await;
    let mut last = StatusCode::OK;
    for _ in 0..21 {
        last = house
            .send(first(Some("AAAA-AAAA-AAAA")).with(header::HOST, "post.example").from("203.0.113.5"))
            .await
            .status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn fields_are_checked_and_nothing_is_half_done() {
    let house = House::empty(local()).await;
    for (field, body) in [
        ("name", json!({ "name": " ", "email": "ana@home.test", "password": PASSWORD })),
        ("email", json!({ "name": "Ana", "email": "ana", "password": PASSWORD })),
        ("password", json!({ "name": "Ana", "email": "ana@home.test", "password": "short" })),
    ] {
        let reply = house.send(Ask::json("/api/setup", &body)).await;
        assert_eq!((reply.status, reply.json()["type"].as_str()), (StatusCode::BAD_REQUEST, Some(field)));
    }
    assert!(store::household::is_empty(&mut house.door.store.read().await.unwrap()).await.unwrap());
}

#[tokio::test]
async fn of_two_at_the_same_time_one_claims_the_house() {
    let house = House::empty(local()).await;
    let (one, two) = tokio::join!(house.send(first(None)), house.send(first(None)));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
}
