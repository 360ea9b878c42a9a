//! `Password/set {accountId, old, new}`: a member changes their own log-in password; other log-ins of theirs end.

use serde_json::json;
use store::{
    household::{self, Update},
    secrets,
};

use super::require_person;
use crate::{
    access::{Credential, members::check_password},
    jmap::{args::Args, context::Cx, dispatch::Outcome, error::MethodError},
};

/// `Password/set`.
pub async fn set(cx: &mut Cx<'_>, mut args: Args) -> Outcome {
    let account = args.account_to_write(cx)?;
    let old = args.required("old", Args::string)?;
    let new = args.required("new", Args::string)?;
    args.end()?;
    require_person(cx)?;
    check_password(&new).map_err(MethodError::invalid_arguments)?;
    let mut reader = cx.store.read().await?;
    let hash = household::password_hash(&mut reader, &cx.who.email).await?;
    drop(reader);
    let hash = hash.filter(|(member, _)| *member == cx.who.member).map(|(_, hash)| hash);
    if !secrets::check_password(hash.as_deref(), &old).await? {
        return Err(MethodError::with("wrongPassword", "the present password is not right"));
    }
    let update = Update { password_hash: Some(secrets::hash_password(&new).await?), ..Update::default() };
    let keep = match cx.who.credential {
        Credential::Cookie { session } => Some(session),
        _ => None,
    };
    let mut tx = cx.store.write().await?;
    household::update(&mut tx, cx.who.member, &update, keep).await?;
    tx.commit().await?;
    Ok(json!({ "accountId": account }).into())
}
