//! One `create` of `EmailSubmission/set`, read and checked before the writer is taken.

use std::collections::BTreeSet;

use mailclient::actions::{
    EmailUpdate,
    send::{self, NewSubmission, PreparedLetter},
};
use mime::HeaderBlock;
use serde_json::Value;
use shared::ids::{AccountId, EmailId, IdentityId, MailboxId};
use store::{
    Reader,
    emails::{self, Email},
    identities::{self, Identity},
    mailboxes,
};

use super::super::envelope;
use crate::jmap::{
    context::Cx,
    email::email_update,
    error::{SetError, Stop},
    json::Object,
};

const SETTABLE: [&str; 3] = ["identityId", "emailId", "envelope"];

/// What becomes of `onSuccessUpdateEmail`: refused, or applied; then the Mailboxes that were asked for, if any were.
pub type Update = Result<Option<BTreeSet<MailboxId>>, SetError>;

/// A letter that can go into the outbox.
pub struct Letter {
    /// Its bytes are durable.
    pub prepared: PreparedLetter,
    /// The Email that it sends.
    pub email: EmailId,
    /// What is told about `onSuccessUpdateEmail`, if it was asked for.
    pub update: Option<Update>,
    /// `onSuccessDestroyEmail` takes effect at once. The Email of a held letter stays until the letter has left, so that
    /// calling it back brings everything back.
    pub destroy_now: bool,
}

/// Reads and checks one creation; `on_success` is the patch and whether to destroy.
pub async fn prepare(
    cx: &Cx<'_>,
    account: AccountId,
    object: &Object,
    on_success: (Option<&Object>, bool),
) -> Result<Letter, Stop> {
    let mut invalid: BTreeSet<String> =
        object.keys().filter(|name| !SETTABLE.contains(&name.as_str())).cloned().collect();
    let id = |name: &str| object.get(name).and_then(Value::as_str);
    let mut reader = cx.store.read().await?;
    let identity = match id("identityId").and_then(|text| cx.created.id::<IdentityId>(text)) {
        Some(id) => identities::get(&mut reader, account, id).await?,
        None => None,
    };
    let email = match id("emailId").and_then(|text| cx.created.id::<EmailId>(text)) {
        Some(id) => emails::get(&mut reader, account, &[id]).await?.into_iter().next(),
        None => None,
    };
    let given = object.get("envelope").filter(|value| !value.is_null()).map(envelope::read);
    for (name, bad) in
        [("identityId", identity.is_none()), ("emailId", email.is_none()), ("envelope", matches!(given, Some(Err(_))))]
    {
        if bad {
            invalid.insert(name.to_owned());
        }
    }
    let (Some(identity), Some(email), true) = (identity, email, invalid.is_empty()) else {
        return Err(SetError::properties(invalid, "not a valid EmailSubmission").into());
    };
    if identity.source.is_none() {
        let words = "This address belongs to no connected mail account: letters cannot leave from it.";
        return Err(SetError::with("forbiddenToSend", words).into());
    }
    let details = emails::details(&mut reader, account, &[email.id]).await?;
    let header = HeaderBlock::parse(&details.first().ok_or_else(SetError::not_found)?.header);
    let envelope = envelope_of(given, &header, &identity)?;
    envelope::check(&envelope, email.size)?;
    let (update, told) = match on_success.0 {
        Some(patch) => on_success_update(cx, &mut reader, account, &email, patch).await?,
        None => (None, None),
    };
    drop(reader);
    let is_held = envelope::is_held(&envelope);
    let letter = NewSubmission {
        identity: identity.id,
        email: email.id,
        envelope: Some(envelope),
        on_success_update: update,
        on_success_destroy: on_success.1 && is_held,
    };
    let prepared = send::prepare(cx.mail, account, letter).await?;
    Ok(Letter { prepared, email: email.id, update: told, destroy_now: on_success.1 && !is_held })
}

/// The given envelope or one made from the header. Without a From there is nobody who writes.
fn envelope_of(
    given: Option<Result<send::Envelope, SetError>>,
    header: &HeaderBlock,
    identity: &Identity,
) -> Result<send::Envelope, SetError> {
    if header.addresses("From").unwrap_or_default().is_empty() {
        return Err(SetError::with("invalidEmail", "the Email has no From").listing(["from"]));
    }
    let own = identity.data.email.as_str();
    given.unwrap_or_else(|| envelope::generate(header, own, |email| email.eq_ignore_ascii_case(own)))
}

/// Reads `onSuccessUpdateEmail`. A patch that cannot be applied does not stop the letter: the implicit `Email/set` says so.
async fn on_success_update(
    cx: &Cx<'_>,
    reader: &mut Reader,
    account: AccountId,
    email: &Email,
    patch: &Object,
) -> Result<(Option<EmailUpdate>, Option<Update>), Stop> {
    let update = match email_update(patch, &cx.created) {
        Ok((update, rest)) if rest.is_empty() => update,
        Ok((_, rest)) => {
            return Ok((None, Some(Err(SetError::properties(rest.keys(), "these properties cannot be changed")))));
        }
        Err(error) => return Ok((None, Some(Err(error)))),
    };
    let Some(mailboxes) = &update.mailboxes else { return Ok((Some(update), Some(Ok(None)))) };
    let wanted = mailboxes.applied_to(&email.mailboxes.iter().copied().collect());
    let known = mailboxes::all(reader, account).await?;
    let exist = wanted.iter().all(|id| known.iter().any(|mailbox| mailbox.id == *id && mailbox.selectable));
    if wanted.is_empty() || !exist {
        return Ok((None, Some(Err(SetError::property("mailboxIds", "there are no such Mailboxes")))));
    }
    Ok((Some(update), Some(Ok(Some(wanted)))))
}
