//! Providers that do not let every program in with the usual password: recognised by the address or by who takes its mail.

use super::{Candidate, Protocol, Server, asked::Asked};
use remote::Security;

/// A provider with rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Google,
    Microsoft,
}

impl Known {
    /// By the domain of the address.
    pub fn by_domain(domain: &str) -> Option<Self> {
        let first = domain.split('.').next().unwrap_or_default();
        match domain {
            "gmail.com" | "googlemail.com" => Some(Self::Google),
            "msn.com" | "passport.com" | "windowslive.com" => Some(Self::Microsoft),
            // hotmail.de, live.co.uk, outlook.fr: the provider's own names below many suffixes.
            _ if matches!(first, "hotmail" | "outlook" | "live")
                && super::asked::owned_part(domain) == Some(domain) =>
            {
                Some(Self::Microsoft)
            }
            _ => None,
        }
    }

    /// By the host that takes the domain's mail.
    pub fn by_exchanger(host: &str) -> Option<Self> {
        let below = |suffix: &str| host == suffix || host.ends_with(&format!(".{suffix}"));
        if below("google.com") || below("googlemail.com") {
            Some(Self::Google)
        } else if below("outlook.com") || below("office365.us") {
            Some(Self::Microsoft)
        } else {
            None
        }
    }

    /// By the server that discovery found.
    pub fn by_server(host: &str) -> Option<Self> {
        match host {
            "imap.gmail.com" | "pop.gmail.com" | "smtp.gmail.com" => Some(Self::Google),
            _ if host.ends_with("office365.com") || host.ends_with(".outlook.com") => Some(Self::Microsoft),
            _ => None,
        }
    }

    /// The word of the vendor capability.
    pub fn word(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft => "microsoft",
        }
    }

    /// What the person has to know.
    pub fn note(self) -> &'static str {
        match self {
            Self::Google => {
                "Google lets mail programs in only with an app password: switch on 2-step verification in your Google \
                 account, make an app password there and type it here instead of your usual one."
            }
            Self::Microsoft => {
                "Microsoft lets mail programs in only through its own sign-in, which Kinpost does not have yet. \
                 A password works here only if your organisation still allows it."
            }
        }
    }

    /// Its servers.
    pub fn candidate(self, asked: &Asked) -> Candidate {
        let server =
            |host: &str, port, security| Server { host: host.into(), port, security, username: asked.address.clone() };
        let (incoming, outgoing, name) = match self {
            Self::Google => {
                (server("imap.gmail.com", 993, Security::Tls), server("smtp.gmail.com", 465, Security::Tls), "Google")
            }
            Self::Microsoft => (
                server("outlook.office365.com", 993, Security::Tls),
                server("smtp-mail.outlook.com", 587, Security::StartTls),
                "Microsoft",
            ),
        };
        Candidate {
            protocol: Protocol::Imap,
            incoming,
            outgoing: Some(outgoing),
            origin: "known".into(),
            provider: Some(name.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognised_by_address_exchanger_and_server() {
        assert_eq!(Known::by_domain("gmail.com"), Some(Known::Google));
        assert_eq!(Known::by_domain("hotmail.co.uk"), Some(Known::Microsoft));
        assert_eq!(Known::by_domain("live.example.org"), None);
        assert_eq!(Known::by_exchanger("aspmx.l.google.com"), Some(Known::Google));
        assert_eq!(Known::by_exchanger("x-org.mail.protection.outlook.com"), Some(Known::Microsoft));
        assert_eq!(Known::by_exchanger("notgoogle.com"), None);
        assert_eq!(Known::by_server("smtp.gmail.com"), Some(Known::Google));
    }
}
