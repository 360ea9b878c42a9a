//! The side bar: unified mailboxes on top, each mail account with its folders, counts and state; the person below.

use leptos::prelude::*;
use shared::{
    ids::MailboxId,
    wire::{Mailbox, Role, Source, SourceState},
};

use super::ui::{Ask, use_ui};
use crate::{
    browser,
    components::{Avatar, Button, Icon, IconButton, Mark, Menu, MenuItem, MenuRule},
    i18n::{self, mail as t},
    route::{Route, Scope, Section},
    state::{self, Group, Leaf, LetterStage, State, name_of_mailbox, use_state},
};

/// The icon of a mailbox.
pub fn icon_of(mailbox: &Mailbox) -> &'static str {
    match mailbox.duty() {
        Some(Role::Inbox) => "inbox",
        Some(Role::Archive | Role::All) => "archive",
        Some(Role::Drafts) => "file-pen-line",
        Some(Role::Sent) => "send",
        Some(Role::Junk) => "shield-alert",
        Some(Role::Trash) => "trash-2",
        _ => "folder",
    }
}

/// The side bar.
#[component]
pub fn SideBar() -> impl IntoView {
    let state = use_state();
    let groups = Memo::new(move |_| {
        state.mail.mailboxes.with(|mailboxes| state.mail.sources.with(|sources| state::groups(mailboxes, sources)))
    });
    view! {
        <nav class="side-bar" aria-label=t::mailboxes()>
            <Show when=move || state.place.narrow.get()>
                <h1 class="visually-hidden">{t::mailboxes()}</h1>
            </Show>
            <div class="side-bar__top">
                <Mark />
                <span class="side-bar__name">"Kinpost"</span>
                <Show when=move || state.place.narrow.get() && state.mail.sources.with(|all| !all.is_empty())>
                    <IconButton icon="refresh-cw" label=t::check_mail().to_owned() on:click=move |_| state.check_mail(None) />
                </Show>
            </div>
            <Button kind="main" wide=true icon="pen-line" attr:data-testid="compose-open" on:click=move |_| state.compose_new()>
                {t::new_message()}
            </Button>
            <div class="side-bar__scroll">
                <Unified groups />
                <For each=move || groups.get() key=group_key let:group>
                    <AccountGroup group is_alone=groups.with_untracked(Vec::len) == 1 />
                </For>
            </div>
            <Foot />
        </nav>
    }
}

/// A group is drawn anew when anything in it but its counts changed.
fn group_key(group: &Group) -> String {
    let mut key = String::new();
    if let Some(source) = &group.source {
        key.push_str(&format!("{}{}{}", source.id, source.label, source.hue));
    }
    for leaf in &group.leaves {
        key.push_str(&format!("|{}{}{:?}{}", leaf.mailbox.id, leaf.mailbox.name, leaf.mailbox.duty(), leaf.depth));
    }
    key
}

/// Does this item show what the list shows?
fn is_current(state: State, scope: Scope) -> bool {
    state.place.query().is_none()
        && matches!(state.place.route.get(), Route::Mail { .. } | Route::Home)
        && state.place.scope() == scope
}

#[component]
fn Unified(groups: Memo<Vec<Group>>) -> impl IntoView {
    let state = use_state();
    let unread = move |role| {
        let sum = |all: &Vec<Mailbox>| {
            all.iter().filter(|one| one.duty() == Some(role)).map(|one| one.unread_threads).sum::<u64>()
        };
        state.mail.mailboxes.with(sum)
    };
    let drafts = move || {
        let sum = |all: &Vec<Mailbox>| {
            all.iter().filter(|one| one.duty() == Some(Role::Drafts)).map(|one| one.total_emails).sum::<u64>()
        };
        (state.mail.mailboxes.with(sum), false)
    };
    let home = Memo::new(move |_| {
        groups.with(|groups| {
            let mut inboxes =
                groups.iter().flat_map(|group| &group.leaves).filter(|leaf| leaf.mailbox.duty() == Some(Role::Inbox));
            match (inboxes.next(), inboxes.next()) {
                (Some(only), None) => Scope::Mailbox(only.mailbox.id),
                _ => Scope::All,
            }
        })
    });
    Effect::new(move |_| state.place.home.set(home.get()));
    let letters = Memo::new(move |_| {
        state.outbox.open.with(|open| {
            let bad =
                |letter| matches!(state::letter_stage(letter, 0.0), LetterStage::Refused(_) | LetterStage::Uncertain);
            (open.len() as u64, open.iter().any(bad))
        })
    });
    view! {
        {move || {
            let scope = home.get();
            let name = if scope == Scope::All { t::all_inboxes() } else { t::inbox() };
            view! { <Item scope icon="inbox" name=name.to_owned() count=move || (unread(Role::Inbox), true) /> }
        }}
        <Item scope=Scope::Starred icon="star" name=t::starred().to_owned() count=|| (0, false) />
        <Item scope=Scope::Drafts icon="file-pen-line" name=t::drafts().to_owned() count=drafts />
        <Item scope=Scope::Sent icon="send" name=t::sent().to_owned() count=|| (0, false) />
        <Show when=move || { letters.get().0 > 0 || state.place.scope() == Scope::Outbox }>
            <Item scope=Scope::Outbox icon="clock" name=t::outbox().to_owned() count=move || letters.get() />
        </Show>
    }
}

