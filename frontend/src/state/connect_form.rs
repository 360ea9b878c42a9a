//! What is typed into the form of a mail account, and the account it describes. Pure, so that it is tested on the host.

use shared::wire::{Candidate, NewSource, Pop3Keep, Protocol, Security, Server, Source};

/// The form; ports are text while they are typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectForm {
    /// Its name on screen; empty = the address.
    pub label: String,
    /// Its address.
    pub email: String,
    /// The way in.
    pub protocol: Protocol,
    /// Host of the way in.
    pub in_host: String,
    /// Its port.
    pub in_port: String,
    /// Its protection.
    pub in_security: Security,
    /// User name; empty = the address.
    pub username: String,
    /// Is mail sent through it?
    pub sends: bool,
    /// Host of the way out.
    pub out_host: String,
    /// Its port.
    pub out_port: String,
    /// Its protection.
    pub out_security: Security,
    /// User name for sending; empty = as for the way in.
    pub out_username: String,
    /// POP3: what happens on the server.
    pub keep: Pop3Keep,
    /// Unprotected lines were agreed to.
    pub allow_plain: bool,
}

impl Default for ConnectForm {
    fn default() -> Self {
        Self {
            label: String::new(),
            email: String::new(),
            protocol: Protocol::Imap,
            in_host: String::new(),
            in_port: "993".into(),
            in_security: Security::Tls,
            username: String::new(),
            sends: true,
            out_host: String::new(),
            out_port: "465".into(),
            out_security: Security::Tls,
            out_username: String::new(),
            keep: Pop3Keep::Delete,
            allow_plain: false,
        }
    }
}

/// What is wrong with the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// No address.
    Email,
    /// No host of the way in.
    InHost,
    /// No port of the way in.
    InPort,
    /// No host of the way out.
    OutHost,
    /// No port of the way out.
    OutPort,
    /// An unprotected line that nobody agreed to.
    Plain,
}

/// The port that goes with a protocol and its protection (RFC 8314, RFC 1939, RFC 9051).
pub fn usual_port(protocol: Protocol, security: Security) -> &'static str {
    match (protocol, security) {
        (Protocol::Imap, Security::Tls) => "993",
        (Protocol::Imap, _) => "143",
        (Protocol::Pop3, Security::Tls) => "995",
        (Protocol::Pop3, _) => "110",
    }
}

/// The port of submission with this protection.
pub fn usual_out_port(security: Security) -> &'static str {
    match security {
        Security::Tls => "465",
        _ => "587",
    }
}

/// Could mail go to this address? Local part, one @, a domain without blanks.
pub fn is_address(text: &str) -> bool {
    let text = text.trim();
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && !domain.is_empty()
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';'))
}

impl ConnectForm {
    /// From what was discovered for an address.
    pub fn from_candidate(email: &str, found: &Candidate) -> Self {
        let mut form = Self { email: email.trim().to_owned(), ..Self::default() };
        form.protocol = found.incoming.protocol.unwrap_or_default();
        form.in_host.clone_from(&found.incoming.host);
        form.in_port = found.incoming.port.to_string();
        form.in_security = found.incoming.security;
        form.username.clone_from(&found.incoming.username);
        form.sends = found.outgoing.is_some();
        if let Some(out) = &found.outgoing {
            form.take_out(out);
        }
        form
    }

    /// From a mail account that is there.
    pub fn from_source(source: &Source) -> Self {
        let mut form = Self { label: source.label.clone(), email: source.email.clone(), ..Self::default() };
        form.protocol = source.protocol;
        form.in_host.clone_from(&source.incoming.host);
        form.in_port = source.incoming.port.to_string();
        form.in_security = source.incoming.security;
        form.username.clone_from(&source.incoming.username);
        form.sends = source.outgoing.is_some();
        if let Some(out) = &source.outgoing {
            form.take_out(out);
        }
        form.keep = source.pop3_keep;
        form.allow_plain = source.allow_plain;
        form
    }

    fn take_out(&mut self, out: &Server) {
        self.out_host.clone_from(&out.host);
        self.out_port = out.port.to_string();
        self.out_security = out.security;
        self.out_username = if out.username == self.username { String::new() } else { out.username.clone() };
    }

    /// Another protocol or protection brings its usual port, unless an unusual one was typed.
    pub fn set_incoming(&mut self, protocol: Protocol, security: Security) {
        if self.in_port.is_empty() || self.in_port == usual_port(self.protocol, self.in_security) {
            self.in_port = usual_port(protocol, security).into();
        }
        (self.protocol, self.in_security) = (protocol, security);
    }

