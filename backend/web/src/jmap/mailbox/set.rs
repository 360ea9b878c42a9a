//! `Mailbox/set` (RFC 8621 §2.5). What holds at the end counts (RFC 8620 §5.3): steps that fail only because of each other
//! are tried again, and Mailboxes that trade names or roles pass through names nobody sees.

use mailclient::actions::mailbox::{self as action, MailboxUpdate};
use serde_json::Value;
use shared::ids::{AccountId, MailboxId};
use store::{
    DataType, WriteTx,
    changes::state,
    mailboxes::{self, Mailbox},
    sources,
};

use super::{properties, to_json};
use crate::jmap::{
    args::Args,
    capability::Capability,
    context::Cx,
    dispatch::Outcome,
    error::{MethodError, SetError, Stop, settle},
    json::Object,
    set::{Done, Set},
};

mod wish;

use wish::{Known, new_mailbox, update_of};

/// One thing that was asked and is not settled.
enum Step {
    Create(String, Object),
    Update(String, Object),
    Destroy(String),
}

/// `Mailbox/set`.
pub async fn set(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let mut set = Set::read(cx, &mut args)?;
    let remove_emails = args.boolean("onDestroyRemoveEmails", false)?;
    args.end()?;
    let mut tx = cx.store.write().await?;
    let mut done = set.begin(state(&mut tx, set.account, DataType::Mailbox).await?)?;
    let mut steps: Vec<Step> = std::mem::take(&mut set.create).into_iter().map(|(c, o)| Step::Create(c, o)).collect();
    steps.extend(std::mem::take(&mut set.update).into_iter().map(|(id, p)| Step::Update(id, p)));
    steps.extend(std::mem::take(&mut set.destroy).into_iter().map(Step::Destroy));
    let mut work = Work { account: set.account, remove_emails, with_own: cx.has(Capability::Sources) };
    let mut traded = false;
    while !steps.is_empty() {
        let before = steps.len();
        let mut failed = Vec::new();
        for step in steps {
            if let Err(error) = work.step(cx, &mut tx, &mut done, &step).await? {
                failed.push((step, error));
            }
        }
        let stuck = failed.len() == before;
        if stuck && (traded || !work.make_way(cx, &mut tx, &failed).await?) {
            for (step, error) in failed {
                give_up(cx, &mut done, step, error);
            }
            break;
        }
        traded |= stuck;
        steps = failed.into_iter().map(|(step, _)| step).collect();
    }
    tx.flush().await?;
    let new_state = state(&mut tx, set.account, DataType::Mailbox).await?;
    tx.commit().await?;
    Ok(done.answer(new_state).into())
}

fn give_up(cx: &mut Cx<'_>, done: &mut Done, step: Step, error: SetError) {
    match step {
        Step::Create(creation, _) => done.create(cx, &creation, Err(error)),
        Step::Update(id, _) => done.update(&id, Err(error)),
        Step::Destroy(id) => done.destroy(&id, Err(error)),
    }
}

/// What one call works on.
struct Work {
    account: AccountId,
    remove_emails: bool,
    with_own: bool,
}

impl Work {
    /// Tries one step; what succeeded is in `done`.
    async fn step(
        &mut self,
        cx: &mut Cx<'_>,
        tx: &mut WriteTx,
        done: &mut Done,
        step: &Step,
    ) -> Result<Result<(), SetError>, MethodError> {
        let outcome = match step {
            Step::Create(creation, object) => match self.create(cx, tx, object).await {
                Ok(created) => {
                    done.create(cx, creation, Ok(created));
                    Ok(())
                }
                Err(stop) => Err(stop),
            },
            Step::Update(id, patch) => match self.update(cx, tx, id, patch).await {
                Ok((id, beyond)) => {
                    done.update(&id.to_string(), Ok(beyond));
                    Ok(())
                }
                Err(stop) => Err(stop),
            },
            Step::Destroy(id) => match self.destroy(cx, tx, id).await {
                Ok(id) => {
                    done.destroy(&id.to_string(), Ok(()));
                    Ok(())
                }
                Err(stop) => Err(stop),
            },
        };
        settle(outcome)
    }

    async fn known(&self, tx: &mut WriteTx) -> Result<Vec<Mailbox>, Stop> {
        Ok(mailboxes::all(tx, self.account).await?)
    }

