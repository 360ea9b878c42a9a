//! What the address bar says: a pure `Route` ⇄ URL. Pages import it; only `app.rs` maps a Route to a page.

use shared::ids::{MailboxId, ThreadId};

/// Which mail a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The union of all inboxes.
    All,
    /// Everything with a star.
    Starred,
    /// Unfinished letters of all mail accounts.
    Drafts,
    /// Sent letters of all mail accounts.
    Sent,
    /// Letters on their way out.
    Outbox,
    /// All mail but Junk and Trash: where a search looks.
    Everything,
    /// One folder.
    Mailbox(MailboxId),
}

impl Scope {
    /// Undoes [`Self::key`].
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "all" => Self::All,
            "starred" => Self::Starred,
            "drafts" => Self::Drafts,
            "sent" => Self::Sent,
            "outbox" => Self::Outbox,
            "everything" => Self::Everything,
            other => Self::Mailbox(other.parse().ok()?),
        })
    }

    /// As it stands in a URL and in the boot block.
    pub fn key(self) -> String {
        match self {
            Self::All => "all".into(),
            Self::Starred => "starred".into(),
            Self::Drafts => "drafts".into(),
            Self::Sent => "sent".into(),
            Self::Outbox => "outbox".into(),
            Self::Everything => "everything".into(),
            Self::Mailbox(id) => id.to_string(),
        }
    }
}

/// One of the pages under settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// The list of them (a phone shows it alone).
    Index,
    /// Connected mail accounts.
    Accounts,
    /// Theme, density, keys, undo.
    Look,
    /// Password, sessions, app passwords.
    Security,
    /// Members of the household.
    People,
    /// What this is.
    About,
}

impl Section {
    /// All with their URL segment.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Index, ""),
        (Self::Accounts, "accounts"),
        (Self::Look, "look"),
        (Self::Security, "security"),
        (Self::People, "people"),
        (Self::About, "about"),
    ];
}

/// A place in the app.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Route {
    /// `/`: wherever a member starts.
    Home,
    /// A list with, perhaps, an open conversation and a search.
    Mail {
        /// Which mail.
        scope: Scope,
        /// Which conversation is open.
        thread: Option<ThreadId>,
        /// What is searched.
        query: Option<String>,
    },
    /// The pane of mailboxes (a phone's tab).
    Mailboxes,
    /// Settings.
    Settings(Section),
    /// Connecting a mail account.
    Connect,
    /// The log-in page.
    Login,
    /// The first-run screens.
    Setup,
}

impl Route {
    /// A list without anything open.
    pub fn list(scope: Scope) -> Self {
        Self::Mail { scope, thread: None, query: None }
    }

    /// The open conversation.
    pub fn thread(&self) -> Option<ThreadId> {
        if let Self::Mail { thread, .. } = self { *thread } else { None }
    }

    /// Reads `/path?query`; what is unknown leads home.
    pub fn parse(url: &str) -> Self {
        let (path, search) = url.split_once('?').unwrap_or((url, ""));
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        match parts.next() {
            Some("mail") => {
                let Some(scope) = parts.next().and_then(Scope::parse) else { return Self::Home };
                let thread = parts.next().and_then(|id| id.parse().ok());
                Self::Mail { scope, thread, query: parameter(search, "q") }
            }
            Some("mailboxes") => Self::Mailboxes,
            Some("settings") => {
                let name = parts.next().unwrap_or_default();
                let section = Section::ALL.into_iter().find(|(_, segment)| *segment == name);
                Self::Settings(section.map_or(Section::Index, |(section, _)| section))
            }
            Some("connect") => Self::Connect,
            Some("login") => Self::Login,
            Some("setup") => Self::Setup,
            _ => Self::Home,
        }
    }

    /// The URL of this place.
    pub fn url(&self) -> String {
        match self {
            Self::Home => "/".into(),
            Self::Mail { scope, thread, query } => {
                let mut url = format!("/mail/{}", scope.key());
                if let Some(thread) = thread {
                    url.push('/');
                    url.push_str(&thread.to_string());
                }
                if let Some(query) = query {
                    url.push_str("?q=");
                    encode(query, &mut url);
                }
                url
            }
            Self::Mailboxes => "/mailboxes".into(),
            Self::Settings(section) => {
                let name = Section::ALL.into_iter().find(|(one, _)| one == section).map_or("", |(_, name)| name);
                if name.is_empty() { "/settings".into() } else { format!("/settings/{name}") }
            }
            Self::Connect => "/connect".into(),
            Self::Login => "/login".into(),
            Self::Setup => "/setup".into(),
        }
    }
}

/// One parameter of a query string, decoded; an empty one counts as absent.
fn parameter(search: &str, name: &str) -> Option<String> {
    let value = search.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    Some(decode(value)).filter(|text| !text.is_empty())
}

/// Percent-encoded for one part of a path or query.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode(text, &mut out);
    out
}

/// Percent-encodes all but unreserved characters (RFC 3986 §2.3).
fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for half in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(half), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
}

/// Undoes [`encode`]; a stray `%` stays, octets that are no UTF-8 become U+FFFD.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let pair = (*first == b'%').then_some(tail).and_then(|tail| tail.split_at_checked(2));
        let code = pair.and_then(|(digits, after)| {
            let value = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
            Some((value, after))
        });
        match code {
            Some((value, after)) => {
                bytes.push(value);
                rest = after;
            }
            None => bytes.push(if *first == b'+' { b' ' } else { *first }),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_survives_the_address_bar() {
        let search = Some("from:anna \"a b\" 50% + Öl/日本?&=".to_owned());
        let mut all = vec![
            Route::Home,
            Route::list(Scope::All),
            Route::Mail { scope: Scope::Mailbox(MailboxId(12)), thread: Some(ThreadId(7)), query: None },
            Route::Mail { scope: Scope::Everything, thread: Some(ThreadId(7)), query: search },
            Route::Mailboxes,
            Route::Connect,
            Route::Login,
            Route::Setup,
        ];
        all.extend([Scope::Starred, Scope::Drafts, Scope::Sent, Scope::Outbox].map(Route::list));
        all.extend(Section::ALL.map(|(section, _)| Route::Settings(section)));
        for route in all {
            assert_eq!(Route::parse(&route.url()), route, "{}", route.url());
        }
    }

    #[test]
    fn nonsense_leads_home_and_never_panics() {
        for odd in ["", "//", "/mail", "/mail/", "/mail/x9", "/nowhere", "/mail/%", "/setup%", "/mail/m-1"] {
            let route = Route::parse(odd);
            assert!(matches!(route, Route::Home), "{odd} {route:?}");
        }
        assert_eq!(
            Route::parse("/mail/all/m7?q=%4"),
            Route::Mail { scope: Scope::All, thread: None, query: Some("%4".into()) }
        );
        assert_eq!(Route::parse("/settings/none"), Route::Settings(Section::Index));
    }
}
