//! Questions about the mailboxes: which have a duty, how they stand in the side bar, what a list asks for. Pure.

use shared::{
    ids::{MailboxId, SourceId},
    wire::{Condition, Filter, Mailbox, Operator, Role, Source},
};

use crate::route::Scope;

/// The chips over a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Chip {
    /// Everything.
    #[default]
    All,
    /// With something unread.
    Unread,
    /// With a star.
    Starred,
    /// With files.
    Files,
}

/// All mailboxes with this duty, in any mail account.
pub fn with_duty(mailboxes: &[Mailbox], role: Role) -> Vec<MailboxId> {
    mailboxes.iter().filter(|mailbox| mailbox.duty() == Some(role)).map(|mailbox| mailbox.id).collect()
}

/// Where a mail account (or, with `None`, this server alone) keeps such mail; else where the household does.
pub fn target(mailboxes: &[Mailbox], role: Role, source: Option<SourceId>) -> Option<MailboxId> {
    let with = |wanted: &dyn Fn(&Mailbox) -> bool| mailboxes.iter().find(|mailbox| wanted(mailbox)).map(|one| one.id);
    with(&|mailbox| mailbox.duty() == Some(role) && mailbox.source_id == source)
        .or_else(|| source.is_none().then(|| with(&|mailbox| mailbox.role == Some(role)))?)
}

/// The mailboxes that a list shows mail of; `None` = not by mailbox.
pub fn shown(mailboxes: &[Mailbox], scope: Scope) -> Option<Vec<MailboxId>> {
    match scope {
        Scope::All => Some(with_duty(mailboxes, Role::Inbox)),
        Scope::Drafts => Some(with_duty(mailboxes, Role::Drafts)),
        Scope::Sent => Some(with_duty(mailboxes, Role::Sent)),
        Scope::Mailbox(id) => Some(vec![id]),
        Scope::Starred | Scope::Everything | Scope::Outbox => None,
    }
}

/// Trash and Junk, unless the list shows one of them: their mail does not count in a row.
pub fn hidden(mailboxes: &[Mailbox], scope: Scope) -> Vec<MailboxId> {
    let mut all = with_duty(mailboxes, Role::Trash);
    all.extend(with_duty(mailboxes, Role::Junk));
    if let Scope::Mailbox(id) = scope
        && all.contains(&id)
    {
        all.clear();
    }
    all
}

/// What a list asks the server for (without a search).
pub fn filter(mailboxes: &[Mailbox], scope: Scope, chip: Chip) -> Filter {
    let base = match shown(mailboxes, scope) {
        Some(ids) => Filter::in_any(&ids),
        None => {
            let hidden = hidden(mailboxes, scope);
            let elsewhere = Condition {
                in_mailbox_other_than: (!hidden.is_empty()).then_some(hidden),
                has_keyword: (scope == Scope::Starred).then(|| "$flagged".into()),
                ..Condition::default()
            };
            elsewhere.into()
        }
    };
    chipped(base, chip)
}

/// Narrows a filter by a chip.
pub fn chipped(base: Filter, chip: Chip) -> Filter {
    let more = match chip {
        Chip::All => return base,
        Chip::Unread => Condition { not_keyword: Some("$seen".into()), ..Condition::default() },
        Chip::Starred => Condition { has_keyword: Some("$flagged".into()), ..Condition::default() },
        Chip::Files => Condition { has_attachment: Some(true), ..Condition::default() },
    };
    Filter::join(Operator::And, vec![base, more.into()])
}

