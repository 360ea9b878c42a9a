//! The provider's folders and our Mailboxes made one: what LIST says against what the store has.

use std::collections::{BTreeMap, BTreeSet};

use remote::{
    Error, ImapSession,
    imap::{Folder, SpecialUse},
};
use shared::ids::MailboxId;
use store::{
    Reader, WriteTx,
    mailboxes::{self, Mailbox, NewMailbox, Role},
    sources, tasks,
};

use super::roles;
use crate::{
    Task,
    link::{Context, Trouble},
};

/// A folder as it shall stand in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Name in commands.
    pub wire: String,
    /// Wire name of the folder it hangs below.
    pub parent: Option<String>,
    /// Name for people.
    pub name: String,
    /// Messages can be in it.
    pub selectable: bool,
    /// Its role in the Source.
    pub role: Option<Role>,
}

/// The tree that LIST means: parents before children, parents that were not listed filled in, virtual folders left out.
pub(crate) fn wanted(folders: &[Folder], prefix: &str) -> Vec<Wanted> {
    let real: Vec<&Folder> = folders
        .iter()
        .filter(|f| !matches!(f.special_use, Some(SpecialUse::Flagged | SpecialUse::Important)))
        .collect();
    let has_archive = real.iter().any(|f| f.special_use == Some(SpecialUse::Archive));
    let listed: Vec<roles::Listed<'_>> = real
        .iter()
        .map(|f| roles::Listed {
            name: strip(&f.name, prefix),
            delimiter: f.delimiter,
            special_use: f.special_use.and_then(|u| special(u, has_archive)),
            selectable: !f.no_select,
        })
        .collect();
    let mut tree: BTreeMap<(usize, String), Wanted> = BTreeMap::new();
    for ((folder, listed), role) in real.iter().zip(&listed).zip(roles::assign(&listed)) {
        let segments = segments(listed.name, folder.delimiter);
        let depth = segments.len();
        let name = match role {
            Some("inbox") => "Inbox".to_owned(),
            _ => segments.last().map_or_else(|| folder.name.clone(), |s| (*s).to_owned()),
        };
        let parent = parent_wire(&folder.wire, folder.delimiter, prefix);
        tree.insert(
            (depth, folder.wire.clone()),
            Wanted {
                wire: folder.wire.clone(),
                parent,
                name,
                selectable: !folder.no_select,
                role: role.and_then(Role::parse),
            },
        );
    }
    fill_in(&mut tree, &real, prefix);
    tree.into_values().collect()
}

fn special(using: SpecialUse, has_archive: bool) -> Option<&'static str> {
    Some(match using {
        SpecialUse::Archive => "archive",
        SpecialUse::Drafts => "drafts",
        SpecialUse::Junk => "junk",
        SpecialUse::Sent => "sent",
        SpecialUse::Trash => "trash",
        // Where everything is in one folder anyway (Gmail), to archive is to be in that one alone.
        SpecialUse::All if !has_archive => "archive",
        SpecialUse::All | SpecialUse::Flagged | SpecialUse::Important => return None,
    })
}

fn strip<'a>(name: &'a str, prefix: &str) -> &'a str {
    name.strip_prefix(prefix).filter(|rest| !rest.is_empty()).unwrap_or(name)
}

fn segments(name: &str, delimiter: Option<char>) -> Vec<&str> {
    match delimiter {
        Some(d) => name.split(d).filter(|s| !s.is_empty()).collect(),
        None => vec![name],
    }
}

/// The wire name of the folder above; `None` at the top, where the personal namespace's prefix (`INBOX.`) counts for nothing.
fn parent_wire(wire: &str, delimiter: Option<char>, prefix: &str) -> Option<String> {
    let (above, _) = wire.trim_end_matches(delimiter?).rsplit_once(delimiter?)?;
    let is_prefix = prefix.trim_end_matches(delimiter?).eq_ignore_ascii_case(above);
    (!above.is_empty() && !is_prefix).then(|| above.to_owned())
}

