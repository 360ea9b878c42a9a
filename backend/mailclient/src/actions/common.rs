//! What several actions need: one Email or fail, where it lies, the mailboxes that are asked for.

use std::collections::BTreeSet;

use shared::ids::{AccountId, EmailId, MailboxId, SourceId};
use store::{
    Keywords, Reader, WriteTx, emails,
    mailboxes::{self, Mailbox},
    tasks,
};

use crate::{ActionError, Entry, Task};

/// More mailboxes than anybody means.
const MAILBOXES_MAX: usize = 100;

pub(super) async fn email(r: &mut Reader, account: AccountId, id: EmailId) -> Result<emails::Email, ActionError> {
    emails::get(r, account, &[id]).await?.pop().ok_or(ActionError::NotFound)
}

/// Where an Email lies at its provider, as far as UIDs are known.
pub(super) async fn entries(r: &mut Reader, account: AccountId, id: EmailId) -> Result<Vec<Entry>, ActionError> {
    let mut entries = Vec::new();
    for placement in emails::placements(r, account, id).await? {
        let Some(uid) = placement.uid else { continue };
        let Some(mailbox) = mailboxes::get(r, account, placement.mailbox).await? else { continue };
        entries.push(Entry { mailbox: mailbox.id, uid, validity: mailbox.remote.uid_validity });
    }
    Ok(entries)
}

/// Where an Email still lies after moves that the provider was not told yet; those Tasks are void from here on.
pub(super) async fn left_behind(
    tx: &mut WriteTx,
    account: AccountId,
    id: EmailId,
    source: Option<SourceId>,
) -> Result<Vec<Entry>, ActionError> {
    let mut entries = Vec::new();
    for kept in tasks::of_emails(tx, account, &[id]).await? {
        if Some(kept.source) != source {
            continue;
        }
        match Task::parse(&kept) {
            Some(Task::SetMailboxes { left, .. }) => entries.extend(left),
            Some(Task::Append { .. } | Task::SetKeywords { .. }) => {}
            _ => continue,
        }
        tasks::done(tx, &[kept.id]).await?;
    }
    Ok(entries)
}

/// The asked mailboxes; refuses none, too many, unknown ones and those that hold no mail.
pub(super) async fn targets(
    r: &mut Reader,
    account: AccountId,
    ids: &BTreeSet<MailboxId>,
) -> Result<Vec<Mailbox>, ActionError> {
    if ids.is_empty() {
        return Err(ActionError::invalid("mailboxIds", "An email must be in at least one mailbox."));
    }
    if ids.len() > MAILBOXES_MAX {
        return Err(ActionError::TooManyMailboxes);
    }
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        match mailboxes::get(r, account, *id).await? {
            Some(mailbox) if mailbox.selectable => found.push(mailbox),
            Some(_) => return Err(ActionError::invalid("mailboxIds", "This mailbox cannot hold mail.")),
            None => return Err(ActionError::invalid("mailboxIds", "There is no such mailbox.")),
        }
    }
    Ok(found)
}

/// Sound keywords as a set, or the reason why not.
pub(super) fn keywords(wanted: &BTreeSet<String>) -> Result<Keywords, ActionError> {
    if wanted.len() > store::KEYWORDS_MAX {
        return Err(ActionError::TooManyKeywords);
    }
    let mut keywords = Keywords::new();
    for keyword in wanted {
        if Keywords::normal(keyword).is_none() {
            return Err(ActionError::invalid("keywords", "A keyword is 1 to 255 printable ASCII characters."));
        }
        if !keywords.insert(keyword) {
            return Err(ActionError::TooManyKeywords);
        }
    }
    Ok(keywords)
}

pub(super) fn set_of(keywords: &Keywords) -> BTreeSet<String> {
    keywords.iter().map(str::to_owned).collect()
}
