//! `Email/set update`: keywords and mailboxes of one Email together, all or nothing.

use std::collections::{BTreeMap, BTreeSet};

use shared::ids::{AccountId, EmailId, MailboxId};
use store::WriteTx;

use crate::{
    ActionError,
    actions::{common, set_keywords, set_mailboxes},
};

/// A set as JMAP changes it (RFC 8620 §5.3): whole, or by a patch of single members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patch<T: Ord> {
    /// The new whole set.
    Replace(BTreeSet<T>),
    /// `true` adds, `false` removes.
    Members(BTreeMap<T, bool>),
}

impl<T: Ord + Clone> Patch<T> {
    /// The set after the change.
    pub fn applied_to(&self, current: &BTreeSet<T>) -> BTreeSet<T> {
        match self {
            Self::Replace(set) => set.clone(),
            Self::Members(members) => {
                let mut set = current.clone();
                for (member, present) in members {
                    if *present {
                        set.insert(member.clone());
                    } else {
                        set.remove(member);
                    }
                }
                set
            }
        }
    }
}

/// What may change in an Email.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmailUpdate {
    /// `keywords`, lower case (RFC 8621 §4.1.1).
    pub keywords: Option<Patch<String>>,
    /// `mailboxIds`.
    pub mailboxes: Option<Patch<MailboxId>>,
}

/// What the server made of it, where that differs from what was asked (goes into `updated`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmailUpdated {
    /// The Email was filed into its own Source's role folder instead of the primary's.
    pub mailboxes: Option<BTreeSet<MailboxId>>,
}

/// Changes one Email; nothing is written when either half is refused.
pub async fn apply(
    tx: &mut WriteTx,
    account: AccountId,
    email: EmailId,
    update: &EmailUpdate,
) -> Result<EmailUpdated, ActionError> {
    let (updated, _) = apply_at(tx, account, email, update, 0).await?;
    Ok(updated)
}

/// The same with a time before which the provider is not told; also the numbers of the Tasks.
pub(super) async fn apply_at(
    tx: &mut WriteTx,
    account: AccountId,
    email: EmailId,
    update: &EmailUpdate,
    not_before: i64,
) -> Result<(EmailUpdated, Vec<i64>), ActionError> {
    let row = common::email(tx, account, email).await?;
    let keywords = update.keywords.as_ref().map(|patch| set_keywords::plan(&row, patch)).transpose()?;
    let mailboxes = match &update.mailboxes {
        Some(patch) => Some(set_mailboxes::plan(tx, account, &row, patch).await?),
        None => None,
    };
    let mut tasks = Vec::new();
    if let Some(plan) = keywords {
        tasks.extend(set_keywords::write(tx, account, plan, not_before).await?);
    }
    let mut updated = EmailUpdated::default();
    if let Some(plan) = mailboxes {
        let (made, ids) = set_mailboxes::write(tx, account, plan, not_before).await?;
        updated = made;
        tasks.extend(ids);
    }
    Ok((updated, tasks))
}
