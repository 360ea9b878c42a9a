//! Upload, download, and messages as they came.

use super::*;
use crate::limits::MAX_SIZE_UPLOAD;

const LETTER: &str = "From: Carol <carol@else.test>\nTo: alice@home.test\nSubject: Hello\nMessage-ID: <1@else.test>\n\
    Date: Tue, 3 Nov 2026 10:00:00 +0100\n\nGood morning.\n";

fn upload(account: &str, body: &[u8], kind: &str, bearer: &str) -> Ask {
    Ask::new(Method::POST, &format!("/jmap/upload/{account}/"), body)
        .with(header::CONTENT_TYPE, kind)
        .with(header::AUTHORIZATION, bearer)
}

#[tokio::test]
async fn what_was_uploaded_comes_back_with_name_and_type() {
    let (house, alice, _) = House::with_two().await;
    let (account, bearer) = (alice.account.to_string(), house.bearer(&alice).await);
    let reply = house.send(upload(&account, b"0123456789", "text/csv", &bearer)).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    let made = reply.json();
    assert_eq!(
        (&made["accountId"], &made["type"], &made["size"]),
        (&Value::from(account.clone()), &"text/csv".into(), &10.into())
    );
    let path =
        format!("/jmap/download/{account}/{}/r%C3%A9sum%C3%A9%22.csv?type=text/csv", made["blobId"].as_str().unwrap());
    let file = house.get(&path, &bearer).await;
    assert_eq!(
        (file.status, file.text().as_str(), file.header("content-type")),
        (StatusCode::OK, "0123456789", "text/csv")
    );
    let disposition = file.header("content-disposition");
    assert!(
        disposition.starts_with("attachment") && disposition.contains("filename*=UTF-8''r%C3%A9sum%C3%A9"),
        "{disposition}"
    );
    assert!(file.header("content-security-policy").starts_with("sandbox"));

    let part = house.send(Ask::get(&path).with(header::AUTHORIZATION, &bearer).with(header::RANGE, "bytes=2-4")).await;
    assert_eq!(
        (part.status, part.text().as_str(), part.header("content-range")),
        (StatusCode::PARTIAL_CONTENT, "234", "bytes 2-4/10")
    );
    let beyond =
        house.send(Ask::get(&path).with(header::AUTHORIZATION, &bearer).with(header::RANGE, "bytes=10-")).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (StatusCode::RANGE_NOT_SATISFIABLE, "bytes */10"));
}

#[tokio::test]
async fn a_browser_is_given_no_type_that_it_would_run() {
    let (house, alice, _) = House::with_two().await;
    let cookie = house.log_in("alice", PASSWORD).await.cookie();
    let account = alice.account;
    let page = Ask::new(Method::POST, &format!("/jmap/upload/{account}/"), "<script>alert(1)</script>")
        .with(header::CONTENT_TYPE, "text/html");
    let blob = house.send(page.with(header::COOKIE, &cookie)).await.json()["blobId"].as_str().unwrap().to_owned();
    for kind in ["text/html", "image/svg%2Bxml", "application/xhtml%2Bxml", "text/javascript", "x%0D%0Ay"] {
        for extra in ["", "&disposition=inline"] {
            let file = house
                .send(
                    Ask::get(&format!("/jmap/download/{account}/{blob}/x?type={kind}{extra}"))
                        .with(header::COOKIE, &cookie),
                )
                .await;
            assert_eq!(file.header("content-type"), "application/octet-stream", "{kind}");
            assert!(file.header("content-disposition").starts_with("attachment"), "{kind}");
        }
    }
    let inline = house
        .send(
            Ask::get(&format!("/jmap/download/{account}/{blob}/x?type=image/png&disposition=inline"))
                .with(header::COOKIE, &cookie),
        )
        .await;
    assert_eq!(inline.header("content-disposition"), "inline");
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_by_name() {
    let (house, alice, _) = House::with_two().await;
    let body = vec![0; usize::try_from(MAX_SIZE_UPLOAD).unwrap() + 1];
    let reply =
        house.send(upload(&alice.account.to_string(), &body, "application/zip", &house.bearer(&alice).await)).await;
    assert_eq!((reply.status, reply.json()["limit"].as_str()), (StatusCode::PAYLOAD_TOO_LARGE, Some("maxSizeUpload")));
}

#[tokio::test]
async fn a_message_is_given_out_as_it_came() {
    let (house, alice, _) = House::with_two().await;
    let (account, bearer) = (alice.account, house.bearer(&alice).await);
    let email = house.letter(&alice, LETTER).await;
    let whole = LETTER.replace('\n', "\r\n");
    let file = house.get(&format!("/jmap/download/{account}/b{email}/m.eml?type=message/rfc822"), &bearer).await;
    assert_eq!((file.text(), file.header("content-type")), (whole.clone(), "message/rfc822"));
    let raw = house.get(&format!("/raw/{account}/{email}"), &bearer).await;
    assert_eq!(
        (raw.text(), raw.header("content-type"), raw.header("content-disposition")),
        (whole, "text/plain; charset=utf-8", "inline")
    );
    let part = house.get(&format!("/jmap/download/{account}/b{email}_1/x"), &bearer).await;
    assert_eq!(part.text(), "Good morning.\r\n");
}