    async fn create(&self, cx: &Cx<'_>, tx: &mut WriteTx, object: &Object) -> Result<Object, Stop> {
        let all = self.known(tx).await?;
        let sources = sources::all(tx, self.account).await?;
        let known = Known { all: &all, created: &cx.created, names: &properties(cx) };
        let (new, source_role) = new_mailbox(object, &known, &sources)?;
        let id = action::create(tx, self.account, &new).await?;
        if let Some(role) = source_role {
            let update = mailboxes::Update { source_role: Some(Some(role)), ..mailboxes::Update::default() };
            mailboxes::update(tx, self.account, id, &update).await?;
        }
        let made = mailboxes::get(tx, self.account, id).await?.ok_or_else(SetError::not_found)?;
        let mut created = to_json(&made, self.with_own);
        created.retain(|name, value| object.get(name) != Some(value));
        Ok(created)
    }

    async fn update(
        &self,
        cx: &Cx<'_>,
        tx: &mut WriteTx,
        id: &str,
        patch: &Object,
    ) -> Result<(MailboxId, Option<Object>), Stop> {
        let id: MailboxId = cx.created.id(id).ok_or_else(SetError::not_found)?;
        let all = self.known(tx).await?;
        let current = all.iter().find(|m| m.id == id).ok_or_else(SetError::not_found)?;
        let (update, wanted) = update_of(
            current,
            patch,
            &Known { all: &all, created: &cx.created, names: &properties(cx) },
            self.with_own,
        )?;
        if update != MailboxUpdate::default() {
            action::update(tx, self.account, id, &update).await?;
        }
        let now = mailboxes::get(tx, self.account, id).await?.ok_or_else(SetError::not_found)?;
        let mut beyond = to_json(&now, self.with_own);
        beyond.retain(|name, value| wanted.get(name) != Some(value));
        Ok((id, (!beyond.is_empty()).then_some(beyond)))
    }

    async fn destroy(&self, cx: &Cx<'_>, tx: &mut WriteTx, id: &str) -> Result<MailboxId, Stop> {
        let id: MailboxId = cx.created.id(id).ok_or_else(SetError::not_found)?;
        action::destroy(tx, self.account, id, self.remove_emails).await?;
        Ok(id)
    }

    /// Several updates are stuck on names, roles or parents that others of them are about to give up: renames them out of
    /// the way. False when there is nothing of that kind.
    async fn make_way(&self, cx: &Cx<'_>, tx: &mut WriteTx, failed: &[(Step, SetError)]) -> Result<bool, MethodError> {
        let all = mailboxes::all(tx, self.account).await?;
        let mut plan: Vec<(MailboxId, MailboxUpdate)> = Vec::new();
        for (step, _) in failed {
            let Step::Update(id, patch) = step else { continue };
            let Some(current) = cx.created.id(id).and_then(|id| all.iter().find(|m| m.id == id)) else { continue };
            let known = Known { all: &all, created: &cx.created, names: &properties(cx) };
            if let Ok((update, _)) = update_of(current, patch, &known, self.with_own) {
                plan.push((current.id, update));
            }
        }
        if plan.len() < 2 || !ends_well(&all, &plan) {
            return Ok(false);
        }
        for (id, update) in plan {
            let aside = MailboxUpdate {
                name: update.name.is_some().then(|| format!("{id} {:08x}", rand::random::<u32>())),
                role: update.role.is_some().then_some(None),
                ..MailboxUpdate::default()
            };
            if settle(action::update(tx, self.account, id, &aside).await.map_err(Stop::from))?.is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether no two siblings share a name and no two Mailboxes a role once the plan is done.
fn ends_well(all: &[Mailbox], plan: &[(MailboxId, MailboxUpdate)]) -> bool {
    let mut names = std::collections::HashSet::new();
    let mut roles = std::collections::HashSet::new();
    all.iter().all(|mailbox| {
        let update = plan.iter().find(|(id, _)| *id == mailbox.id).map(|(_, update)| update);
        let name = update.and_then(|u| u.name.clone()).unwrap_or_else(|| mailbox.name.clone());
        let parent = update.and_then(|u| u.parent).unwrap_or(mailbox.parent);
        let present = mailbox.role.map(|role| role.as_str().to_owned());
        let role = update.and_then(|u| u.role.clone()).unwrap_or(present);
        names.insert((parent, name)) && role.is_none_or(|role| roles.insert(role))
    })
}

/// A server-set property in an update must equal the present value (RFC 8620 §5.3).
pub(super) fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    a.unwrap_or(&Value::Null) == b.unwrap_or(&Value::Null)
}