/// Adds the parents that LIST left out, as folders that hold no mail.
fn fill_in(tree: &mut BTreeMap<(usize, String), Wanted>, folders: &[&Folder], prefix: &str) {
    let delimiter = folders.iter().find_map(|f| f.delimiter);
    let mut known: BTreeSet<String> = tree.values().map(|w| w.wire.clone()).collect();
    let mut missing: Vec<String> = tree.values().filter_map(|w| w.parent.clone()).collect();
    while let Some(wire) = missing.pop() {
        if !known.insert(wire.clone()) {
            continue;
        }
        let people = remote::imap::decode_name(&wire);
        let parent = parent_wire(&wire, delimiter, prefix);
        let segments = segments(strip(&people, prefix), delimiter);
        let name = segments.last().map_or_else(|| people.clone(), |s| (*s).to_owned());
        missing.extend(parent.clone());
        tree.insert((segments.len(), wire.clone()), Wanted { wire, parent, name, selectable: false, role: None });
    }
}

/// Lists the folders, brings the Mailboxes in line and returns those that hold mail, the Inbox first.
pub(crate) async fn refresh(ctx: &Context, session: &mut ImapSession) -> Result<Vec<Mailbox>, Trouble> {
    let _changing = ctx.folders.lock().await;
    let folders = session.list().await?;
    if !folders.iter().any(|f| f.wire.eq_ignore_ascii_case("INBOX")) {
        return Err(Error::protocol("The server lists no inbox. Kinpost will try again.").into());
    }
    let prefix = session.namespace().await.ok().flatten().map(|(prefix, _)| prefix).unwrap_or_default();
    let wanted = wanted(&folders, &prefix);
    let mut tx = ctx.store.write().await?;
    if !folder_tasks_wait(ctx, &mut tx).await? && align(ctx, &mut tx, &wanted).await? {
        sources::settle_roles(&mut tx, ctx.account, ctx.source).await?;
    }
    tx.commit().await?;
    let mut r = ctx.store.read().await?;
    let mut mailboxes = mailboxes::of_source(&mut r, ctx.account, ctx.source).await?;
    mailboxes.retain(|m| m.selectable && m.remote_name.is_some());
    mailboxes.sort_by_key(|m| (order(m.source_role), m.id));
    Ok(mailboxes)
}

/// Which folder is filled first.
fn order(role: Option<Role>) -> u8 {
    match role {
        Some(Role::Inbox) => 0,
        Some(Role::Drafts) => 1,
        Some(Role::Sent) => 2,
        None => 3,
        Some(Role::Archive | Role::All) => 4,
        Some(_) => 5,
    }
}

async fn folder_tasks_wait(ctx: &Context, r: &mut Reader) -> store::Result<bool> {
    let tasks = tasks::of_source(r, ctx.source).await?;
    Ok(tasks.iter().filter_map(Task::parse).any(|t| t.is_about_folders()))
}

/// Whether anything changed.
async fn align(ctx: &Context, tx: &mut WriteTx, wanted: &[Wanted]) -> store::Result<bool> {
    let existing = mailboxes::of_source(tx, ctx.account, ctx.source).await?;
    let mut by_wire: BTreeMap<String, Mailbox> =
        existing.iter().filter_map(|m| Some((m.remote_name.clone()?, m.clone()))).collect();
    let mut taken: BTreeSet<Role> = existing.iter().filter_map(|m| m.source_role).collect();
    let mut ids: BTreeMap<&str, MailboxId> = BTreeMap::new();
    let mut is_changed = false;
    for folder in wanted {
        let parent = folder.parent.as_deref().and_then(|p| ids.get(p)).copied();
        let role = folder.role.filter(|role| !taken.contains(role));
        let id = match by_wire.remove(&folder.wire) {
            Some(row) => {
                is_changed |= adjust(ctx, tx, &row, folder, parent, role).await?;
                row.id
            }
            None => {
                is_changed = true;
                let new = NewMailbox {
                    source: Some(ctx.source),
                    parent,
                    name: folder.name.clone(),
                    source_role: role,
                    sort_order: u32::from(order(role)),
                    is_subscribed: true,
                    selectable: folder.selectable,
                    remote_name: Some(folder.wire.clone()),
                    rename_on_collision: true,
                    ..NewMailbox::default()
                };
                mailboxes::create(tx, ctx.account, &new).await?
            }
        };
        taken.extend(role);
        ids.insert(folder.wire.as_str(), id);
    }
    // Deepest first: a parent cannot go before its children.
    for gone in by_wire.into_values().rev() {
        is_changed = true;
        if let Err(error) = mailboxes::destroy(tx, ctx.account, gone.id, true).await {
            error.refusal().ok_or(error)?;
        }
    }
    Ok(is_changed)
}

