//! What a person asks → what changes on which Email, and the way back. Pure.

use shared::{
    ids::{EmailId, MailboxId},
    wire::{Email, Mailbox, Patch, PatchValue, Role, TrueSet},
};

use super::{conversation::Conversation, folders};
use crate::route::Scope;

/// What a person asks for a conversation (or, with `only`, for one message of it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Out of the inbox, into the archive.
    Archive,
    /// Into the trash.
    Trash,
    /// Into junk.
    Junk,
    /// Out of junk, back into the inbox.
    NotJunk,
    /// Into this mailbox.
    Move(MailboxId),
    /// Star or not.
    Star(bool),
    /// Read or not.
    Read(bool),
}

impl Act {
    /// Where it puts mail, when it does.
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Archive => Some(Role::Archive),
            Self::Trash => Some(Role::Trash),
            Self::Junk => Some(Role::Junk),
            Self::NotJunk => Some(Role::Inbox),
            _ => None,
        }
    }

    /// Does mail leave where it is?
    pub fn moves(self) -> bool {
        !matches!(self, Self::Star(_) | Self::Read(_))
    }
}

/// The new place and flags of one Email beside the old ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Which Email.
    pub email: EmailId,
    /// Mailboxes and keywords before.
    pub before: (TrueSet<MailboxId>, TrueSet<String>),
    /// Mailboxes and keywords after.
    pub after: (TrueSet<MailboxId>, TrueSet<String>),
}

impl Step {
    /// The way back.
    pub fn undo(&self) -> Self {
        Self { email: self.email, before: self.after.clone(), after: self.before.clone() }
    }

    /// Only what differs, so that what others change meanwhile stays.
    pub fn patch(&self) -> Patch {
        let mut patch = Patch::default();
        let add = |patch: &mut Patch, path: String, there: bool| {
            let value = if there { PatchValue::Bool(true) } else { PatchValue::Null };
            patch.0.push((path, value));
        };
        for id in &self.before.0.0 {
            if !self.after.0.has(id) {
                add(&mut patch, format!("mailboxIds/{id}"), false);
            }
        }
        for id in &self.after.0.0 {
            if !self.before.0.has(id) {
                add(&mut patch, format!("mailboxIds/{id}"), true);
            }
        }
        for word in &self.before.1.0 {
            if !self.after.1.has(word) {
                add(&mut patch, format!("keywords/{}", escaped(word)), false);
            }
        }
        for word in &self.after.1.0 {
            if !self.before.1.has(word) {
                add(&mut patch, format!("keywords/{}", escaped(word)), true);
            }
        }
        patch
    }
}

/// A key inside a JSON pointer (RFC 6901 §3).
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Which of a conversation's Emails a move is about: what lies in the shown mailboxes; where a list is not by mailbox,
/// all but what the person wrote or put away.
fn concerned<'a>(mailboxes: &[Mailbox], scope: Scope, act: Act, talk: &'a Conversation) -> Vec<&'a Email> {
    let shown = match act {
        Act::Archive if folders::shown(mailboxes, scope).is_none() => Some(folders::with_duty(mailboxes, Role::Inbox)),
        _ => folders::shown(mailboxes, scope),
    };
    let away: Vec<MailboxId> = [Role::Sent, Role::Drafts, Role::Trash, Role::Junk]
        .into_iter()
        .flat_map(|role| folders::with_duty(mailboxes, role))
        .collect();
    let matches = |email: &&Email| match &shown {
        Some(shown) => email.mailbox_ids.0.iter().any(|id| shown.contains(id)),
        None => email.mailbox_ids.0.iter().any(|id| !away.contains(id)),
    };
    talk.emails.iter().filter(matches).collect()
}