/// One line of the side bar; `count` gives the number (0 is not shown) and whether it asks for attention.
#[component]
fn Item(
    scope: Scope,
    icon: &'static str,
    name: String,
    count: impl Fn() -> (u64, bool) + Copy + Send + Sync + 'static,
    #[prop(optional)] sub: bool,
    #[prop(optional)] depth: usize,
) -> impl IntoView {
    let state = use_state();
    let url = Route::list(scope).url();
    let press = move |event: leptos::ev::MouseEvent| {
        if browser::press_kind(&event) == (false, false) {
            event.prevent_default();
            state.place.go(Route::list(scope));
        }
    };
    view! {
        <a
            class="side-bar__item"
            href=url
            data-testid="mailbox-row"
            data-sub=sub
            data-unread=move || { count().1 && count().0 > 0 }
            aria-current=move || is_current(state, scope).then_some("page")
            style:--depth=move || depth.to_string()
            on:click=press
        >
            <Icon name=icon />
            <span class="side-bar__name" title=name.clone()>{name.clone()}</span>
            {move || {
                let (number, attention) = count();
                (number > 0)
                    .then(|| {
                        let shown = browser::number(number);
                        let spoken = if attention { i18n::fill(t::unread_count(), &[&shown]) } else { shown.clone() };
                        view! {
                            <span class="side-bar__count num" aria-hidden="true">{shown}</span>
                            <span class="visually-hidden">{spoken}</span>
                        }
                    })
            }}
        </a>
    }
}

#[component]
fn AccountGroup(group: Group, is_alone: bool) -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let source = group.source.clone();
    let source_id = source.as_ref().map(|source| source.id);
    let is_only = move || state.mail.sources.with(|all| all.len() < 2);
    // Drafts and Sent of all accounts stand on top, and the only inbox does too.
    let leaves: Vec<Leaf> = group
        .leaves
        .into_iter()
        .filter(|leaf| !matches!(leaf.mailbox.duty(), Some(Role::Drafts | Role::Sent)))
        .collect();
    let only_here = if is_alone { t::mailboxes() } else { t::folders() };
    let title = source.as_ref().map_or_else(|| only_here.to_owned(), |source| source.label.clone());
    let hue = source.as_ref().map(|source| source.hue.to_string());
    let full = source.as_ref().map(|source| source.email.clone());
    view! {
        <div class="side-bar__head">
            {hue.map(|hue| view! { <span class="dot" data-hue=hue></span> })}
            <span class="side-bar__name" title=full>{title.clone()}</span>
            {source_id.map(|id| view! { <Health id /> })}
            <Menu icon="ellipsis" size="s" label=i18n::fill(t::mailbox_menu(), &[&title])>
                <MenuItem icon="folder-plus" label=t::new_mailbox() on:click=move |_| ui.ask.set(Some(Ask::NewMailbox(source_id, None))) />
                {source_id
                    .map(|id| {
                        view! {
                            <MenuItem icon="refresh-cw" label=t::check_account() on:click=move |_| state.check_mail(Some(id)) />
                            <MenuItem icon="settings" label=t::settings() on:click=move |_| state.place.go(Route::Settings(Section::Accounts)) />
                        }
                    })}
            </Menu>
        </div>
        {leaves
            .into_iter()
            .map(|leaf| {
                let is_inbox = leaf.mailbox.duty() == Some(Role::Inbox);
                view! {
                    <Show when=move || !(is_inbox && is_only() && state.place.home.get() != Scope::All)>
                        <Folder leaf=leaf.clone() />
                    </Show>
                }
            })
            .collect_view()}
    }
}

#[component]
fn Folder(leaf: Leaf) -> impl IntoView {
    let state = use_state();
    let Leaf { mailbox, depth } = leaf;
    let id = mailbox.id;
    let duty = mailbox.duty();
    let name = name_of_mailbox(&mailbox);
    let count = move || {
        let find = |all: &Vec<Mailbox>| all.iter().find(|one| one.id == id).map_or(0, |one| one.unread_threads);
        (state.mail.mailboxes.with(find), !matches!(duty, Some(Role::Junk | Role::Trash)))
    };
    view! {
        <div class="side-bar__line">
            <Item scope=Scope::Mailbox(id) icon=icon_of(&mailbox) name=name.clone() count sub=true depth />
            <FolderMenu id duty name />
        </div>
    }
}

