//! What DNS tells: service records (RFC 6186, RFC 8314 §5.1) and who takes the domain's mail.

use remote::{Dns, Security, dns::Srv};

use super::{
    Candidate, Protocol, Server,
    asked::{Asked, is_own_domain, owned_part},
    known::Known,
};

/// Most exchangers that are looked at.
const MAX_EXCHANGERS: usize = 4;

/// Candidates from `_imaps._tcp` and its kin.
pub(super) async fn services(dns: &Dns, asked: &Asked) -> Vec<Candidate> {
    let domain = &asked.domain;
    let ask =
        |service: &'static str| async move { dns.srv(&format!("{service}._tcp.{domain}")).await.unwrap_or_default() };
    let (imaps, imap, pop3s, pop3, submissions, submission) = tokio::join!(
        ask("_imaps"),
        ask("_imap"),
        ask("_pop3s"),
        ask("_pop3"),
        ask("_submissions"),
        ask("_submission"),
    );
    let best = |records: &[Srv], security| records.iter().find(|r| is_available(r)).map(|r| server(r, security, asked));
    let outgoing = best(&submissions, Security::Tls).or_else(|| best(&submission, Security::StartTls));
    [
        (Protocol::Imap, best(&imaps, Security::Tls)),
        (Protocol::Imap, best(&imap, Security::StartTls)),
        (Protocol::Pop3, best(&pop3s, Security::Tls)),
        (Protocol::Pop3, best(&pop3, Security::StartTls)),
    ]
    .into_iter()
    .filter_map(|(protocol, incoming)| {
        Some(Candidate {
            protocol,
            incoming: incoming?,
            outgoing: outgoing.clone(),
            origin: "srv".into(),
            provider: None,
        })
    })
    .collect()
}

/// An empty target says that the service is not offered (RFC 6186 §3.4).
fn is_available(record: &Srv) -> bool {
    record.port > 0 && is_own_domain(&record.target)
}

fn server(record: &Srv, security: Security, asked: &Asked) -> Server {
    Server { host: record.target.clone(), port: record.port, security, username: asked.address.clone() }
}

/// Who takes the domain's mail: the provider behind it, if it is another one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Exchangers {
    pub known: Option<Known>,
    /// Its owned domain, never a public suffix and never the asked domain itself.
    pub provider: Option<String>,
    /// DNS did not answer at all.
    pub is_offline: bool,
}

impl Exchangers {
    pub fn offline() -> Self {
        Self { is_offline: true, ..Self::default() }
    }
}

pub(super) async fn exchangers(dns: &Dns, asked: &Asked) -> Exchangers {
    match dns.mx(&asked.domain).await {
        Ok(list) => read(list.iter().take(MAX_EXCHANGERS).map(|mx| mx.host.as_str()), &asked.domain),
        Err(_) => Exchangers::offline(),
    }
}

fn read<'a>(hosts: impl Iterator<Item = &'a str>, domain: &str) -> Exchangers {
    let mut out = Exchangers::default();
    for host in hosts {
        out.known = out.known.or_else(|| Known::by_exchanger(host));
        if out.provider.is_none() {
            out.provider = owned_part(host).filter(|part| Some(*part) != owned_part(domain)).map(str::to_owned);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_provider_behind_a_domain() {
        let found = read(["mx1.hoster.co.uk", "mx2.other.net"].into_iter(), "example.org");
        assert_eq!(found.provider.as_deref(), Some("hoster.co.uk"));
        assert_eq!(read(["mail.example.org"].into_iter(), "example.org"), Exchangers::default());
        // An exchanger that claims to be a public suffix, or none at all, leads nowhere.
        assert_eq!(read(["co.uk", "", "127.0.0.1"].into_iter(), "example.org"), Exchangers::default());
        assert_eq!(read(["aspmx.l.google.com"].into_iter(), "example.org").known, Some(Known::Google));
    }
}
