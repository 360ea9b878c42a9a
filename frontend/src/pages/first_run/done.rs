//! Last screen: the inbox fills, with real counts.

use leptos::{prelude::*, task::spawn_local};
use shared::wire::{Source, SourceState};

use crate::{
    browser,
    components::{Button, Note, Progress},
    i18n::{self, house as t},
    state::{State, connect, use_state},
};

/// How often the counts are asked for, in milliseconds.
const EVERY_MS: i32 = 1_200;

fn poll(state: State, alive: StoredValue<bool>) {
    browser::after(EVERY_MS, move || {
        if alive.try_get_value().unwrap_or(false) {
            spawn_local(async move {
                connect::reload(state).await;
                poll(state, alive);
            });
        }
    });
}

/// `8,240 of 13,310`, or what is being done.
pub(crate) fn count_words(source: &Source) -> String {
    match &source.progress {
        Some(progress) if progress.total > 0 => {
            i18n::fill(t::count_of(), &[&browser::number(progress.done), &browser::number(progress.total)])
        }
        Some(progress) if !progress.what.is_empty() => progress.what.clone(),
        _ if source.state == SourceState::Fresh => t::all_here().into(),
        _ => t::connecting().into(),
    }
}

#[component]
pub fn Done() -> impl IntoView {
    let state = use_state();
    let sources = state.mail.sources;
    let alive = StoredValue::new(true);
    poll(state, alive);
    let is_empty = sources.with_untracked(Vec::is_empty);
    let (title, lead) =
        if is_empty { (t::ready_title(), t::ready_lead()) } else { (t::coming_title(), t::coming_lead()) };
    let ids = move || sources.with(|all| all.iter().map(|source| source.id).collect::<Vec<_>>());
    view! {
        <h1 class="first-run__title" tabindex="-1">{title}</h1>
        <p class="first-run__lead">{lead}</p>
        <div class="first-run__bars">
            <For each=ids key=|id| *id let:id>
                {
                    let find = move || sources.with(|all| all.iter().find(|source| source.id == id).cloned());
                    let bad = move || {
                        find()
                            .filter(|source| matches!(source.state, SourceState::NeedsYou | SourceState::Waiting))
                            .and_then(|source| source.state_detail)
                    };
                    let progress = move || find().and_then(|source| source.progress);
                    let fresh = move || find().is_some_and(|source| source.state == SourceState::Fresh);
                    view! {
                        <div>
                            <Progress
                                name=Signal::derive(move || find().map(|source| source.label).unwrap_or_default())
                                count=Signal::derive(move || {
                                    find().map(|source| count_words(&source)).unwrap_or_default()
                                })
                                done=Signal::derive(move || {
                                    progress().map_or(u64::from(fresh()), |progress| progress.done)
                                })
                                total=Signal::derive(move || {
                                    progress().map_or(u64::from(fresh()), |progress| progress.total)
                                })
                            />
                            {move || bad().map(|words| view! { <Note kind="warn">{words}</Note> })}
                        </div>
                    }
                }
            </For>
        </div>
        <div class="first-run__acts">
            <span>{(!is_empty).then(t::newest_first)}</span>
            <Button kind="main" size="l" on:click=move |_| browser::assign("/") attr:data-testid="setup-open">
                {t::open_inbox()}
            </Button>
        </div>
    }
}
