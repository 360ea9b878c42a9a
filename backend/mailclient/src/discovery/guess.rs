//! Usual names, tried for real: a guess counts only when the server answers there with a certificate for that name.

use remote::{Endpoint, Net, Security};

use super::{Candidate, Protocol, Server, asked::Asked};

/// Guessed candidates: IMAP first, POP3 only without it.
pub(super) async fn guess(net: &Net, asked: &Asked) -> Vec<Candidate> {
    let domain = &asked.domain;
    let names = |first: &str| [format!("{first}.{domain}"), format!("mail.{domain}"), domain.clone()];
    let (imap, pop3, smtps, smtp) = tokio::join!(
        first(net, names("imap"), 993, Security::Tls, asked),
        first(net, names("pop"), 995, Security::Tls, asked),
        first(net, names("smtp"), 465, Security::Tls, asked),
        first(net, names("smtp"), 587, Security::StartTls, asked),
    );
    let outgoing = smtps.or(smtp);
    let one = |protocol, incoming: Server| Candidate {
        protocol,
        incoming,
        outgoing: outgoing.clone(),
        origin: "guess".into(),
        provider: None,
    };
    match (imap, pop3) {
        (Some(imap), _) => vec![one(Protocol::Imap, imap)],
        (None, Some(pop3)) => vec![one(Protocol::Pop3, pop3)],
        (None, None) => Vec::new(),
    }
}

/// The first name at which somebody answers. With STARTTLS only the port is tried: the live test does the rest.
async fn first(net: &Net, names: [String; 3], port: u16, security: Security, asked: &Asked) -> Option<Server> {
    let tries = names.map(|host| async move {
        let endpoint = Endpoint::new(&host, port, security);
        net.connect(&endpoint).await.is_ok().then_some(host)
    });
    let [a, b, c] = tries;
    let (a, b, c) = tokio::join!(a, b, c);
    let host = a.or(b).or(c)?;
    Some(Server { host, port, security, username: asked.address.clone() })
}
