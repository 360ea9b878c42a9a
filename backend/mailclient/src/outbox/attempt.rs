//! One attempt over SMTP: envelope, each recipient, then the message.

use remote::{Credentials, Net, Result, SmtpSession, smtp::Sent};

use super::judge::{End, Heard};
use crate::{
    link::{endpoint, net_for},
    settings::SourceConfig,
};

/// What goes out.
pub(super) struct Outgoing<'a> {
    pub servers: &'a SourceConfig,
    pub password: &'a str,
    pub from: &'a str,
    /// Those who are to be tried now.
    pub to: &'a [String],
    pub message: &'a [u8],
}

/// Everything up to the server's go-ahead for the message; `Err` carries how it ended before.
pub(super) async fn begin(net: &Net, outgoing: &Outgoing<'_>, heard: &mut Heard) -> Result<SmtpSession, End> {
    let mut session = open(net, outgoing).await.map_err(End::Failed)?;
    let ended = envelope(&mut session, outgoing, heard).await;
    match ended {
        Ok(()) => Ok(session),
        Err(end) => {
            if !matches!(end, End::Failed(_)) {
                session.quit().await;
            }
            Err(end)
        }
    }
}

async fn open(net: &Net, outgoing: &Outgoing<'_>) -> Result<SmtpSession> {
    let servers = outgoing.servers;
    let server = servers.outgoing.as_ref().ok_or_else(|| {
        remote::Error::permanent("This mail account has no server for sending. Add one in its settings.")
    })?;
    let net = net_for(net, servers)?;
    let login = Credentials::new(server.username.clone(), outgoing.password);
    // A server for sending without a user name takes mail by address (a home relay): no log-in there.
    let login = (!server.username.is_empty()).then_some(&login);
    SmtpSession::open(&net, &endpoint(server), login, servers.allow_plain).await
}

async fn envelope(session: &mut SmtpSession, outgoing: &Outgoing<'_>, heard: &mut Heard) -> Result<(), End> {
    let failed = End::Failed;
    let reply = session.mail(outgoing.from, outgoing.to, outgoing.message).await.map_err(failed)?;
    if !reply.is_positive() {
        return Err(End::Refused(reply));
    }
    for address in outgoing.to {
        match session.rcpt(address).await {
            Ok(reply) => {
                heard.recipients.insert(address.clone(), reply);
            }
            // Not an address in this server's eyes or ours: an answer like any other.
            Err(error) if error.class == remote::Class::Permanent => {
                let reply = remote::smtp::Reply { code: 553, enhanced: Some("5.1.3".into()), text: error.message };
                heard.recipients.insert(address.clone(), reply);
            }
            Err(error) => return Err(End::Failed(error)),
        }
    }
    if !heard.recipients.values().any(remote::smtp::Reply::is_positive) {
        return Err(End::NobodyLeft);
    }
    let go = session.data().await.map_err(failed)?;
    if go.code == 354 { Ok(()) } else { Err(End::Refused(go)) }
}

/// The message itself, once it is written down that it begins.
pub(super) async fn finish(mut session: SmtpSession, message: &[u8]) -> End {
    let end = match session.message(message).await {
        Sent::Accepted(reply) => End::Accepted(reply),
        Sent::Refused(reply) => End::Refused(reply),
        Sent::NotSent(error) => End::Failed(error),
        Sent::Uncertain(error) => End::Uncertain(error),
    };
    if matches!(end, End::Accepted(_) | End::Refused(_)) {
        session.quit().await;
    }
    end
}
