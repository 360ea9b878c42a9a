//! One conversation as far as it is known here, and what a list row says about it. Pure.

use shared::{
    ids::{EmailId, MailboxId},
    wire::{Address, Email},
};

/// A conversation: all ids, oldest first, and those Emails that have been brought.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conversation {
    /// All its Emails, oldest first.
    pub ids: Vec<EmailId>,
    /// The known ones, oldest first.
    pub emails: Vec<Email>,
}

impl Conversation {
    /// Are all Emails here?
    pub fn is_whole(&self) -> bool {
        !self.ids.is_empty() && self.ids.iter().all(|id| self.emails.iter().any(|email| email.id == *id))
    }

    /// Takes over the server's list of ids; Emails that left it are dropped.
    pub fn set_ids(&mut self, ids: Vec<EmailId>) {
        self.emails.retain(|email| ids.contains(&email.id));
        self.ids = ids;
        self.order();
    }

    /// Puts one Email in, or its newer state in its place.
    pub fn put(&mut self, email: Email) {
        match self.emails.iter_mut().find(|known| known.id == email.id) {
            Some(known) => *known = email,
            None => {
                if !self.ids.contains(&email.id) {
                    self.ids.push(email.id);
                }
                self.emails.push(email);
            }
        }
        self.order();
    }

    /// Takes one out; tells whether it was there.
    pub fn drop_email(&mut self, id: EmailId) -> bool {
        let before = self.ids.len();
        self.ids.retain(|one| *one != id);
        self.emails.retain(|email| email.id != id);
        before != self.ids.len()
    }

    fn order(&mut self) {
        let ids = &self.ids;
        self.emails.sort_by_key(|email| ids.iter().position(|id| *id == email.id));
    }

    /// One known Email.
    pub fn email(&self, id: EmailId) -> Option<&Email> {
        self.emails.iter().find(|email| email.id == id)
    }
}

/// How a row looks at a conversation.
pub struct RowView<'a> {
    /// The Email that stands for it in this list.
    pub head: EmailId,
    /// Mailboxes whose mail does not count here (Trash, Junk), unless the list shows one of them.
    pub hidden: &'a [MailboxId],
    /// Own addresses, lower case.
    pub own: &'a [String],
    /// Show the recipients instead (Sent, Drafts).
    pub outgoing: bool,
    /// Words: you (first), you (later), to, nobody.
    pub words: [&'static str; 4],
}

/// What a row says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RowText {
    /// Who writes here; may be empty beside a lone draft.
    pub names: String,
    /// The address whose colour and initials stand before it.
    pub face: Address,
    /// How many messages.
    pub count: usize,
    /// Subject of the newest.
    pub subject: String,
    /// Its first words.
    pub snippet: String,
    /// Its date (UTCDate).
    pub date: String,
    /// Something is unread.
    pub unread: bool,
    /// Something has a star.
    pub starred: bool,
    /// Something has files.
    pub files: bool,
    /// An unfinished answer is in it.
    pub draft: bool,
    /// The newest was answered.
    pub answered: bool,
}

