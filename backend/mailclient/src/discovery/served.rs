//! Discovery and the live test against servers on this machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use remote::{Dns, Guard, Security, Tls};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::*;

const FILE: &str = r#"<clientConfig version="1.1"><emailProvider id="x">
  <displayName>Example</displayName>
  <incomingServer type="pop3"><hostname>pop.example.org</hostname><port>995</port><socketType>SSL</socketType><username>%EMAILLOCALPART%</username></incomingServer>
  <incomingServer type="imap"><hostname>imap.example.org</hostname><port>993</port><socketType>SSL</socketType><username>%EMAILADDRESS%</username></incomingServer>
  <outgoingServer type="smtp"><hostname>smtp.example.org</hostname><port>587</port><socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>"#;

/// A web server that gives `body` to everybody; and what it was asked for.
async fn web(status: &'static str, body: String) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 8192];
            let count = stream.read(&mut bytes).await.unwrap_or(0);
            let request = String::from_utf8_lossy(&bytes[..count]).into_owned();
            heard.lock().unwrap().push(request.lines().next().unwrap_or_default().to_owned());
            let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.write_all(body.as_bytes()).await;
        }
    });
    (address, asked)
}

/// A resolver that knows no name at all (RFC 1035 §4.1.1: the question sent back with NXDOMAIN).
async fn no_names() -> SocketAddr {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut bytes = [0; 1500];
        while let Ok((count, from)) = socket.recv_from(&mut bytes).await {
            // One question and nothing else: an additional record of the query would be one of the answer.
            let end = bytes[12..count].iter().position(|&b| b == 0).map_or(count, |at| 12 + at + 5);
            bytes[2..4].copy_from_slice(&[0x81, 0x83]);
            bytes[6..12].fill(0);
            let _ = socket.send_to(&bytes[..end], from).await;
        }
    });
    address
}

/// A network in which no name exists: nothing outside is asked.
async fn net(allow: &[&str]) -> Net {
    let allow: Vec<String> = allow.iter().map(|a| (*a).to_owned()).collect();
    let dns = Dns::new(Some(no_names().await)).unwrap();
    let mut net = Net::new(dns, Guard::new(&allow).unwrap(), Tls::new(None).unwrap());
    net.times.connect = Duration::from_secs(3);
    net
}

async fn ask(net: &Net, database: SocketAddr, address: &str) -> Discovery {
    let config = Config { ispdb: format!("http://{database}/v1.1/"), well_known: false, ..Config::default() };
    discover(net, &Http::new(net).unwrap(), &config, address).await
}

#[tokio::test]
async fn the_provider_database_learns_the_domain_alone() {
    let (database, asked) = web("200 OK", FILE.to_owned()).await;
    let found = ask(&net(&["127.0.0.1"]).await, database, "Anna@Example.org").await;
    let all: Vec<_> =
        found.candidates.iter().map(|c| (c.protocol, c.incoming.host.as_str(), c.incoming.username.as_str())).collect();
    assert_eq!(
        all,
        [(Protocol::Imap, "imap.example.org", "Anna@Example.org"), (Protocol::Pop3, "pop.example.org", "Anna")]
    );
    assert_eq!(found.candidates[0].outgoing.as_ref().unwrap().security, Security::StartTls);
    assert_eq!(
        (found.candidates[0].origin.as_str(), found.candidates[0].provider.as_deref()),
        ("ispdb", Some("Example"))
    );
    assert_eq!(*asked.lock().unwrap(), ["GET /v1.1/example.org HTTP/1.1"]);
}

#[tokio::test]
async fn nothing_is_asked_about_a_public_suffix_or_a_known_provider() {
    let (database, asked) = web("200 OK", FILE.to_owned()).await;
    let net = net(&["127.0.0.1"]).await;
    for address in ["anna@co.uk", "anna@localhost", "nonsense"] {
        let found = ask(&net, database, address).await;
        assert!(found.candidates.is_empty() && found.note.is_some(), "{address}");
    }
    let google = ask(&net, database, "anna@gmail.com").await;
    assert_eq!(
        (google.provider.as_deref(), google.candidates[0].incoming.host.as_str()),
        (Some("google"), "imap.gmail.com")
    );
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_private_server_is_not_reached_through_discovery() {
    let (database, asked) = web("200 OK", FILE.to_owned()).await;
    let found = ask(&net(&[]).await, database, "anna@example.org").await;
    assert!(found.candidates.is_empty());
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn redirects_into_the_house_garbage_and_floods_lead_nowhere() {
    let (inside, asked_inside) = web("200 OK", FILE.to_owned()).await;
    let away: &'static str =
        Box::leak(format!("302 Found\r\nLocation: http://127.0.0.2:{}/", inside.port()).into_boxed_str());
    for (status, body) in [
        (away, String::new()),
        ("200 OK", "<html>hello</html>".to_owned()),
        ("200 OK", "x".repeat(300 << 10)),
        ("500 Oops", FILE.to_owned()),
    ] {
        let (database, _) = web(status, body).await;
        assert!(ask(&net(&["127.0.0.1"]).await, database, "anna@example.org").await.candidates.is_empty(), "{status}");
    }
    assert!(asked_inside.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_live_test_says_what_is_wrong_at_each_server() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let open = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let server = |port, security| Server { host: "127.0.0.1".into(), port, security, username: "anna".into() };
    let mut config = SourceConfig {
        email: "anna@example.org".into(),
        protocol: Protocol::Imap,
        incoming: server(open, Security::Tls),
        outgoing: Some(server(1, Security::StartTls)),
        pop3_keep: Pop3Keep::default(),
        allow_plain: false,
        ca: None,
        trusted: false,
    };
    let net = net(&["127.0.0.1"]).await;
    let report = test(&net, &config, "secret").await;
    assert!(report.incoming.detail.contains("does not speak TLS on this port"), "{}", report.incoming.detail);
    let outgoing = report.outgoing.unwrap();
    assert!(!outgoing.ok && outgoing.detail.contains("takes no connections on port 1"), "{}", outgoing.detail);
    config.incoming.security = Security::Plain;
    config.outgoing = None;
    let report = test(&net, &config, "secret").await;
    assert!(report.incoming.detail.contains("does not speak IMAP on this port"), "{}", report.incoming.detail);
    assert!(report.outgoing.is_none());
}
