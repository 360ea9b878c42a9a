//! `EmailSubmission/set` (RFC 8621 §7.5) with the implicit `Email/set` of `onSuccessUpdateEmail` and
//! `onSuccessDestroyEmail`. Letter and Email change in one transaction.

use mailclient::actions::{
    destroy as destroy_email,
    send::{self, Decision},
};
use serde_json::Value;
use shared::ids::{AccountId, EmailId, SubmissionId};
use store::{
    DataType, WriteTx,
    changes::state,
    emails,
    submissions::{self, Submission},
};

use super::to_json;
use crate::jmap::{
    args::Args,
    capability::Capability,
    context::Cx,
    dispatch::{Outcome, Reply},
    email,
    error::{MethodError, SetError, Stop, settle},
    json::Object,
    patch,
    set::{Done, Set},
};

mod letter;

use letter::{Letter, prepare};

/// What is to happen to Emails when their letters are accepted here.
struct OnSuccess {
    update: Vec<(String, Object)>,
    destroy: Vec<String>,
}

impl OnSuccess {
    fn read(args: &mut Args) -> Result<Self, MethodError> {
        Ok(Self {
            update: args.objects("onSuccessUpdateEmail")?,
            destroy: args.strings("onSuccessDestroyEmail")?.unwrap_or_default(),
        })
    }

    fn of_creation(&self, creation: &str) -> (Option<&Object>, bool) {
        let is_it = |key: &str| key.strip_prefix('#') == Some(creation);
        let update = self.update.iter().find(|(key, _)| is_it(key)).map(|(_, patch)| patch);
        (update, self.destroy.iter().any(|key| is_it(key)))
    }

    fn of_submission(&self, cx: &Cx<'_>, id: SubmissionId) -> (Option<&Object>, bool) {
        let is_it = |key: &str| cx.created.id(key) == Some(id);
        let update = self.update.iter().find(|(key, _)| is_it(key)).map(|(_, patch)| patch);
        (update, self.destroy.iter().any(|key| is_it(key)))
    }
}

/// `EmailSubmission/set`.
pub async fn set(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let set = Set::read(cx, &mut args)?;
    let on_success = OnSuccess::read(&mut args)?;
    args.end()?;
    let account = set.account;
    let mut reader = cx.store.read().await?;
    set.begin(state(&mut reader, account, DataType::EmailSubmission).await?)?;
    drop(reader);
    let mut prepared = Vec::with_capacity(set.create.len());
    for (creation, object) in &set.create {
        let letter = prepare(cx, account, object, on_success.of_creation(creation)).await;
        prepared.push((creation.as_str(), object, settle(letter)?));
    }

    let mut tx = cx.store.write().await?;
    let mut done = set.begin(state(&mut tx, account, DataType::EmailSubmission).await?)?;
    let mut emails = Emails::begin(&mut tx, account).await?;
    for (creation, object, letter) in prepared {
        let outcome = match letter {
            Ok(letter) => create(cx, &mut tx, account, letter, &mut emails).await,
            Err(error) => Err(error.into()),
        };
        let outcome = settle(outcome)?.map(|mut created| {
            created.retain(|name, value| object.get(name) != Some(value));
            created
        });
        done.create(cx, creation, outcome);
    }
    for (key, patch) in &set.update {
        let outcome = settle(update(cx, &mut tx, account, key, patch).await)?;
        if let Ok(letter) = &outcome {
            let asked = on_success.of_submission(cx, letter.id);
            emails.change(cx, &mut tx, letter.email, asked).await?;
        }
        let id = cx.created.real(key);
        done.update(id, outcome.map(|_| None));
    }
    for key in &set.destroy {
        let outcome = settle(destroy(cx, &mut tx, account, key).await)?;
        if let Ok(letter) = &outcome {
            let asked = on_success.of_submission(cx, letter.id);
            emails.change(cx, &mut tx, letter.email, asked).await?;
        }
        let id = cx.created.real(key);
        done.destroy(id, outcome.map(|_| ()));
    }
    tx.flush().await?;
    let new_state = state(&mut tx, account, DataType::EmailSubmission).await?;
    let implicit = emails.answer(&mut tx).await?;
    tx.commit().await?;
    Ok(Reply::with(done.answer(new_state), implicit.map(|answer| ("Email/set", answer))))
}

/// Puts one letter into the outbox; all its properties.
async fn create(
    cx: &Cx<'_>,
    tx: &mut WriteTx,
    account: AccountId,
    letter: Letter,
    emails: &mut Emails,
) -> Result<Object, Stop> {
    let Letter { prepared, email, update, destroy_now } = letter;
    let id = send::apply(tx, account, prepared).await?;
    emails.applied(tx, email, update).await?;
    if destroy_now {
        emails.destroy(tx, email).await?;
    }
    let made = one(tx, account, id).await?;
    Ok(to_json(&made, cx.has(Capability::Sources))?)
}