#[component]
fn FolderMenu(id: MailboxId, duty: Option<Role>, name: String) -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let rights = move || {
        let find = |all: &Vec<Mailbox>| all.iter().find(|one| one.id == id).map(|one| (one.my_rights, one.source_id));
        state.mail.mailboxes.with_untracked(find).unwrap_or_default()
    };
    let ask = move |what: Ask| ui.ask.set(Some(what));
    view! {
        <Menu icon="ellipsis" size="s" label=i18n::fill(t::mailbox_menu(), &[&name])>
            {move || {
                let (rights, source) = rights();
                view! {
                    {matches!(duty, Some(Role::Trash | Role::Junk))
                        .then(|| {
                            let label = if duty == Some(Role::Trash) { t::empty_trash() } else { t::empty_junk() };
                            view! { <MenuItem icon="trash-2" danger=true label on:click=move |_| ask(Ask::Empty(id)) /> }
                        })}
                    {rights
                        .may_create_child
                        .then(|| view! { <MenuItem icon="folder-plus" label=t::new_mailbox() on:click=move |_| ask(Ask::NewMailbox(source, Some(id))) /> })}
                    {(duty.is_none() && rights.may_rename)
                        .then(|| view! { <MenuItem icon="pencil" label=t::rename() on:click=move |_| ask(Ask::Rename(id)) /> })}
                    {(duty.is_none() && rights.may_delete)
                        .then(|| {
                            view! {
                                <MenuRule />
                                <MenuItem icon="trash-2" danger=true label=t::delete_mailbox() on:click=move |_| ask(Ask::Delete(id)) />
                            }
                        })}
                }
            }}
        </Menu>
    }
}

/// How a mail account is, in a word or two; a press shows more.
#[component]
fn Health(id: shared::ids::SourceId) -> impl IntoView {
    let state = use_state();
    let source = Memo::new(move |_| state.mail.sources.with(|all| all.iter().find(|one| one.id == id).cloned()));
    move || {
        let source = source.get()?;
        let (words, warn) = health(&source)?;
        let detail = source.state_detail.clone().unwrap_or_default();
        Some(view! {
            <button
                class="side-bar__state num"
                type="button"
                data-warn=warn
                data-tip=detail
                on:click=move |_| state.place.go(Route::Settings(Section::Accounts))
            >
                {words}
            </button>
        })
    }
}

fn health(source: &Source) -> Option<(String, bool)> {
    let plain = |words: &str| Some((words.to_owned(), false));
    match source.state {
        SourceState::Fresh | SourceState::Unknown => None,
        SourceState::Checking => plain(t::checking()),
        SourceState::Syncing => match source.progress.as_ref().filter(|progress| progress.total > 0) {
            Some(progress) => plain(&format!("{} %", progress.done.saturating_mul(100) / progress.total)),
            None => plain(t::syncing()),
        },
        SourceState::Waiting => Some((t::waiting().to_owned(), true)),
        SourceState::NeedsYou => Some((t::needs_you().to_owned(), true)),
        SourceState::Paused => plain(t::paused()),
    }
}

#[component]
fn Foot() -> impl IntoView {
    let state = use_state();
    let member = move || state.house.member.get();
    let checked = move || {
        let latest = |all: &Vec<Source>| {
            all.iter()
                .filter_map(|source| source.last_checked_at.as_deref())
                .map(browser::parse_ms)
                .fold(f64::NAN, f64::max)
        };
        let at = state.mail.sources.with(latest);
        (!at.is_nan()).then(|| {
            let shown = if at >= browser::today_start() {
                browser::time_of_day(at)
            } else {
                browser::date_short(at, t::yesterday())
            };
            view! { <small class="num">{i18n::fill(t::checked_at(), &[&shown])}</small> }
        })
    };
    let open = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        state.place.go(Route::Settings(Section::Index));
    };
    view! {
        <div class="side-bar__foot">
            <div class="side-bar__me">
                {move || {
                    member()
                        .map(|member| {
                            view! {
                                <Avatar name=member.name.clone() address=member.email.clone() size="s" />
                                <span class="clip" title=member.email>
                                    {member.name}
                                    {checked}
                                </span>
                            }
                        })
                }}
            </div>
            <Show when=move || state.mail.sources.with(|all| !all.is_empty())>
                <IconButton icon="refresh-cw" label=t::check_mail().to_owned() on:click=move |_| state.check_mail(None) />
            </Show>
            <a class="icon-button" href="/settings" aria-label=t::settings() data-tip=t::settings() on:click=open>
                <Icon name="settings" />
            </a>
        </div>
    }
}