/// The steps that do what is asked. `only` limits them to one message; `head` is the one that stands for the
/// conversation (it takes the star and the unread mark). `Err(source's email id)` names an Email whose mail account has
/// no mailbox for this yet.
pub fn steps(
    mailboxes: &[Mailbox],
    scope: Scope,
    act: Act,
    talk: &Conversation,
    head: EmailId,
    only: Option<EmailId>,
) -> Result<Vec<Step>, EmailId> {
    let all: Vec<&Email> = match (only, act) {
        (Some(only), _) => talk.email(only).into_iter().collect(),
        (None, Act::Star(false) | Act::Read(true)) => talk.emails.iter().collect(),
        (None, Act::Star(true) | Act::Read(false)) => talk.email(head).into_iter().collect(),
        (None, _) => concerned(mailboxes, scope, act, talk),
    };
    let mut steps = Vec::new();
    for email in all {
        let before = (email.mailbox_ids.clone(), email.keywords.clone());
        let mut after = before.clone();
        let word = |keywords: &mut TrueSet<String>, word: &str, there: bool| {
            keywords.0.retain(|one| !one.eq_ignore_ascii_case(word));
            if there {
                keywords.insert(word.to_owned());
            }
        };
        match act {
            Act::Star(on) => word(&mut after.1, "$flagged", on),
            Act::Read(on) => word(&mut after.1, "$seen", on),
            Act::Move(id) => after.0 = TrueSet(vec![id]),
            Act::Archive | Act::Trash | Act::Junk | Act::NotJunk => {
                let role = act.role().unwrap_or(Role::Other);
                let Some(target) = folders::target(mailboxes, role, email.source_id) else { return Err(email.id) };
                after.0 = TrueSet(vec![target]);
                if act == Act::Junk {
                    word(&mut after.1, "$junk", true);
                    word(&mut after.1, "$notjunk", false);
                } else if act == Act::NotJunk {
                    word(&mut after.1, "$junk", false);
                    word(&mut after.1, "$notjunk", true);
                }
            }
        }
        if after != before {
            steps.push(Step { email: email.id, before, after });
        }
    }
    Ok(steps)
}

/// Does the conversation still belong into this list after the steps were applied?
pub fn stays(mailboxes: &[Mailbox], scope: Scope, talk: &Conversation) -> bool {
    match folders::shown(mailboxes, scope) {
        Some(shown) => talk.emails.iter().any(|email| email.mailbox_ids.0.iter().any(|id| shown.contains(id))),
        None => {
            let hidden = folders::hidden(mailboxes, scope);
            let seen = |email: &&Email| email.mailbox_ids.0.iter().any(|id| !hidden.contains(id));
            let mut rest = talk.emails.iter().filter(seen);
            if scope == Scope::Starred { rest.any(|e| e.keywords.says("$flagged")) } else { rest.next().is_some() }
        }
    }
}