async fn one(tx: &mut WriteTx, account: AccountId, id: SubmissionId) -> Result<Submission, Stop> {
    let found = submissions::get(tx, account, Some(&[id])).await?;
    Ok(found.into_iter().next().ok_or_else(SetError::not_found)?)
}

/// `undoStatus` may become `canceled`; ours: `decision` answers what a stuck letter asks.
async fn update(
    cx: &Cx<'_>,
    tx: &mut WriteTx,
    account: AccountId,
    key: &str,
    patch: &Object,
) -> Result<Submission, Stop> {
    let id = cx.created.id(key).ok_or_else(SetError::not_found)?;
    let letter = one(tx, account, id).await?;
    let with_own = cx.has(Capability::Sources);
    let mut patch = patch.clone();
    let decision = if with_own { patch.remove("decision").filter(|value| !value.is_null()) } else { None };
    let now = to_json(&letter, with_own)?;
    let after = patch::apply(&now, &patch, &Object::new())?;
    let mut changed: Vec<&String> =
        now.keys().chain(after.keys()).filter(|name| now.get(*name) != after.get(*name)).collect();
    changed.sort();
    changed.dedup();
    let cancels = changed == ["undoStatus"] && after.get("undoStatus").and_then(Value::as_str) == Some("canceled");
    if !changed.is_empty() && !cancels {
        return Err(SetError::properties(changed, "only undoStatus changes, to canceled").into());
    }
    if cancels {
        send::cancel(tx, account, id).await?;
    }
    if let Some(decision) = decision {
        let decision = match decision.as_str() {
            Some("retry") => Decision::Retry,
            Some("resend") => Decision::Resend,
            Some("assumeSent") => Decision::AssumeSent,
            _ => return Err(SetError::property("decision", "retry, resend or assumeSent").into()),
        };
        send::decide(tx, account, id, decision).await?;
    }
    Ok(letter)
}

async fn destroy(cx: &Cx<'_>, tx: &mut WriteTx, account: AccountId, key: &str) -> Result<Submission, Stop> {
    let id = cx.created.id(key).ok_or_else(SetError::not_found)?;
    let letter = one(tx, account, id).await?;
    send::destroy(tx, account, id).await?;
    Ok(letter)
}

/// The implicit `Email/set` while it grows.
struct Emails {
    account: AccountId,
    done: Done,
    any: bool,
}

impl Emails {
    async fn begin(tx: &mut WriteTx, account: AccountId) -> Result<Self, MethodError> {
        let state = state(tx, account, DataType::Email).await?;
        Ok(Self { account, done: Done::begin(account, state), any: false })
    }

    /// Notes what [`send::apply`] did to the Email of a new letter, or why nothing was done.
    async fn applied(&mut self, tx: &mut WriteTx, id: EmailId, update: Option<letter::Update>) -> Result<(), Stop> {
        let Some(update) = update else { return Ok(()) };
        self.any = true;
        let outcome = match update {
            Err(error) => Err(error),
            Ok(wanted) => {
                let now =
                    emails::get(tx, self.account, &[id]).await?.into_iter().next().ok_or_else(SetError::not_found)?;
                let elsewhere = wanted.is_some_and(|wanted| !wanted.iter().eq(&now.mailboxes));
                Ok(elsewhere.then(|| {
                    let set = now.mailboxes.iter().map(|id| (id.to_string(), Value::Bool(true))).collect();
                    [("mailboxIds".to_owned(), set)].into_iter().collect()
                }))
            }
        };
        self.done.update(&id.to_string(), outcome);
        Ok(())
    }

    /// What is asked for the Email of a letter that was updated or destroyed.
    async fn change(
        &mut self,
        cx: &Cx<'_>,
        tx: &mut WriteTx,
        id: EmailId,
        (patch, destroy): (Option<&Object>, bool),
    ) -> Result<(), MethodError> {
        if let Some(patch) = patch {
            self.any = true;
            let outcome = match email::email_update(patch, &cx.created) {
                Ok((update, rest)) if rest.is_empty() => settle(email::apply(tx, self.account, id, &update).await)?,
                Ok((_, rest)) => Err(SetError::properties(rest.keys(), "these properties cannot be changed")),
                Err(error) => Err(error),
            };
            self.done.update(&id.to_string(), outcome);
        }
        if destroy { self.destroy(tx, id).await } else { Ok(()) }
    }

    async fn destroy(&mut self, tx: &mut WriteTx, id: EmailId) -> Result<(), MethodError> {
        self.any = true;
        let outcome = settle(destroy_email::apply(tx, self.account, id).await.map_err(Stop::from))?;
        self.done.destroy(&id.to_string(), outcome);
        Ok(())
    }

    async fn answer(self, tx: &mut WriteTx) -> Result<Option<Value>, MethodError> {
        if !self.any {
            return Ok(None);
        }
        let new_state = state(tx, self.account, DataType::Email).await?;
        Ok(Some(self.done.answer(new_state)))
    }
}
