//! The kit's own tests: what the other tests stand on.

use std::time::Duration;

use tests::{
    letters,
    mailhost::{Mailhost, address},
    ports,
    proxy::{Fault, Proxy},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[tokio::test]
async fn dovecot_and_postfix_start_deliver_and_end() {
    let (imap, smtp);
    {
        let host = Mailhost::start(&["anna"]).unwrap();
        (imap, smtp) = (host.dovecot.imap, host.postfix.smtp);
        host.dovecot
            .deliver(&address("anna"), "INBOX", &letters::plain("a@b.test", "anna@kin.test", "Hello", "Text"))
            .unwrap();
        let said = imap_dialogue(imap, &["a LOGIN anna@kin.test \"correct horse\"", "b STATUS INBOX (MESSAGES)"]).await;
        assert!(said.contains("MESSAGES 1"), "{said}");
    }
    assert!(!ports::open(imap) && !ports::open(smtp));
}

#[tokio::test]
async fn the_proxy_cuts_where_it_is_told() {
    let host = Mailhost::start(&["anna"]).unwrap();
    let proxy = Proxy::start(host.dovecot.imap).await.unwrap();
    proxy.set(Fault::CutDown(5));
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port)).await.unwrap();
    let mut said = Vec::new();
    tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut said)).await.unwrap().unwrap();
    assert_eq!(said, b"* OK ");
}

async fn imap_dialogue(port: u16, commands: &[&str]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut said = String::new();
    for command in commands {
        stream.write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
        let tag = format!("{} ", command.split(' ').next().unwrap());
        let mut buffer = [0; 4096];
        while !said.contains(&format!("\n{tag}")) {
            let count = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut buffer)).await.unwrap().unwrap();
            assert_ne!(count, 0, "{said}");
            said.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
    }
    said
}
