//! The message view document and its pictures.

use super::*;

const HTML: &str = "From: shop@else.test\nSubject: Sale\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n\
    --b\nContent-Type: text/html; charset=utf-8\n\n\
    <p onclick=\"x()\">Caf\u{e9}</p><script>alert(1)</script><img src=\"http://track.else.test/p.gif\"><img src=\"cid:logo@else\">\n\
    --b\nContent-Type: image/png\nContent-ID: <logo@else>\nContent-Transfer-Encoding: base64\n\n\
    iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\n\
    --b--\n";

async fn shown(raw: &str, query: &str) -> (House, Reply) {
    let (house, alice, _) = House::with_two().await;
    let email = house.letter(&alice, raw).await;
    let reply = house.get(&format!("/view/{}/{email}{query}", alice.account), &house.bearer(&alice).await).await;
    (house, reply)
}

#[tokio::test]
async fn html_is_cleaned_and_served_under_its_own_policy() {
    let (_house, reply) = shown(HTML, "").await;
    assert_eq!((reply.status, reply.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
    let page = reply.text();
    assert!(
        page.contains("Café")
            && !page.contains("alert(1)")
            && !page.contains("onclick")
            && !page.contains("track.else.test"),
        "{page}"
    );
    assert!(page.contains("data-blocked=\"1\""), "{page}");
    let policy = reply.header("content-security-policy");
    for part in [
        "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox;",
        "default-src 'none'",
        "script-src 'sha256-",
        "img-src 'self'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains("allow-same-origin"));
    assert_eq!(reply.header("x-frame-options"), "SAMEORIGIN");
    assert_eq!(
        reply.header("cross-origin-opener-policy"),
        "unsafe-none",
        "a sandboxed page of its own would not open otherwise"
    );
}

#[tokio::test]
async fn pictures_of_the_message_itself_come_by_signed_address() {
    let (house, reply) = shown(HTML, "").await;
    let page = reply.text();
    let address = page
        .split("src=\"")
        .map(|rest| rest.split('"').next().unwrap())
        .find(|url| url.starts_with("/view/blob/"))
        .unwrap()
        .replace("&amp;", "&");
    let picture = house.send(Ask::get(&address)).await;
    assert_eq!(
        (picture.status, picture.header("content-type")),
        (StatusCode::OK, "image/png"),
        "no cookie: the frame has none"
    );
    assert_eq!(picture.header("cross-origin-resource-policy"), "cross-origin");
    assert!(picture.body.starts_with(b"\x89PNG"));
    let other = address.replace("_2?", "_1?");
    assert_ne!(other, address);
    assert_eq!(house.send(Ask::get(&other)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn remote_pictures_are_offered_through_the_proxy_on_the_readers_word() {
    let (_house, reply) = shown(HTML, "?images=1").await;
    let page = reply.text();
    assert!(page.contains("/view/image?u=http%3A%2F%2Ftrack.else.test%2Fp.gif"), "{page}");
    assert!(page.contains("data-blocked=\"0\"") && !page.contains("src=\"http"), "{page}");
}

#[tokio::test]
async fn plain_text_is_shown_as_text() {
    let raw = "From: c@else.test\nSubject: Hi\n\nA <b>bold</b> word & https://example.org/a\n";
    let (_house, reply) = shown(raw, "?theme=dark").await;
    let page = reply.text();
    assert!(page.contains("A &lt;b&gt;bold&lt;/b&gt; word &amp;"), "{page}");
    assert!(page.contains("data-theme=\"dark\"") && page.contains("rel=\"noopener noreferrer"), "{page}");
}

#[tokio::test]
async fn a_message_without_text_says_so() {
    let raw =
        "From: c@else.test\nSubject: Hi\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nAAAA\n";
    let (_house, reply) = shown(raw, "").await;
    assert!(reply.text().contains("no text"), "{}", reply.text());
}

#[tokio::test]
async fn a_message_within_a_message_can_be_read() {
    let raw = "From: c@else.test\nSubject: Fwd\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
        --b\n\nSee below.\n--b\nContent-Type: message/rfc822\n\n\
        From: Dora <dora@else.test>\nSubject: The inner one\nContent-Type: text/html\n\n<p>inner <script>x()</script>words</p>\n--b--\n";
    let (_house, reply) = shown(raw, "?part=2").await;
    let page = reply.text();
    assert!(page.contains("The inner one") && page.contains("Dora") && page.contains("inner words"), "{page}");
    assert!(!page.contains("x()") && !page.contains("See below"), "{page}");
    let (_house, missing) = shown(raw, "?part=7").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_view_that_stands_alone_finds_its_icon() {
    let house = House::empty(local()).await;
    let reply = house.send(Ask::get("/favicon.ico")).await;
    assert!(reply.status.is_success());
    assert_eq!(reply.header("cross-origin-resource-policy"), "cross-origin");
}

#[tokio::test]
async fn a_remote_picture_that_cannot_be_had_is_an_empty_one() {
    let house = House::empty(local()).await;
    // The guard lets nobody's mail look into this machine.
    let inside = crate::view::Picture::Remote("http://127.0.0.1:9/x.png".into());
    let address = house.door.signer.url(&inside, now_ms() / 1000);
    let reply = house.send(Ask::get(&address)).await;
    assert_eq!((reply.status, reply.header("content-type")), (StatusCode::OK, "image/gif"));
    assert_eq!(reply.header("cross-origin-resource-policy"), "cross-origin");
    assert!(reply.body.starts_with(b"GIF89a") && reply.body.len() < 50);
    let forged = house.send(Ask::get(&address.replace("x.png", "y.png"))).await;
    assert_eq!((forged.status, forged.header("cross-origin-resource-policy")), (StatusCode::FORBIDDEN, "cross-origin"));
}