impl RowView<'_> {
    fn counts(&self, email: &Email) -> bool {
        email.id == self.head || !email.mailbox_ids.0.iter().all(|id| self.hidden.contains(id))
    }

    fn is_own(&self, address: &Address) -> bool {
        self.own.iter().any(|own| own.eq_ignore_ascii_case(&address.email))
    }

    /// The row's words for this conversation.
    pub fn text(&self, conversation: &Conversation) -> RowText {
        let shown: Vec<&Email> = conversation.emails.iter().filter(|email| self.counts(email)).collect();
        let Some(head) = conversation.email(self.head).or(shown.last().copied()) else { return RowText::default() };
        let away = conversation.ids.len() - conversation.emails.len();
        let letters = shown.iter().filter(|email| !email.keywords.says("$draft"));
        let unread = letters.clone().any(|email| !email.keywords.says("$seen"));
        let draft = shown.iter().any(|email| email.keywords.says("$draft"));
        let (names, face) = self.people(&shown, head, draft);
        RowText {
            names,
            face,
            count: shown.len() + away,
            subject: head.subject.clone().unwrap_or_default(),
            snippet: head.preview.clone(),
            date: head.received_at.clone(),
            unread,
            starred: shown.iter().any(|email| email.keywords.says("$flagged")),
            files: shown.iter().any(|email| email.has_attachment),
            draft,
            answered: head.keywords.says("$answered"),
        }
    }

    fn people(&self, shown: &[&Email], head: &Email, draft: bool) -> (String, Address) {
        let [you, you_later, to, nobody] = self.words;
        if self.outgoing {
            let all: Vec<&Address> = head.to.iter().flatten().collect();
            let face = all.first().map(|address| (*address).clone()).unwrap_or_default();
            let many = all.len() > 1;
            let names: Vec<String> = all
                .into_iter()
                .take(4)
                .map(|address| if self.is_own(address) { you_later.into() } else { name_of(address, many) })
                .collect();
            let names = if names.is_empty() { nobody.to_owned() } else { joined(names) };
            return (format!("{to} {names}"), face);
        }
        let mut authors: Vec<&Address> = Vec::new();
        for address in
            shown.iter().filter(|email| !email.keywords.says("$draft")).flat_map(|email| email.from.iter().flatten())
        {
            let known = |other: &&Address| {
                other.email.eq_ignore_ascii_case(&address.email) || (self.is_own(other) && self.is_own(address))
            };
            if !authors.iter().any(known) {
                authors.push(address);
            }
        }
        let face =
            authors.first().or(head.from.iter().flatten().next().as_ref()).map(|a| (*a).clone()).unwrap_or_default();
        let many = authors.len() + usize::from(draft) > 1;
        let mut names: Vec<String> = Vec::new();
        for (index, address) in authors.into_iter().take(5).enumerate() {
            names.push(if !self.is_own(address) {
                name_of(address, many)
            } else if index == 0 {
                you.to_owned()
            } else {
                you_later.to_owned()
            });
        }
        (if names.is_empty() && !draft { nobody.to_owned() } else { joined(names) }, face)
    }
}

/// Names beside each other. One in a script that runs from right to left is isolated (U+2068, U+2069), so that it does
/// not turn the order of the others round.
fn joined(names: Vec<String>) -> String {
    let is_rtl = |name: &String| name.chars().any(|c| ('\u{590}'..='\u{8ff}').contains(&c));
    if names.len() < 2 || !names.iter().any(is_rtl) {
        return names.join(", ");
    }
    let isolated: Vec<String> = names.into_iter().map(|name| format!("\u{2068}{name}\u{2069}")).collect();
    isolated.join(", ")
}

