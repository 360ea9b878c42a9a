//! Alice and Bob: on no route does one reach what is the other's, and what is not hers looks as if it did not exist.

use super::*;

const LETTER: &str = "From: c@else.test\nSubject: Secret\nContent-Type: text/html\n\n<p>for alice only</p>\n";

#[tokio::test]
async fn bob_reaches_nothing_of_alices() {
    let (house, alice, bob) = House::with_two().await;
    let email = house.letter(&alice, LETTER).await;
    let (hers, his) = (alice.account, bob.account);
    let bearer = house.bearer(&bob).await;
    let upload = Ask::new(Method::POST, &format!("/jmap/upload/{hers}/"), "mine")
        .with(header::AUTHORIZATION, &house.bearer(&alice).await);
    let blob = house.send(upload).await.json()["blobId"].as_str().unwrap().to_owned();
    for account in [hers, his] {
        for path in [
            format!("/view/{account}/{email}"),
            format!("/raw/{account}/{email}"),
            format!("/jmap/download/{account}/b{email}/m.eml"),
            format!("/jmap/download/{account}/b{email}_1/m.eml"),
            format!("/jmap/download/{account}/{blob}/m.eml"),
        ] {
            let reply = house.get(&path, &bearer).await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!reply.text().contains("alice only") && !reply.text().contains("mine"), "{path}");
            assert_eq!(house.send(Ask::get(&path)).await.status, StatusCode::UNAUTHORIZED, "{path} without a log-in");
        }
    }
    let foreign = Ask::new(Method::POST, &format!("/jmap/upload/{hers}/"), "x").with(header::AUTHORIZATION, &bearer);
    assert_eq!(house.send(foreign).await.status, StatusCode::NOT_FOUND);
    let session = house.get("/jmap/session", &bearer).await.json();
    assert_eq!(session["accounts"].as_object().unwrap().keys().collect::<Vec<_>>(), [&his.to_string()]);
}

#[tokio::test]
async fn a_signed_picture_address_opens_one_picture_only() {
    let (house, alice, bob) = House::with_two().await;
    let email = house.letter(&alice, LETTER).await;
    for path in [
        format!("/view/blob/{}/b{email}_1?e=9999999999&s=AAAAAAAAAAAAAAAAAAAAAA", alice.account),
        "/view/image?u=http%3A%2F%2F127.0.0.1%2F&e=9999999999&s=AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
    ] {
        assert_eq!(house.get(&path, &house.bearer(&bob).await).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn malformed_ids_are_not_found() {
    let (house, alice, _) = House::with_two().await;
    let bearer = house.bearer(&alice).await;
    let account = alice.account;
    for path in [
        "/view/x/y".to_owned(),
        format!("/view/{account}/e99999"),
        format!("/raw/{account}/../x"),
        format!("/jmap/download/{account}/be0_0/x"),
        format!("/jmap/download/{account}/zz/x"),
    ] {
        assert_eq!(house.get(&path, &bearer).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
