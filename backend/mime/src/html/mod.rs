//! Strangers' HTML: cleaned by an allow-list that starts from empty, and read as text.

mod css;
mod dom;
mod fold;
mod guard;
mod plain;
mod policy;
mod polish;
#[cfg(test)]
mod probe;
mod rewrite;
#[cfg(test)]
mod tests;
mod text;

pub use plain::text_to_html;
#[cfg(test)]
pub(crate) use probe::probe;
pub use text::to_text;

/// Turns a mail's picture addresses into addresses of this server.
pub trait Links {
    /// A signed URL for the inline part of a Content-Id, if there is such a part.
    fn cid(&self, cid: &str) -> Option<String>;
    /// A signed proxy URL for a remote picture; `None` = blocked (it is then counted).
    fn remote(&self, url: &str) -> Option<String>;
    /// Is this URL one that this very signer made (its signature checked)? Then cleaning again keeps it.
    fn own(&self, url: &str) -> bool {
        let _ = url;
        false
    }
}

/// No picture at all: everything remote is blocked and counted, inline ones dropped.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLinks;

impl Links for NoLinks {
    fn cid(&self, _: &str) -> Option<String> {
        None
    }
    fn remote(&self, _: &str) -> Option<String> {
        None
    }
}

/// How to clean.
#[derive(Clone, Copy)]
pub struct CleanOptions<'a> {
    /// The signer of picture URLs.
    pub links: &'a dyn Links,
    /// Fold quoted history into `<details class="m-quote">`.
    pub fold_quotes: bool,
}

/// Clean HTML and what was found on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// A fragment for the inside of `<body>`. Nothing may edit it any more.
    pub html: String,
    /// Remote pictures that were blocked and could be shown through [`Links::remote`].
    pub blocked: usize,
    /// Content-Ids that were shown inline (so that attachments need not list them).
    pub cids: Vec<String>,
    /// Quoted history was folded.
    pub folded: bool,
    /// The input was longer or deeper than the limits and was cut.
    pub truncated: bool,
}

/// Octets of HTML that are cleaned.
const MAX_HTML: usize = 1024 * 1024;
/// Octets of HTML that are written.
const MAX_WRITTEN: usize = 4 * MAX_HTML;
/// Rounds until cleaning once more changes nothing. Two are the rule.
const MAX_ROUNDS: usize = 5;

/// Cleans a mail's HTML. `clean(clean(x)) == clean(x)` with the same options, because it is done until nothing changes;
/// what does not come to rest, or is nested beyond reason, is shown as its text.
pub fn clean(html: &str, options: &CleanOptions<'_>) -> Cleaned {
    let cut = html.get(..html.floor_char_boundary(MAX_HTML)).unwrap_or_default();
    let Some(mut cleaned) = once(cut, options) else { return as_text(cut) };
    cleaned.truncated = cut.len() < html.len();
    for _ in 0..MAX_ROUNDS {
        let Some(again) = once(&cleaned.html, options) else { break };
        cleaned.folded |= again.folded;
        if again.html == cleaned.html {
            return cleaned;
        }
        cleaned.html = again.html;
    }
    as_text(cut)
}

/// One round: the tree written anew, and that cleaned.
fn once(html: &str, options: &CleanOptions<'_>) -> Option<Cleaned> {
    let draft = rewrite::rewrite(dom::Dom::parse(html)?, options);
    // Rules of a sheet, written out at every element, can make much of little.
    if draft.html.len() > MAX_WRITTEN {
        return None;
    }
    Some(Cleaned {
        html: polish::polish(&draft.html, draft.signed),
        blocked: draft.blocked,
        cids: draft.cids,
        folded: draft.folded,
        truncated: false,
    })
}

fn as_text(html: &str) -> Cleaned {
    Cleaned { html: plain::unquoted(&to_text(html)), truncated: true, ..Cleaned::default() }
}
