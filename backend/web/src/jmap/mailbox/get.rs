//! `Mailbox/get` (RFC 8621 §2.1).

use store::{DataType, changes::state, mailboxes};

use super::{properties, to_json};
use crate::jmap::{args::Args, capability::Capability, context::Cx, dispatch::Outcome, get::Get};

/// `Mailbox/get`: `ids` may be null.
pub async fn get(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let get = Get::read(cx, &mut args)?;
    args.end()?;
    get.check(&properties(cx))?;
    let mut reader = cx.store.read().await?;
    let state = state(&mut reader, get.account, DataType::Mailbox).await?;
    let all = mailboxes::all(&mut reader, get.account).await?;
    let with_own = cx.has(Capability::Sources);
    let all = all.iter().map(|mailbox| to_json(mailbox, with_own)).collect();
    Ok(get.answer_from_all(state, all)?.into())
}