/// How the counts of each mailbox change when a conversation goes from one state to another: threads and unread
/// threads, emails and unread emails. An estimate that is right for whole conversations; the server's word follows.
pub fn recount(mailboxes: &mut [Mailbox], before: &Conversation, after: &Conversation) {
    for mailbox in mailboxes {
        let there = |talk: &Conversation| {
            let own = || talk.emails.iter().filter(|email| email.mailbox_ids.has(&mailbox.id));
            let open = |email: &&Email| !email.keywords.says("$seen") && !email.keywords.says("$draft");
            let (all, unread) = (own().count() as i64, own().filter(open).count() as i64);
            [all, unread, i64::from(all > 0), i64::from(all > 0 && talk.emails.iter().any(|email| open(&email)))]
        };
        let (old, new) = (there(before), there(after));
        let counts = [
            &mut mailbox.total_emails,
            &mut mailbox.unread_emails,
            &mut mailbox.total_threads,
            &mut mailbox.unread_threads,
        ];
        for ((count, old), new) in counts.into_iter().zip(old).zip(new) {
            *count = count.saturating_add_signed(new - old);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use shared::ids::SourceId;

    use super::*;
    use crate::state::conversation::tests::email;

    fn mailbox(id: i64, role: Role, source: i64) -> Mailbox {
        let json = format!(
            r#"{{"id":"m{id}","name":"n{id}","sourceId":"r{source}","totalThreads":5,"unreadThreads":2,"totalEmails":9}}"#
        );
        Mailbox { source_role: Some(role), ..serde_json::from_str(&json).unwrap() }
    }

    fn house() -> Vec<Mailbox> {
        vec![
            mailbox(1, Role::Inbox, 1),
            mailbox(2, Role::Archive, 1),
            mailbox(3, Role::Trash, 1),
            mailbox(4, Role::Sent, 1),
            mailbox(5, Role::Junk, 1),
            mailbox(11, Role::Inbox, 2),
        ]
    }

    fn of_source(mut email: Email, source: i64) -> Email {
        email.source_id = Some(SourceId(source));
        email
    }

    fn talk() -> Conversation {
        let mut talk = Conversation::default();
        talk.put(of_source(email(1, "a@x", &["$seen"], 1), 1));
        talk.put(of_source(email(2, "me@x", &["$seen"], 4), 1));
        talk.put(of_source(email(3, "a@x", &[], 1), 1));
        talk
    }

    fn apply(talk: &Conversation, steps: &[Step]) -> Conversation {
        let mut after = talk.clone();
        for step in steps {
            let mut email = after.email(step.email).unwrap().clone();
            (email.mailbox_ids, email.keywords) = step.after.clone();
            after.put(email);
        }
        after
    }

    #[test]
    fn archiving_moves_the_inbox_mail_and_leaves_what_i_sent() {
        let steps = steps(&house(), Scope::All, Act::Archive, &talk(), EmailId(3), None).unwrap();
        assert_eq!(steps.iter().map(|step| step.email.0).collect::<Vec<_>>(), [1, 3]);
        let patch = serde_json::to_string(&steps[0].patch()).unwrap();
        assert_eq!(patch, r#"{"mailboxIds/m1":null,"mailboxIds/m2":true}"#);
        let back = serde_json::to_string(&steps[0].undo().patch()).unwrap();
        assert_eq!(back, r#"{"mailboxIds/m2":null,"mailboxIds/m1":true}"#);
        let after = apply(&talk(), &steps);
        assert!(!stays(&house(), Scope::All, &after) && stays(&house(), Scope::Everything, &after));
    }

    #[test]
    fn an_account_without_archive_is_named() {
        let mut talk = Conversation::default();
        talk.put(of_source(email(7, "a@x", &[], 11), 2));
        assert_eq!(steps(&house(), Scope::All, Act::Archive, &talk, EmailId(7), None), Err(EmailId(7)));
    }

    #[test]
    fn stars_and_unread_go_to_the_head_and_come_off_all() {
        let star = steps(&house(), Scope::All, Act::Star(true), &talk(), EmailId(3), None).unwrap();
        assert_eq!(star.len(), 1);
        assert_eq!(serde_json::to_string(&star[0].patch()).unwrap(), r#"{"keywords/$flagged":true}"#);
        let read = steps(&house(), Scope::All, Act::Read(true), &talk(), EmailId(3), None).unwrap();
        assert_eq!(read.iter().map(|step| step.email.0).collect::<Vec<_>>(), [3], "only what is unread changes");
        let junk = steps(&house(), Scope::All, Act::Junk, &talk(), EmailId(3), Some(EmailId(1))).unwrap();
        assert_eq!(
            serde_json::to_string(&junk[0].patch()).unwrap(),
            r#"{"mailboxIds/m1":null,"mailboxIds/m5":true,"keywords/$junk":true}"#
        );
    }

    #[test]
    fn counts_follow_at_once() {
        let mut house = house();
        let steps = steps(&house, Scope::All, Act::Archive, &talk(), EmailId(3), None).unwrap();
        recount(&mut house, &talk(), &apply(&talk(), &steps));
        let inbox = &house[0];
        assert_eq!((inbox.total_threads, inbox.unread_threads, inbox.total_emails), (4, 1, 7));
        let archive = &house[1];
        assert_eq!((archive.total_threads, archive.unread_threads, archive.total_emails), (6, 3, 11));
    }

    #[test]
    fn odd_keywords_are_escaped_in_paths() {
        assert_eq!(escaped("a/b~c"), "a~1b~0c");
    }
}
