//! The live test: logs in at both servers and says exactly what is wrong in plain words. Nothing is changed there.

use std::time::{Duration, Instant};

use remote::{Class, Credentials, Error, ImapSession, Net, Pop3Session, SmtpSession};

use super::{Protocol, SourceConfig, TestReport, TestResult};
use crate::{
    link::{endpoint, net_for},
    settings::Server,
};

/// One half has so long, so that the answer comes while the person still looks.
const DEADLINE: Duration = Duration::from_secs(30);

/// Tries settings for real.
pub async fn test(net: &Net, config: &SourceConfig, password: &str) -> TestReport {
    let net = match net_for(net, config) {
        Ok(net) => net,
        Err(error) => {
            let incoming = TestResult { ok: false, ms: 0, detail: error.to_string() };
            return TestReport { incoming, outgoing: None };
        }
    };
    let outgoing = async {
        match &config.outgoing {
            Some(server) => Some(timed(outgoing(&net, server, config, password)).await),
            None => None,
        }
    };
    let (incoming, outgoing) = tokio::join!(timed(incoming(&net, config, password)), outgoing);
    TestReport { incoming, outgoing }
}

async fn incoming(net: &Net, config: &SourceConfig, password: &str) -> Result<(), Error> {
    let server = &config.incoming;
    let login = Credentials::new(server.username.clone(), password);
    match config.protocol {
        Protocol::Imap => {
            let mut session = ImapSession::open(net, &endpoint(server), &login, config.allow_plain).await?;
            // Log-in alone proves little: some providers let in and then refuse every folder.
            let looked = session.status("INBOX").await;
            session.logout().await;
            looked.map(drop)
        }
        Protocol::Pop3 => {
            let mut session = Pop3Session::open(net, &endpoint(server), &login, config.allow_plain).await?;
            let looked = session.noop().await;
            // What a QUIT without deletions answers is of no interest.
            let _ = session.quit().await;
            looked
        }
    }
}

async fn outgoing(net: &Net, server: &Server, config: &SourceConfig, password: &str) -> Result<(), Error> {
    let login = Credentials::new(server.username.clone(), password);
    let login = (!server.username.is_empty()).then_some(&login);
    let session = SmtpSession::open(net, &endpoint(server), login, config.allow_plain).await?;
    session.quit().await;
    Ok(())
}

async fn timed(work: impl Future<Output = Result<(), Error>>) -> TestResult {
    let start = Instant::now();
    let outcome = tokio::time::timeout(DEADLINE, work).await;
    let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    match outcome {
        Ok(Ok(())) => TestResult { ok: true, ms, detail: String::new() },
        Ok(Err(error)) => TestResult { ok: false, ms, detail: words(&error) },
        Err(_) => {
            TestResult { ok: false, ms, detail: "The server did not answer in time. Check its name and port.".into() }
        }
    }
}

/// A test is tried again by the person, not by Kinpost.
fn words(error: &Error) -> String {
    match error.class {
        Class::Temporary | Class::Protocol => {
            let message =
                error.message.replace(" Kinpost will try again later.", "").replace(" Kinpost will try again.", "");
            Error { message, ..error.clone() }.to_string()
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_promises_no_second_try() {
        let error = Error::temporary("mail.example closed the connection. Kinpost will try again.");
        assert_eq!(words(&error), "mail.example closed the connection.");
        assert_eq!(words(&Error::auth("Wrong password.").said("no")), "Wrong password. The server said: no");
    }
}
