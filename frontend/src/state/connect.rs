//! Connecting mail accounts: finding servers, trying them, saving, pausing, removing.

use leptos::prelude::*;
use shared::{
    ids::SourceId,
    wire::{DiscoverArgs, Discovered, GetArgs, NewSource, Nothing, Patch, SetArgs, Source, TestArgs, Tested},
};

use super::{State, ask};

/// Which servers an address might have.
pub async fn discover(state: State, address: String) -> Result<Discovered, String> {
    ask::ask("Source/discover", &DiscoverArgs { account_id: state.account(), address }).await
}

/// Tries both ways; nothing is saved.
pub async fn test(state: State, config: NewSource, password: String) -> Result<Tested, String> {
    let config = NewSource { password: None, ..config };
    ask::ask("Source/test", &TestArgs { account_id: state.account(), config, password }).await
}

/// Saves a new mail account; its mail begins to come in.
pub async fn create(state: State, source: NewSource) -> Result<Option<SourceId>, String> {
    let mut args = SetArgs::<NewSource>::new(state.account());
    args.create.insert("new".into(), source);
    let response = ask::set("Source/set", &args).await?;
    let id = response.created_id("new").and_then(|created| created.id.parse().ok());
    reload(state).await;
    Ok(id)
}

/// Saves changes; without a password the old one stays.
pub async fn change(state: State, id: SourceId, source: NewSource) -> Result<(), String> {
    let mut args = SetArgs::<Nothing, NewSource>::new(state.account());
    args.update.insert(id.to_string(), source);
    ask::set("Source/set", &args).await?;
    reload(state).await;
    Ok(())
}

/// Switches a mail account off or on.
pub async fn pause(state: State, id: SourceId, paused: bool) -> Result<(), String> {
    let mut args = SetArgs::<Nothing>::new(state.account());
    args.update.insert(id.to_string(), Patch::default().set("paused", paused));
    ask::set("Source/set", &args).await?;
    reload(state).await;
    Ok(())
}

/// Takes a mail account and its mail out of Kinpost; at the provider nothing changes.
pub async fn remove(state: State, id: SourceId) -> Result<(), String> {
    let mut args = SetArgs::<Nothing>::new(state.account());
    args.destroy.push(id.to_string());
    ask::set("Source/set", &args).await?;
    reload(state).await;
    Ok(())
}

/// Brings the list of mail accounts and of addresses to write from up to date.
pub async fn reload(state: State) {
    if let Ok(list) = ask::get::<Source>("Source/get", &GetArgs::all(state.account())).await {
        state.mail.sources.set(list);
    }
    if let Ok(list) = ask::get("Identity/get", &GetArgs::all(state.account())).await {
        state.mail.identities.set(list);
    }
}
