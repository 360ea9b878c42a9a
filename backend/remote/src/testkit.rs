//! A scripted fake server for the crate's own tests: what it says and what it insists on hearing, line by line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::{Dns, Endpoint, Guard, Net, Security, Times, Tls};

/// Anything that a server can talk over.
trait Talk: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Talk for T {}

/// A server that plays one connection by its script. A line is
/// `S: text` (say it), `C: text` (hear exactly that; `*` at the end = anything), `S~ text` (say it without a line end),
/// `FILL n` (say n bytes), `TLS` (do the handshake), `HANG` (say nothing until the client goes), `CLOSE`.
pub(crate) struct Fake {
    pub address: SocketAddr,
    played: JoinHandle<()>,
    ca: String,
}

impl Fake {
    pub async fn play(script: &str) -> Self {
        Self::with(script, Certificate::Good).await
    }

    pub async fn with(script: &str, certificate: Certificate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (acceptor, ca) = certificate.make();
        let steps: Vec<String> = script.lines().map(|l| l.trim_start().to_owned()).filter(|l| !l.is_empty()).collect();
        let played = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            play(stream, &steps, acceptor).await;
        });
        Self { address, played, ca }
    }

    pub fn endpoint(&self, security: Security) -> Endpoint {
        Endpoint::new("127.0.0.1", self.address.port(), security)
    }

    /// A network that trusts this server and may reach loopback.
    pub fn net(&self) -> Net {
        let guard = Guard::new(&["127.0.0.0/8".to_owned()]).unwrap();
        let mut net = Net::new(Dns::new(None).unwrap(), guard, Tls::new(Some(self.ca.as_bytes())).unwrap());
        net.times = Times {
            connect: Duration::from_secs(5),
            greeting: Duration::from_secs(5),
            command: Duration::from_secs(5),
        };
        net
    }

    /// The same, but impatient: for servers that hang.
    pub fn hasty(&self) -> Net {
        let mut net = self.net();
        net.times = Times {
            connect: Duration::from_millis(200),
            greeting: Duration::from_millis(200),
            command: Duration::from_millis(200),
        };
        net
    }

    /// Waits until the script is through; panics where the client did not keep to it.
    pub async fn done(self) {
        tokio::time::timeout(Duration::from_secs(10), self.played).await.expect("the script did not end").unwrap();
    }
}

async fn play(tcp: TcpStream, steps: &[String], acceptor: TlsAcceptor) {
    let mut tcp = Some(tcp);
    let mut tls: Option<Box<dyn Talk>> = None;
    for step in steps {
        if step == "TLS" {
            // The client may hang up over the certificate: that is what some scripts are about.
            match acceptor.accept(tcp.take().unwrap()).await {
                Ok(stream) => tls = Some(Box::new(stream)),
                Err(_) => return,
            }
            continue;
        }
        let stream: &mut dyn Talk = match (&mut tls, &mut tcp) {
            (Some(tls), _) => tls.as_mut(),
            (None, Some(tcp)) => tcp,
            (None, None) => return,
        };
        if !one_step(stream, step).await {
            return;
        }
    }
}

/// Plays a step; `false` = the connection ends.
async fn one_step(stream: &mut dyn Talk, step: &str) -> bool {
    let (word, text) = step.split_once(' ').unwrap_or((step, ""));
    match word {
        "S:" => stream.write_all(format!("{text}\r\n").as_bytes()).await.is_ok(),
        "S~" => stream.write_all(text.replace("\\r\\n", "\r\n").as_bytes()).await.is_ok(),
        "FILL" => {
            let piece = vec![b'x'; 64 << 10];
            let mut left: usize = text.parse().unwrap();
            while left > 0 {
                let count = left.min(piece.len());
                if stream.write_all(piece.get(..count).unwrap()).await.is_err() {
                    return false;
                }
                left -= count;
            }
            true
        }
        "C:" => {
            let heard = line(stream).await;
            match (text.strip_suffix('*'), &heard) {
                (Some(start), Some(heard)) => assert!(heard.starts_with(start), "heard {heard:?}, wanted {text:?}"),
                (None, Some(heard)) => assert_eq!(heard, text),
                (_, None) => panic!("the client went away instead of saying {text:?}"),
            }
            true
        }
        "HANG" => {
            while line(stream).await.is_some() {}
            false
        }
        "CLOSE" => false,
        _ => panic!("unknown step {step:?}"),
    }
}

async fn line(stream: &mut dyn Talk) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        match stream.read_u8().await {
            Ok(b'\n') => return Some(String::from_utf8_lossy(&bytes).trim_end_matches('\r').to_owned()),
            Ok(byte) => bytes.push(byte),
            Err(_) => return None,
        }
    }
}

/// What certificate the server shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certificate {
    /// For 127.0.0.1, by the CA that the client is given.
    Good,
    /// The same, out of date.
    Expired,
    /// For another name.
    OtherName,
    /// By a CA that the client does not know.
    Stranger,
    /// Its own, marked as a CA as `openssl req -x509` does it, and given to the client.
    SelfSigned,
    /// The same for another name.
    SelfSignedOther,
    /// The same, out of date.
    SelfSignedExpired,
}

impl Certificate {
    fn make(self) -> (TlsAcceptor, String) {
        if matches!(self, Self::SelfSigned | Self::SelfSignedOther | Self::SelfSignedExpired) {
            return self.self_signed();
        }
        let (given, stranger) = (ca(), ca());
        let signer = if self == Self::Stranger { &stranger } else { &given };
        let name = if self == Self::OtherName { "other.example" } else { "127.0.0.1" };
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        if self == Self::Expired {
            params.not_before = rcgen::date_time_ymd(2001, 1, 1);
            params.not_after = rcgen::date_time_ymd(2002, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, signer).unwrap();
        (acceptor(&certificate, &key), given.pem())
    }

    fn self_signed(self) -> (TlsAcceptor, String) {
        let name = if self == Self::SelfSignedOther { "other.example" } else { "127.0.0.1" };
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        if self == Self::SelfSignedExpired {
            params.not_before = rcgen::date_time_ymd(2001, 1, 1);
            params.not_after = rcgen::date_time_ymd(2002, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        (acceptor(&certificate, &key), certificate.pem())
    }
}

fn acceptor(certificate: &rcgen::Certificate, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

fn ca() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}