/// The mailboxes that a word after `in:` means: a duty (*inbox*, *trash* …) in all mail accounts, or a name.
pub fn by_name(mailboxes: &[Mailbox], name: &str) -> Vec<MailboxId> {
    let duty = match name.to_lowercase().as_str() {
        "inbox" => Some(Role::Inbox),
        "archive" => Some(Role::Archive),
        "drafts" | "draft" => Some(Role::Drafts),
        "sent" => Some(Role::Sent),
        "junk" | "spam" => Some(Role::Junk),
        "trash" => Some(Role::Trash),
        _ => None,
    };
    let with = duty.map(|duty| with_duty(mailboxes, duty)).unwrap_or_default();
    if !with.is_empty() {
        return with;
    }
    let wanted = name.to_lowercase();
    mailboxes.iter().filter(|mailbox| mailbox.name.to_lowercase() == wanted).map(|mailbox| mailbox.id).collect()
}

/// One folder in the side bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// The mailbox.
    pub mailbox: Mailbox,
    /// How deep below its group.
    pub depth: usize,
}

/// The folders of one mail account.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Whose; `None` = only on this server.
    pub source: Option<Source>,
    /// Its folders in order.
    pub leaves: Vec<Leaf>,
}

/// How a folder sorts among its siblings.
fn rank(mailbox: &Mailbox) -> (u8, u32, String) {
    let duty = match mailbox.duty() {
        Some(Role::Inbox) => 0,
        Some(Role::Drafts) => 1,
        Some(Role::Sent) => 2,
        Some(Role::Archive | Role::All) => 3,
        Some(Role::Junk) => 6,
        Some(Role::Trash) => 7,
        _ => 5,
    };
    (duty, mailbox.sort_order, mailbox.name.to_lowercase())
}

/// The folder that only holds a mail account's folders together: nameless in the side bar, its account's head stands
/// for it.
fn is_shelf(mailbox: &Mailbox, mailboxes: &[Mailbox]) -> bool {
    mailbox.parent_id.is_none()
        && mailbox.duty().is_none()
        && mailboxes.iter().any(|child| child.parent_id == Some(mailbox.id) && child.duty() == Some(Role::Inbox))
}

/// The side bar's groups: each mail account in its order, then what is only here.
pub fn groups(mailboxes: &[Mailbox], sources: &[Source]) -> Vec<Group> {
    let mut sources: Vec<&Source> = sources.iter().collect();
    sources.sort_by_key(|source| (!source.is_primary, source.sort_order, source.id));
    let known = |id: Option<SourceId>| sources.iter().any(|source| Some(source.id) == id);
    let mut all: Vec<Group> = Vec::new();
    for source in sources.iter().copied().map(Some).chain([None]) {
        let wanted = |mailbox: &Mailbox| match source {
            Some(source) => mailbox.source_id == Some(source.id),
            None => !known(mailbox.source_id),
        };
        let own: Vec<&Mailbox> = mailboxes.iter().filter(|m| wanted(m) && !is_shelf(m, mailboxes)).collect();
        let mut leaves = Vec::new();
        let is_root = |mailbox: &Mailbox| !own.iter().any(|other| Some(other.id) == mailbox.parent_id);
        let mut roots: Vec<&Mailbox> = own.iter().copied().filter(|mailbox| is_root(mailbox)).collect();
        roots.sort_by_key(|mailbox| rank(mailbox));
        for root in roots {
            walk(root, 0, &own, &mut leaves);
        }
        if source.is_some() || !leaves.is_empty() {
            all.push(Group { source: source.cloned(), leaves });
        }
    }
    all
}

/// Deeper levels are drawn at this depth, and a circle of parents ends there.
const DEEPEST: usize = 8;