/// The name to show: whole, or (beside others) its first word, with a title kept: *Dr. Okafor*.
pub fn name_of(address: &Address, short: bool) -> String {
    let name = address.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let Some(name) = name else {
        let local = address.email.split('@').next().unwrap_or_default();
        return if short && !local.is_empty() { local.to_owned() } else { address.email.clone() };
    };
    if !short {
        return name.to_owned();
    }
    // *Larsson, Håkan* is called Håkan.
    let given = name.split_once(',').map_or(name, |(_, given)| given.trim());
    let mut words = given.split_whitespace();
    match words.next() {
        Some(title) if title.ends_with('.') || title.chars().nth(1).is_none() => given.to_owned(),
        Some(first) => first.to_owned(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
pub mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use shared::{ids::ThreadId, wire::TrueSet};

    use super::*;

    pub fn email(id: i64, from: &str, keywords: &[&str], mailbox: i64) -> Email {
        let (name, address) = from.split_once('<').unwrap_or(("", from));
        Email {
            id: EmailId(id),
            thread_id: ThreadId(1),
            mailbox_ids: TrueSet(vec![MailboxId(mailbox)]),
            keywords: keywords.iter().map(|word| (*word).to_owned()).collect(),
            from: Some(vec![Address {
                name: Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
                email: address.trim_end_matches('>').to_owned(),
            }]),
            to: None,
            subject: Some(format!("s{id}")),
            received_at: format!("2026-11-{id:02}T10:00:00Z"),
            preview: format!("p{id}"),
            has_attachment: false,
            source_id: None,
        }
    }

    fn conversation(emails: Vec<Email>) -> Conversation {
        let mut conversation = Conversation::default();
        conversation.set_ids(emails.iter().map(|email| email.id).collect());
        emails.into_iter().for_each(|email| conversation.put(email));
        conversation
    }

    fn view<'a>(head: i64, own: &'a [String], hidden: &'a [MailboxId]) -> RowView<'a> {
        RowView { head: EmailId(head), hidden, own, outgoing: false, words: ["You", "you", "To:", "Nobody"] }
    }

    #[test]
    fn a_row_names_each_author_once_and_me_as_you() {
        let own = ["me@x.example".to_owned(), "me@y.example".to_owned()];
        let talk = conversation(vec![
            email(1, "Mormor Berglund<m@x.example>", &["$seen"], 1),
            email(2, "Me<ME@x.example>", &["$seen"], 2),
            email(3, "Dr. Amara Okafor<o@x.example>", &["$seen"], 1),
            email(4, "me@y.example", &["$seen"], 2),
            email(5, "M<M@X.example>", &[], 1),
        ]);
        let row = view(5, &own, &[]).text(&talk);
        assert_eq!(row.names, "Mormor, you, Dr. Amara Okafor");
        assert_eq!((row.count, row.unread, row.subject.as_str()), (5, true, "s5"));
        assert_eq!(row.face.email, "m@x.example");
    }

    #[test]
    fn trashed_mail_does_not_count_unless_it_is_what_is_shown() {
        let hidden = [MailboxId(9)];
        let talk = conversation(vec![email(1, "A<a@x>", &["$seen"], 1), email(2, "B<b@x>", &[], 9)]);
        let row = view(1, &[], &hidden).text(&talk);
        assert_eq!((row.names.as_str(), row.count, row.unread), ("A", 1, false));
        let row = view(2, &[], &hidden).text(&talk);
        assert_eq!((row.count, row.unread), (2, true));
    }

    #[test]
    fn a_draft_is_said_and_never_unread() {
        let talk = conversation(vec![email(1, "Ann Lee<a@x>", &["$seen"], 1), email(2, "me@x", &["$draft"], 3)]);
        let own = ["me@x".to_owned()];
        let row = view(2, &own, &[]).text(&talk);
        assert_eq!((row.names.as_str(), row.unread, row.draft), ("Ann", false, true));
        let alone = conversation(vec![email(2, "me@x", &["$draft"], 3)]);
        assert_eq!(view(2, &own, &[]).text(&alone).names, "");
        let sent = RowView { outgoing: true, ..view(2, &own, &[]) }.text(&alone);
        assert_eq!(sent.names, "To: Nobody");
    }

    #[test]
    fn ids_that_left_take_their_emails_along() {
        let mut talk = conversation(vec![email(1, "a@x", &[], 1), email(2, "b@x", &[], 1)]);
        talk.set_ids(vec![EmailId(2), EmailId(3)]);
        assert_eq!(talk.emails.len(), 1);
        assert!(!talk.is_whole());
        talk.put(email(3, "c@x", &[], 1));
        assert!(talk.is_whole());
        assert!(talk.drop_email(EmailId(3)) && !talk.drop_email(EmailId(3)));
    }

    #[test]
    fn short_names_keep_what_people_are_called() {
        let of = |name: &str| name_of(&Address { name: Some(name.into()), email: "x@y".into() }, true);
        assert_eq!(of("Larsson, Håkan"), "Håkan");
        assert_eq!(of("Tomasz Wiśniewski"), "Tomasz");
        assert_eq!(of("  "), "x");
        assert_eq!(of("A very long name"), "A very long name");
        assert_eq!(joined(vec!["שרה".into(), "you".into()]), "\u{2068}שרה\u{2069}, \u{2068}you\u{2069}");
        assert_eq!(of("日本語教室"), "日本語教室");
        assert_eq!(of("A, "), "A, ".trim());
    }
}
