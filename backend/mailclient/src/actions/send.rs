//! `EmailSubmission/set`: a letter goes to the outbox, is called back, or an open question about it is answered.
//! The state machine that drives SMTP is `outbox`.

use std::collections::BTreeMap;

use shared::ids::{AccountId, EmailId, IdentityId, SubmissionId};
use store::WriteTx;

use crate::{ActionError, MailClient, actions::EmailUpdate};

/// A letter to send (RFC 8621 §7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubmission {
    /// Whose address it leaves from; decides the Source.
    pub identity: IdentityId,
    /// The Email to send.
    pub email: EmailId,
    /// The SMTP envelope; `None` takes it from the Email's own header fields (§7: sender, then all To, Cc and Bcc).
    pub envelope: Option<Envelope>,
    /// What happens to the Email when the letter leaves (`onSuccessUpdateEmail`): applied here at once,
    /// owed to the provider only after SMTP accepted, taken back on cancel.
    pub on_success_update: Option<EmailUpdate>,
    /// `onSuccessDestroyEmail`; takes effect when SMTP accepted.
    pub on_success_destroy: bool,
}

/// The SMTP envelope (RFC 8621 §7 Envelope).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// `mailFrom.email`, empty for the null sender.
    pub mail_from: String,
    /// `mailFrom.parameters`: `HOLDFOR`, `HOLDUNTIL` (RFC 4865) and others, names in upper case.
    pub mail_parameters: BTreeMap<String, Option<String>>,
    /// `rcptTo`: addresses with their parameters.
    pub rcpt_to: Vec<(String, BTreeMap<String, Option<String>>)>,
}

/// A letter whose bytes lie durably in the blob store, without Bcc; the first half, outside the transaction.
#[derive(Debug)]
pub struct PreparedLetter {
    letter: NewSubmission,
}

/// What a person answers when a letter got stuck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Refused: try the refused recipients again.
    Retry,
    /// Uncertain: send again though it may arrive twice.
    Resend,
    /// Uncertain: take it as sent.
    AssumeSent,
}

/// Checks a letter and lays down durably the bytes that will leave (MIME as it was built, without Bcc). Safe to forget.
///
/// Errors: `invalidProperties`, `noRecipients`, `invalidRecipients`, `forbiddenFrom`, `forbiddenMailFrom`.
pub async fn prepare(
    client: &MailClient,
    account: AccountId,
    letter: NewSubmission,
) -> Result<PreparedLetter, ActionError> {
    let _ = (client, account);
    Ok(PreparedLetter { letter })
}

/// Puts a prepared letter into the outbox. Without a hold in the envelope it leaves at once.
pub async fn apply(tx: &mut WriteTx, account: AccountId, letter: PreparedLetter) -> Result<SubmissionId, ActionError> {
    let _ = (tx, account, letter.letter);
    todo!()
}

/// Calls a letter back (`undoStatus: canceled`): only while it is held. What `on_success_update` did is undone.
pub async fn cancel(tx: &mut WriteTx, account: AccountId, submission: SubmissionId) -> Result<(), ActionError> {
    let _ = (tx, account, submission);
    todo!()
}

/// Takes over a person's decision about a refused or an uncertain letter.
pub async fn decide(
    tx: &mut WriteTx,
    account: AccountId,
    submission: SubmissionId,
    decision: Decision,
) -> Result<(), ActionError> {
    let _ = (tx, account, submission, decision);
    todo!()
}

/// Forgets a letter whose `undoStatus` is final or canceled (`EmailSubmission/set destroy`).
pub async fn destroy(tx: &mut WriteTx, account: AccountId, submission: SubmissionId) -> Result<(), ActionError> {
    let _ = (tx, account, submission);
    todo!()
}