fn walk(mailbox: &Mailbox, depth: usize, own: &[&Mailbox], out: &mut Vec<Leaf>) {
    out.push(Leaf { mailbox: mailbox.clone(), depth });
    if depth >= DEEPEST {
        return;
    }
    let mut below: Vec<&Mailbox> = own.iter().copied().filter(|one| one.parent_id == Some(mailbox.id)).collect();
    below.sort_by_key(|one| rank(one));
    for one in below {
        walk(one, depth + 1, own, out);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn mailbox(id: i64, name: &str, parent: i64, role: Option<Role>, source: i64) -> Mailbox {
        Mailbox {
            id: MailboxId(id),
            name: name.into(),
            parent_id: (parent > 0).then_some(MailboxId(parent)),
            role: role.filter(|_| source <= 1),
            sort_order: 0,
            total_emails: 0,
            unread_emails: 0,
            total_threads: 0,
            unread_threads: 0,
            my_rights: Default::default(),
            source_id: (source > 0).then_some(SourceId(source)),
            source_role: role,
        }
    }

    fn source(id: i64) -> Source {
        serde_json::from_str(&format!(
            r#"{{"id":"r{id}","label":"s{id}","email":"s{id}@x","isPrimary":{},"state":"fresh"}}"#,
            id == 1
        ))
        .unwrap()
    }

    fn house() -> Vec<Mailbox> {
        vec![
            mailbox(1, "Trash", 0, Some(Role::Trash), 1),
            mailbox(2, "Zoo", 0, None, 1),
            mailbox(3, "INBOX", 0, Some(Role::Inbox), 1),
            mailbox(4, "ants", 2, None, 1),
            mailbox(10, "Other", 0, None, 2),
            mailbox(11, "Inbox", 10, Some(Role::Inbox), 2),
            mailbox(12, "Junk", 10, Some(Role::Junk), 2),
            mailbox(20, "Import", 0, None, 0),
        ]
    }

    #[test]
    fn the_side_bar_stands_by_account_duty_and_name() {
        let groups = groups(&house(), &[source(2), source(1)]);
        let shown: Vec<(Option<i64>, Vec<(String, usize)>)> = groups
            .iter()
            .map(|group| {
                let leaves = group.leaves.iter().map(|leaf| (leaf.mailbox.name.clone(), leaf.depth)).collect();
                (group.source.as_ref().map(|source| source.id.0), leaves)
            })
            .collect();
        let row = |name: &str, depth| (name.to_owned(), depth);
        assert_eq!(
            shown,
            [
                (Some(1), vec![row("INBOX", 0), row("Zoo", 0), row("ants", 1), row("Trash", 0)]),
                (Some(2), vec![row("Inbox", 0), row("Junk", 0)]),
                (None, vec![row("Import", 0)]),
            ]
        );
    }

    #[test]
    fn a_circle_of_parents_ends() {
        let circle = [mailbox(1, "a", 2, None, 1), mailbox(2, "b", 1, None, 1), mailbox(3, "c", 3, None, 1)];
        assert!(groups(&circle, &[source(1)])[0].leaves.len() < 40);
    }

    #[test]
    fn mail_is_filed_in_its_own_account() {
        let all = house();
        assert_eq!(target(&all, Role::Junk, Some(SourceId(2))), Some(MailboxId(12)));
        assert_eq!(target(&all, Role::Archive, Some(SourceId(2))), None, "never in another account's");
        assert_eq!(target(&all, Role::Trash, None), Some(MailboxId(1)), "mail that is only here may");
    }

    #[test]
    fn lists_ask_for_what_they_show() {
        let all = house();
        let json = |filter: Filter| serde_json::to_string(&filter).unwrap();
        assert_eq!(
            json(filter(&all, Scope::All, Chip::All)),
            r#"{"operator":"OR","conditions":[{"inMailbox":"m3"},{"inMailbox":"m11"}]}"#
        );
        assert_eq!(
            json(filter(&all, Scope::Mailbox(MailboxId(2)), Chip::Unread)),
            r#"{"operator":"AND","conditions":[{"inMailbox":"m2"},{"notKeyword":"$seen"}]}"#
        );
        assert_eq!(
            json(filter(&all, Scope::Starred, Chip::All)),
            r#"{"inMailboxOtherThan":["m1","m12"],"hasKeyword":"$flagged"}"#
        );
        assert_eq!(hidden(&all, Scope::Mailbox(MailboxId(12))), []);
    }
}