async fn adjust(
    ctx: &Context,
    tx: &mut WriteTx,
    row: &Mailbox,
    folder: &Wanted,
    parent: Option<MailboxId>,
    role: Option<Role>,
) -> store::Result<bool> {
    let gains_role = row.source_role.is_none() && role.is_some();
    if row.selectable == folder.selectable && !gains_role && (parent.is_none() || row.parent == parent) {
        return Ok(false);
    }
    let update = mailboxes::Update {
        parent: parent.map(Some),
        selectable: Some(folder.selectable),
        source_role: gains_role.then_some(role),
        ..mailboxes::Update::default()
    };
    match mailboxes::update(tx, ctx.account, row.id, &update).await {
        Ok(()) => Ok(true),
        Err(error) => error.refusal().map(|_| false).ok_or(error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn folder(wire: &str, delimiter: char) -> Folder {
        Folder {
            wire: wire.into(),
            name: remote::imap::decode_name(wire),
            delimiter: Some(delimiter),
            no_select: false,
            no_inferiors: false,
            special_use: None,
        }
    }

    fn find<'a>(tree: &'a [Wanted], wire: &str) -> &'a Wanted {
        tree.iter().find(|w| w.wire == wire).unwrap()
    }

    #[test]
    fn parents_come_before_children_and_missing_ones_are_filled_in() {
        let tree = wanted(&[folder("Work/2026/May", '/'), folder("INBOX", '/')], "");
        let wires: Vec<&str> = tree.iter().map(|w| w.wire.as_str()).collect();
        assert_eq!(wires, ["INBOX", "Work", "Work/2026", "Work/2026/May"]);
        assert_eq!(find(&tree, "INBOX").name, "Inbox");
        assert!(!find(&tree, "Work/2026").selectable);
        assert_eq!(find(&tree, "Work/2026/May").parent.as_deref(), Some("Work/2026"));
    }

    #[test]
    fn folders_below_the_inbox_prefix_stand_at_the_top() {
        let tree = wanted(&[folder("INBOX", '.'), folder("INBOX.Sent", '.'), folder("INBOX.A.B", '.')], "INBOX.");
        let sent = find(&tree, "INBOX.Sent");
        assert_eq!((sent.parent.as_deref(), sent.name.as_str(), sent.role), (None, "Sent", Some(Role::Sent)));
        assert_eq!(find(&tree, "INBOX.A.B").parent.as_deref(), Some("INBOX.A"));
        assert_eq!(find(&tree, "INBOX.A").parent, None);
    }

    #[test]
    fn gmail_s_everything_is_the_archive_and_its_views_are_left_out() {
        let list = [
            folder("INBOX", '/'),
            Folder { no_select: true, ..folder("[Gmail]", '/') },
            Folder { special_use: Some(SpecialUse::All), ..folder("[Gmail]/Alle Nachrichten", '/') },
            Folder { special_use: Some(SpecialUse::Flagged), ..folder("[Gmail]/Markiert", '/') },
            Folder { special_use: Some(SpecialUse::Important), ..folder("[Gmail]/Wichtig", '/') },
            Folder { special_use: Some(SpecialUse::Trash), ..folder("[Gmail]/Papierkorb", '/') },
        ];
        let tree = wanted(&list, "");
        assert_eq!(tree.len(), 4);
        assert_eq!(find(&tree, "[Gmail]/Alle Nachrichten").role, Some(Role::Archive));
        assert_eq!(find(&tree, "[Gmail]/Papierkorb").role, Some(Role::Trash));
        assert!(!find(&tree, "[Gmail]").selectable);
    }

    #[test]
    fn names_are_shown_decoded_and_commanded_as_the_server_spells_them() {
        let tree = wanted(&[folder("INBOX", '/'), folder("Entw&APw-rfe", '/')], "");
        let drafts = find(&tree, "Entw&APw-rfe");
        assert_eq!((drafts.name.as_str(), drafts.role), ("Entwürfe", Some(Role::Drafts)));
    }
}
