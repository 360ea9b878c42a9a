//! IMAP flags ⇄ JMAP keywords (RFC 8621 §4.1.1), and what the server says about them taken over.

use std::collections::{BTreeMap, BTreeSet};

use remote::imap::{Meta, Selected};
use shared::ids::{EmailId, MailboxId};
use store::{Keywords, WriteTx, emails, tasks};

use super::Context;
use crate::Task;

/// Flags of RFC 3501 and spellings that mail programs use for the same.
const SPELLINGS: [(&str, &str); 10] = [
    ("\\seen", "$seen"),
    ("\\flagged", "$flagged"),
    ("\\answered", "$answered"),
    ("\\draft", "$draft"),
    ("forwarded", "$forwarded"),
    ("junk", "$junk"),
    ("nonjunk", "$notjunk"),
    ("notjunk", "$notjunk"),
    ("$nonjunk", "$notjunk"),
    ("$mdnsent", "$mdnsent"),
];

/// Keywords of flags. `\Deleted` and `\Recent` mean nothing in JMAP.
pub(crate) fn keywords(flags: &[String]) -> Keywords {
    let mut keywords = Keywords::new();
    for flag in flags {
        let lower = flag.to_ascii_lowercase();
        match SPELLINGS.iter().find(|(spelling, _)| *spelling == lower) {
            Some((_, keyword)) => {
                keywords.insert(keyword);
            }
            None if lower.starts_with('\\') => {}
            None => {
                keywords.insert(&lower);
            }
        }
    }
    keywords
}

/// The flag that stands for a keyword on the wire.
pub(crate) fn flag(keyword: &str) -> String {
    match keyword {
        "$seen" => "\\Seen".into(),
        "$flagged" => "\\Flagged".into(),
        "$answered" => "\\Answered".into(),
        "$draft" => "\\Draft".into(),
        "$forwarded" => "$Forwarded".into(),
        "$junk" => "$Junk".into(),
        "$notjunk" => "$NotJunk".into(),
        other => other.to_owned(),
    }
}

/// What a folder can keep for good (PERMANENTFLAGS).
#[derive(Debug, Clone, Default)]
pub(crate) struct Keepable {
    any: bool,
    named: BTreeSet<String>,
}

impl Keepable {
    pub fn of(selected: &Selected) -> Self {
        let named = keywords(&selected.permanent_flags).iter().map(str::to_owned).collect();
        Self { any: selected.keeps_keywords, named }
    }

    /// Whether the server keeps this keyword.
    pub fn keeps(&self, keyword: &str) -> bool {
        self.any || self.named.contains(keyword)
    }
}

/// The keywords after the server spoke: its own, and those that it could not keep anyway.
pub(crate) fn merged(here: &Keywords, there: &[String], keepable: &Keepable) -> Keywords {
    let mut merged = keywords(there);
    for keyword in here.iter().filter(|k| !keepable.keeps(k)) {
        merged.insert(keyword);
    }
    merged
}

/// Takes over flags of a folder. Emails whose keywords are still owed to the server are left alone.
pub(crate) async fn take(
    ctx: &Context,
    tx: &mut WriteTx,
    mailbox: MailboxId,
    metas: &[Meta],
    keepable: &Keepable,
) -> store::Result<()> {
    let told: BTreeMap<u32, &Vec<String>> =
        metas.iter().filter_map(|m| m.flags.as_ref().map(|flags| (m.uid, flags))).collect();
    let uids: Vec<u32> = told.keys().copied().collect();
    let mut wishes = Vec::new();
    for placed in emails::placed_at(tx, ctx.account, mailbox, &uids).await? {
        let (false, Some(flags)) = (placed.ghost, told.get(&placed.uid)) else { continue };
        let keywords = merged(&placed.keywords, flags, keepable);
        if keywords != placed.keywords {
            wishes.push((placed.email, placed.keywords, keywords));
        }
    }
    if wishes.is_empty() {
        return Ok(());
    }
    let owed = owed_keywords(ctx, tx, &wishes.iter().map(|w| w.0).collect::<Vec<_>>()).await?;
    wishes.retain(|(email, ..)| !owed.contains(email));
    let changes: Vec<(EmailId, Keywords)> = wishes.iter().map(|(email, _, new)| (*email, new.clone())).collect();
    emails::set_keywords(tx, ctx.account, &changes).await?;
    for (email, old, new) in &wishes {
        spread(ctx, tx, *email, old, new).await?;
    }
    Ok(())
}

/// The last remote change goes to every other placement of the Email.
async fn spread(ctx: &Context, tx: &mut WriteTx, email: EmailId, old: &Keywords, new: &Keywords) -> store::Result<()> {
    if emails::placements(tx, ctx.account, email).await?.len() < 2 {
        return Ok(());
    }
    let task = Task::SetKeywords {
        email,
        add: new.iter().filter(|k| !old.contains(k)).map(str::to_owned).collect(),
        remove: old.iter().filter(|k| !new.contains(k)).map(str::to_owned).collect(),
    };
    task.enqueue(tx, ctx.account, ctx.source, 0).await?;
    Ok(())
}

/// Which of these Emails have keywords that the server was not told yet.
pub(crate) async fn owed_keywords(
    ctx: &Context,
    tx: &mut WriteTx,
    ids: &[EmailId],
) -> store::Result<BTreeSet<EmailId>> {
    let tasks = tasks::of_emails(tx, ctx.account, ids).await?;
    let of_keywords = tasks.iter().filter(|t| matches!(Task::parse(t), Some(Task::SetKeywords { .. })));
    Ok(of_keywords.filter_map(|t| t.email).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(flags: &[&str]) -> Vec<String> {
        flags.iter().map(|f| (*f).to_owned()).collect()
    }

    #[test]
    fn flags_and_keywords_mean_each_other() {
        let found = keywords(&strings(&["\\Seen", "\\Deleted", "\\Recent", "NonJunk", "$Forwarded", "Project-X"]));
        assert_eq!(found.iter().collect::<Vec<_>>(), ["$seen", "$forwarded", "$notjunk", "project-x"]);
        for keyword in ["$seen", "$flagged", "$answered", "$draft", "$forwarded", "$junk", "$notjunk", "work"] {
            assert_eq!(keywords(&[flag(keyword)]).iter().collect::<Vec<_>>(), [keyword]);
        }
    }

    #[test]
    fn a_keyword_that_the_server_cannot_keep_survives_its_flags() {
        let selected = Selected { permanent_flags: strings(&["\\Seen", "\\Flagged"]), ..Selected::default() };
        let here: Keywords = ["$seen", "work"].into_iter().collect();
        let after = merged(&here, &strings(&["\\Flagged"]), &Keepable::of(&selected));
        assert_eq!(after.iter().collect::<Vec<_>>(), ["$flagged", "work"]);
        let all = Selected { keeps_keywords: true, ..selected };
        let after = merged(&here, &strings(&["\\Flagged"]), &Keepable::of(&all));
        assert_eq!(after.iter().collect::<Vec<_>>(), ["$flagged"]);
    }
}