    /// The same for the way out.
    pub fn set_out_security(&mut self, security: Security) {
        if self.out_port.is_empty() || self.out_port == usual_out_port(self.out_security) {
            self.out_port = usual_out_port(security).into();
        }
        self.out_security = security;
    }

    /// Is some line of it unprotected?
    pub fn is_plain(&self) -> bool {
        self.in_security == Security::Plain || (self.sends && self.out_security == Security::Plain)
    }

    /// The mail account that it describes, or all that is wrong.
    pub fn read(&self) -> Result<NewSource, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut port = |text: &str, error: Wrong| {
            text.trim().parse::<u16>().ok().filter(|port| *port > 0).unwrap_or_else(|| {
                wrong.push(error);
                0
            })
        };
        let in_port = port(&self.in_port, Wrong::InPort);
        let out_port = if self.sends { port(&self.out_port, Wrong::OutPort) } else { 0 };
        if !is_address(&self.email) {
            wrong.push(Wrong::Email);
        }
        if self.in_host.trim().is_empty() {
            wrong.push(Wrong::InHost);
        }
        if self.sends && self.out_host.trim().is_empty() {
            wrong.push(Wrong::OutHost);
        }
        if self.is_plain() && !self.allow_plain {
            wrong.push(Wrong::Plain);
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let or = |text: &str, other: &str| if text.trim().is_empty() { other.trim() } else { text.trim() }.to_owned();
        let username = or(&self.username, &self.email);
        let outgoing = self.sends.then(|| Server {
            protocol: None,
            host: self.out_host.trim().to_owned(),
            port: out_port,
            security: self.out_security,
            username: or(&self.out_username, &username),
        });
        Ok(NewSource {
            label: or(&self.label, &self.email),
            email: self.email.trim().to_owned(),
            hue: None,
            protocol: self.protocol,
            incoming: Server {
                protocol: None,
                host: self.in_host.trim().to_owned(),
                port: in_port,
                security: self.in_security,
                username,
            },
            outgoing,
            pop3_keep: self.keep,
            allow_plain: self.is_plain() && self.allow_plain,
            password: None,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn typed() -> ConnectForm {
        ConnectForm {
            email: " anna@posten.example ".into(),
            in_host: "imap.posten.example".into(),
            out_host: "smtp.posten.example".into(),
            ..ConnectForm::default()
        }
    }

    #[test]
    fn a_filled_form_is_an_account_and_the_address_is_the_user_name() {
        let source = typed().read().unwrap();
        assert_eq!(source.label, "anna@posten.example");
        assert_eq!(source.incoming.username, "anna@posten.example");
        assert_eq!((source.incoming.port, source.outgoing.unwrap().port), (993, 465));
    }

    #[test]
    fn everything_that_is_wrong_is_named() {
        let form =
            ConnectForm { email: "anna".into(), in_port: "0".into(), out_port: "x".into(), ..ConnectForm::default() };
        let wrong = form.read().unwrap_err();
        assert_eq!(wrong, [Wrong::InPort, Wrong::OutPort, Wrong::Email, Wrong::InHost, Wrong::OutHost]);
    }

    #[test]
    fn a_plain_line_needs_consent_and_consent_without_one_is_not_kept() {
        let mut form = typed();
        form.set_incoming(Protocol::Imap, Security::Plain);
        assert_eq!(form.read().unwrap_err(), [Wrong::Plain]);
        form.allow_plain = true;
        assert!(form.read().unwrap().allow_plain);
        form.set_incoming(Protocol::Imap, Security::Starttls);
        assert!(!form.read().unwrap().allow_plain);
    }

    #[test]
    fn the_port_follows_until_an_unusual_one_was_typed() {
        let mut form = typed();
        form.set_incoming(Protocol::Pop3, Security::Tls);
        assert_eq!(form.in_port, "995");
        form.in_port = "1995".into();
        form.set_incoming(Protocol::Pop3, Security::Plain);
        assert_eq!(form.in_port, "1995");
        form.set_out_security(Security::Starttls);
        assert_eq!(form.out_port, "587");
    }

    #[test]
    fn an_account_without_a_way_out_needs_no_host_for_it() {
        let form = ConnectForm { sends: false, out_host: String::new(), out_port: String::new(), ..typed() };
        assert_eq!(form.read().unwrap().outgoing, None);
    }

    #[test]
    fn addresses() {
        for good in ["a@b", "anna.berglund+x@posten.example", " a@ö.example ", "\"a@b\"@c.example"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "anna", "@b", "a@", "a@b c", "a@.b", "a@b.", "<a@b>", "a@b,c@d"] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
