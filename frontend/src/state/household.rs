//! Acts of the settings: people, password, browsers, app passwords, how the member likes it.

use serde::de::DeserializeOwned;
use shared::wire::{
    AppPassword, BrowserSession, GetArgs, Member, NewAppPassword, NewMember, Nothing, PasswordArgs, Patch, SetArgs,
    Settings,
};

use super::{State, ask};
use crate::browser;
use leptos::prelude::*;

async fn all<T: DeserializeOwned>(state: State, name: &'static str) -> Result<Vec<T>, String> {
    ask::get(name, &GetArgs::all(state.account())).await
}

async fn destroy(state: State, name: &'static str, id: String) -> Result<(), String> {
    let mut args = SetArgs::<Nothing>::new(state.account());
    args.destroy.push(id);
    ask::set(name, &args).await.map(|_| ())
}

/// Everybody of the household.
pub async fn members(state: State) -> Result<Vec<Member>, String> {
    all(state, "Member/get").await
}

/// A new person.
pub async fn add_member(state: State, member: NewMember) -> Result<(), String> {
    let mut args = SetArgs::<NewMember>::new(state.account());
    args.create.insert("new".into(), member);
    ask::set("Member/set", &args).await.map(|_| ())
}

/// Changes a person.
pub async fn change_member(state: State, id: String, patch: Patch) -> Result<(), String> {
    let mut args = SetArgs::<Nothing>::new(state.account());
    args.update.insert(id, patch);
    ask::set("Member/set", &args).await.map(|_| ())
}

/// Takes a person out, with all their mail.
pub async fn remove_member(state: State, id: String) -> Result<(), String> {
    destroy(state, "Member/set", id).await
}

/// Browsers that are logged in.
pub async fn sessions(state: State) -> Result<Vec<BrowserSession>, String> {
    all(state, "Session/get").await
}

/// Logs a browser out.
pub async fn end_session(state: State, id: String) -> Result<(), String> {
    destroy(state, "Session/set", id).await
}

/// Passwords of other mail programs.
pub async fn app_passwords(state: State) -> Result<Vec<AppPassword>, String> {
    all(state, "AppPassword/get").await
}

/// A new one; its secret is told this once.
pub async fn add_app_password(state: State, label: String) -> Result<String, String> {
    let mut args = SetArgs::<NewAppPassword>::new(state.account());
    args.create.insert("new".into(), NewAppPassword { label });
    let response = ask::set("AppPassword/set", &args).await?;
    Ok(response.created_id("new").and_then(|created| created.secret.clone()).unwrap_or_default())
}

/// Makes one useless.
pub async fn remove_app_password(state: State, id: String) -> Result<(), String> {
    destroy(state, "AppPassword/set", id).await
}

/// Changes the member's own password.
pub async fn change_password(state: State, old: String, new: String) -> Result<(), String> {
    let args = PasswordArgs { account_id: state.account(), old, new };
    ask::ask::<Ignored>("Password/set", &args).await.map(|_| ())
}

/// An answer that is not read.
#[derive(serde::Deserialize)]
struct Ignored {}

/// Takes effect here at once and is kept on the server.
pub async fn save_settings(state: State, change: impl FnOnce(&mut Settings)) -> Result<(), String> {
    let mut settings = state.house.settings.get_untracked();
    let before = settings.clone();
    change(&mut settings);
    browser::set_theme(&settings.theme);
    state.house.settings.set(settings.clone());
    let mut args = SetArgs::<Nothing, Settings>::new(state.account());
    args.update.insert("singleton".into(), settings);
    let saved = ask::set("Settings/set", &args).await.map(|_| ());
    if saved.is_err() {
        browser::set_theme(&before.theme);
        state.house.settings.set(before);
    }
    saved
}
