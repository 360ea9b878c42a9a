//! JMAP clients that others wrote, run against Kinpost: jmapc (Python) through a TLS front, jmap-jam (npm) for the methods,
//! ws (npm) for RFC 8887.

use std::{path::PathBuf, process::Command, sync::Arc};

use anyhow::{Context, Result};
use tests::{
    certs::Authority,
    kinpost::{ALICE, Kinpost},
    letters, ports,
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

/// TLS in front of a plain port, as a reverse proxy would be.
async fn tls_front(authority: &Authority, port: u16, target: u16) -> Result<JoinHandle<()>> {
    let made = authority.certificate("front", &["localhost"])?;
    let chain = CertificateDer::pem_file_iter(&made.chain)?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(&made.key)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let (Ok(mut inner), Ok(mut outer)) =
                    (TcpStream::connect(("127.0.0.1", target)).await, acceptor.accept(stream).await)
                else {
                    return;
                };
                let _ = copy_bidirectional(&mut outer, &mut inner).await;
            });
        }
    }))
}

fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("clients").join(name)
}

fn tool(variable: &str) -> PathBuf {
    let cache = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default().join(".cache/kinpost");
    std::env::var_os(variable).map_or_else(
        || if variable == "KINPOST_PYTHON" { cache.join("python/bin/python") } else { cache.join("node/node_modules") },
        PathBuf::from,
    )
}

async fn runs(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let mut command = tokio::process::Command::from(std::mem::replace(command, Command::new("true")));
    let output = tokio::time::timeout(std::time::Duration::from_secs(120), command.kill_on_drop(true).output())
        .await
        .with_context(|| format!("{shown} did not end"))?
        .with_context(|| format!("{shown}: is it installed? `cargo xtask test` installs it"))?;
    let said = [output.stdout, output.stderr].concat();
    anyhow::ensure!(output.status.success(), "{shown}:\n{}", String::from_utf8_lossy(&said));
    Ok(())
}

async fn kinpost_with_letters(public_url: &str) -> (Kinpost, String) {
    let kinpost = Kinpost::alone().unwrap();
    if !public_url.is_empty() {
        let file = kinpost.folder.path().join("kinpost.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("public_url = {public_url:?}\n{text}")).unwrap();
    }
    let mut kinpost = kinpost;
    kinpost.restart().unwrap();
    let secret = kinpost.cli(&["app-password", "create", ALICE, "--label", "client"], "").unwrap();
    let folder = kinpost.folder.path().join("import");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..5 {
        let letter = letters::plain("Bo <bo@b.test>", ALICE, &format!("Letter {number}"), "Text of the letter");
        std::fs::write(folder.join(format!("{number}.eml")), letter).unwrap();
    }
    kinpost.cli(&["import", ALICE, folder.to_str().unwrap(), "--mailbox", "Inbox"], "").unwrap();
    (kinpost, secret)
}

#[tokio::test(flavor = "multi_thread")]
async fn jmapc_reads_writes_and_gets_pushes_through_tls() {
    let port = ports::free().unwrap();
    let (kinpost, secret) = kinpost_with_letters(&format!("https://localhost:{port}")).await;
    let authority = Authority::new(kinpost.folder.path()).unwrap();
    let front = tls_front(&authority, port, kinpost.port).await.unwrap();
    runs(
        Command::new(tool("KINPOST_PYTHON"))
            .arg(script("jmapc_client.py"))
            .args([&format!("localhost:{port}"), ALICE, &secret])
            .env("REQUESTS_CA_BUNDLE", authority.pem()),
    )
    .await
    .unwrap();
    front.abort();
    kinpost.verify().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn jmap_jam_calls_the_methods() {
    let (kinpost, secret) = kinpost_with_letters("").await;
    runs(
        Command::new("node")
            .arg(script("jam.mjs"))
            .args([&kinpost.url(), &secret])
            .env("KINPOST_NODE_MODULES", tool("KINPOST_NODE_MODULES")),
    )
    .await
    .unwrap();
    kinpost.verify().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ws_speaks_jmap_over_websocket() {
    let (kinpost, secret) = kinpost_with_letters("").await;
    runs(
        Command::new("node")
            .arg(script("ws.mjs"))
            .args([&kinpost.url(), ALICE, &secret])
            .env("KINPOST_NODE_MODULES", tool("KINPOST_NODE_MODULES")),
    )
    .await
    .unwrap();
    kinpost.verify().unwrap();
}
